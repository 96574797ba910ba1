"""What a draft has open, as a list to work through; and what an edit of it would lose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from copilot.domain.marked import Asked, Undecided
from copilot.drafting import markup
from copilot.drafting.open_marks import listed

if TYPE_CHECKING:
    from copilot.domain.answers import Citation
    from copilot.domain.marked import Footnote, Mangled, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that is open."""

    says: str
    """As `open_marks` has it, by which it is waived."""
    kind: Literal["question", "decision", "broken"]
    role: str
    """Who can tell or decides; empty for a mark that cannot be read."""
    words: str
    """What is asked, what is proposed, or why the mark cannot be read."""
    places: tuple[Place, ...]
    """Where it stands, in order."""


def checklist(text: str) -> tuple[Entry, ...]:
    """Return what a text has open, numbered as `open_marks` does: the first entry is question 1."""
    found: dict[str, Entry] = {}
    for says, one in listed(text):
        entry = _entry(says, one)
        before = found.get(says)
        if before is not None:
            entry = _with_places(before, entry.places)
        found[says] = entry
    return tuple(found.values())


def lost_citations(before: str, after: str) -> tuple[Footnote, ...]:
    """Return the footnotes of one text whose citation no sentence of the other one carries.

    A citation is the same wherever its footnote stands and whatever number it has.
    """
    kept = {
        _place_of(one.citation)
        for one in markup.read(after).footnotes
        if one.citation is not None and one.references
    }
    return tuple(
        one
        for one in markup.read(before).footnotes
        if one.citation is not None and one.references and _place_of(one.citation) not in kept
    )


def _entry(says: str, one: Asked | Undecided | Mangled) -> Entry:
    if isinstance(one, Asked):
        asked = one.question
        return Entry(
            says=says, kind="question", role=asked.role, words=asked.asks, places=one.places
        )
    if isinstance(one, Undecided):
        decision = one.decision
        return Entry(
            says=says, kind="decision", role=decision.role, words=decision.says, places=(one.place,)
        )
    return Entry(says=says, kind="broken", role="", words=one.why, places=(one.place,))


def _with_places(entry: Entry, places: tuple[Place, ...]) -> Entry:
    return Entry(
        says=entry.says,
        kind=entry.kind,
        role=entry.role,
        words=entry.words,
        places=(*entry.places, *places),
    )


def _place_of(citation: Citation) -> tuple[object, ...]:
    return (citation.source, citation.page, citation.start, citation.end, citation.quote)
