"""Messages of ours that answer a question: posted once, changed with it, taken back with it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from slack_sdk.errors import SlackApiError

from bots.slack_problems import LOG, error_of
from copilot.domain.conversations import Place

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bots.slack_blocks import Message
    from bots.slack_questions import Question
    from copilot.conversations import Conversations

_STREAMING: Final = frozenset({"streaming_state_conflict", "cant_delete_message"})
"""What Slack says of a message that is still streaming, which can be neither changed nor deleted."""

_GONE: Final = frozenset({"message_not_found"})
_FIXED: Final = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""What Slack says of a message that cannot be changed, so that another one has to be posted."""


class Messages:
    """Writes to Slack, and knows from the conversations what was written before."""

    def __init__(self, client: WebClient, conversations: Conversations) -> None:
        self._client = client
        self._conversations = conversations

    def write(self, question: Question, message: Message, *, over: Place | None = None) -> None:
        """Answer in the conversation; what answered the question before is changed.

        Args:
            question: What is answered.
            message: The answer.
            over: The message that it takes the place of; else the one that is known.

        Raises:
            SlackApiError: Slack takes no message.
        """
        before = over or self.known(question)
        if before is None or not self._changed(before, message):
            posted = self._client.chat_postMessage(
                channel=question.channel, thread_ts=question.thread, **message.arguments()
            )
            self.note(question, Place(channel=question.channel, message=str(posted["ts"])))

    def whisper(self, question: Question, message: Message) -> None:
        """Tell the asker alone: in the conversation, or if that cannot be in a direct message.

        Raises:
            SlackApiError: Slack takes no message.
        """
        try:
            self._client.chat_postEphemeral(
                channel=question.channel,
                user=question.user,
                thread_ts=question.thread if question.thread != question.ts else None,
                **message.arguments(),
            )
        except SlackApiError as exc:
            LOG.info("%s takes no whisper: %s", question.channel, error_of(exc))
        else:
            self.only_here(question)
            return
        before = next(iter(self._elsewhere(question)), None)
        if before is None or not self._changed(before, message):
            posted = self._client.chat_postMessage(channel=question.user, **message.arguments())
            channel = str(posted.get("channel") or question.user)
            self.note(question, Place(channel=channel, message=str(posted["ts"])))

    def only_here(self, question: Question) -> None:
        """Take back what answered the question in a direct message, before it was worded anew.

        Raises:
            SlackApiError: Slack does not let go of it.
        """
        for one in self._elsewhere(question):
            self.remove(one)
            self._conversations.taken_back(question.place, one)

    def known(self, question: Question) -> Place | None:
        """Return the message that answers a question in its conversation."""
        answers = self._conversations.answers(question.place)
        return next((one for one in answers if one.channel == question.channel), None)

    def note(self, question: Question, message: Place) -> bool:
        """Remember which message answers a question, or take it back if nobody asks any more.

        Raises:
            SlackApiError: Slack does not let go of it.
        """
        if self._conversations.answered(question.wording, message):
            return True
        self.remove(message)
        return False

    def take_back(self, question: Place) -> None:
        """Forget a question that was deleted, and delete what answers it.

        Raises:
            SlackApiError: Slack does not let go of it.
        """
        for one in self._conversations.deleted(question):
            self.remove(one)

    def remove(self, message: Place) -> None:
        """Delete a message of ours, even if it is streaming or deleted already.

        Raises:
            SlackApiError: Slack does not let go of it.
        """
        try:
            self._client.chat_delete(channel=message.channel, ts=message.message)
        except SlackApiError as exc:
            if error_of(exc) in _GONE:
                return
            if error_of(exc) not in _STREAMING:
                raise
            self.stop_streaming(message)
            self._client.chat_delete(channel=message.channel, ts=message.message)

    def stop_streaming(self, message: Place) -> None:
        """Have a message stream no longer; whether it did is of no matter."""
        with contextlib.suppress(SlackApiError):
            self._client.api_call(
                "chat.stopStream", json={"channel": message.channel, "ts": message.message}
            )

    def _changed(self, place: Place, message: Message) -> bool:
        """Change a message, and say whether that can be."""
        try:
            self._update(place, message)
        except SlackApiError as exc:
            if error_of(exc) in _STREAMING:
                self.stop_streaming(place)
                self._update(place, message)
                return True
            if error_of(exc) not in _FIXED:
                raise
            with contextlib.suppress(SlackApiError):
                self.remove(place)
            return False
        return True

    def _update(self, place: Place, message: Message) -> None:
        self._client.chat_update(channel=place.channel, ts=place.message, **message.arguments())

    def _elsewhere(self, question: Question) -> list[Place]:
        answers = self._conversations.answers(question.place)
        return [one for one in answers if one.channel != question.channel]
