"""What one call to a model opens on the network: kept to a deadline, and cut from any thread.

A read timeout alone does not end a server that drips, since every byte starts it anew; and a thread that
waits for a byte cannot be stopped. So each call's sockets are known, and whoever gives up shuts them.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Final

from copilot.errors import ModelMisused, ModelTimedOut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_CONNECT_SECONDS: Final = 10.0
"""A server that cannot be connected to in this time is not there."""

_HERE: Final = threading.local()
"""The line of the call that this thread makes."""


class Line:
    """The connections of one call."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._sockets: list[socket.socket] = []
        self._opened: list[socket.socket] = []
        self._lock = threading.Lock()
        self._is_cut = False

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for this call any more."""
        return self._is_cut or time.monotonic() >= self._deadline

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Make this the line of what the current thread sends, and close what it opened."""
        _HERE.line = self
        try:
            yield
        finally:
            _HERE.line = None
            self._close()

    def cut(self) -> None:
        """End everything that is under way; whoever waits for it gets an error at once."""
        with self._lock:
            self._is_cut = True
            for one in self._sockets:
                # Closing would leave a thread that waits in `recv` waiting. Of a TLS socket the plain
                # method is wanted: its own first forgets the session that the other thread is using.
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(one, socket.SHUT_RDWR)
            self._sockets.clear()

    def _close(self) -> None:
        """Close what the vendors leave open of a reply that nobody could read to its end."""
        with self._lock:
            for one in self._opened:
                with contextlib.suppress(OSError):
                    one.close()

    def prepare(self, request: Any) -> None:
        """Bound a request that is about to be sent.

        Raises:
            ModelTimedOut: There is no time left.
        """
        left = self._deadline - time.monotonic()
        if self.is_over:
            raise ModelTimedOut("no time was left to ask the model")
        # A connection of its own for every call: what is cut is nobody else's.
        request.headers["Connection"] = "close"
        request.extensions["trace"] = self._traced
        request.extensions["timeout"] = {
            "connect": min(left, _CONNECT_SECONDS),
            "read": left,
            "write": left,
            "pool": left,
        }

    def _traced(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a socket; httpcore calls this at every step of a request."""
        asked = getattr(info.get("return_value"), "get_extra_info", None)
        found = asked("socket") if asked else None
        if not isinstance(found, socket.socket):
            return
        with self._lock:
            if self._is_cut:
                raise ModelTimedOut("the call was given up while it connected")
            self._sockets.append(found)
            self._opened.append(found)


def event_hooks() -> dict[str, list[Callable[[Any], None]]]:
    """Return what an httpx client calls before each request and after each response's headers."""
    return {"request": [_before], "response": [_after]}


def _before(request: Any) -> None:
    line: Line | None = getattr(_HERE, "line", None)
    if line is not None:
        line.prepare(request)


def _after(response: Any) -> None:
    """Name the commonest mistake; otherwise a web page would look like an empty reply."""
    kind = str(response.headers.get("content-type", ""))
    if response.status_code == 200 and kind.startswith("text/html"):
        raise ModelMisused(
            f"{response.request.url.host} answered with a web page",
            hint="Check `base_url`; for a server that speaks OpenAI's API it mostly ends in /v1.",
        )
