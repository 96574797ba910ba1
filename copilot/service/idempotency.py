"""The header Idempotency-Key: a change that is sent again under its key is not made again.

It stands around every route of the API that changes something, so that no route has to think of it. A
reply is kept for 24 hours if it is a success; what failed has changed nothing, and its key may be used
again. So it may after a crash, which leaves no reply.
"""

from __future__ import annotations

import re
import tempfile
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import anyio
import anyio.to_thread
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from copilot.domain.replies import Order, Reply
from copilot.errors import CopilotError, TooManyRequests
from copilot.replies import AtWork, Begun, KeyReused
from copilot.service.access import caller_of
from copilot.service.failures import problem_response
from copilot.service.parts import service_of
from copilot.service.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from tempfile import SpooledTemporaryFile

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from copilot.service.access import Caller

HEADER: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"

CHANGES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_API: Final = "/api/v1/"
_UNKEPT: Final = re.compile(
    r"/api/v1/(?:ask|search|commands)(?:/.*)?|/api/v1/(?:.*/)?tokens(?:/.*)?"
)
"""Paths that are done whenever they are asked for: they only read, or stream, or answer with a secret that
is kept nowhere."""

_KEY: Final = re.compile(r"[\x21-\x7e]{1,200}")
_KEPT_HEADERS: Final = frozenset({"content-type", "content-disposition", "etag", "location"})
_IN_MEMORY: Final = 1_000_000
_PIECE: Final = 65_536
_AGAIN_AFTER: Final = "2"


def takes_key(method: str, path: str) -> bool:
    """Say whether a request may carry a key that is looked at."""
    return method in CHANGES and path.startswith(_API) and not _UNKEPT.fullmatch(path)


