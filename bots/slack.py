"""Connect the copilot to Slack: by Socket Mode in a process of its own, or by HTTP within the service."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)
from slack_sdk.http_retry.builtin_interval_calculators import BackoffRetryIntervalCalculator
from slack_sdk.http_retry.jitter import Jitter

from bots.slack_actions import Actions
from bots.slack_announcing import Announcements
from bots.slack_answers import Replies
from bots.slack_app import Parts, build
from bots.slack_blocks import Links
from bots.slack_commands import Commands
from bots.slack_directory import Directory, Rights
from bots.slack_home import Home
from bots.slack_problems import LOG, VENDORS, error_of, is_refusal, reason, silence_vendors
from bots.slack_reviews import Reviews
from bots.slack_rooms import Rooms
from bots.slack_scopes import ESSENTIAL, OTHERS, check, granted
from bots.slack_socket import Rhythm, Socket
from bots.slack_told import Told
from bots.slack_work import Work
from copilot.errors import BadInput, CannotConnect

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk.web import SlackResponse

    from copilot.bootstrap.service import Service
    from copilot.domain.accounts import Person

_API: Final = "https://slack.com/api/"
_RETRIES: Final = 3

_EVERYTHING: Final = frozenset(ESSENTIAL) | frozenset(OTHERS)
"""What a token is taken to have if Slack does not say."""

_LOOK_SECONDS: Final = 60.0
"""How often it is looked whether something new waits for a person, and whether Slack still knows us."""


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


def check_app_token(tokens: Tokens) -> None:
    """Look whether there is what Socket Mode needs.

    Raises:
        BadInput: There is no app-level token.
    """
    if not tokens.app:
        raise BadInput(
            "SLACK_APP_TOKEN is missing",
            hint="Socket Mode needs an app-level token with the scope connections:write; it stands under "
            "Basic Information of the app.",
        )


class SlackBot:
    """The copilot in one workspace of Slack."""

    def __init__(
        self,
        service: Service,
        tokens: Tokens,
        *,
        api: str = _API,
        url: str = "",
        rhythm: Rhythm | None = None,
    ) -> None:
        """Wire it, and ask Slack who we are.

        Args:
            service: The workspace, which the caller starts and closes.
            tokens: The app's secrets.
            api: Where Slack's Web API is.
            url: What people call our pages by; without it answers name sources and link to none.
            rhythm: How often to look whether the socket lives.

        Raises:
            BadInput: Slack does not know the token, or it lacks what nothing works without.
            CannotConnect: Slack cannot be reached.
        """
        silence_vendors()
        self._service = service
        self._tokens = tokens
        self._rhythm = rhythm or Rhythm()
        self._client = _client(tokens.bot, api, retry=self._rhythm.retry)
        about = self._introduced()
        if missing := check(granted(about.headers) or _EVERYTHING):
            LOG.warning("%s", missing)
        self._work = Work()
        self._stopped = threading.Event()
        self._socket: Socket | None = None
        self._trouble = ""
        self._parts = self._wired(str(about["team_id"]), str(about["user_id"]), Links(url))
        self.app: App = build(self._parts, signing_secret=tokens.signing_secret or None)

    def listen(self, listening: Callable[[], None] = lambda: None) -> None:
        """Listen on a socket until somebody says `stop_listening`.

        Args:
            listening: Is told as soon as the socket is there.

        Raises:
            BadInput: There is no token for it, or Slack refuses it.
        """
        check_app_token(self._tokens)
        self._socket = Socket(self.app, self._tokens.app, self._client, rhythm=self._rhythm)
        self._socket.open()
        listening()
        self.keep_looking()

    def keep_looking(self) -> None:
        """Tell people what waits for them, again and again, until somebody says `stop_listening`."""
        while not self._stopped.wait(_LOOK_SECONDS):
            self.look()

    def stop_listening(self) -> None:
        """Have `listen` and `keep_looking` return; may be called by a handler of signals."""
        self._stopped.set()

    def look(self) -> None:
        """See that Slack still knows us, and tell people what waits for them."""
        try:
            self._client.auth_test()
            self._announcements.announce()
        except Exception as exc:  # noqa: BLE001  the next look may go well
            self._say_trouble(exc)
        else:
            if self._trouble:
                LOG.info("Slack knows us again")
            self._trouble = ""

    def stop(self) -> None:
        """Listen no more, finish what was begun, and let go of the socket."""
        self.stop_listening()
        if self._socket is not None:
            self._socket.close()
        self._work.finish()
        if self._socket is not None:
            self._socket.end()

    def _say_trouble(self, problem: Exception) -> None:
        """Log what is wrong, once for as long as it lasts."""
        trouble = reason(problem)
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if is_refusal(problem):
            LOG.error(
                "Slack refuses SLACK_BOT_TOKEN: %s. Install the app in the workspace again, and restart "
                "with its new token",
                trouble,
            )
        else:
            LOG.warning("what waits for people cannot be told to them: %s", trouble)

    def _introduced(self) -> SlackResponse:
        try:
            return self._client.auth_test()
        except SlackApiError as exc:
            if is_refusal(exc):
                raise BadInput(
                    f"Slack refuses SLACK_BOT_TOKEN: {error_of(exc)}",
                    hint="Install the app in the workspace again and take its new token.",
                ) from exc
            raise CannotConnect(
                f"Slack does not say who we are: {reason(exc)}", hint="Try again in a few minutes."
            ) from exc
        except OSError as exc:
            raise CannotConnect(
                f"Slack cannot be reached at {self._client.base_url}",
                hint="Check the network, and whether a proxy is needed: HTTPS_PROXY names it.",
            ) from exc

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
            links=links,
        )
        reviews = Reviews(
            client,
            service,
            replies=replies,
            links=links,
            channel=settings.slack_compliance_channel,
        )
        self._announcements = Announcements(
            client,
            service,
            told=Told(service.replies, service.workspace.state / "slack-told"),
            links=links,
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


class _Spread(Jitter):
    """Pauses that differ, so that what failed together is not tried again together."""

    def recalculate(self, duration: float) -> float:
        """Return one and a half times the pause at most."""
        return duration * (1 + random.random() / 2)  # noqa: S311  no secret


def _client(token: str, api: str, *, retry: float) -> WebClient:
    pauses = BackoffRetryIntervalCalculator(backoff_factor=retry, jitter=_Spread())
    return WebClient(
        token=token,
        base_url=api,
        timeout=20,
        logger=VENDORS,
        retry_handlers=[
            RateLimitErrorRetryHandler(max_retry_count=_RETRIES),
            ServerErrorRetryHandler(max_retry_count=_RETRIES, interval_calculator=pauses),
            ConnectionErrorRetryHandler(max_retry_count=_RETRIES, interval_calculator=pauses),
        ],
    )


def from_environment(service: Service, *, url: str = "") -> SlackBot:
    """Return the copilot in the workspace of Slack that the environment's tokens are of.

    Raises:
        BadInput: A token is missing, or Slack does not know it.
    """
    api = os.environ.get("SLACK_API_URL", _API)
    return SlackBot(service, tokens_from(os.environ), api=api, url=url)
