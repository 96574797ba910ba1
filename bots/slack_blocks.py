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
)
from copilot.domain.answers import Abstained, Answered, Mode, Status

if TYPE_CHECKING:
    from copilot.domain.answers import Answer, Citation, Claim

MOST_BLOCKS: Final = 46
"""Of one message; Slack takes 50, and four are for its end."""

MOST_CHARACTERS: Final = 10_500
"""Of one message; Slack documents no total, and refuses messages from about 12,000 on."""

HELPFUL: Final = "helpful"
NOT_HELPFUL: Final = "not_helpful"
EVIDENCE: Final = "evidence"
PASS_ON: Final = "pass_on"  # noqa: S105  no password

_LONGEST_VALUE: Final = 2_000
"""Characters that Slack lets a button carry."""

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
        """Return where a question is answered in full."""
        return f"{self._url}/?q={quote(question)}" if self._url else None

    def item(self, item: str) -> str | None:
        """Return where an item of the review is."""
        return f"{self._url}/drafts/{quote(item)}" if self._url else None


def answer_message(answer: Answer, links: Links, *, buttons: bool = True) -> Message:
    """Return an answer as a message, within Slack's limits; what does not fit is named and linked."""
    if isinstance(answer, Abstained):
        blocks = [
            paragraph(text(cut(answer.explanation, LONGEST_PIECE))),
            *_listed("What you can do", answer.next_steps),
        ]
        said = answer.explanation
    else:
        blocks = _answered(answer, links)
        said = answer.claims[0].text if answer.claims else _STATUS[answer.status]
    blocks = [*fitting(blocks, links.question(answer.question)), small(status_line(answer))]
    if buttons:
        blocks.append(_buttons(answer))
    return Message(blocks, notification(said))


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
            quotation(text(cut(citation.quote, LONGEST_PIECE))),
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
    wording = "generated, every claim checked" if answer.mode is Mode.GENERATED else "composed"
    return f"{_STATUS[answer.status]} · {wording} · for human review"


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


def fitting(blocks: Sequence[Block], rest: str | None) -> list[Block]:
    """Return as many blocks as a message takes; if that is not all, a last one leads to the rest."""
    kept: list[Block] = []
    room = MOST_CHARACTERS
    for block in blocks:
        room -= length([block])
        if room < 0 or len(kept) >= MOST_BLOCKS:
            more = text("This answer is longer than a message can be.", italic=True)
            kept.append(
                paragraph(more, *([text(" "), link(rest, "Read all of it")] if rest else []))
            )
            break
        kept.append(block)
    return kept


def _answered(answer: Answered, links: Links) -> list[Block]:
    numbers: dict[Citation, int] = {}
    for citation in _numbered(answer.claims):
        numbers[citation] = len(numbers) + 1
    blocks = [_claim(one, numbers, links) for one in answer.claims]
    blocks += _listed("Missing", answer.missing)
    blocks += _listed("Next", answer.next_steps)
    if answer.criteria:
        about = ", ".join(f"{one.id} {one.title}" for one in answer.criteria)
        blocks.append(small(f"About {about}"))
    return blocks


def _claim(claim: Claim, numbers: dict[Citation, int], links: Links) -> Block:
    pieces: list[Piece] = [text(cut(claim.text, LONGEST_PIECE))]
    for citation in dict.fromkeys(claim.citations):
        mark, url = f"[{numbers[citation]}]", links.citation(citation)
        pieces += [text(" "), link(url, mark) if url else text(mark, bold=True)]
    return paragraph(*pieces)


def _numbered(claims: Iterable[Claim]) -> list[Citation]:
    return list(dict.fromkeys(one for claim in claims for one in claim.citations))


def _listed(heading: str, lines: Sequence[str]) -> list[Block]:
    if not lines:
        return []
    most = LONGEST_PIECE // max(3, len(lines))
    return [
        paragraph(text(heading, bold=True)),
        bullets([[text(cut(one, max(200, most)))] for one in lines]),
    ]


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
