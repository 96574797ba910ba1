"""What strangers may try at the doors: after some refusals, whoever comes from an address has to wait."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from copilot.service.failures import problem_response
from copilot.service.limits import Rates
from copilot.service.oidc import RETURN_PATH
from copilot.service.problems import Problem, type_of

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

DOORS: Final = frozenset({"/sign-in/first-look", RETURN_PATH})
"""Where a secret lets somebody in who is nobody yet."""

_A_MINUTE: Final = 10
"""Refusals of one address; a person who opens an old link needs one or two."""

_ONE_NETWORK: Final = 64
"""Leading bits of an address of IP version 6: whoever has one has all that begin with the same."""


class Doorkeeper:
    """Lets those wait who were refused at a door too often. Whoever is let in is not counted.

    It goes by the address, since of strangers nothing else is known. Those on this machine are none.
    """

    def __init__(self, app: ASGIApp, *, a_minute: int = _A_MINUTE) -> None:
        self._app = app
        self._refusals = Rates(a_minute, at_once=a_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that it has come too soon."""
        stranger = _stranger(scope) if scope["type"] == "http" and scope["path"] in DOORS else ""
        if not stranger:
            await self._app(scope, receive, send)
            return
        if seconds := self._refusals.wait(stranger):
            response = await run_in_threadpool(_too_soon, Request(scope), seconds)
            await response(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] >= 400:
                self._refusals.take(stranger)
            await send(message)

        await self._app(scope, receive, sending)


def _stranger(scope: Scope) -> str:
    """Return where a request comes from; nothing if it is from this machine or from no address."""
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            network = ipaddress.ip_network((int(address), _ONE_NETWORK), strict=False)
            return "" if address.is_loopback else str(network)
        address = address.ipv4_mapped
    return "" if address.is_loopback else str(address)


def _too_soon(request: Request, seconds: int) -> Response:
    problem = Problem(
        type=type_of("TooManyRequests"),
        title="Too many requests",
        status=429,
        detail="Signing in was refused too often for this address.",
        hint=f"Wait {seconds} s.",
        instance=request.url.path,
    )
    return problem_response(request, problem, {"Retry-After": str(seconds)})
