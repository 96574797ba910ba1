"""What people decide: on questions that were passed on, and on drafts; by the rules of the review."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from slack_sdk.errors import SlackApiError

from bots.slack_announcing import APPROVE, CHANGES, named
from bots.slack_answers import NO_READER
from bots.slack_blocks import Message
from bots.slack_forms import entered, passing
from bots.slack_problems import explained
from bots.slack_text import (
    LONGEST_PIECE,
    button,
    cut,
    notification,
    paragraph,
    quotation,
    small,
    text,
    user,
)
from copilot.bootstrap import review
from copilot.domain.review import parse_item
from copilot.errors import CopilotError, WrongStep

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bots.slack_answers import Replies
    from bots.slack_blocks import Links
    from bots.slack_text import Block
    from bots.slack_work import Taking
    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.review import ItemId
    from copilot.review.passing_on import Passed

CLAIM: Final = "claim"
ANSWER: Final = "answer_passed"
CLOSE: Final = "close_passed"

_FORMS: Final = {
    ANSWER: ("Your answer goes to the conversation, with your name.", "Answer"),
    CLOSE: ("Why is there no answer? It goes to the conversation.", "Close"),
    CHANGES: ("What has to change?", "Request changes"),
}

_MOST: Final = 3_000


class Reviews:
    """Tells compliance of questions, and does what reviewers decide: by the rules of the review."""

    def __init__(
        self,
        client: WebClient,
        service: Service,
        *,
        replies: Replies,
        links: Links,
        channel: str,
    ) -> None:
        """Take the parts.

        Args:
            client: Writes to Slack.
            service: The workspace.
            replies: Knows as whom somebody acts.
            links: Where the pages are.
            channel: Where questions are passed on to; empty for nowhere.
        """
        self._client = client
        self._service = service
        self._replies = replies
        self._links = links
        self._channel = channel

    def passed(self, passed: Passed, *, user: str, thread: tuple[str, str]) -> None:
        """Tell compliance of a question that was passed on.

        Args:
            passed: Where it went.
            user: Who passed it on, as Slack knows them.
            thread: The channel and the message of the conversation; the message is empty if there is none.
        """
        if not self._channel or passed.again:
            return
        carried = {"item": passed.item.id, "user": user, "channel": thread[0], "thread": thread[1]}
        value = json.dumps(carried)
        actions: Block = {
            "type": "actions",
            "elements": [
                button("Claim", CLAIM, value),
                button("Answer", ANSWER, value, style="primary"),
                button("Close", CLOSE, value),
            ],
        }
        head = [text("A question was passed on: "), *named(passed.item, self._links)]
        message = Message([paragraph(*head), actions], notification("A question was passed on"))
        self._client.chat_postMessage(channel=self._channel, **message.arguments())

    def claim(self, body: Mapping[str, Any]) -> None:
        """Note that somebody looks after a question."""
        said = json.loads(body["actions"][0]["value"])

        def do(reviewer: Principal) -> str:
            review.workflow(self._service.copilot).comment(
                parse_item(said["item"]), "I look after this.", principal=reviewer
            )
            return f"You look after {said['item']}."

        if self._done(body, do):
            self._client.chat_postMessage(
                channel=body["channel"]["id"],
                thread_ts=body["message"]["ts"],
                **Message(
                    [paragraph(user(body["user"]["id"]), text(" looks after this."))], "Claimed"
                ).arguments(),
            )

    def answered(self, body: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        """Keep a reviewer's answer, and bring it to the conversation."""
        words = entered(body)

        def do(reviewer: Principal) -> str:
            copilot = self._service.copilot
            item = parse_item(said["item"])
            review.closing(copilot).answer(item, 1, words, principal=reviewer)
            review.workflow(copilot).submit(item, principal=reviewer)
            self._tell_asker(said, f"{reviewer.name} of compliance answered:", words)
            return f"Your answer is in the conversation, and kept as {said['item']}."

        self._done(body, do, said["channel_here"])

    def closed(self, body: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        """Give a question back with the reason why it has no answer."""
        words = entered(body)

        def do(reviewer: Principal) -> str:
            review.workflow(self._service.copilot).request_changes(
                parse_item(said["item"]), words, principal=reviewer
            )
            self._tell_asker(said, f"{reviewer.name} of compliance closed this:", words)
            return f"{said['item']} is closed."

        self._done(body, do, said["channel_here"])

    def approve(self, body: Mapping[str, Any]) -> None:
        """Approve what a reviewer was asked to look at."""
        said = json.loads(body["actions"][0]["value"])

        def do(reviewer: Principal) -> str:
            item = parse_item(said["item"])
            self._check_newest(item, said["version"], reviewer)
            review.workflow(self._service.copilot).approve(item, principal=reviewer)
            return f"{said['item']}, version {said['version']}, is approved."

        self._done(body, do)

    def changes(self, body: Mapping[str, Any], said: Mapping[str, Any]) -> None:
        """Give a draft back to its author."""
        words = entered(body)

        def do(reviewer: Principal) -> str:
            item = parse_item(said["item"])
            self._check_newest(item, said["version"], reviewer)
            review.workflow(self._service.copilot).request_changes(item, words, principal=reviewer)
            return f"You asked for changes to {said['item']}."

        self._done(body, do, said["channel_here"])

    def ask(self, body: Mapping[str, Any]) -> None:
        """Open the form that a decision needs."""
        action = body["actions"][0]
        label, submit = _FORMS[action["action_id"]]
        carried = json.loads(action["value"]) | {"channel_here": body["channel"]["id"]}
        self._client.views_open(
            trigger_id=body["trigger_id"],
            view={
                "type": "modal",
                "callback_id": f"{action['action_id']}_form",
                "private_metadata": json.dumps(carried),
                "title": {"type": "plain_text", "text": "SOC 2 copilot"},
                "submit": {"type": "plain_text", "text": submit},
                "close": {"type": "plain_text", "text": "Cancel"},
                "blocks": [
                    {
                        "type": "input",
                        "block_id": "said",
                        "label": {"type": "plain_text", "text": label},
                        "element": {
                            "type": "plain_text_input",
                            "action_id": "said",
                            "multiline": True,
                            "max_length": _MOST,
                        },
                    }
                ],
            },
        )

    def _done(
        self,
        body: Mapping[str, Any],
        do: Callable[[Principal], str],
        channel: str = "",
    ) -> bool:
        """Do what somebody decided, and tell them how it went; say whether it was done."""
        who, where = body["user"]["id"], channel or body["channel"]["id"]
        reviewer = self._replies.asker(who)
        done = False
        if reviewer is None:
            said = NO_READER
        else:
            try:
                said, done = do(reviewer), True
            except CopilotError as exc:
                said = explained(exc)
        message = Message([paragraph(text(cut(said, LONGEST_PIECE)))], notification(said))
        try:
            self._client.chat_postEphemeral(channel=where, user=who, **message.arguments())
        except SlackApiError:
            self._client.chat_postMessage(channel=who, **message.arguments())
        return done

    def _tell_asker(self, said: Mapping[str, Any], head: str, words: str) -> None:
        blocks = [
            paragraph(user(said["user"]), text(f" {head}")),
            quotation(text(cut(words, LONGEST_PIECE))),
            small(f"{said['item']} · written by a person"),
        ]
        message = Message(blocks, notification(f"{head} {words}"))
        self._client.chat_postMessage(
            channel=said["channel"], thread_ts=said["thread"] or None, **message.arguments()
        )

    def _check_newest(self, item: ItemId, version: int, reviewer: Principal) -> None:
        shown = review.library(self._service.copilot).show(item, principal=reviewer)
        if shown.item.latest.number != version:
            raise WrongStep(
                f"there is a newer version of {item}: {shown.item.latest.number}",
                hint="Look at that one first.",
            )


def register(app: App, reviews: Reviews, *, taking: Taking) -> None:
    """Have an app send decisions and their forms where they belong."""

    def pressed(does: Callable[[Mapping[str, Any]], None]) -> Callable[..., None]:
        def heard(ack: Ack, body: Mapping[str, Any]) -> None:
            ack()
            taking(lambda: does(body), body["channel"]["id"], body["user"]["id"])

        return heard

    def opened(ack: Ack, body: Mapping[str, Any]) -> None:
        ack()
        reviews.ask(body)  # at once: what opens a form holds for three seconds

    app.action(CLAIM)(pressed(reviews.claim))
    app.action(APPROVE)(pressed(reviews.approve))
    for action, does in (
        (ANSWER, reviews.answered),
        (CLOSE, reviews.closed),
        (CHANGES, reviews.changes),
    ):
        app.action(action)(opened)
        app.view(f"{action}_form")(passing(does, taking, channel="channel_here"))
