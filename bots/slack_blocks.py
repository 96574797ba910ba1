"""Answers as Block Kit: the short answer first, every claim with links to the words that it rests on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from bots.slack_text import (
    LONGEST_PIECE,
    Block,
    Piece,
    bullets,
    button,
    cut,
    length,
    link,
    notification,
    paragraph,
    quotation,
    small,
    text,
    together,
)
from copilot.answering.records import read_records
from copilot.domain.answers import Abstained, Answered, Basis, Mode, Status

if TYPE_CHECKING:
    from copilot.answering.records import Record
    from copilot.domain.answers import Answer, Citation, Claim

MOST_BLOCKS: Final = 46
"""Of one message; Slack takes 50, and four are for its end."""

MOST_CHARACTERS: Final = 10_500
"""Of one message; Slack documents no total, and refuses messages from about 12,000 on."""

HELPFUL: Final = "helpful"
NOT_HELPFUL: Final = "not_helpful"
EVIDENCE: Final = "evidence"
PASS_ON: Final = "pass_on"  # noqa: S105  no password

_MOST_LINES: Final = 12
"""Of what is missing, or can be done."""

_LONGEST_VALUE: Final = 2_000
"""Characters that Slack lets a button carry."""

_LONGEST_LINK: Final = 2_000
"""Characters of a link; Slack takes 3,000, and browsers and proxies differ from there on."""

_GROUPS: Final = {
    Basis.CATALOG: "From the SOC 2 criteria",
    Basis.POLICY: "From our policies and controls",
    Basis.EVIDENCE: "From our records",
}

_WORDING: Final = {
    Mode.COMPOSED: "composed of quotes",
    Mode.GENERATED: "generated, every claim checked",
}

_AT_A_TERMINAL: Final = (
    ("Run `copilot doctor`, then pass", "Pass"),
    ("to compliance with --pass-on", "to compliance with the button below"),
)
"""What is said where answers are read at a terminal, and what there is to do here."""

_STATUS: Final = {
    Status.ANSWERED: "Answered",
    Status.PARTIAL: "Answered in part",
    Status.ABSTAINED: "Not found",
}


@dataclass(frozen=True, slots=True)
class Message:
    """What is posted: blocks, and what notifications show."""

    blocks: list[Block]
    text: str

    def arguments(self) -> dict[str, Any]:
        """Return it as the arguments of a call that posts."""
        return {
            "blocks": self.blocks,
            "text": self.text,
            "unfurl_links": False,
            "unfurl_media": False,
        }


class Links:
    """Where the pages of the service are."""

    def __init__(self, url: str) -> None:
        """Take what people call the service by; empty if it cannot be reached from Slack."""
        self._url = url.rstrip("/")

    def citation(self, citation: Citation) -> str | None:
        """Return where a quote can be seen in its source."""
        where = {"path": citation.source, "start": citation.start, "end": citation.end}
        if citation.page is not None:
            where["page"] = citation.page
        return f"{self._url}/sources/view?{urlencode(where)}" if self._url else None

    def question(self, question: str) -> str | None:
        """Return where a question is answered in full; none for a question that no link can carry."""
        link_ = f"{self._url}/?q={quote(question)}"
        return link_ if self._url and len(link_) <= _LONGEST_LINK else None

    def item(self, item: str) -> str | None:
        """Return where an item of the review is."""
        return f"{self._url}/drafts/{quote(item)}" if self._url else None


def answer_message(answer: Answer, links: Links, *, buttons: bool = True) -> Message:
    """Return an answer as a message, within Slack's limits; what does not fit is named and linked.

    If it is too long, claims are left out before what is missing and what can be done.
    """
    steps = [_here(one) for one in answer.next_steps]
    if isinstance(answer, Abstained):
        said = answer.explanation
        head = [paragraph(text(cut(said, LONGEST_PIECE)))]
        tail = _listed("What you can do", steps)
    else:
        said = answer.claims[0].text if answer.claims else _STATUS[answer.status]
        head = _claims(answer.claims, links)
        about = ", ".join(f"{one.id} {one.title}" for one in answer.criteria)
        tail = [
            *_listed("Missing", answer.missing),
            *_listed("Next", steps),
            *([small(f"About {about}")] if about else []),
        ]
    blocks = fitting(head, links.question(answer.question), tail=tail)
    blocks.append(small(status_line(answer)))
    if buttons:
        blocks.append(_buttons(answer))
    return Message(blocks, notification(said))


def claim_blocks(claims: Sequence[Claim], links: Links) -> list[Block]:
    """Return claims of an answer that is not finished, numbered as they will be in it.

    Where a message would be too long they end; the finished answer leads to the rest.
    """
    return _within(_claims(claims, links), MOST_CHARACTERS, MOST_BLOCKS)


def evidence_message(answer: Answer, links: Links) -> Message:
    """Return the quotes that an answer rests on, with their sources."""
    blocks: list[Block] = []
    claims = answer.claims if isinstance(answer, Answered) else ()
    for number, citation in enumerate(_numbered(claims), start=1):
        where = f" · page {citation.page}" if citation.page is not None else ""
        title = f"[{number}] {citation.title}"
        url = links.citation(citation)
        named = link(url, title) if url else text(title, bold=True)
        blocks += [
            paragraph(named, text(f"{where} · {citation.source}")),
            quotation(text(cut(_lines(citation.quote), LONGEST_PIECE))),
        ]
    if not blocks:
        blocks = [paragraph(text("This answer quotes nothing."))]
    return Message(fitting(blocks, links.question(answer.question)), "The quotes of this answer")


def status_line(answer: Answer) -> str:
    """Return in one line how far the sources carried the answer, and whose wording it is."""
    if isinstance(answer, Abstained):
        searched = (
            f"{answer.searched:,} sources searched" if answer.searched else "nothing searched"
        )
        return f"{_STATUS[Status.ABSTAINED]} · {searched}"
    return f"{_STATUS[answer.status]} · {_WORDING[answer.mode]} · for human review"


def value_of(question: str) -> str:
    """Return what a button carries so that the question is known again when it is pressed."""
    value = json.dumps({"q": question}, ensure_ascii=False)
    while len(value) > _LONGEST_VALUE:
        question = question[: len(question) - (len(value) - _LONGEST_VALUE)]
        value = json.dumps({"q": question}, ensure_ascii=False)
    return value


def question_of(value: str) -> str:
    """Return the question that a button carries."""
    question: str = json.loads(value)["q"]
    return question


def fitting(
    blocks: Sequence[Block], rest: str | None, *, tail: Sequence[Block] = ()
) -> list[Block]:
    """Return as many blocks as a message takes, and what leads to the rest if that is not all.

    Args:
        blocks: What is shown, the most important first.
        rest: Where all of it is.
        tail: What comes after them, and is shown even if they are cut; of half a message's length at most.
    """
    every = [*blocks, *tail]
    if length(every) <= MOST_CHARACTERS and len(every) <= MOST_BLOCKS:
        return every
    room = MOST_CHARACTERS - length([_more(len(every), rest)])
    ending = _within(tail, max(room // 2, room - length(blocks)), MOST_BLOCKS // 2)
    kept = _within(blocks, room - length(ending), MOST_BLOCKS - len(ending))
    return [*kept, _more(len(every) - len(kept) - len(ending), rest), *ending]


def _more(left: int, rest: str | None) -> Block:
    """Return what leads to the blocks that are left out."""
    said = text(f"{left} more do{'es' * (left == 1)} not fit into a message.", italic=True)
    way = link(rest, "Read all of it") if rest else text("Ask for less at a time.")
    return paragraph(said, text(" "), way)


def _within(blocks: Sequence[Block], room: int, most: int) -> list[Block]:
    kept: list[Block] = []
    for block in blocks[:most]:
        room -= length([block])
        if room < 0:
            break
        kept.append(block)
    return kept


def _claims(claims: Sequence[Claim], links: Links) -> list[Block]:
    numbers = {one: number for number, one in enumerate(_numbered(claims), start=1)}
    blocks: list[Block] = []
    before: Basis | None = None
    for one in claims:
        # Composed claims come in groups; a model goes from one to the other and back.
        said = _claim(one, numbers, links)
        if before not in {None, one.basis} and one.mode is Mode.COMPOSED:
            said = together(paragraph(text(_GROUPS[one.basis], bold=True)), said)
        before = one.basis
        blocks.append(said)
    return blocks


def _claim(claim: Claim, numbers: dict[Citation, int], links: Links) -> Block:
    """Return a claim with its marks; rows of a table as a list of records."""
    marks: list[Piece] = []
    for citation in dict.fromkeys(claim.citations):
        mark, url = f"[{numbers[citation]}]", links.citation(citation)
        marks += [text(" "), link(url, mark) if url else text(mark, bold=True)]
    lead, records = read_records(cut(claim.text, LONGEST_PIECE))
    if not records:
        return paragraph(text(lead), *marks)
    rows = [_record(one) for one in records]
    rows[-1] += marks
    listed = bullets(rows)
    return together(paragraph(text(lead)), listed) if lead else listed


def _record(record: Record) -> list[Piece]:
    """Return a row as a person reads it, its title in bold."""
    pieces = [text(record.headline, bold=True)] if record.headline else []
    said = [record.text, " · ".join(f"{name}: {value}" for name, value in record.fields)]
    rest = "\n".join(filter(None, said))
    if rest:
        pieces.append(text(f"\n{rest}" if pieces else rest))
    return pieces


def _here(step: str) -> str:
    for there, here in _AT_A_TERMINAL:
        step = step.replace(there, here)
    return step


def _lines(quote: str) -> str:
    """Return a quote without the indentation that its words have in the file."""
    lines = (" ".join(one.split()) for one in quote.splitlines())
    return "\n".join(one for one in lines if one) or quote


def _numbered(claims: Iterable[Claim]) -> list[Citation]:
    return list(dict.fromkeys(one for claim in claims for one in claim.citations))


def _listed(heading: str, lines: Sequence[str]) -> list[Block]:
    if not lines:
        return []
    shown = list(lines[:_MOST_LINES])
    if len(lines) > len(shown):
        shown[-1] = f"… and {len(lines) - len(shown) + 1} more"
    most = LONGEST_PIECE // max(3, len(shown))
    items = bullets([[text(cut(one, most))] for one in shown])
    return [together(paragraph(text(heading, bold=True)), items)]


def _buttons(answer: Answer) -> Block:
    value = value_of(answer.asked_as or answer.question)
    elements = [
        button("Helpful", HELPFUL, value),
        button("Not helpful", NOT_HELPFUL, value),
        button("Pass on to compliance", PASS_ON, value),
    ]
    if isinstance(answer, Answered):
        elements.insert(0, button("Show evidence", EVIDENCE, value))
    return {"type": "actions", "elements": elements}
