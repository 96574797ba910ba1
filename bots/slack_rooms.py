"""Who listens: what may be posted in a channel is what all of its members may read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from copilot.domain.access import EVERYONE, Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk import WebClient

    from bots.slack_directory import Directory, Rights
    from copilot.domain.access import Audience, Principal

_PAGE: Final = 200


class Rooms:
    """Says as which principal something may be posted in a channel."""

    def __init__(
        self,
        client: WebClient,
        directory: Directory,
        rights: Rights,
        *,
        configured: Mapping[str, frozenset[Audience]],
    ) -> None:
        """Take the parts.

        Args:
            client: Asks Slack who is in a channel.
            directory: Knows people.
            rights: Knows what they may read.
            configured: The audiences of channels, by their ids; `everyone` for all others. A member who
                does not hold one of them takes it away.
        """
        self._client = client
        self._directory = directory
        self._rights = rights
        self._configured = configured

    def listener(self, channel: str, asker: Principal) -> Principal | None:
        """Return the asker as far as everybody in the channel may read along.

        An answer to this principal may be posted there. Nothing, if somebody there may read nothing.

        Raises:
            SlackApiError: Slack does not say who is there.
        """
        audiences = self._configured.get(channel, frozenset()) | {EVERYONE}
        held = asker.audiences & audiences
        within, role = asker.within, Role.EMPLOYEE
        for member in self._directory.members(list(self._members(channel))):
            if member.bot:
                continue
            principal = self._rights.principal(member)
            if principal is None:
                return None
            held &= principal.audiences
            within = within or principal.within
            role = Role.AUDITOR if principal.role is Role.AUDITOR else role
        # Never a reviewer: withheld claims and notes are for those who review, and not all of them do.
        return replace(asker, role=role, audiences=held, within=within)

    def _members(self, channel: str) -> Iterator[str]:
        cursor = ""
        while True:
            page: dict[str, Any] = self._client.conversations_members(
                channel=channel, limit=_PAGE, cursor=cursor
            ).data  # type: ignore[assignment]
            yield from page["members"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
