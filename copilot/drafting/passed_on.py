"""A question that was passed on to compliance, as the text of an item that waits for its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.domain.answers import Abstained, Answered
from copilot.domain.drafts import (
    Block,
    Bullets,
    Draft,
    DraftSection,
    OpenQuestion,
    Paragraph,
    Statement,
    Table,
)
from copilot.domain.review import ItemId, ItemKind
from copilot.drafting import markup
from copilot.drafting.escaping import flat
from copilot.drafting.marks import literal, open_question

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer, Claim
    from copilot.domain.documents import SourcePath

WITHHELD: Final = "Withheld claims"
"""The heading of what a model said and no source carries; only those who review are told of it."""

ROLE: Final = "Compliance"
"""Whom the answer is asked of."""

_ASKS: Final = "What is the answer to this question?"
_NOT_FOR_ALL: Final = "sources that not everyone who reviews may read"


def passed_on(
    answer: Answer,
    *,
    asker: Principal,
    company: str,
    readable: Container[SourcePath],
    whole: bool,
    note: str = "",
) -> str:
    """Return the Markdown of a question: who asked, what was answered, and a place for the answer.

    All that it quotes stands in the answer, so it quotes nothing that the asker may not read.

    Args:
        answer: What the asker was answered, or why they were not.
        asker: Who asked.
        company: The company's name; may be empty.
        readable: The sources that everyone who reviews may read. Claims that rest on others are left
            out and counted.
        whole: Whether the asker may read no other sources than these. If they may, what is missing is
            left out too, since it may speak of one.
        note: What the asker wants to add.
    """
    sections = (
        DraftSection(heading="Question", blocks=tuple(_question(answer, asker, note))),
        DraftSection(
            heading="What the copilot answered",
            blocks=tuple(_answered(answer, readable, whole=whole)),
        ),
        *_withheld(answer, whole=whole),
        DraftSection(
            heading="Answer",
            blocks=(_marked(open_question(OpenQuestion(role=ROLE, asks=_ASKS))),),
        ),
    )
    draft = Draft(
        id=ItemId(ItemKind.ANSWER),
        kind=ItemKind.ANSWER,
        title=asked(answer),
        company=company,
        sections=sections,
    )
    return markup.write(draft)


def asked(answer: Answer) -> str:
    """Return the question in full, on one line."""
    return flat(answer.asked_as or answer.question)


def _question(answer: Answer, asker: Principal, note: str) -> Iterator[Block]:
    yield _plain(asked(answer))
    if answer.asked_as and flat(answer.asked_as) != flat(answer.question):
        yield _plain(f"In the asker's words: {flat(answer.question)}")
    named = asker.id if asker.name == asker.id else f"{asker.name} ({asker.id})"
    yield _plain(f"Asked by {named}.")
    if note.strip():
        yield _plain(f"Note: {flat(note)}")


def _answered(answer: Answer, readable: Container[SourcePath], *, whole: bool) -> Iterator[Block]:
    match answer:
        case Abstained():
            reason = answer.reason.value.replace("_", " ")
            yield _plain(f"No answer ({reason}). {answer.explanation}")
        case Answered():
            yield from _claims(answer, readable)
            if answer.missing and whole:
                yield _plain("Missing:")
                yield Bullets(items=tuple((_said(one),) for one in answer.missing))
            elif answer.missing:
                yield _plain(f"What is missing is left out: the asker may read {_NOT_FOR_ALL}.")
    count = answer.searched
    yield _plain(f"Sources searched: {count:,}, besides the SOC 2 catalog.")


def _withheld(answer: Answer, *, whole: bool) -> Iterator[DraftSection]:
    """Yield the claims that were withheld, if the asker was told of them.

    What they say may come from any source that the asker may read.
    """
    generation = answer.generation if isinstance(answer, Answered) else None
    told = [one for one in generation.withheld if one.text] if generation and whole else []
    if told:
        rows = tuple(((_said(one.text),), (_said(one.why),)) for one in told)
        yield DraftSection(heading=WITHHELD, blocks=(Table(header=("Claim", "Why"), rows=rows),))


def _claims(answer: Answered, readable: Container[SourcePath]) -> Iterator[Block]:
    shown = [one for one in answer.claims if _for_all(one, readable)]
    if shown:
        yield Bullets(
            items=tuple(
                (Statement(text=literal(one.text), citations=one.citations),) for one in shown
            )
        )
    if hidden := len(answer.claims) - len(shown):
        claims = "1 claim is" if hidden == 1 else f"{hidden} claims are"
        rest = "rests" if hidden == 1 else "rest"
        yield _plain(f"{claims} left out here that {rest} on {_NOT_FOR_ALL}.")


def _for_all(claim: Claim, readable: Container[SourcePath]) -> bool:
    return all(one.source in readable for one in claim.citations)


def _plain(words: str) -> Paragraph:
    return Paragraph(line=(_said(words),))


def _marked(mark: str) -> Paragraph:
    return Paragraph(line=(Statement(text=mark),))


def _said(words: str) -> Statement:
    return Statement(text=literal(words))
