"""See what is asked and how it went: counted, and one line in the log for each request.

Seen are the route, who asked, the status and the time that it took: never a query, a body or a token.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from fastapi.routing import iter_route_contexts

from copilot.service import logs

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from copilot.service.metrics import Metrics

NO_ROUTE: Final = "none"
"""What stands for the route of a path that has none; the path itself is anybody's to choose."""

_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
_CLOSED: Final = 499
"""The status of a request whose client did not wait for an answer."""


class Observed:
    """Counts requests and logs them; it stands around everything else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        metrics: Metrics = scope["app"].state.metrics
        begun = time.perf_counter()
        status = _CLOSED

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        metrics.begin()
        try:
            await self._app(scope, receive, sending)
        except Exception:
            status = 500
            raise
        finally:
            seconds = time.perf_counter() - begun
            # A client may send any word as the method.
            method = scope["method"] if scope["method"] in _METHODS else "other"
            route = route_of(scope)
            metrics.end(route=route, method=method, status=status, seconds=seconds)
            logs.note(_person(scope), method, route, status=status, seconds=seconds)


def route_of(scope: Scope) -> str:
    """Return the template of the route that a request found, without what stands in its places."""
    app: FastAPI = scope["app"]
    known: dict[int, str] | None = getattr(app.state, "templates", None)
    if known is None:
        # A route knows its own part of the path only, not that of the routers around it.
        found = iter_route_contexts(app.routes)
        known = {id(one.original_route): one.path for one in found if one.path is not None}
        app.state.templates = known
    path = known.get(id(scope.get("route")))
    if path is None:
        return "/static" if scope["path"].startswith("/static/") else NO_ROUTE
    return path


def _person(scope: Scope) -> str:
    state: dict[str, Any] = scope.get("state", {})
    caller = state.get("caller")
    return str(caller.principal.id) if caller else ""
