"""What a draft's text has open, as a list for whoever has to approve it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.drafting import marks, markup
from copilot.drafting.escaping import unescape
from copilot.drafting.marks import MarkKind

if TYPE_CHECKING:
    from copilot.domain.marked import Asked, Mangled, Marked, Undecided

_LONGEST: Final = 200
_REFERENCE: Final = re.compile(r"\[\^[^\]\s]{1,60}\]")
_CELLS: Final = re.compile(r"\s*(?<!\\)\|\s*")
_BULLET: Final = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s+")


def open_marks(text: str) -> list[str]:
    """Return what is open, in the order of the text, each once: `Head of IT: Which system?`.

    A decision stands with its sentence, since two with the same words may be two decisions. So the
    same words here mean the same question also in another version of the draft.
    """
    return list(dict.fromkeys(says for says, _ in listed(text)))


def listed(text: str) -> list[tuple[str, Asked | Undecided | Mangled]]:
    """Return what is open, in the order of the text, each with the words of `open_marks` for it.

    Decisions that read alike are all there, each where it stands.
    """
    read = markup.read(text)
    found: list[tuple[int, str, Asked | Undecided | Mangled]] = [
        *(
            (one.places[0].start, f"{one.question.role}: {one.question.asks}", one)
            for one in read.questions
        ),
        *((one.place.start, _undecided(text, read, one), one) for one in read.decisions),
        *((one.place.start, f"{one.text} ({one.why})", one) for one in read.mangled),
    ]
    return [(says, one) for _, says, one in sorted(found, key=lambda each: each[:2])]


def _undecided(text: str, read: Marked, one: Undecided) -> str:
    decision, start = one.decision, one.place.start
    around = [each.place for each in read.sentences if each.place.start <= start < each.place.end]
    said = spoken(text[around[0].start : around[0].end]) if around else ""
    if said.strip(" .") == decision.says.strip(" ."):
        # It fills its cell or item, which says nothing of what it is about; its line does.
        line = text[text.rfind("\n", 0, start) + 1 : _end_of_line(text, start)]
        said = spoken(_CELLS.sub(" – ", _BULLET.sub("", line.strip().strip("|").strip(), count=1)))
    if len(said) > _LONGEST:
        said = f"{said[:_LONGEST].rstrip()} …"
    about = f", in “{said}”" if said.strip(" .") != decision.says.strip(" .") else ""
    return f"{decision.role}, to confirm: {decision.says}{about}"


def spoken(stretch: str) -> str:
    """Return a stretch of a draft as a person reads it: decisions as words, questions as gaps."""
    parts, at = [], 0
    for mark in marks.find(stretch):
        words = mark.says if mark.kind is MarkKind.TO_CONFIRM else "…"
        parts += [unescape(stretch[at : mark.start]), words]
        at = mark.end
    parts.append(unescape(stretch[at:]))
    return " ".join(_REFERENCE.sub("", "".join(parts)).split())


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end
