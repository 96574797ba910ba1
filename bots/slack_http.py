"""Slack's requests over signed HTTP, for a service that Slack can reach."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request
from slack_bolt import BoltRequest
from slack_sdk.signature import SignatureVerifier
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from bots.slack import from_environment
from bots.slack_once import begin, finish

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copilot.bootstrap.service import Service

PATH: Final = "/slack/events"

_JOINING: Final = 5.0
"""Seconds that the end waits for a look at what waits for people."""

_SECRET: Final = "SLACK_SIGNING_SECRET"  # noqa: S105  the name of a variable


class SlackRoutes:
    """The one address that Slack sends events, commands and buttons to."""

    def __init__(self, service: Service, secret: str, *, url: str) -> None:
        """Wire the bot.

        Args:
            service: The workspace.
            secret: What Slack signs its requests with.
            url: What people call our pages by.

        Raises:
            BadInput: A token is missing, or Slack does not know it.
            CannotConnect: Slack cannot be reached.
        """
        self._bot = from_environment(service, url=url)
        self._looking = threading.Thread(
            target=self._bot.keep_looking, name="slack-look", daemon=True
        )
        self._looking.start()
        self._once = service.replies
        self._verifier = SignatureVerifier(secret)

    def router(self) -> APIRouter:
        """Return the route. Who may call it is told by Slack's signature, which is checked."""
        router = APIRouter()

        @router.post(PATH, name="slack")
        async def events(request: Request) -> Response:
            return await run_in_threadpool(self._handled, request, await request.body())

        return router

    def close(self) -> None:
        """Finish what was begun."""
        self._bot.stop()
        self._looking.join(_JOINING)

    def _handled(self, request: Request, body: bytes) -> Response:
        headers = dict(request.headers)
        signature = headers.get("x-slack-signature", "")
        if not self._signed(body, headers) or self._seen(signature):
            return PlainTextResponse("This request is not signed by Slack, or is old.", 401)
        answered = self._bot.app.dispatch(
            BoltRequest(
                body=body.decode("utf-8", "replace"),
                query=str(request.url.query),
                headers={**headers},
            )
        )
        return Response(
            answered.body, answered.status, headers=answered.first_headers_without_set_cookie()
        )

    def _signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Say whether Slack signed a request, within the last five minutes."""
        if not headers.get("x-slack-request-timestamp", "").isdecimal():
            return False  # where the library expects a number
        return self._verifier.is_valid_request(body, headers)

    def _seen(self, signature: str) -> bool:
        """Say whether a request came before: Slack signs even what it delivers again anew."""
        key = f"signature/{signature}"
        if not begin(self._once, key):
            return True
        finish(self._once, key)
        return False


def routes(service: Service, *, url: str) -> SlackRoutes | None:
    """Return the routes for Slack if the environment has what they need; else nothing.

    Raises:
        BadInput: A token is of another kind, or Slack does not know it.
        CannotConnect: Slack cannot be reached.
    """
    secret = os.environ.get(_SECRET, "").strip()
    return SlackRoutes(service, secret, url=url) if secret else None
