"""Amounts that a rule sets, in units in which two rules can be compared: times in hours."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.citations.amounts import take_amounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.citations.amounts import Amount

_HOURS_OF: Final = {
    "hours": 1.0,
    "months": 730.0,
    "business hour": 1.0,
    "business day": 24.0,
    "business week": 168.0,
    "business month": 730.0,
}
"""Hours of one unit. A business day counts as a day, since policies rarely mean more by it."""

_WORKING_WEEK: Final = 7 / 5
"""How much longer a stretch of business days may last by the calendar."""

_BEFORE: Final = 24
"""Characters before an amount that say what it limits."""

_DEADLINE: Final = re.compile(
    r"\b(?:within|inside|in|after|under|than)\W+(?:\w+\W+){0,1}$", re.IGNORECASE
)
_SPAN: Final = re.compile(
    r"\b(?:for|least|minimum(?: of)?|retained|kept)\W+(?:\w+\W+){0,1}$", re.IGNORECASE
)
_REPEATED: Final = re.compile(r"(?<=[a-z]) ?\(\d+\)(?=[\s-])")
_INSIDE: Final = re.compile(r"^(within|inside|in|after|than|for|least)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount in a sentence, comparable with others of its kind."""

    kind: str
    """`deadline`, `span` or `every` for times, `frequency`, `length`, `share`, or `count`."""
    value: float
    """Hours for times and frequencies, else the number."""
    words: str
    at: int
    """Where its words begin."""
    most: float = 0.0
    """The most that it may mean: more than `value` for business days, no end for `or newer`."""

    @property
    def end(self) -> int:
        """Where its words end."""
        return self.at + len(self.words)


def quantities(text: str) -> Iterator[Quantity]:
    """Yield every duration, frequency, length, share and bare number in a sentence, in order."""
    # "Eight (8) characters": what lawyers repeat in digits is blanked, so that the unit follows.
    read = _REPEATED.sub(lambda match: " " * len(match[0]), text)
    for amount in sorted(take_amounts(read), key=lambda one: one.at):
        kind = _kind(read, amount)
        if kind:
            words = text[amount.at : amount.at + len(amount.words)]
            value = round(amount.value * _HOURS_OF.get(amount.kind, 1.0), 3)
            stretch = _WORKING_WEEK if amount.kind.startswith("business ") else 1.0
            yield Quantity(kind, value, words, amount.at, round(value * stretch, 3))


def _kind(text: str, amount: Amount) -> str:
    if amount.kind in _HOURS_OF:
        # "Within three days" and "for three years" are not about the same thing.
        before = text[max(0, amount.at - _BEFORE) : amount.at]
        if inside := _INSIDE.match(amount.words):
            before += f"{inside[0]} "
        if _DEADLINE.search(before):
            return "deadline"
        return "span" if _SPAN.search(before) else "every"
    return {
        "character": "length", "share": "share", "often": "frequency", "number": "count",
    }.get(amount.kind, "")  # fmt: skip


_TIMES: Final = frozenset({"deadline", "span", "every", "frequency"})
_ROUNDING: Final = 1.035
"""A month is 30 days, a quarter is 90 days, and a year is 12 months, whatever the calendar says."""


def agree(one: Quantity, other: Quantity) -> bool:
    """Say whether two amounts of one kind mean the same: `30 days` and `one month` do."""
    if one.kind not in _TIMES or other.kind not in _TIMES:
        least, exact = sorted((one, other), key=lambda each: -each.most)
        if math.isinf(least.most) and not math.isinf(exact.most):
            return exact.value >= least.value
        return one.value == other.value
    return (
        one.value <= max(other.most, other.value) * _ROUNDING
        and other.value <= max(one.most, one.value) * _ROUNDING
    )
