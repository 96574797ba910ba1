"""The Slack app: which event, command, button and form leads where. It acknowledges first, then works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackClientError

from bots import slack_actions, slack_commands, slack_reviews
from bots.slack_answers import LOOKING, TOO_LATE
from bots.slack_blocks import EVIDENCE, HELPFUL, NOT_HELPFUL, PASS_ON
from bots.slack_once import begin, finish
from bots.slack_problems import LOG, VENDORS, reason, sentence, try_to_tell
from bots.slack_questions import Question
from bots.slack_work import Full, Taking
from copilot.domain.conversations import Place

if TYPE_CHECKING:
    from slack_bolt import Ack
    from slack_sdk import WebClient

    from bots.slack_actions import Actions
    from bots.slack_answers import Replies
    from bots.slack_commands import Commands
    from bots.slack_home import Home
    from bots.slack_reviews import Reviews
    from bots.slack_work import TakingInTime, Turn, Work
    from copilot.replies import ReplyDesk

BUSY: Final = (
    "So many are asking at the moment that I cannot take another question. Try in a minute."
)

PROMPTS: Final = (
    ("Prove that we review access", "How do I prove that we review access?"),
    ("What auditors ask about backups", "What does an auditor ask for about backups?"),
    ("Report an incident", "How do I report a security incident?"),
    ("Where our policies stand", "Which policies do we have on vendors?"),
)
"""Suggested in the pane of the assistant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the app leads to."""

    client: WebClient
    bot: str
    """Our own user id."""
    work: Work
    once: ReplyDesk
    replies: Replies
    actions: Actions
    commands: Commands
    home: Home
    reviews: Reviews


def build(parts: Parts, *, signing_secret: str | None = None) -> App:
    """Return the app, ready to be connected.

    Args:
        parts: What it leads to.
        signing_secret: Checks requests over HTTP; a socket needs none.
    """
    # Known since the start: bolt would ask Slack at the first event, and drop that if Slack cannot say.
    us = AuthorizeResult(
        enterprise_id=None, team_id=None, bot_user_id=parts.bot, bot_token=parts.client.token
    )
    app = App(
        client=parts.client,
        authorize=lambda: us,
        signing_secret=signing_secret,
        token_verification_enabled=False,
        request_verification_enabled=signing_secret is not None,
        logger=VENDORS,
    )
    app.error(_unforeseen)
    _Events(parts).register(app)
    slack_actions.register(app, parts.actions, taking=_taking(parts))
    slack_commands.register(app, parts.commands, taking=_taking(parts), in_time=_in_time(parts))
    slack_reviews.register(app, parts.reviews, taking=_taking(parts))
    for answer, handler in ((HELPFUL, parts.actions.helpful), (EVIDENCE, parts.actions.evidence)):
        app.action(answer)(_later(parts, handler))
    for form, opening in (
        (NOT_HELPFUL, parts.actions.ask_reason),
        (PASS_ON, parts.actions.ask_note),
    ):
        app.action(form)(_now(parts, opening))
    return app


class _Events:
    """Listens to what happens."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def register(self, app: App) -> None:
        app.event("app_mention")(self._mentioned)
        app.event("message")(self._said)
        app.event("app_home_opened")(self._opened)
        app.event("assistant_thread_started")(self._begun)
        app.event("assistant_thread_context_changed")(_ignored)
        app.event("user_change")(self._changed)

    def _mentioned(self, event: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        if not _of_a_program(event) and "edited" not in event:
            self._take(_question(event, private=False), str(body.get("event_id", "")))

    def _said(self, event: Mapping[str, Any], body: Mapping[str, Any]) -> None:
        kind = event.get("subtype")
        event_id = str(body.get("event_id", ""))
        if kind == "message_deleted":
            self._deleted(event)
        elif kind == "message_changed":
            self._edited(event, event_id)
        elif (
            event.get("channel_type") == "im"
            and kind in {None, "file_share"}
            and not _of_a_program(event)
        ):
            self._take(_question(event, private=True), event_id)

    def _edited(self, event: Mapping[str, Any], event_id: str) -> None:
        """Answer a question again whose words were changed; a preview of a link changes none."""
        now, before = event.get("message") or {}, event.get("previous_message") or {}
        private = event.get("channel_type") == "im"
        ours = private or f"<@{self._parts.bot}>" in str(now.get("text", ""))
        if ours and not _of_a_program(now) and now.get("text") != before.get("text"):
            said = {**now, "channel": event["channel"]}
            self._take(_question(said, private=private), event_id)

    def _deleted(self, event: Mapping[str, Any]) -> None:
        before = event.get("previous_message") or {}
        ts = str(event.get("deleted_ts") or before.get("ts") or "")
        place = Place(channel=str(event["channel"]), message=ts)
        self._parts.work.take(
            lambda _: self._parts.replies.deleted(place), failed=_logged("a deletion")
        )

    def _opened(self, event: Mapping[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            self._parts.work.take(
                lambda _: self._parts.home.publish(event["user"]), failed=_logged("the home page")
            )

    def _begun(self, event: Mapping[str, Any]) -> None:
        thread = event["assistant_thread"]
        prompts = [{"title": title, "message": message} for title, message in PROMPTS]

        def suggest(_: Turn) -> None:
            self._parts.client.assistant_threads_setSuggestedPrompts(
                channel_id=thread["channel_id"], thread_ts=thread["thread_ts"], prompts=prompts
            )

        self._parts.work.take(suggest, failed=_logged("the suggested prompts"))

    def _changed(self, event: Mapping[str, Any]) -> None:
        self._parts.actions.forget(event["user"]["id"])

    def _take(self, question: Question, event_id: str) -> None:
        parts = self._parts

        def task(turn: Turn) -> None:
            if not event_id or begin(parts.once, event_id):
                if question.private and question.thread != question.ts:
                    parts.actions.status(question, LOOKING)
                parts.replies.reply(question, turn)
                if event_id:
                    finish(parts.once, event_id)

        try:
            parts.work.take(
                task,
                failed=lambda problem: parts.replies.failed(question, problem),
                late=lambda: parts.replies.late(question),
            )
        except Full:
            try_to_tell(lambda: parts.actions.whisper(question.channel, question.user, BUSY))


def _question(event: Mapping[str, Any], *, private: bool) -> Question:
    return Question(
        channel=str(event["channel"]),
        user=str(event["user"]),
        ts=str(event["ts"]),
        thread=str(event.get("thread_ts") or event["ts"]),
        text=str(event.get("text") or ""),
        private=private,
        pictures=bool(event.get("files")),
        edited=str((event.get("edited") or {}).get("ts") or ""),
    )


def _of_a_program(event: Mapping[str, Any]) -> bool:
    """Say whether no person wrote a message: to answer programs is how loops begin."""
    return bool(event.get("bot_id") or event.get("app_id")) or not event.get("user")


def _taking(parts: Parts) -> Taking:
    def take(task: Callable[[], None], channel: str, user: str) -> None:
        _take(parts, lambda _: task(), (channel, user))

    return take


def _in_time(parts: Parts) -> TakingInTime:
    def take(task: Callable[[Turn], None], channel: str, user: str) -> None:
        late = partial(parts.actions.whisper, channel, user, TOO_LATE)
        _take(parts, task, (channel, user), late)

    return take


def _take(
    parts: Parts,
    task: Callable[[Turn], None],
    where: tuple[str, str],
    late: Callable[[], None] | None = None,
) -> None:
    channel, user = where

    def failed(problem: Exception) -> None:
        LOG.error("what %s asked for in %s failed: %s", user, channel, reason(problem))
        try_to_tell(lambda: parts.actions.whisper(channel, user, sentence(problem)))

    try:
        parts.work.take(task, failed=failed, late=late)
    except Full:
        try_to_tell(lambda: parts.actions.whisper(channel, user, BUSY))


def _later(parts: Parts, handler: Callable[[Mapping[str, Any]], None]) -> Callable[..., None]:
    take = _taking(parts)

    def heard(ack: Ack, body: Mapping[str, Any]) -> None:
        ack()
        channel = (body.get("channel") or {}).get("id", "")
        take(lambda: handler(body), channel, body["user"]["id"])

    return heard


def _now(parts: Parts, handler: Callable[[Mapping[str, Any]], None]) -> Callable[..., None]:
    """Open a form at once: what opens it holds for three seconds."""

    def heard(ack: Ack, body: Mapping[str, Any]) -> None:
        ack()
        try:
            handler(body)
        except (SlackClientError, OSError) as exc:
            user, channel = body["user"]["id"], body["channel"]["id"]
            LOG.error("no form could be opened for %s: %s", user, reason(exc))
            told = sentence(exc)
            try_to_tell(lambda: parts.actions.whisper(channel, user, told))

    return heard


def _unforeseen(error: Exception) -> None:
    LOG.error("what Slack sent could not be taken: %s", reason(error))


def _logged(what: str) -> Callable[[Exception], None]:
    return lambda problem: LOG.error("%s failed: %s", what, reason(problem))


def _ignored() -> None:
    """Hear it, so that it is not delivered again."""
