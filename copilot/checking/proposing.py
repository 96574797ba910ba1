"""Propose changes to a policy as a unified diff. The file itself is never written."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from copilot.domain.drafts import OpenQuestion
from copilot.domain.remarks import RemarkKind
from copilot.drafting import marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from copilot.checking.addressing import PointJudged
    from copilot.checking.policy_file import PolicyFile
    from copilot.domain.outlines import Outline, OutlineSection
    from copilot.domain.remarks import Remark
    from copilot.drafting.filling import Filling

_CONTEXT: Final = 3
_BLOCK: Final = {
    "owner": ("Owner", "owner", "Who owns this policy?"),
    "approver": ("Approved by", "approver", "Who approves this policy?"),
    "version": ("Version", "owner", "Which version is this?"),
    "date of approval": ("Approved on", "approver", "On which day was this version approved?"),
}


def propose(
    file: PolicyFile,
    remarks: Sequence[Remark],
    judged: Sequence[PointJudged],
    *,
    outline: Outline,
    filling: Filling,
) -> str:
    """Return a unified diff that mends what can be mended in words; empty if there is nothing.

    Sections of the outline are added for points that are not addressed, an open question stands after each
    figure that another rule contradicts, and what the approval block lacks is asked for. For a file that is
    no text, such as PDF, the lines are those of the text that was read from it.

    Args:
        file: The policy.
        remarks: What was found.
        judged: How it deals with the points of focus.
        outline: What a policy of its kind has to say.
        filling: Fills the outline's places, with marks for what is not known.
    """
    before = file.document.text
    owner = filling.post(outline.owner)
    after = _with_questions(before, remarks, file, owner)
    added = [*_sections(judged, filling), *_approval(remarks, outline, filling)]
    if added:
        after = after.rstrip("\n") + "\n\n" + "\n\n".join(added) + "\n"
    name = file.source.path
    lines = difflib.unified_diff(
        _lines(before), _lines(after), fromfile=f"a/{name}", tofile=f"b/{name}", n=_CONTEXT
    )
    return "".join(lines)


def _lines(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    return lines


def _with_questions(text: str, remarks: Sequence[Remark], file: PolicyFile, owner: str) -> str:
    """Return the text with an open question after each sentence that a conflict is about."""
    questions: dict[int, list[str]] = {}
    for one in remarks:
        if one.kind is RemarkKind.CONFLICT:
            here = [cited for cited in one.citations if cited.source == file.source.path]
            if here:
                asks = f"{one.text} Which of the two holds?"
                mark = marks.open_question(OpenQuestion(role=owner, asks=asks))
                questions.setdefault(here[0].end, []).append(mark)
    for at in sorted(questions, reverse=True):
        row_end = text.find("\n", at)
        # In a table the question stands in the row's last cell, or it would end the table.
        inside = "|" in text[text.rfind("\n", 0, at) + 1 : row_end if row_end > 0 else len(text)]
        place = text.rfind("|", 0, at) if inside and text[at - 1 : at] == "|" else at
        text = f"{text[:place]} {' '.join(questions[at])}{' ' if place < at else ''}{text[place:]}"
    return text


def _sections(judged: Sequence[PointJudged], filling: Filling) -> Iterator[str]:
    """Yield each section of the outline that answers a point which is not addressed, once."""
    wanted: dict[str, OutlineSection] = {}
    for one in judged:
        if not one.is_addressed:
            for section in one.sections[:1]:
                wanted.setdefault(section.heading, section)
    for section in wanted.values():
        parts = [f"## {section.heading}"]
        for block in section.text:
            if isinstance(block, tuple):
                parts.append("\n".join(f"- {filling.fill(item).text}" for item in block))
            else:
                parts.append(filling.fill(block).text)
        yield "\n\n".join(parts)


def _approval(remarks: Iterable[Remark], outline: Outline, filling: Filling) -> Iterator[str]:
    lacking = next(
        (one.subject.split(", ") for one in remarks if one.kind is RemarkKind.MISSING_APPROVAL), []
    )
    if not lacking:
        return
    rows = ["| Item | Entry |", "|---|---|"]
    for name in lacking:
        title, role, asks = _BLOCK[name]
        asked = filling.post(outline.owner if role == "owner" else outline.approver)
        rows.append(f"| {title} | {marks.open_question(OpenQuestion(role=asked, asks=asks))} |")
    yield "## Approval\n\n" + "\n".join(rows)
