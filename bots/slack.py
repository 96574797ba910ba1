"""Connect the copilot to Slack: by Socket Mode in a process of its own, or by HTTP within the service."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from bots.slack_actions import Actions
from bots.slack_answers import Replies
from bots.slack_app import Parts, build
from bots.slack_blocks import Links
from bots.slack_commands import Commands
from bots.slack_directory import Directory, Rights
from bots.slack_home import Home
from bots.slack_reviews import Reviews
from bots.slack_rooms import Rooms
from bots.slack_threads import Threads
from bots.slack_work import Work
from copilot.errors import BadInput, CannotConnect, CopilotError

if TYPE_CHECKING:
    from slack_bolt import App

    from copilot.bootstrap.service import Service
    from copilot.domain.accounts import Person

_LOG: Final = logging.getLogger(__name__)

_API: Final = "https://slack.com/api/"
_RETRIES: Final = 3

_LOOK_SECONDS: Final = 60.0
"""How often it is looked whether the socket lives and something new waits for a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """The secrets of an installed app."""

    bot: str
    app: str = ""
    """For Socket Mode."""
    signing_secret: str = ""
    """For requests over HTTP."""

    def __repr__(self) -> str:
        """Return nothing that may not stand in a log."""
        return "Tokens(…)"


def tokens_from(environment: Mapping[str, str]) -> Tokens:
    """Read the tokens, by their usual names.

    Raises:
        BadInput: One is missing or is of another kind; what is named, never its value.
    """
    bot = environment.get("SLACK_BOT_TOKEN", "").strip()
    app = environment.get("SLACK_APP_TOKEN", "").strip()
    if not bot.startswith("xoxb-"):
        raise BadInput(
            "SLACK_BOT_TOKEN is missing" if not bot else "SLACK_BOT_TOKEN is no bot token",
            hint="It begins with xoxb- and stands under OAuth & Permissions of the app.",
        )
    if app and not app.startswith("xapp-"):
        raise BadInput(
            "SLACK_APP_TOKEN is no app-level token",
            hint="It begins with xapp- and stands under Basic Information of the app.",
        )
    return Tokens(
        bot=bot, app=app, signing_secret=environment.get("SLACK_SIGNING_SECRET", "").strip()
    )


class SlackBot:
    """The copilot in one workspace of Slack."""

    def __init__(self, service: Service, tokens: Tokens, *, api: str = _API, url: str = "") -> None:
        """Wire it, and ask Slack who we are.

        Args:
            service: The workspace, which the caller starts and closes.
            tokens: The app's secrets.
            api: Where Slack's Web API is.
            url: What people call our pages by; without it answers name sources and link to none.

        Raises:
            BadInput: Slack does not know the token.
            CannotConnect: Slack cannot be reached.
        """
        self._service = service
        self._tokens = tokens
        self._client = _client(tokens.bot, api)
        try:
            about = self._client.auth_test()
        except SlackApiError as exc:
            raise BadInput(
                f"Slack refuses SLACK_BOT_TOKEN: {exc.response.get('error')}",
                hint="Install the app in the workspace again and take its new token.",
            ) from exc
        except OSError as exc:
            raise CannotConnect(
                f"Slack cannot be reached at {api}: {exc}",
                hint="Check the network, then try again.",
            ) from exc
        self._work = Work()
        self._stopped = threading.Event()
        self._handler: SocketModeHandler | None = None
        self._parts = self._wired(str(about["team_id"]), str(about["user_id"]), Links(url))
        self.app: App = build(self._parts, signing_secret=tokens.signing_secret or None)

    def listen(self, listening: Callable[[], None] = lambda: None) -> None:
        """Listen on a socket until somebody says `stop_listening`.

        Args:
            listening: Is told as soon as the socket is there.

        Raises:
            BadInput: There is no token for it, or Slack refuses it.
        """
        if not self._tokens.app:
            raise BadInput(
                "SLACK_APP_TOKEN is missing",
                hint="Socket Mode needs an app-level token with the scope connections:write.",
            )
        self._handler = SocketModeHandler(
            self.app, self._tokens.app, web_client=self._client, ping_interval=10
        )
        try:
            self._handler.connect()  # type: ignore[no-untyped-call]
        except SlackApiError as exc:
            raise BadInput(
                f"Slack refuses SLACK_APP_TOKEN: {exc.response.get('error')}",
                hint="Make a new app-level token with the scope connections:write.",
            ) from exc
        listening()
        while not self._stopped.wait(_LOOK_SECONDS):
            self.look()

    def stop_listening(self) -> None:
        """Have `listen` return; may be called by a handler of signals."""
        self._stopped.set()

    def look(self) -> None:
        """See that the socket lives, and tell people what waits for them."""
        self._revive()
        try:
            self._parts.reviews.announce()
        except (SlackApiError, CopilotError) as exc:
            _LOG.warning("what waits could not be told: %s", exc)

    def stop(self) -> None:
        """Listen no more, finish what was begun, and let go of the socket."""
        self.stop_listening()
        if self._handler is not None:
            with contextlib.suppress(OSError):
                self._handler.disconnect()  # type: ignore[no-untyped-call]
        self._work.finish()
        if self._handler is not None:
            with contextlib.suppress(OSError):
                self._handler.close()  # type: ignore[no-untyped-call]

    def _revive(self) -> None:
        """Connect anew if Slack does not hear us: a socket can be dead and look alive."""
        if self._handler is None:
            return
        try:
            self._client.auth_test()
            if not self._handler.client.is_connected():
                _LOG.warning("the socket is gone; connecting anew")
                self._handler.client.connect_to_new_endpoint(force=True)
        except (SlackApiError, OSError) as exc:
            _LOG.warning("Slack cannot be reached: %s", exc)

    def _wired(self, team: str, bot: str, links: Links) -> Parts:
        service, client = self._service, self._client
        settings = service.settings
        directory = Directory(client, team=team)
        rights = Rights(self._by_email, members=settings.slack_members)
        rooms = Rooms(client, directory, rights, configured=settings.slack_channels)
        replies = Replies(
            client,
            service,
            people=(directory, rights, rooms),
            threads=Threads(),
            links=links,
        )
        reviews = Reviews(
            client,
            service,
            replies=replies,
            once=service.replies,
            links=links,
            channel=settings.slack_compliance_channel,
            digest=settings.slack_digest,
        )
        actions = Actions(
            client, service, replies=replies, directory=directory, reviews=reviews, links=links
        )
        return Parts(
            client=client,
            bot=bot,
            work=self._work,
            once=service.replies,
            replies=replies,
            actions=actions,
            commands=Commands(service, replies=replies, links=links),
            home=Home(client, service, replies=replies, links=links),
            reviews=reviews,
        )

    def _by_email(self, email: str) -> Person | None:
        listed = self._service.register.people()
        return next((one for one in listed if one.active and one.email == email), None)


def _client(token: str, api: str) -> WebClient:
    client = WebClient(token=token, base_url=api, timeout=20)
    client.retry_handlers += [
        RateLimitErrorRetryHandler(max_retry_count=_RETRIES),
        ServerErrorRetryHandler(max_retry_count=_RETRIES),
        ConnectionErrorRetryHandler(max_retry_count=_RETRIES),
    ]
    return client


def from_environment(service: Service, *, url: str = "") -> SlackBot:
    """Return the copilot in the workspace of Slack that the environment's tokens are of.

    Raises:
        BadInput: A token is missing, or Slack does not know it.
    """
    api = os.environ.get("SLACK_API_URL", _API)
    return SlackBot(service, tokens_from(os.environ), api=api, url=url)
