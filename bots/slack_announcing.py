"""What waits for people, told to them: drafts to decide on, a digest of them, records that are due."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from slack_sdk.errors import SlackApiError

from bots.slack_blocks import Message
from bots.slack_problems import LOG, is_refusal, reason
from bots.slack_text import (
    LONGEST_PIECE,
    bullets,
    button,
    cut,
    link,
    notification,
    paragraph,
    quotation,
    text,
)
from copilot.bootstrap import review
from copilot.bootstrap.readiness import Question
from copilot.domain.review import ItemKind, State

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bots.slack_blocks import Links
    from bots.slack_text import Block, Piece
    from bots.slack_told import Told
    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.accounts import Person
    from copilot.domain.review import Item
    from copilot.readiness.tasks import Task

APPROVE: Final = "approve"
CHANGES: Final = "request_changes"

_LISTED: Final = 12

_REMINDING: Final = 3_600.0
"""Seconds between two looks at what is due; each reads the controls and the evidence."""

_AGAIN: Final = 3_600.0
"""Seconds until it is tried again to tell somebody who could not be told; they may not be in Slack."""

_LONGEST_LINE: Final = 300


class Announcements:
    """Tells people what waits for them, each thing once."""

    def __init__(
        self, client: WebClient, service: Service, *, told: Told, links: Links, digest: bool
    ) -> None:
        """Take the parts.

        Args:
            client: Writes to Slack.
            service: The workspace.
            told: Remembers what was said already.
            links: Where the pages are.
            digest: Tell a reviewer once a day what waits, in place of a message for each item.
        """
        self._client = client
        self._service = service
        self._told = told
        self._links = links
        self._digest = digest
        self._reminded = float("-inf")
        self._unheard: dict[str, float] = {}

    def announce(self) -> None:
        """Tell reviewers what waits for them and was not said before; and owners what is due.

        Raises:
            SlackApiError: Slack no longer knows us.
        """
        for person in self._service.register.people():
            if person.active and person.email:
                principal = person.principal()
                if principal.reviews:
                    self._announce_to(person, principal)
        if time.monotonic() - self._reminded > _REMINDING:
            self._remind()
            self._reminded = time.monotonic()

    def _announce_to(self, person: Person, reviewer: Principal) -> None:
        library = review.library(self._service.copilot)
        waiting = [
            one
            for one in library.listed(principal=reviewer, states=[State.IN_REVIEW])
            if one.kind is not ItemKind.ANSWER and one.latest.author != reviewer.id
        ]
        if waiting and self._digest:
            today = review.now().date()
            self._say_once(f"digest/{person.id}/{today}", person, partial(self._listing, waiting))
        elif waiting:
            for item in waiting:
                key = f"review/{item.id}/{item.latest.number}/{person.id}"
                self._say_once(key, person, partial(self._request, item))

    def _remind(self) -> None:
        """Tell owners of controls which records are missing, once a week."""
        people = [one for one in self._service.register.people() if one.active and one.email]
        by_name = {one.name.casefold(): one for one in people}
        week = f"{review.now():%G-%V}"
        due: dict[str, list[Task]] = {}
        for task in self._tasks(self._service.copilot.principal(None)):
            if task.control and task.owner.casefold() in by_name:
                due.setdefault(task.owner.casefold(), []).append(task)
        for name, tasks in due.items():
            person = by_name[name]
            # What is due by all that there is, and speaks of nothing that they may not read.
            known = {(one.control, one.what) for one in self._tasks(person.principal())}
            theirs = [one for one in tasks if (one.control, one.what) in known]
            if theirs:
                self._say_once(f"due/{person.id}/{week}", person, partial(_due, theirs))

    def _tasks(self, principal: Principal) -> tuple[Task, ...]:
        desk = self._service.readiness
        return tuple(desk.readiness(Question(), principal=principal, points=False).tasks)

    def _say_once(self, key: str, person: Person, message: Callable[[], Message]) -> None:
        if time.monotonic() - self._unheard.get(person.id, float("-inf")) > _AGAIN:
            self._told.once(key, lambda: self._say(person, message()))

    def _say(self, person: Person, message: Message) -> bool:
        try:
            found = self._client.users_lookupByEmail(email=person.email)
            self._client.chat_postMessage(channel=str(found["user"]["id"]), **message.arguments())
        except SlackApiError as exc:
            if is_refusal(exc):
                raise
            LOG.warning("%s cannot be told what waits for them: %s", person.id, reason(exc))
            self._unheard[person.id] = time.monotonic()
            return False
        return True

    def _request(self, item: Item) -> Message:
        value = json.dumps({"item": item.id, "version": item.latest.number})
        about = f", version {item.latest.number} by {item.latest.author}, waits for your decision."
        note = [quotation(text(cut(item.latest.note, LONGEST_PIECE)))] if item.latest.note else []
        actions: Block = {
            "type": "actions",
            "elements": [
                button("Approve", APPROVE, value, style="primary"),
                button("Request changes", CHANGES, value),
            ],
        }
        blocks = [paragraph(*named(item, self._links), text(about)), *note, actions]
        return Message(blocks, notification(f"{item.title} waits for you"))

    def _listing(self, waiting: Iterable[Item]) -> Message:
        listed = list(waiting)
        lines = [
            [*named(one, self._links), text(f"  by {one.latest.author}")]
            for one in listed[:_LISTED]
        ]
        head = f"{len(listed)} drafts wait for you" if len(listed) > 1 else "A draft waits for you"
        rest = [paragraph(text(f"{len(listed) - _LISTED} more wait."))] * (len(listed) > _LISTED)
        return Message([paragraph(text(f"{head}:")), bullets(lines), *rest], notification(head))


def named(item: Item, links: Links) -> list[Piece]:
    """Return the title of an item, with a link to it if there are pages."""
    url, title = links.item(item.id), cut(item.title, _LONGEST_LINE)
    return [link(url, title) if url else text(title, bold=True)]


def _due(tasks: list[Task]) -> Message:
    lines = [
        f"{one.control}: {one.what.rstrip('.')}, by {one.due:%-d %B %Y}" for one in tasks[:_LISTED]
    ]
    listed = [[text(cut(one, _LONGEST_LINE))] for one in lines]
    more = len(tasks) - _LISTED
    rest = [paragraph(text(f"{more} more are due."))] if more > 0 else []
    head = "Records of your controls are due:"
    return Message([paragraph(text(head)), bullets(listed), *rest], notification(head))
