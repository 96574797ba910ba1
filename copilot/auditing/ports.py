"""The seams of auditing: what it asks of the database, the sources and the items.

Adapters fit these without inheriting from them, as they do those of `copilot.ports`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from copilot.domain.access import Principal
    from copilot.domain.event_log import Happening
    from copilot.domain.requests import Provided, Request, RequestState


class RequestStore(Protocol):
    """Keeps requests and what was provided for them."""

    def requests(self) -> list[Request]:
        """Return every request, newest first."""

    def request(self, id_: int) -> Request | None:
        """Return a request, or nothing if there is none of that id."""

    def changing_requests(self) -> AbstractContextManager[RequestChange]:
        """Begin a change that nobody else's comes between; it is kept whole or not at all.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """


class RequestChange(Protocol):
    """A change of requests, together with its entries in the event log."""

    def request(self, id_: int) -> Request | None:
        """Return a request as it is now, or nothing if there is none of that id."""

    def add(self, request: Request) -> int:
        """Keep a new request, and return its id."""

    def set_state(self, id_: int, state: RequestState) -> None:
        """Keep where a request stands."""

    def provide(self, id_: int, provided: Provided) -> None:
        """Keep what was provided for a request."""

    def take_back(self, provided: int) -> None:
        """Drop something that was provided."""

    def log(self, happening: Happening, *, at: datetime) -> None:
        """Append to the event log."""


class Material(Protocol):
    """What can be provided: sources and approved items, as far as somebody may read them."""

    def title(self, what: str, *, principal: Principal) -> str | None:
        """Return what a source or an approved item is called; nothing if they may not read it."""
