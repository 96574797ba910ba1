"""What an auditor opens is in the event log; and what no auditor will ever be shown is named."""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import SourceKind
from copilot.domain.event_log import Happening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from typing import Protocol

    from copilot.domain.access import Principal
    from copilot.domain.documents import Source

    class Log(Protocol):
        """Where it is written down."""

        def append(self, happening: Happening, *, at: datetime) -> object:
            """Add an entry after the newest."""


OPENED_SOURCE: Final = "opened a source"
OPENED_ITEM: Final = "opened an item"

_AGAIN: Final = timedelta(minutes=5)
"""A page asks several times for what it shows: within this time that is the same opening."""


class Openings:
    """Writes down what auditors open; others may open what they may read without a trace."""

    def __init__(self, log: Log, now: Callable[[], datetime]) -> None:
        self._log = log
        self._now = now
        self._lock = Lock()
        self._seen: dict[tuple[str, str], datetime] = {}

    def opened_source(self, path: str, *, principal: Principal) -> None:
        """Say that somebody opens a source; nothing is shown to an auditor before this has returned.

        Raises:
            WorkspaceNotWritable: The principal is an auditor, and the database can only be read.
        """
        self._opened(OPENED_SOURCE, path, principal)

    def opened_item(self, id_: str, *, principal: Principal) -> None:
        """Say that somebody opens an item; likewise.

        Raises:
            WorkspaceNotWritable: The principal is an auditor, and the database can only be read.
        """
        self._opened(OPENED_ITEM, id_, principal)

    def _opened(self, action: str, about: str, principal: Principal) -> None:
        if not principal.audits:
            return
        now, key = self._now(), (principal.id, about)
        with self._lock:
            last = self._seen.get(key)
            if last is not None and now - last < _AGAIN:
                return
            self._log.append(Happening(who=principal.id, action=action, about=about), at=now)
            self._seen = {one: at for one, at in self._seen.items() if now - at < _AGAIN}
            self._seen[key] = now


def timeless(sources: Iterable[Source]) -> list[Source]:
    """Return the evidence that no auditor is shown, since nobody has said what time it speaks for."""
    return [
        one
        for one in sources
        if one.metadata.kind is SourceKind.EVIDENCE and one.metadata.period is None
    ]
