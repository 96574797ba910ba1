"""What a single client may cost: requests a minute, the size of a body, the time that it takes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from copilot.errors import TooManyRequests
from copilot.service.problems import MEDIA_TYPE, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CLIENTS: Final = 10_000
"""How many are remembered; the one that was seen longest ago is forgotten first."""

_BODY_SECONDS: Final = 20.0
_UPLOAD_SECONDS: Final = 600.0
BODY_BYTES: Final = 2_000_000
"""Enough for a draft of some 500 pages."""


class Rates:
    """Counts requests by principal: as many at once as in ten seconds, as many a minute as allowed."""

    def __init__(
        self,
        a_minute: int,
        *,
        at_once: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take the limits.

        Args:
            a_minute: How many requests a minute.
            at_once: How many may come together; if it is not said, those of ten seconds, at least 20.
            clock: Seconds that only go forwards.
        """
        self._rate = a_minute / 60
        self._most = max(20.0, a_minute / 6) if at_once is None else at_once
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, client: str) -> None:
        """Count one request.

        Raises:
            TooManyRequests: The client has to wait; the error says for how long.
        """
        if seconds := self.take(client):
            raise TooManyRequests(
                f"{client} has made too many requests", seconds, hint=f"Wait {seconds} s."
            )

    def take(self, client: str) -> int:
        """Count one request if it is allowed; else return how many seconds the client has to wait."""
        with self._lock:
            now = self._clock()
            left = self._now_left(client, now)
            allowed = left >= 1
            self._left[client] = (left - 1 if allowed else left, now)
            self._left.move_to_end(client)
            if len(self._left) > _CLIENTS:
                self._left.popitem(last=False)
        return 0 if allowed else self._seconds(left)

    def wait(self, client: str) -> int:
        """Return what `take` would, and count nothing."""
        with self._lock:
            left = self._now_left(client, self._clock())
        return 0 if left >= 1 else self._seconds(left)

    def _now_left(self, client: str, now: float) -> float:
        left, then = self._left.get(client, (self._most, now))
        return min(self._most, left + (now - then) * self._rate)

    def _seconds(self, left: float) -> int:
        return max(1, round((1 - left) / self._rate + 0.5))


class BodyLimits:
    """Refuses bodies that are too large or come too slowly, before a route sees any of them."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        uploads: frozenset[str],
        upload_bytes: int,
        upload_seconds: float = _UPLOAD_SECONDS,
    ) -> None:
        """Take the limits.

        Args:
            app: What is protected.
            uploads: The paths that take files.
            upload_bytes: The largest body of those.
            upload_seconds: How long the whole of such a body may take.
        """
        self._app = app
        self._uploads = uploads
        self._upload_bytes = upload_bytes
        self._upload_seconds = upload_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body measured."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        uploads = scope["path"].rstrip("/") in self._uploads
        limit = self._upload_bytes if uploads else BODY_BYTES
        declared = _declared(scope)
        if declared is not None and declared > limit:
            await _refuse(scope, send, limit)
            return
        body = _Body(receive, limit, self._upload_seconds if uploads else _BODY_SECONDS)
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            # Whoever reads a body takes any error for one of its form, and would say so.
            if body.refused is None or started:
                started = started or message["type"] == "http.response.start"
                await send(message)

        with contextlib.suppress(_RefusedError):
            await self._app(scope, body.receive, sending)
        if not started and body.refused == 413:
            await _refuse(scope, send, limit)
        elif not started and body.refused is not None:
            await _answer(scope, send, body.refused, "The body of the request came too slowly.")


class _RefusedError(Exception):
    """The rest of a body is not read."""


class _Body:
    def __init__(self, receive: Receive, limit: int, seconds: float) -> None:
        self._receive = receive
        self._limit = limit
        self._until = time.monotonic() + seconds
        self._seen = 0
        self._whole = False
        self.refused: int | None = None
        """The status that the request is refused with, once it is."""

    async def receive(self) -> Message:
        if self._whole:
            return await self._receive()
        try:
            async with asyncio.timeout(max(0.0, self._until - time.monotonic())):
                message = await self._receive()
        except TimeoutError as exc:
            self.refused = 408
            raise _RefusedError from exc
        if message["type"] == "http.request":
            self._seen += len(message.get("body", b""))
            self._whole = not message.get("more_body", False)
            if self._seen > self._limit:
                self.refused = 413
                raise _RefusedError
        return message


def _declared(scope: Scope) -> int | None:
    for name, value in scope["headers"]:
        if name == b"content-length":
            # A value that is no number is refused by the server itself.
            return int(value) if value.isdigit() else None
    return None


async def _refuse(scope: Scope, send: Send, limit: int) -> None:
    await _answer(scope, send, 413, f"The request is larger than {limit:,} bytes.")


async def _answer(scope: Scope, send: Send, status: int, detail: str) -> None:
    title = "Too large" if status == 413 else "Too slow"
    problem = Problem(
        type=f"urn:soc2-copilot:problem:{title.lower().replace(' ', '-')}",
        title=title,
        status=status,
        detail=detail,
        hint="Send less at once.",
        instance=scope["path"],
    )
    body = problem.model_dump_json(exclude_defaults=True).encode()
    headers = [
        (b"content-type", MEDIA_TYPE.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
