"""The home page of the app: what somebody asked, what waits for them, what they may do."""

from __future__ import annotations

import hashlib
import io
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from slack_sdk.errors import SlackApiError

from bots.slack_announcing import named
from bots.slack_answers import NO_READER
from bots.slack_commands import COMMAND
from bots.slack_heat_map import png
from bots.slack_problems import LOG, reason
from bots.slack_text import bullets, cut, link, paragraph, small, text
from copilot.bootstrap import review
from copilot.bootstrap.readiness import Question
from copilot.domain.review import ItemKind, State
from copilot.service.permissions import ALLOWED, Permission

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bots.slack_answers import Replies
    from bots.slack_blocks import Links
    from bots.slack_text import Block
    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.review import Item
    from copilot.readiness.assessing import Readiness

_SHOWN: Final = 8
_LONGEST: Final = 300


class Home:
    """Writes somebody's home page."""

    def __init__(
        self, client: WebClient, service: Service, *, replies: Replies, links: Links
    ) -> None:
        self._client = client
        self._service = service
        self._replies = replies
        self._links = links
        self._pictures: dict[str, str] = {}

    def publish(self, user: str) -> None:
        """Show somebody their page as it is now.

        Raises:
            SlackApiError: Slack does not take it.
        """
        asker = self._replies.asker(user)
        if asker is None:
            self._show(user, [paragraph(text(NO_READER))])
            return
        picture = self._picture(asker) if asker.reviews else []
        try:
            self._show(user, self._blocks(asker, picture))
        except SlackApiError as exc:
            if not picture:
                raise
            # Slack needs a while for a picture, or has thrown it away; the figures are there without it.
            self._pictures.clear()
            LOG.info("the heat map is not shown: %s", reason(exc))
            self._show(user, self._blocks(asker, []))

    def _show(self, user: str, blocks: list[Block]) -> None:
        self._client.views_publish(user_id=user, view={"type": "home", "blocks": blocks})

    def _blocks(self, asker: Principal, picture: list[Block]) -> list[Block]:
        return [
            _heading("Ask"),
            paragraph(
                text("Write to me, mention me in a channel, or type "),
                text(f"{COMMAND} ask", code=True),
                text(
                    ". I answer from our policies and evidence, and show the words that I rely on."
                ),
            ),
            *self._own(asker),
            *(self._queue(asker) if asker.reviews else ()),
            *self._repeated(asker),
            *(self._readiness(asker) if asker.reviews else ()),
            *picture,
            _heading("What you may do"),
            paragraph(text(_rights(asker))),
            small(f"You ask as {asker.id}, with the role {asker.role}."),
        ]

    def _own(self, asker: Principal) -> list[Block]:
        listed = review.library(self._service.copilot).listed(
            principal=asker, kinds=[ItemKind.ANSWER]
        )
        newest = sorted(listed, key=lambda one: one.latest.at, reverse=True)
        own = list(islice((one for one in newest if self._wrote(one, asker)), _SHOWN))
        if not own:
            return []
        lines = [[*named(one, self._links), text(f"  {one.state}")] for one in own]
        return [_heading("What you passed on to compliance"), bullets(lines)]

    def _repeated(self, asker: Principal) -> list[Block]:
        """Return what several people asked: how many, and never who."""
        found = self._service.repeated.listed(principal=asker)[:_SHOWN]
        if not found:
            return []
        lines = []
        for one in found:
            line = [text(f"{cut(one.question, _LONGEST)}  {one.people} people, {one.times} times")]
            for item in one.items[:_SHOWN]:
                url = self._links.item(item)
                line += [text("  "), link(url, item) if url else text(item)]
            lines.append(line)
        hint = "Worth a section in a policy, or a page of your own among the sources."
        return [_heading("Asked by several people"), bullets(lines), small(hint)]

    def _queue(self, asker: Principal) -> list[Block]:
        waiting = review.library(self._service.copilot).listed(
            principal=asker, states=[State.IN_REVIEW]
        )
        if not waiting:
            return [_heading("Review"), paragraph(text("Nothing waits for a decision."))]
        lines = [
            [*named(one, self._links), text(f"  by {one.latest.author}")]
            for one in waiting[:_SHOWN]
        ]
        more = len(waiting) - _SHOWN
        rest = [small(f"{more} more wait.")] if more > 0 else []
        return [_heading(f"Review: {len(waiting)} waiting"), bullets(lines), *rest]

    def _readiness(self, asker: Principal) -> list[Block]:
        return [_heading("Readiness"), paragraph(text(_said(self._ready(asker))))]

    def _ready(self, asker: Principal) -> Readiness:
        return self._service.readiness.readiness(Question(), principal=asker, points=False)

    def _picture(self, asker: Principal) -> list[Block]:
        """Return the heat map; what looks the same is uploaded once."""
        ready = self._ready(asker)
        content = png(ready.covered)
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._pictures:
            try:
                kept: dict[str, Any] = self._client.files_upload_v2(
                    file=io.BytesIO(content), filename="readiness.png", title="Readiness"
                ).data  # type: ignore[assignment]
            except SlackApiError as exc:
                # The figures are there without it.
                LOG.warning("the heat map is not shown: %s", reason(exc))
                return []
            self._pictures[digest] = str(kept["files"][0]["id"])
        file = {"id": self._pictures[digest]}
        return [{"type": "image", "slack_file": file, "alt_text": _said(ready)}]

    def _wrote(self, item: Item, asker: Principal) -> bool:
        shown = review.library(self._service.copilot).show(item.id, principal=asker)
        return bool(shown.versions) and shown.versions[0].author == asker.id


def _heading(said: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": said, "emoji": False}}


def _said(ready: Readiness) -> str:
    whole = ready.scores[0]
    return (
        f"{round(100 * whole.value)} % ready: {whole.met} criteria met, {whole.partly} partly, "
        f"{whole.gaps} gaps"
    )


def _rights(asker: Principal) -> str:
    allowed = [one for one in Permission if asker.role in ALLOWED[one]]
    return f"You may {', '.join(allowed)}.".replace("their own", "your own")
