"""The home page of the app: what somebody asked, what waits for them, what they may do."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any, Final

from slack_sdk.errors import SlackApiError

from bots.slack_answers import NO_READER
from bots.slack_commands import COMMAND
from bots.slack_heat_map import png
from bots.slack_text import bullets, link, paragraph, small, text
from copilot.bootstrap import readiness, review
from copilot.domain.review import ItemKind, State
from copilot.service.permissions import ALLOWED, Permission

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bots.slack_answers import Replies
    from bots.slack_blocks import Links
    from bots.slack_text import Block, Piece
    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.review import Item

_LOG: Final = logging.getLogger(__name__)

_SHOWN: Final = 8


class Home:
    """Writes somebody's home page."""

    def __init__(
        self, client: WebClient, service: Service, *, replies: Replies, links: Links
    ) -> None:
        self._client = client
        self._service = service
        self._replies = replies
        self._links = links

    def publish(self, user: str) -> None:
        """Show somebody their page as it is now.

        Raises:
            SlackApiError: Slack does not take it.
        """
        asker = self._replies.asker(user)
        blocks = [paragraph(text(NO_READER))] if asker is None else self._blocks(asker)
        self._client.views_publish(user_id=user, view={"type": "home", "blocks": blocks})

    def _blocks(self, asker: Principal) -> list[Block]:
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
            *self._readiness(asker),
            small(f"You ask as {asker.id}, with the role {asker.role}. {_rights(asker)}"),
        ]

    def _own(self, asker: Principal) -> list[Block]:
        listed = review.library(self._service.copilot).listed(
            principal=asker, kinds=[ItemKind.ANSWER]
        )
        own = [one for one in listed if one.title and self._wrote(one, asker)]
        if not own:
            return []
        lines = [[*self._named(one), text(f"  {one.state}")] for one in own[-_SHOWN:]]
        return [_heading("What you passed on to compliance"), bullets(lines)]

    def _queue(self, asker: Principal) -> list[Block]:
        waiting = review.library(self._service.copilot).listed(
            principal=asker, states=[State.IN_REVIEW]
        )
        if not waiting:
            return [_heading("Review"), paragraph(text("Nothing waits for a decision."))]
        lines = [[*self._named(one), text(f"  by {one.latest.author}")] for one in waiting[:_SHOWN]]
        more = len(waiting) - _SHOWN
        rest = [small(f"{more} more wait.")] if more > 0 else []
        return [_heading(f"Review: {len(waiting)} waiting"), bullets(lines), *rest]

    def _readiness(self, asker: Principal) -> list[Block]:
        if not asker.reviews:
            return []
        ready = readiness.assess_workspace(self._service.copilot, principal=asker)
        whole = ready.scores[0]
        said = (
            f"{round(100 * whole.value)} % ready: {whole.met} criteria met, {whole.partly} partly, "
            f"{whole.gaps} gaps"
        )
        picture = self._picture(png(ready.covered), said)
        return [_heading("Readiness"), paragraph(text(said)), *picture]

    def _picture(self, content: bytes, said: str) -> list[Block]:
        try:
            kept: dict[str, Any] = self._client.files_upload_v2(
                file=io.BytesIO(content), filename="readiness.png", title="Readiness"
            ).data  # type: ignore[assignment]
        except SlackApiError as exc:
            # The figures are there without it.
            _LOG.warning("the heat map is not shown: %s", exc.response.get("error"))
            return []
        file = {"id": kept["files"][0]["id"]}
        return [{"type": "image", "slack_file": file, "alt_text": said}]

    def _named(self, item: Item) -> list[Piece]:
        url = self._links.item(item.id)
        return [link(url, item.title) if url else text(item.title, bold=True)]

    def _wrote(self, item: Item, asker: Principal) -> bool:
        shown = review.library(self._service.copilot).show(item.id, principal=asker)
        return bool(shown.versions) and shown.versions[0].author == asker.id


def _heading(said: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": said, "emoji": False}}


def _rights(asker: Principal) -> str:
    allowed = [one for one in Permission if asker.role in ALLOWED[one]]
    return f"You may {', '.join(allowed)}."
