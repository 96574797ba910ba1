"""An answer that is shown while it is written, claim by claim, and ends as the message that it is.

Slack streams pieces of a message in a direct message with an assistant. Where it refuses to, the message is
changed instead, at most once a second. What is shown meanwhile is a courtesy: nothing of it is waited for
or tried again, so that the answer itself is never late because of it.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bots.slack_problems import LOG, error_of, reason
from bots.slack_text import Block, notification, small
from copilot.domain.conversations import Place

if TYPE_CHECKING:
    from bots.slack_blocks import Message
    from bots.slack_messages import Messages
    from bots.slack_questions import Question

WRITING: Final = "Still writing…"

_EVERY: Final = 1.0
"""Seconds between two pieces; Slack takes some hundred a minute, or fifty changes, of all answers together."""

_PATIENCE: Final = 10
"""Seconds that Slack may take for a piece."""

_REFUSED_FOR: Final = 600.0
"""Seconds for which a refusal to stream holds, so that not every answer begins with a call in vain."""

_PASSING: Final = frozenset({"ratelimited", "internal_error", "fatal_error", "request_timeout"})
"""What Slack says when it refuses at this moment only."""


class Streams:
    """Shows answers while they are written; for many threads."""

    def __init__(self, client: WebClient, messages: Messages, *, every: float = _EVERY) -> None:
        """Take the parts.

        Args:
            client: Writes to Slack.
            messages: Knows what was written.
            every: Seconds between two pieces of an answer at least.
        """
        self.every = every
        self._messages = messages
        self._client = WebClient(
            token=client.token, base_url=client.base_url, timeout=_PATIENCE, retry_handlers=[]
        )
        self._refused = float("-inf")

    def begin(self, question: Question) -> Growing:
        """Return an answer to a question, of which nothing is shown yet."""
        return Growing(self, self._messages, question)

    def start(self, question: Question, blocks: list[Block]) -> Place | None:
        """Begin to stream a message; return nothing if Slack does not want that here."""
        if time.monotonic() - self._refused < _REFUSED_FOR:
            return None
        try:
            begun = self._client.api_call(
                "chat.startStream",
                json={
                    "channel": question.channel,
                    "thread_ts": question.thread,
                    "chunks": _chunks(blocks),
                },
            )
        except SlackApiError as exc:
            LOG.info("Slack does not stream: %s", error_of(exc))
            if error_of(exc) not in _PASSING:
                self._refused = time.monotonic()
            return None
        return Place(channel=question.channel, message=str(begun["ts"]))

    def append(self, place: Place, blocks: list[Block]) -> None:
        """Add to a message that is streaming.

        Raises:
            SlackApiError: It is not, or not any more: Slack ends a stream that waits for half a minute.
        """
        named = {"channel": place.channel, "ts": place.message}
        self._client.api_call("chat.appendStream", json={**named, "chunks": _chunks(blocks)})

    def post(self, question: Question, blocks: list[Block]) -> Place:
        """Post a message that will be changed.

        Raises:
            SlackApiError: Slack does not take it.
        """
        posted = self._client.chat_postMessage(
            channel=question.channel, thread_ts=question.thread, **_unfinished(blocks)
        )
        return Place(channel=question.channel, message=str(posted["ts"]))

    def update(self, place: Place, blocks: list[Block]) -> None:
        """Change a message that will be changed again.

        Raises:
            SlackApiError: Slack does not take it.
        """
        self._client.chat_update(channel=place.channel, ts=place.message, **_unfinished(blocks))


class Growing:
    """An answer that is being written. One thread shows, any other may end it."""

    def __init__(self, streams: Streams, messages: Messages, question: Question) -> None:
        self._streams = streams
        self._messages = messages
        self._question = question
        self._lock = threading.Lock()
        self._place: Place | None = None
        self._streaming = False
        self._shown = 0
        self._changed_at = float("-inf")
        self._ended = False
        self._final = False

    def show(self, blocks: list[Block]) -> None:
        """Show what is written so far; after the end nothing is shown.

        Args:
            blocks: All of it; what was shown before does not change.
        """
        with self._lock:
            if self._ended or len(blocks) <= self._shown:
                return
            try:
                self._show(blocks)
            except (SlackApiError, OSError) as exc:
                # The answer comes in any case, as a whole.
                LOG.info("a piece of an answer is not shown: %s", reason(exc))

    def end(self, message: Message) -> None:
        """End as a message, in place of all that was shown; only the first end counts.

        Raises:
            SlackApiError: Slack takes no message.
        """
        with self._lock:
            if self._final:
                return
            self._stop()
            self._messages.write(self._question, message, over=self._place)
            self._final = True

    def abandon(self) -> None:
        """Show no more: the question was deleted, and this with it, or another answer takes its place."""
        with self._lock:
            self._stop()

    def _stop(self) -> None:
        self._ended = True
        if self._streaming and self._place:
            self._messages.stop_streaming(self._place)
        self._streaming = False

    def _show(self, blocks: list[Block]) -> None:
        if self._place is None:
            self._begin(blocks)
        elif time.monotonic() - self._changed_at < self._streams.every:
            return  # it comes with the next piece, or with the end
        elif self._streaming:
            self._append(self._place, blocks)
        else:
            self._change(self._place, blocks)

    def _begin(self, blocks: list[Block]) -> None:
        before = self._messages.known(self._question)
        if before is not None:
            # An answer that was given before cannot be streamed again.
            self._place = before
            self._change(before, blocks)
            return
        place = self._streams.start(self._question, blocks)
        self._streaming = place is not None
        self._place = place or self._streams.post(self._question, blocks)
        self._said(blocks)
        if not self._messages.note(self._question, self._place):
            self._ended = True

    def _append(self, place: Place, blocks: list[Block]) -> None:
        try:
            self._streams.append(place, blocks[self._shown :])
        except SlackApiError as exc:
            if error_of(exc) in _PASSING:
                return
            self._messages.stop_streaming(place)
            self._streaming = False
            self._change(place, blocks)
        else:
            self._said(blocks)

    def _change(self, place: Place, blocks: list[Block]) -> None:
        self._changed_at = time.monotonic()
        self._streams.update(place, blocks)
        self._said(blocks)

    def _said(self, blocks: list[Block]) -> None:
        self._shown = len(blocks)
        self._changed_at = time.monotonic()


def _chunks(blocks: list[Block]) -> list[dict[str, Any]]:
    return [{"type": "blocks", "blocks": blocks}]


def _unfinished(blocks: list[Block]) -> dict[str, Any]:
    return {
        "blocks": [*blocks, small(WRITING)],
        "text": notification(WRITING),
        "unfurl_links": False,
        "unfurl_media": False,
    }
