"""Questions that several people asked and no source answered: candidates for the guidance or a policy."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from copilot.domain.review import ItemId

ALIKE: Final = 0.70
"""The least cosine of two wordings of one question, by the bundled encoder.

Of 22 questions that were worded for it, those that ask the same had .716 and more, those that ask something
else about the same thing .691 and less. Whoever reads the list decides; it is only a suggestion.
"""

_PEOPLE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A question that somebody passed on to compliance, or whose answer did not help them."""

    question: str
    who: str
    """The principal's id; it is counted and never shown."""
    item: ItemId | None = None
    """Where it was passed on to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """A question that several people had. It does not say who."""

    question: str
    """In the words that were used most, or else the fewest."""
    people: int
    times: int
    items: tuple[ItemId, ...]
    """Where it was passed on to, each once."""


def repeated(
    unanswered: Sequence[Unanswered],
    *,
    cosines: Callable[[Sequence[str]], Sequence[Sequence[float]]],
) -> tuple[Repeated, ...]:
    """Return what different people asked alike, by words or by meaning; what most people asked comes first.

    Args:
        unanswered: What was asked, oldest first.
        cosines: Returns for each of several texts how near in meaning it is to each of them.
    """
    wordings = list(dict.fromkeys(_key(one.question) for one in unanswered))
    groups = _grouped(wordings, cosines(wordings) if len(wordings) > 1 else [[1.0]])
    found = (
        _repeated([one for one in unanswered if _key(one.question) in group]) for group in groups
    )
    return tuple(sorted((one for one in found if one.people >= _PEOPLE), key=_rank))


def _grouped(wordings: Sequence[str], near: Sequence[Sequence[float]]) -> list[set[str]]:
    """Put each wording to the first one that it is most like; alike enough, or it stands for itself."""
    leaders: list[int] = []
    groups: dict[int, set[str]] = {}
    for number, wording in enumerate(wordings):
        like = max(leaders, key=lambda one: near[number][one], default=None)
        if like is None or near[number][like] < ALIKE:
            leaders.append(number)
            like = number
        groups.setdefault(like, set()).add(wording)
    return list(groups.values())


def _repeated(asked: Sequence[Unanswered]) -> Repeated:
    used = Counter(_flat(one.question) for one in asked)
    return Repeated(
        question=min(used, key=lambda one: (-used[one], len(one), one)),
        people=len({one.who for one in asked}),
        times=len(asked),
        items=_once(one.item for one in asked),
    )


def _once(items: Iterable[ItemId | None]) -> tuple[ItemId, ...]:
    return tuple(dict.fromkeys(one for one in items if one is not None))


def _rank(one: Repeated) -> tuple[int, int, str]:
    return (-one.people, -one.times, one.question)


def _key(question: str) -> str:
    return _flat(question).rstrip("?!. ").casefold()


def _flat(question: str) -> str:
    return " ".join(question.split())
