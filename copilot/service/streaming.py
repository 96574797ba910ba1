"""Server-sent events, made by one thread from beginning to end and given up when nobody listens."""

from __future__ import annotations

import contextlib
import json
from threading import Event as Flag
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.from_thread
import anyio.to_thread
from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import Receive, Scope, Send

MEDIA_TYPE: Final = "text/event-stream"


class EventStream(Response):
    """Sends each event as it comes: a line with its name and one with its data as JSON."""

    media_type = MEDIA_TYPE

    def __init__(self, events: Callable[[], Iterator[tuple[str, dict[str, Any]]]]) -> None:
        """Take what makes the events; it is called, and used, in one thread that may wait."""
        super().__init__(
            # Proxies that gather what they pass on would hold back what is to be seen at once.
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        del self.headers["content-length"]
        self._events = events
        self._gone = Flag()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events until there are no more, or until the client goes away."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        async with anyio.create_task_group() as group:
            group.start_soon(self._listen, receive)
            await anyio.to_thread.run_sync(self._work, send)
            group.cancel_scope.cancel()
        if not self._gone.is_set():
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone.set()

    def _work(self, send: Send) -> None:
        with contextlib.closing(_closable(self._events())) as events:
            for name, data in events:
                if self._gone.is_set():
                    return
                written = json.dumps(data, ensure_ascii=False)
                body = f"event: {name}\ndata: {written}\n\n".encode("utf-8", "replace")
                anyio.from_thread.run(_send, send, body)


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})


def _closable(
    events: Iterator[tuple[str, dict[str, Any]]],
) -> Any:
    """Return the events as a generator, which lets go of what it holds when it is closed."""
    yield from events
