"""Whether the event log is as it was written, and if not, which entries were touched and how.

Each entry's hash is over its number, what it says, and the hash before it. So an entry that was edited
no longer has its hash; one that was moved has the hash of another number; one that is gone leaves a
number empty; one that was slipped in has no place in the chain. A tail that was cut, and a log that was
written anew from some entry on, only show against a seal that was kept elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from copilot.domain.event_log import BEFORE_THE_FIRST, Entry, Unreadable, hash_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from copilot.domain.event_log import Seal

_MOST_TRIES: Final = 200_000
"""Numbers that are tried to find where entries that were moved come from: about two seconds."""

_TWICE: Final = "the chain goes through another entry of its number"


class Harm(StrEnum):
    """What was done to entries."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    MOVED = "moved"
    CUT = "cut"
    """The end of the log is missing."""
    REWRITTEN = "rewritten"
    """The log holds together, and is not the one that was sealed."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Damage:
    """Entries that follow each other and were touched in the same way."""

    first: int
    last: int
    harm: Harm
    places: int = 0
    """How many numbers entries that were moved stand too late; less than nothing for too early."""
    why: str = ""

    def __str__(self) -> str:
        """Return a sentence without its full stop."""
        one = self.first == self.last
        named = f"entry {self.first}" if one else f"entries {self.first} to {self.last}"
        match self.harm:
            case Harm.CHANGED:
                return f"{named} {'is' if one else 'are'} not as written: {self.why}"
            case Harm.REMOVED:
                return f"{named} {'is' if one else 'are'} missing"
            case Harm.INSERTED:
                return f"{named} {'was' if one else 'were'} slipped in: {self.why}"
            case Harm.MOVED:
                way = "late" if self.places > 0 else "early"
                far = "1 place" if abs(self.places) == 1 else f"{abs(self.places)} places"
                return f"{named} {'stands' if one else 'stand'} {far} too {way}"
            case Harm.CUT:
                return f"{named} {'is' if one else 'are'} missing at the end of the log"
            case Harm.REWRITTEN:
                return f"{named} {'is' if one else 'are'} not what was sealed"


def check(rows: Sequence[Entry | Unreadable], seal: Seal | None = None) -> list[Damage]:
    """Return what was done to a log, by number; nothing if it is as it was written.

    Args:
        rows: Every row, in the order in which they stand.
        seal: One that was kept elsewhere; with it, a cut tail shows too.
    """
    return _Checking(rows, seal).damages()


def unbroken(rows: Iterable[Entry | Unreadable], after: Seal) -> bool:
    """Say whether rows come right after a seal, one after the other, each as it was written.

    It is quick and names nothing: if it says no, `check` over the whole log tells what was done.

    Args:
        rows: A stretch of the log, in the order in which they stand.
        after: The number and the hash of the entry before them.
    """
    number, previous = after.entries, after.hash
    for row in rows:
        number += 1
        if isinstance(row, Unreadable) or (row.number, row.previous) != (number, previous):
            return False
        if not _holds(row, number):
            return False
        previous = row.hash
    return True


class _Checking:
    """Tells, for one log, which rows are what was written, and under which number."""

    def __init__(self, rows: Sequence[Entry | Unreadable], seal: Seal | None) -> None:
        self._rows = rows
        self._seal = seal
        self._tries = _MOST_TRIES
        self._shifts: list[int] = [0]
        self._genuine: dict[int, Entry] = {}
        self._found: list[Damage] = []

    def damages(self) -> list[Damage]:
        """Return what was found, stretches put together."""
        forged = self._sort_out()
        for number, why in forged:
            known = number in self._genuine or number < 1 or why == _TWICE
            self._add(Harm.INSERTED if known else Harm.CHANGED, number, why=why)
        changed = {one.first for one in self._found if one.harm is Harm.CHANGED}
        last = max([*self._genuine, *changed], default=0)
        for number in range(1, last + 1):
            if number not in self._genuine and number not in changed:
                self._add(Harm.REMOVED, number)
        self._check_order()
        self._check_links()
        self._check_seal(last, changed)
        return _together(set(self._found))

    def _add(self, harm: Harm, number: int, *, places: int = 0, why: str = "") -> None:
        self._found.append(Damage(first=number, last=number, harm=harm, places=places, why=why))

    def _sort_out(self) -> list[tuple[int, str]]:
        """Find the genuine entry of each number; return the numbers of the others, and why."""
        claims: dict[int, list[Entry]] = defaultdict(list)
        forged: list[tuple[int, str]] = []
        for row in self._rows:
            if isinstance(row, Unreadable):
                forged.append((row.number, row.why))
            elif (number := self._written_as(row)) is not None:
                claims[number].append(row)
            else:
                forged.append((row.number, "it does not have the hash of what it says"))
        for number, claimants in sorted(claims.items()):
            chosen = self._chosen(number, claimants, claims)
            self._genuine[number] = chosen
            forged += [(one.number, _TWICE) for one in claimants if one is not chosen]
        return forged

    def _written_as(self, row: Entry) -> int | None:
        """Return the number that an entry was written with; nothing if its hash is that of none."""
        for shift in self._shifts:
            if _holds(row, row.number - shift):
                return row.number - shift
        count = len(self._rows)
        if self._tries < count:
            return None
        self._tries -= count
        for number in range(1, count + 2):
            if _holds(row, number):
                # Rows behind one that was slipped in or taken out stand as far off as it does.
                self._shifts.insert(1, row.number - number)
                return number
        return None

    def _chosen(
        self, number: int, claimants: Sequence[Entry], claims: dict[int, list[Entry]]
    ) -> Entry:
        """Return which of several entries with a number the chain goes through."""
        if len(claimants) == 1:
            return claimants[0]
        followed = {one.previous for one in claims.get(number + 1, ())}
        before = self._genuine.get(number - 1)
        # Of the last two it is the one that had to make room, unless one is a copy of the other.
        copied = len({one.hash for one in claimants}) < len(claimants)
        return max(
            claimants,
            key=lambda one: (
                one.hash in followed,
                before is not None and one.previous == before.hash,
                (one.number == number) == copied,
            ),
        )

    def _check_order(self) -> None:
        genuine = {id(entry): number for number, entry in self._genuine.items()}
        for row in self._rows:
            number = genuine.get(id(row))
            if number is not None and number != row.number:
                self._add(Harm.MOVED, number, places=row.number - number)
        # In a file, lines may stand in another order than their numbers.
        for one, other in pairwise(self._rows):
            if other.number <= one.number:
                self._add(Harm.MOVED, other.number, places=one.number - other.number or 1)

    def _check_links(self) -> None:
        """Find entries that hold together in themselves and not with those beside them."""
        for number, entry in sorted(self._genuine.items()):
            before = self._genuine.get(number - 1)
            expected = (
                before.hash if before else BEFORE_THE_FIRST if number == 1 else entry.previous
            )
            if entry.previous == expected:
                continue
            after = self._genuine.get(number + 1)
            # Whoever changes an entry and its hash breaks the link from the one behind it.
            if number > 1 and after is not None and after.previous == entry.hash:
                self._add(Harm.CHANGED, number - 1, why="the one after it follows another")
            elif number == 1:
                self._add(Harm.CHANGED, number, why="it is not the first entry")
            else:
                why = "one does not follow the other"
                self._found.append(
                    Damage(first=number - 1, last=number, harm=Harm.CHANGED, why=why)
                )

    def _check_seal(self, last: int, changed: Iterable[int]) -> None:
        if self._seal is None or self._seal.entries == 0:
            return
        sealed = self._seal.entries
        if sealed > last:
            self._found.append(Damage(first=last + 1, last=sealed, harm=Harm.CUT))
        elif sealed in self._genuine and self._genuine[sealed].hash != self._seal.hash:
            self._add(Harm.REWRITTEN, sealed)


def _holds(entry: Entry, number: int) -> bool:
    return hash_of(number, entry.at, entry.happening, entry.previous) == entry.hash


def _together(damages: Iterable[Damage]) -> list[Damage]:
    """Return damages with neighbours of the same kind as one, by number."""
    joined: list[Damage] = []
    for one in sorted(damages, key=lambda one: (_kind(one), one.first, one.last)):
        before = joined[-1] if joined else None
        if before and _kind(before) == _kind(one) and one.first <= before.last + 1:
            joined[-1] = replace(before, last=max(before.last, one.last))
        else:
            joined.append(one)
    return sorted(joined)


def _kind(one: Damage) -> tuple[str, int, str]:
    return one.harm, one.places, one.why
