"""Connections that are given up if a request does not begin in time: nobody holds one without asking."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from uvicorn.protocols.http.auto import AutoHTTPProtocol

if TYPE_CHECKING:
    # Which of the two there is depends on what is installed; both have what is used here.
    from uvicorn.protocols.http.h11_impl import H11Protocol as _Protocol
else:
    _Protocol = AutoHTTPProtocol

SECONDS: Final = 20.0
"""From the connection, or from the first byte of a further request, until its headers are there: what a
browser that connects ahead of time is given by other servers, at the least."""

HEADER_BYTES: Final = 65_536
"""Of the address and the headers of one request; the largest that any browser sends is a quarter of it."""


class PromptConnection(_Protocol):
    """Closes a connection on which the headers of a request come too slowly, or without end.

    Bodies have limits of their own, which the application knows, and an idle connection is closed by the
    server itself.
    """

    _late: asyncio.TimerHandle | None = None
    _seen = 0

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what has come, and see whether it was the end of the headers."""
        before: Any = self.cycle
        if self._late is None and (before is None or before.response_complete):
            self._wait()
        super().data_received(data)
        if self.cycle is not before:
            self._begun()
        elif self._late is not None:
            self._seen += len(data)
            if self._seen > HEADER_BYTES:
                self._give_up()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._begun()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._seen = 0
        self._late = self.loop.call_later(SECONDS, self._give_up)

    def _begun(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        # No answer: of a request that has not begun, nothing is known that one could be given to.
        self._begun()
        self.transport.close()
