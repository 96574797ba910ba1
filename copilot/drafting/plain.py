"""Drafts as JSON objects: the contract of `copilot draft --json` and of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copilot.drafting import markup

if TYPE_CHECKING:
    from copilot.domain.answers import Citation
    from copilot.domain.drafts import Draft
    from copilot.domain.marked import Footnote, Place
    from copilot.domain.review import Item
    from copilot.drafting.checklist import Entry


def draft_json(draft: Draft, *, item: Item) -> dict[str, Any]:
    """Return a draft that was just written, and the item that it is kept as."""
    text = markup.write(draft)
    read = markup.read(text)
    citations = {
        (one.source, one.start, one.end): one
        for statement in draft.statements()
        for one in statement.citations
    }
    return {
        "item": item.id,
        "version": item.latest.number,
        "state": item.state.value,
        "title": draft.title,
        "company": draft.company,
        "outline": draft.outline,
        "text": text,
        "open_questions": [
            {
                "role": one.question.role,
                "asks": one.question.asks,
                "places": [place_json(place) for place in one.places],
            }
            for one in read.questions
        ],
        "to_confirm": [
            {
                "role": one.decision.role,
                "says": one.decision.says,
                "places": [place_json(one.place)],
            }
            for one in read.decisions
        ],
        "citations": [_citation_json(one) for one in citations.values()],
        "coverage": [
            {
                "criterion": one.criterion,
                "point": one.point,
                "name": one.name,
                "sections": list(one.sections),
                "elsewhere": one.elsewhere or None,
            }
            for one in draft.coverage
        ],
        "notes": list(draft.notes),
    }


def place_json(place: Place) -> dict[str, int]:
    """Return a stretch of a draft's text."""
    return {"line": place.line, "start": place.start, "end": place.end}


def entry_json(number: int, entry: Entry) -> dict[str, Any]:
    """Return something that is open, with its number in the list."""
    return {
        "number": number,
        "says": entry.says,
        "kind": entry.kind,
        "role": entry.role,
        "words": entry.words,
        "places": [place_json(one) for one in entry.places],
    }


def footnote_json(note: Footnote) -> dict[str, Any]:
    """Return a footnote and what it cites."""
    cited = note.citation
    return {
        "label": note.label,
        "text": note.text,
        "citation": None
        if cited is None
        else {
            "source": cited.source,
            "page": cited.page,
            "start": cited.start,
            "end": cited.end,
            "quote": cited.quote,
        },
        "references": len(note.references),
    }


def _citation_json(citation: Citation) -> dict[str, Any]:
    return {
        "source": citation.source,
        "title": citation.title,
        "page": citation.page,
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "verified": citation.verified,
    }
