"""The marks of a draft: open questions and decisions to confirm, as they stand in a text.

    [open question → Head of IT: Which system are access requests recorded in?]
    [to confirm → Head of IT: every calendar quarter]

A mark is the same in a `Statement`'s text and in the Markdown of a draft. Within it, and for brackets
around it, a backslash takes the meaning from what follows, so that other people's words cannot become
one: `literal` makes them so.

A question stands in full where a draft asks it first. After that it stands with its first words and
` …`, which is the same question as long as one question to the same role begins with these words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from copilot.domain.drafts import OpenQuestion, ToConfirm
from copilot.drafting.escaping import escape, flat, unescape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

SHORT: Final = " …"
"""How the short form of a question ends."""

_FEWEST_WORDS: Final = 4
_MOST_SHOWN: Final = 200

_PART: Final = r"(?:\\[^\n]|(?!\n[ \t\r]*\n)[^\[\]\\{}])"
_SPACE: Final = r"(?:(?!\n[ \t\r]*\n)\s)"
_WELL_FORMED: Final = re.compile(
    rf"\[(?P<kind>open{_SPACE}+question|to{_SPACE}+confirm){_SPACE}+→{_SPACE}+"
    rf"(?P<role>{_PART.format(':')}+):{_SPACE}+(?P<says>{_PART.format('')}+)\]",
    re.IGNORECASE,
)
_ALIKE: Final = re.compile(
    r"\[[\s*_]{0,5}(?:open[\s_-]{0,3}questions?|to[\s_-]{0,3}confirm)\b"
    # An arrow of the next paragraph belongs to other words.
    rf"|\b(?:question|confirm(?:ed)?)\b(?:{_SPACE}|[*_]){{0,5}}-{{0,3}}(?:→|->|=>)",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"\\[^\n]|\[|\b(?:question|confirm)", re.IGNORECASE)
_LITERAL: Final = re.compile(r"[\[\]\\]")
_SPOKEN: Final = re.compile(r"\\([\[\]\\])")


class MarkKind(StrEnum):
    """What a mark is."""

    OPEN_QUESTION = "open question"
    TO_CONFIRM = "to confirm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A mark where it stands: `text[start:end]`."""

    kind: MarkKind
    role: str
    says: str
    """The question, or the words to confirm."""
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenMark:
    """What was meant to be a mark, and why it cannot be read."""

    text: str
    why: str
    start: int
    end: int


def open_question(question: OpenQuestion) -> str:
    """Return the mark of a question.

    Raises:
        ValueError: It has no role or asks nothing.
    """
    return _made(MarkKind.OPEN_QUESTION, question.role, question.asks)


def to_confirm(decision: ToConfirm) -> str:
    """Return the mark of a decision.

    Raises:
        ValueError: It has no role or says nothing.
    """
    return _made(MarkKind.TO_CONFIRM, decision.role, decision.says)


def literal(text: str) -> str:
    """Return somebody else's words such that nothing in them is a mark."""
    return _LITERAL.sub(lambda match: f"\\{match[0]}", text)


def spoken(text: str) -> str:
    """Return the words that a text between marks stands for; undoes `literal`."""
    return _SPOKEN.sub(r"\1", text)


def find(text: str) -> list[Mark]:
    """Return the marks of a text in order."""
    return [one for one in scan(text) if isinstance(one, Mark)]


def scan(text: str) -> Iterator[Mark | BrokenMark]:
    """Yield the marks of a text in order, and what was meant to be one."""
    at = 0
    while (token := _TOKEN.search(text, at)) is not None:
        at = token.end()
        if token[0].startswith("\\"):
            continue
        found = _WELL_FORMED.match(text, token.start())
        if found is not None and (mark := _read(found)) is not None:
            yield mark
            at = mark.end
        elif alike := _ALIKE.match(text, token.start()):
            yield _broken(text, alike)
            at = alike.end()  # a sound mark may stand within it


def shortened(asks: str, others: Iterable[str]) -> str:
    """Return the short form of a question: its first words, as many as tell it from other questions.

    Args:
        asks: The question.
        others: All questions that may stand in the same draft; the question itself does no harm.
    """
    words = flat(asks).split(" ")
    rest = [flat(one) for one in others]
    for count in range(_FEWEST_WORDS, len(words)):
        start = " ".join(words[:count])
        told = not any(one.startswith(f"{start} ") and one != " ".join(words) for one in rest)
        if told and start[-1].isalnum():
            return f"{start}{SHORT}"
    return " ".join(words)


def in_full(mark: Mark, marks: Collection[Mark]) -> OpenQuestion:
    """Return the question that a mark asks, in full where another mark has the rest of it."""
    if mark.says.endswith(SHORT):
        start = f"{mark.says.removesuffix(SHORT)} "
        longer = {
            one.says
            for one in marks
            if one.kind is mark.kind
            and one.role == mark.role
            and one.says.startswith(start)
            and not one.says.endswith(SHORT)
        }
        if len(longer) == 1:
            return OpenQuestion(role=mark.role, asks=longer.pop())
    return OpenQuestion(role=mark.role, asks=mark.says)


def by_question(marks: Sequence[Mark]) -> dict[OpenQuestion, list[Mark]]:
    """Return the open questions among marks, each with all its marks in order."""
    questions = [one for one in marks if one.kind is MarkKind.OPEN_QUESTION]
    distinct = {(one.role, one.says): one for one in questions}
    whole = {key: in_full(one, distinct.values()) for key, one in distinct.items()}
    found: dict[OpenQuestion, list[Mark]] = {}
    for one in questions:
        found.setdefault(whole[one.role, one.says], []).append(one)
    return found


def _made(kind: MarkKind, role: str, says: str) -> str:
    if not flat(role) or not flat(says):
        raise ValueError(f"a mark needs a role and words, got {role!r} and {says!r}")
    named = escape(flat(role)).replace(":", "\\:")
    return f"[{kind.value} → {named}: {escape(flat(says))}]"


def _read(found: re.Match[str]) -> Mark | None:
    role, says = (flat(unescape(found[one])) for one in ("role", "says"))
    if not role or not says:
        return None
    kind = MarkKind(" ".join(found["kind"].lower().split()))
    return Mark(kind=kind, role=role, says=says, start=found.start(), end=found.end())


def _broken(text: str, alike: re.Match[str]) -> BrokenMark:
    """Return what can be said of a stretch that begins like a mark."""
    line_end = text.find("\n", alike.end(), alike.end() + _MOST_SHOWN)
    line_end = min(len(text), alike.end() + _MOST_SHOWN) if line_end < 0 else line_end
    close = text.find("]", alike.end(), line_end)
    shown = text[alike.start() : close + 1 if close >= 0 else line_end].strip()
    if not shown.startswith("["):
        why = "the bracket before it is missing"
    elif close < 0:
        why = "it is not closed on its line"
    elif "→" not in shown:
        why = "it has no arrow →"
    elif shown.count("[") > 1:
        why = "a bracket within it must be written \\["
    else:
        why = "it must have a role, a colon, a space and words"
    return BrokenMark(text=shown, why=why, start=alike.start(), end=alike.start() + len(shown))
