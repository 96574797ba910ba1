"""Whether the event log is as it was written, for those who look often: most of it was checked before.

Every entry holds the hash of the one before, so the newest hash that was found right stands for all that it
was found right for: to write earlier entries anew, so that they hold together, changes it, and a log that
lacks it was cut. What such a look
does not see is an earlier entry that was changed and holds no longer. So each look also goes through a
stretch of the earlier entries, the next one each time, until all were looked at again; and whatever does
not hold has the whole log checked, which names it. A log that is no longer than a stretch is checked whole
each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from copilot.domain.event_log import EMPTY, Entry, Seal
from copilot.domain.tampering import check, unbroken
from copilot.review import witness

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from copilot.domain.event_log import Unreadable
    from copilot.domain.review import ItemId, Version
    from copilot.domain.tampering import Damage
    from copilot.review.ports import EventRows

STRETCH: Final = 2_000
"""Earlier entries that a look goes through: a tenth of a second."""

_TOLD: Final = frozenset({witness.SAVED, witness.APPROVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a look at the log has found."""

    entries: int
    seal: Seal
    damages: tuple[Damage, ...]
    contradictions: tuple[str, ...]
    """What is kept of the review and not borne out by the log."""
    whole_at: datetime
    """When every entry was checked, those after `whole` excepted."""
    whole: int
    """How many entries there were then."""

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.damages or self.contradictions)


@dataclass(slots=True, kw_only=True)
class _Known:
    """What was found right, as far as it goes."""

    seal: Seal
    whole: int
    whole_at: datetime
    told: list[Entry]
    """The entries that say what was saved and approved."""
    looked: int = 0
    """Up to which entry the stretches have come."""


class LogWatch:
    """Looks at one log again and again; any method may be called from any thread."""

    def __init__(
        self,
        log: EventRows,
        *,
        kept: Callable[[], Mapping[ItemId, Sequence[Version]]],
        now: Callable[[], datetime],
        stretch: int = STRETCH,
    ) -> None:
        """Take the parts.

        Args:
            log: The log as it stands.
            kept: Returns every version of every item.
            now: The time, in UTC.
            stretch: Earlier entries that a look goes through.
        """
        self._log = log
        self._kept = kept
        self._now = now
        self._stretch = stretch
        self._lock = Lock()
        self._known: _Known | None = None
        self._sealed: Seal | None = None
        """The longest log that was found right: against it a cut end shows, and stays to be seen."""

    def look(self, *, whole: bool = False) -> Looked:
        """Return whether the log is as it was written.

        Args:
            whole: Check every entry, whatever was found right before.
        """
        with self._lock:
            known = self._known
            if not whole and known and known.seal.entries and self._still_holds(known):
                return self._looked(known, ())
            return self._whole()

    def _whole(self) -> Looked:
        rows = self._log.entries()
        damages = tuple(check(rows, self._sealed))
        last = rows[-1] if rows else None
        seal = Seal(entries=last.number, hash=last.hash) if isinstance(last, Entry) else EMPTY
        known = _Known(seal=seal, whole=len(rows), whole_at=self._now(), told=_told(rows))
        self._known = None if damages else known
        self._sealed = self._sealed if damages else seal
        return self._looked(known, damages)

    def _looked(self, known: _Known, damages: tuple[Damage, ...]) -> Looked:
        return Looked(
            entries=known.seal.entries if not damages else known.whole,
            seal=known.seal,
            damages=damages,
            contradictions=tuple(witness.contradictions(known.told, self._kept())),
            whole_at=known.whole_at,
            whole=known.whole,
        )

    def _still_holds(self, known: _Known) -> bool:
        """Take in what is new, and say whether it and a stretch of what is not new are as written."""
        seal = known.seal
        newest = self._log.between(seal.entries)
        anchor = newest[0] if newest else None
        if not isinstance(anchor, Entry) or anchor.hash != seal.hash:
            return False
        if not unbroken(newest, Seal(entries=seal.entries - 1, hash=anchor.previous)):
            return False
        last = newest[-1]
        if not isinstance(last, Entry) or last.number != self._log.count(last.number):
            return False
        if not self._stretch_holds(known):
            return False
        known.seal = self._sealed = Seal(entries=last.number, hash=last.hash)
        known.told += _told(newest[1:])
        return True

    def _stretch_holds(self, known: _Known) -> bool:
        first = known.looked
        last = min(first + self._stretch, known.seal.entries)
        rows = self._log.between(first, last)
        before = EMPTY
        if first:
            anchor = rows[0] if rows else None
            if not isinstance(anchor, Entry) or anchor.number != first:
                return False
            before, rows = Seal(entries=first, hash=anchor.hash), rows[1:]
        if len(rows) != last - first or not unbroken(rows, before):
            return False
        known.looked = 0 if last == known.seal.entries else last
        if not first and not known.looked:
            known.whole, known.whole_at = last, self._now()
        return True


def _told(rows: Sequence[Entry | Unreadable]) -> list[Entry]:
    return [one for one in rows if isinstance(one, Entry) and one.happening.action in _TOLD]
