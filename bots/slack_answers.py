"""Answer questions that are asked in Slack, where everybody who reads along may read the answer."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from slack_sdk.errors import SlackApiError

from bots.slack_blocks import Message, answer_message, claim_blocks
from bots.slack_messages import Messages
from bots.slack_problems import LOG, explained, is_refusal, reason, sentence, try_to_tell
from bots.slack_questions import Question, plain_question
from bots.slack_streaming import Streams
from bots.slack_text import notification, paragraph, text, user
from copilot.domain.answers import Abstained, Finished, Released
from copilot.domain.asking import Asked
from copilot.errors import CopilotError

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bots.slack_blocks import Links
    from bots.slack_directory import Directory, Rights
    from bots.slack_rooms import Rooms
    from bots.slack_streaming import Growing
    from bots.slack_work import Turn
    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer, Claim
    from copilot.domain.conversations import Place, Wording

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


class Replies:
    """Writes the answers."""

    def __init__(
        self,
        client: WebClient,
        service: Service,
        *,
        people: tuple[Directory, Rights, Rooms],
        links: Links,
    ) -> None:
        """Take the parts.

        Args:
            client: Writes to Slack.
            service: Answers, and remembers conversations.
            people: Who somebody is, what they may read, and who reads along.
            links: Where the pages are.
        """
        self._service = service
        self._conversations = service.conversations
        self._messages = Messages(client, service.conversations)
        self._streams = Streams(client, self._messages)
        self._directory, self._rights, self._rooms = people
        self._links = links
        self._lock = threading.Lock()
        self._growing: dict[Wording, Growing] = {}

    def reply(self, question: Question, turn: Turn) -> None:
        """Answer a question, or say why there is no answer.

        Args:
            question: What was asked.
            turn: The time there is for it; when it is over, `late` is called.

        Raises:
            SlackApiError: Slack takes no answer.
        """
        asker = self.asker(question.user)
        said = plain_question(question.text)
        if not self._conversations.asked(question.wording, said if asker else ""):
            return
        if asker is None:
            self._say(question, NO_READER, turn)
        elif not said:
            self._say(question, ONLY_TEXT if question.pictures else NO_QUESTION, turn)
        else:
            try:
                self._answer(question, said, (asker, turn))
            except CopilotError as exc:
                self._conversations.withdrawn(question.place)
                self._say(question, explained(exc), turn)
            self._grown(question)

    def late(self, question: Question) -> None:
        """Tell whoever asked that the time for an answer is over: there will be none.

        Raises:
            SlackApiError: Slack takes no message.
        """
        LOG.warning("the question %s in %s took too long", question.ts, question.channel)
        if self._conversations.stands(question.wording):
            self._tell(question, TOO_LATE)

    def failed(self, question: Question, problem: Exception) -> None:
        """Tell whoever asked that there will be no answer, if Slack takes that."""
        LOG.error(
            "the question %s in %s failed: %s", question.ts, question.channel, reason(problem)
        )
        # Slack itself fails, or we do: in both cases the words are not for the channel.
        try_to_tell(lambda: self._tell(question, sentence(problem)))

    def deleted(self, question: Place) -> None:
        """Forget a question that was deleted, and take its answer back, whichever process wrote it.

        Raises:
            SlackApiError: Slack does not let go of it.
        """
        self._messages.take_back(question)

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

    def _answer(self, question: Question, said: str, known: tuple[Principal, Turn]) -> None:
        asker, turn = known
        asked = self.asked(said, self._conversations.earlier(question.wording))
        if question.private:
            self._answer_alone(question, asked, (asker, turn))
            return
        listener = self._listener(question, asker)
        aloud = listener is not None and self._the_same(asked, asker, listener)
        answer = self._service.answer(
            asked, principal=listener if listener is not None and aloud else asker
        )
        if not self._may_speak(question, turn):
            return
        message = answer_message(answer, self._links)
        if aloud:
            self._messages.write(question, message)
            self._messages.only_here(question)
        else:
            self._messages.whisper(question, message)
            mention = [user(question.user), text(PRIVATELY)]
            self._messages.write(question, Message([paragraph(*mention)], "Answered privately"))

    def _answer_alone(
        self, question: Question, asked: Asked, known: tuple[Principal, Turn]
    ) -> None:
        """Answer where nobody else reads along; with a language model, claim by claim."""
        asker, turn = known
        if not self._service.copilot.models.configured:
            # It is there at once.
            answer: Answer | None = self._service.answer(asked, principal=asker)
        else:
            answer = self._growing_answer(question, asked, (asker, turn))
        if answer is not None and self._may_speak(question, turn):
            self._end(question, answer_message(answer, self._links))

    def _growing_answer(
        self, question: Question, asked: Asked, known: tuple[Principal, Turn]
    ) -> Answer | None:
        """Show checked claims as they come; return nothing as soon as nobody waits for the answer."""
        asker, turn = known
        growing = self._streams.begin(question)
        with self._lock:
            self._growing[question.wording] = growing
        claims: list[Claim] = []
        # Closed at once if nobody waits any more, which leaves the model.
        with contextlib.closing(self._service.events(asked, principal=asker)) as events:
            for event in events:
                if turn.over:
                    return None
                if not self._conversations.stands(question.wording):
                    growing.abandon()
                    return None
                if isinstance(event, Released):
                    claims.append(event.claim)
                    growing.show(claim_blocks(claims, self._links))
                elif isinstance(event, Finished):
                    return event.answer
        raise TypeError("the last event of a question is its answer")

    def _may_speak(self, question: Question, turn: Turn) -> bool:
        return self._conversations.stands(question.wording) and turn.speak()

    def _say(self, question: Question, said: str, turn: Turn) -> None:
        if turn.speak():
            self._tell(question, said)

    def _listener(self, question: Question, asker: Principal) -> Principal | None:
        try:
            return self._rooms.listener(question.channel, asker)
        except SlackApiError as exc:
            if is_refusal(exc):
                raise
            # Who cannot be named is not known to be allowed to read.
            LOG.warning("the members of %s are not known: %s", question.channel, reason(exc))
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
            self._end(question, message)
        else:
            self._messages.whisper(question, message)

    def _end(self, question: Question, message: Message) -> None:
        growing = self._grown(question)
        if growing is None:
            self._messages.write(question, message)
        else:
            growing.end(message)

    def _grown(self, question: Question) -> Growing | None:
        with self._lock:
            return self._growing.pop(question.wording, None)


def told(answer: Answer) -> Answer:
    """Return an answer as far as whoever reads it is told anything: without counts and our notes."""
    if isinstance(answer, Abstained):
        return replace(answer, searched=0)
    return replace(answer, searched=0, notes=())
