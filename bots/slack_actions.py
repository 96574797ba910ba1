"""Buttons under an answer, and the forms that they open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from slack_sdk.errors import SlackApiError

from bots.slack_blocks import Message, evidence_message, question_of
from bots.slack_forms import entered, passing
from bots.slack_problems import LOG, explained, reason
from bots.slack_text import cut, notification, paragraph, text
from copilot.bootstrap import review, viewing
from copilot.domain.answers import Abstained, Status
from copilot.domain.feedback import Feedback
from copilot.errors import CopilotError
from copilot.service.permissions import ALLOWED, Permission

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

    from bots.slack_answers import Replies
    from bots.slack_blocks import Links
    from bots.slack_directory import Directory
    from bots.slack_questions import Question
    from bots.slack_reviews import Reviews
    from bots.slack_work import Taking
    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer

REASON_FORM: Final = "not_helpful_form"
NOTE_FORM: Final = "pass_on_form"

THANKS: Final = "Thank you. Compliance sees which answers help."
NOT_YOURS: Final = "I answer members of this workspace; guests cannot do this."

_MOST: Final = 2_000


class Actions:
    """Does what buttons and forms ask for."""

    def __init__(
        self,
        client: WebClient,
        service: Service,
        *,
        replies: Replies,
        directory: Directory,
        reviews: Reviews,
        links: Links,
    ) -> None:
        self._client = client
        self._service = service
        self._replies = replies
        self._directory = directory
        self._reviews = reviews
        self._links = links

    def helpful(self, body: Mapping[str, Any]) -> None:
        """Keep that an answer helped."""
        question = question_of(body["actions"][0]["value"])
        self._feedback(_where(body), question, helpful=True)

    def not_helpful(self, body: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        """Keep that an answer did not help, and why."""
        where = (said["channel"], body["user"]["id"])
        self._feedback(where, said["question"], helpful=False, reason=entered(body))

    def evidence(self, body: Mapping[str, Any]) -> None:
        """Show whoever pressed the button the quotes of the answer, as far as they may read them."""
        channel, user = _where(body)
        asker = self._replies.asker(user)
        if asker is None:
            self.whisper(channel, user, NOT_YOURS)
            return
        answer = self._answer(question_of(body["actions"][0]["value"]), asker)
        message = evidence_message(answer, self._links)
        self._client.chat_postEphemeral(
            channel=channel, user=user, thread_ts=_thread(body), **message.arguments()
        )

    def pass_on(self, body: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        """Pass a question on to compliance, and say where it went."""
        channel, user = said["channel"], body["user"]["id"]
        asker = self._replies.asker(user)
        if asker is None or asker.role not in ALLOWED[Permission.PASS_ON]:
            self.whisper(channel, user, NOT_YOURS)
            return
        answer = self._answer(said["question"], asker)
        try:
            passed = review.pass_on(
                self._service.copilot, answer, principal=asker, note=entered(body)
            )
        except CopilotError as exc:
            self.whisper(channel, user, explained(exc))
            return
        # The answer of compliance goes where the copilot's went: to them alone, if that was for them alone.
        thread = (user, "") if said.get("alone") else (channel, said.get("thread") or "")
        self._reviews.passed(passed, user=user, thread=thread)
        again = " It waits there already; your note was added." if passed.again else ""
        self.whisper(channel, user, f"Passed on to compliance as {passed.item.id}.{again}")

    def ask_reason(self, body: Mapping[str, Any]) -> None:
        """Open the form that asks why an answer did not help."""
        self._open(body, REASON_FORM, ("What was missing or wrong?", "Send"))

    def ask_note(self, body: Mapping[str, Any]) -> None:
        """Open the form that asks what compliance should know."""
        self._open(body, NOTE_FORM, ("What should compliance know?", "Pass on"))

    def status(self, question: Question, said: str) -> None:
        """Show in the pane of the assistant that we are at work; elsewhere there is no such place."""
        try:
            self._client.assistant_threads_setStatus(
                channel_id=question.channel, thread_ts=question.thread, status=said
            )
        except SlackApiError as exc:
            LOG.debug("no status is shown: %s", reason(exc))

    def whisper(self, channel: str, user: str, said: str) -> None:
        """Tell somebody alone: where they are, or if that cannot be in a direct message.

        Raises:
            SlackApiError: Slack takes neither.
        """
        arguments = Message([paragraph(text(said))], notification(said)).arguments()
        try:
            self._client.chat_postEphemeral(channel=channel, user=user, **arguments)
        except SlackApiError:
            self._client.chat_postMessage(channel=user, **arguments)

    def forget(self, user: str) -> None:
        """Look somebody up anew: Slack says that something about them changed."""
        self._directory.forget(user)

    def _feedback(
        self, where: tuple[str, str], question: str, *, helpful: bool, reason: str = ""
    ) -> None:
        asker = self._replies.asker(where[1])
        if asker is None:
            self.whisper(*where, NOT_YOURS)
            return
        answer = self._answer(question, asker)
        status = Status.ABSTAINED if isinstance(answer, Abstained) else answer.status
        viewing.feedback(self._service.copilot).add(
            Feedback(
                who=asker.id,
                question=question,
                status=status,
                helpful=helpful,
                reason=reason,
                at=review.now(),
            )
        )
        self.whisper(*where, THANKS)

    def _answer(self, question: str, asker: Principal) -> Answer:
        return self._service.answer(self._replies.asked(question), principal=asker)

    def _open(self, body: Mapping[str, Any], form: str, words: tuple[str, str]) -> None:
        label, submit = words
        carried = {
            "channel": body["channel"]["id"],
            "thread": _thread(body),
            "alone": bool((body.get("container") or {}).get("is_ephemeral")),
            "question": question_of(body["actions"][0]["value"]),
        }
        self._client.views_open(
            trigger_id=body["trigger_id"],
            view={
                "type": "modal",
                "callback_id": form,
                "private_metadata": json.dumps(carried, ensure_ascii=False),
                "title": {"type": "plain_text", "text": "SOC 2 copilot"},
                "submit": {"type": "plain_text", "text": submit},
                "close": {"type": "plain_text", "text": "Cancel"},
                "blocks": [
                    paragraph(text(cut(carried["question"], 500), italic=True)),
                    {
                        "type": "input",
                        "block_id": "said",
                        "optional": form == NOTE_FORM,
                        "label": {"type": "plain_text", "text": label},
                        "element": {
                            "type": "plain_text_input",
                            "action_id": "said",
                            "multiline": True,
                            "max_length": _MOST,
                        },
                    },
                ],
            },
        )


def register(app: App, actions: Actions, *, taking: Taking) -> None:
    """Have an app send the forms under answers where they belong."""
    for name, does in ((REASON_FORM, actions.not_helpful), (NOTE_FORM, actions.pass_on)):
        app.view(name)(passing(does, taking, channel="channel"))


def _where(body: Mapping[str, Any]) -> tuple[str, str]:
    return body["channel"]["id"], body["user"]["id"]


def _thread(body: Mapping[str, Any]) -> str | None:
    message = body.get("message") or {}
    return message.get("thread_ts") or (body.get("container") or {}).get("thread_ts")
