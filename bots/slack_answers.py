"""Answer questions that are asked in Slack, where everybody who reads along may read the answer."""

from __future__ import annotations

import html
import logging
import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from slack_sdk.errors import SlackApiError

from bots.slack_blocks import Message, answer_message
from bots.slack_text import notification, paragraph, text, user
from bots.slack_threads import Answer as Written
from copilot.domain.answers import Abstained
from copilot.domain.asking import Asked
from copilot.errors import CopilotError

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bots.slack_blocks import Links
    from bots.slack_directory import Directory, Rights
    from bots.slack_rooms import Rooms
    from bots.slack_threads import Place, Threads
    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer

_LOG: Final = logging.getLogger(__name__)

_MENTION: Final = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^>]*)?>")
_MARKUP: Final = re.compile(r"<(?:[#@!])?([^>|]+)(?:\|([^>]*))?>")

LOOKING: Final = "Looking at the sources…"
NO_QUESTION: Final = (
    "I answer questions about SOC 2 from our policies and evidence, such as “How do I prove that we "
    "review access?”"
)
ONLY_TEXT: Final = "I read text only, no pictures or files. What would you like to know?"
NO_READER: Final = (
    "I answer members of this workspace. Guests and people of other companies have to ask the person "
    "who invited them."
)
PRIVATELY: Final = (
    " I answered you privately: not everybody here may read what the answer rests on."
)
TOO_LATE: Final = "That took too long. Please ask again, perhaps in a shorter question."
FAULT: Final = "Something went wrong on our side. It is in the log; please ask again in a moment."


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A message that asks us something."""

    channel: str
    user: str
    ts: str
    thread: str
    """The time of the message that the conversation began with."""
    text: str
    private: bool
    """Whether only the asker and we are in the channel."""
    pictures: bool = False
    """Whether something other than text came with it."""

    @property
    def place(self) -> Place:
        """What names the message."""
        return self.channel, self.ts

    @property
    def conversation(self) -> Place:
        """What names the conversation."""
        return self.channel, self.thread


class Replies:
    """Writes the answers."""

    def __init__(
        self,
        client: WebClient,
        service: Service,
        *,
        people: tuple[Directory, Rights, Rooms],
        threads: Threads,
        links: Links,
    ) -> None:
        self._client = client
        self._service = service
        self._directory, self._rights, self._rooms = people
        self._threads = threads
        self._links = links

    def reply(self, question: Question, until: float) -> None:
        """Answer a question, or say why there is no answer.

        Args:
            question: What was asked.
            until: When nobody waits any more, on the clock of `time.monotonic`.

        Raises:
            SlackApiError: Slack takes no answer.
        """
        asker = self.asker(question.user)
        said = plain_question(question.text)
        if asker is None:
            self._tell(question, NO_READER)
        elif not said:
            self._tell(question, ONLY_TEXT if question.pictures else NO_QUESTION)
        else:
            try:
                self._answer(question, said, (asker, until))
            except CopilotError as exc:
                self._tell(question, f"{exc}. {exc.hint}".strip())

    def asker(self, user_id: str) -> Principal | None:
        """Return as whom somebody asks; nothing for whoever may read nothing.

        Raises:
            SlackApiError: Slack does not say who it is.
        """
        return self._rights.principal(self._directory.member(user_id))

    def asked(self, question: str, earlier: tuple[str, ...] = ()) -> Asked:
        """Return a question over the audit period and the categories in scope."""
        settings = self._service.settings
        return Asked(
            question=question,
            period=settings.period,
            scope=tuple(settings.categories),
            earlier=earlier,
        )

    def failed(self, question: Question, problem: Exception) -> None:
        """Tell whoever asked that there will be no answer."""
        _LOG.error("the question %s in %s failed: %s", question.ts, question.channel, problem)
        # Slack itself fails, or we do: in both cases the words are not for the channel.
        self._whisper(question, Message([paragraph(text(FAULT))], FAULT))

    def deleted(self, question: Place, thread: Place) -> None:
        """Take an answer back whose question was deleted."""
        written = self._threads.deleted(question, thread)
        if written and not written.ephemeral:
            self._client.chat_delete(channel=written.place[0], ts=written.place[1])

    def _answer(self, question: Question, said: str, known: tuple[Principal, float]) -> None:
        asker, until = known
        earlier = self._threads.earlier(question.conversation, before=question.ts)
        asked = self.asked(said, earlier)
        listener = asker if question.private else self._listener(question, asker)
        aloud = listener is not None and self._the_same(asked, asker, listener)
        answer = self._service.answer(
            asked, principal=listener if listener is not None and aloud else asker
        )
        if time.monotonic() > until:
            self._tell(question, TOO_LATE)
            return
        if self._threads.is_gone(question.place):
            return
        self._threads.asked(question.conversation, question.ts, said)
        if aloud:
            self._write(question, answer_message(answer, self._links))
        else:
            self._whisper(question, answer_message(answer, self._links))
            mention = [user(question.user), text(PRIVATELY)]
            self._write(question, Message([paragraph(*mention)], "Answered privately"))

    def _listener(self, question: Question, asker: Principal) -> Principal | None:
        try:
            return self._rooms.listener(question.channel, asker)
        except SlackApiError as exc:
            # Who cannot be named is not known to be allowed to read.
            _LOG.warning("the members of %s are not known: %s", question.channel, _error(exc))
            return None

    def _the_same(self, asked: Asked, asker: Principal, listener: Principal) -> bool:
        """Say whether everybody who listens would be answered the same.

        What is missing, refused or suggested can tell of a source as well as a quote does, so the whole
        answers are compared, and not only the sources of citations. A model words the same answer
        differently each time, so they are compared as they are without one.
        """
        if asker == listener:
            return True
        own, theirs = (self._service.composed(asked, principal=one) for one in (asker, listener))
        return told(own) == told(theirs)

    def _tell(self, question: Question, said: str) -> None:
        message = Message([paragraph(text(said))], notification(said))
        if question.private:
            self._write(question, message)
        else:
            self._whisper(question, message)

    def _write(self, question: Question, message: Message) -> None:
        """Answer in the conversation; an edited question has its answer changed."""
        before = self._threads.answer(question.place)
        if before and not before.ephemeral:
            self._client.chat_update(
                channel=before.place[0], ts=before.place[1], **message.arguments()
            )
            return
        posted = self._client.chat_postMessage(
            channel=question.channel, thread_ts=question.thread, **message.arguments()
        )
        self._threads.answered(question.place, Written((question.channel, str(posted["ts"]))))

    def _whisper(self, question: Question, message: Message) -> None:
        """Tell the asker alone: in the conversation, or if that cannot be in a direct message."""
        if not question.private:
            try:
                self._client.chat_postEphemeral(
                    channel=question.channel,
                    user=question.user,
                    thread_ts=question.thread if question.thread != question.ts else None,
                    **message.arguments(),
                )
            except SlackApiError as exc:
                _LOG.info("%s takes no whisper: %s", question.channel, _error(exc))
            else:
                return
        self._client.chat_postMessage(channel=question.user, **message.arguments())


def plain_question(said: str) -> str:
    """Return what somebody typed, without mentions and Slack's markup of links."""
    without = _MENTION.sub(" ", said)
    words = _MARKUP.sub(lambda found: found[2] or found[1], without)
    return " ".join(html.unescape(words).split())


def told(answer: Answer) -> Answer:
    """Return an answer as far as whoever reads it is told anything: without counts and our notes."""
    if isinstance(answer, Abstained):
        return replace(answer, searched=0)
    return replace(answer, searched=0, notes=())


def _error(problem: SlackApiError) -> str:
    return str(problem.response.get("error", "unknown"))