class OnceOnly:
    """Gives a request that was answered under the same key the reply of then."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer in place of its route."""
        key = Headers(scope=scope).get(HEADER) if scope["type"] == "http" else None
        if key is None or not takes_key(scope["method"], scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            caller = await anyio.to_thread.run_sync(caller_of, request)
        except CopilotError:
            # The route refuses it, and says why.
            await self._app(scope, receive, send)
            return
        if not _KEY.fullmatch(key):
            response = _unusable_key(request)
            await response(scope, receive, send)
            return
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as body:
            if await _read(receive, body):
                order = Order(
                    person=caller.principal.id, key=key, request=_hash(request, caller, body)
                )
                await self._once(request, order, _Replayed(receive, body), send)

    async def _once(self, request: Request, order: Order, receive: _Replayed, send: Send) -> None:
        desk = service_of(request).replies
        standing = await anyio.to_thread.run_sync(desk.begin, order)
        if isinstance(standing, Begun):
            await self._first(request.scope, order, receive, send)
            return
        response = _counted(request, order) or _response(request, standing)
        await response(request.scope, receive, send)

    async def _first(self, scope: Scope, order: Order, receive: _Replayed, send: Send) -> None:
        desk = service_of(Request(scope)).replies
        taken = _Taken(send)
        reply: Reply | None = None
        try:
            await self._app(scope, receive, taken.send)
            reply = taken.reply()
        finally:
            # A request that is cut off must not leave its key at work.
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(desk.finish, order, reply)
        await taken.pass_on()


class _Taken:
    """Holds a reply back until it is kept; a stream goes through as it comes."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._messages: list[Message] = []
        self._streams = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kind = Headers(raw=message["headers"]).get("content-type", "")
            self._streams = kind.startswith("text/event-stream")
        if self._streams:
            await self._send(message)
        else:
            self._messages.append(message)

    def reply(self) -> Reply | None:
        """Return what is to be kept; nothing of a stream and of what did not succeed."""
        if not self._messages or not 200 <= self._messages[0]["status"] < 300:
            return None
        headers = Headers(raw=self._messages[0]["headers"])
        return Reply(
            status=self._messages[0]["status"],
            headers=tuple((name, headers[name]) for name in _KEPT_HEADERS if name in headers),
            body=b"".join(one.get("body", b"") for one in self._messages[1:]),
        )

    async def pass_on(self) -> None:
        for message in self._messages:
            await self._send(message)


class _Replayed:
    """Gives a body that was read once more, and then what the client says."""

    def __init__(self, receive: Receive, body: SpooledTemporaryFile[bytes]) -> None:
        self._receive = receive
        self._body = body
        self._done = False
        body.seek(0)

    async def __call__(self) -> Message:
        if self._done:
            return await self._receive()
        piece = self._body.read(_PIECE)
        self._done = len(piece) < _PIECE
        return {"type": "http.request", "body": piece, "more_body": not self._done}


async def _read(receive: Receive, body: SpooledTemporaryFile[bytes]) -> bool:
    """Read a whole body; say whether it came whole."""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return False
        body.write(message.get("body", b""))
        if not message.get("more_body", False):
            return True


def _hash(request: Request, caller: Caller, body: SpooledTemporaryFile[bytes]) -> str:
    """Return what tells a request apart: what it asks for, of whom, with what rights."""
    kind, _, boundary = request.headers.get("content-type", "").partition("boundary=")
    parts = (
        request.method,
        request.url.path,
        request.url.query,
        kind,
        request.headers.get("if-match", ""),
        caller.principal.role,
        *sorted(caller.principal.audiences),
        *sorted(caller.scopes),
    )
    made = sha256("\0".join(parts).encode())
    for piece in _pieces(body, boundary.strip('" ').encode()):
        made.update(piece)
    return made.hexdigest()


def _pieces(body: SpooledTemporaryFile[bytes], boundary: bytes) -> Iterator[bytes]:
    """Yield a body, without the lines between its parts: a client makes up others for each try."""
    body.seek(0)
    begins = True
    while piece := body.readline(_PIECE):
        if not (boundary and begins and piece.startswith(b"--" + boundary)):
            yield piece
        begins = piece.endswith(b"\n")


def _counted(request: Request, order: Order) -> Response | None:
    """Count a request that no route sees; return the refusal if there were too many."""
    try:
        request.app.state.rates.count(order.person)
    except TooManyRequests as exc:
        problem = _problem(request, 429, "Too many requests", str(exc), exc.hint)
        return problem_response(request, problem, {"Retry-After": str(exc.seconds)})
    return None


def _response(request: Request, standing: AtWork | KeyReused | Reply) -> Response:
    match standing:
        case Reply():
            response = Response(standing.body, standing.status)
            headers = MutableHeaders(raw=response.raw_headers)
            for name, value in standing.headers:
                headers[name] = value
            headers[REPLAYED] = "true"
            return response
        case AtWork():
            problem = _problem(
                request,
                409,
                "Still at work",
                "the same request is being done",
                "Send it again in a moment, with the same key.",
            )
            return problem_response(request, problem, {"Retry-After": _AGAIN_AFTER})
        case KeyReused():
            problem = _problem(
                request,
                422,
                "Key reused",
                f"this {HEADER} stood on another request",
                "Make a new key for every request; send the same again only with the same request.",
            )
            return problem_response(request, problem)


def _unusable_key(request: Request) -> Response:
    problem = _problem(
        request,
        400,
        "Unusable key",
        f"{HEADER} holds 1 to 200 characters of ASCII, without spaces",
        "A random UUID is a good one.",
    )
    return problem_response(request, problem)


def _problem(request: Request, status: int, title: str, *said: str) -> Problem:
    detail, hint = said
    return Problem(
        type=f"urn:soc2-copilot:problem:{title.lower().replace(' ', '-')}",
        title=title,
        status=status,
        detail=detail,
        hint=hint,
        instance=request.url.path,
    )


def describe(document: dict[str, Any]) -> None:
    """Add the header to every operation of an OpenAPI document that looks at it."""
    parameter = {
        "name": HEADER,
        "in": "header",
        "required": False,
        "description": "A name that the sender makes up for this change, such as a random UUID. Sent again "
        "with the same key within 24 hours, the request is not done again and has the reply of the first "
        "time. Another request under the key is refused with 422, one that is still at work with 409.",
        "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,200}$"},
        "example": "0b0e7a0c-6d0f-4a53-9f7e-3d1a9a0f5a53",
    }
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if takes_key(method.upper(), path):
                operation.setdefault("parameters", []).append(parameter)
