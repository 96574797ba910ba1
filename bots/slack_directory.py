"""Who somebody in Slack is: a member by their verified address, or a guest who may read nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from copilot.domain.access import Audience, Principal, Role

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from copilot.domain.accounts import Person

_FRESH_SECONDS: Final = 300.0
"""How long what Slack said of somebody holds: a person who leaves may read for so long at most."""

_PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody as Slack knows them."""

    id: str
    name: str
    email: str = ""
    """In lower case, and only if Slack says that it was confirmed."""
    full: bool
    """A member of our workspace who is neither a guest nor deactivated."""
    bot: bool = False


def member_of(user: Mapping[str, Any], *, team: str) -> Member:
    """Read somebody as the Web API describes them.

    Args:
        user: `user` of `users.info`, or one of `members` of `users.list`.
        team: The id of our workspace.
    """
    profile = user.get("profile") or {}
    outside = user.get("is_stranger") or user.get("team_id") not in {team, None}
    guest = user.get("is_restricted") or user.get("is_ultra_restricted")
    confirmed = user.get("is_email_confirmed", True)
    return Member(
        id=str(user["id"]),
        name=str(profile.get("real_name") or user.get("name") or user["id"]),
        email=str(profile.get("email") or "").lower() if confirmed and not outside else "",
        full=not (outside or guest or user.get("deleted") or user.get("is_bot")),
        bot=bool(user.get("is_bot")),
    )


class Directory:
    """Looks people up in Slack, and remembers them for a few minutes; for many threads."""

    def __init__(
        self, client: WebClient, *, team: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._team = team
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[Member, float]] = {}
        self._listed_at = float("-inf")

    def member(self, id_: str) -> Member:
        """Return somebody by their id.

        Raises:
            SlackApiError: Slack does not say who it is.
        """
        with self._lock:
            member, then = self._known.get(id_, (None, float("-inf")))
        if member is None or self._clock() - then > _FRESH_SECONDS:
            user: dict[str, Any] = self._client.users_info(user=id_)["user"]
            member = self._keep(user)
        return member

    def members(self, ids: Collection[str]) -> list[Member]:
        """Return several people; if they are many, with as few calls as there can be.

        Raises:
            SlackApiError: Slack does not say who they are.
        """
        if len(ids) > _PAGE // 10 and self._clock() - self._listed_at > _FRESH_SECONDS:
            for user in self._pages():
                self._keep(user)
            self._listed_at = self._clock()
        return [self.member(one) for one in ids]

    def forget(self, id_: str) -> None:
        """Ask Slack anew who somebody is, the next time."""
        with self._lock:
            self._known.pop(id_, None)

    def _keep(self, user: Mapping[str, Any]) -> Member:
        member = member_of(user, team=self._team)
        with self._lock:
            self._known[member.id] = (member, self._clock())
        return member

    def _pages(self) -> Iterator[Mapping[str, Any]]:
        cursor = ""
        while True:
            page = self._client.users_list(limit=_PAGE, cursor=cursor)
            yield from page["members"]
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return


class Rights:
    """Says as which principal somebody in Slack asks."""

    def __init__(
        self, by_email: Callable[[str], Person | None], *, members: Collection[Audience]
    ) -> None:
        """Take what is known.

        Args:
            by_email: Finds the person whose address this is, if they are active.
            members: The audiences of full members of the workspace who are no such person.
        """
        self._by_email = by_email
        self._members = frozenset(members)

    def principal(self, member: Member) -> Principal | None:
        """Return as whom somebody asks; nothing for whoever may read nothing at all."""
        person = self._by_email(member.email) if member.email else None
        if person is not None:
            return person.principal()
        if not member.full or not self._members:
            return None
        return Principal(
            id=f"slack:{member.id}",
            name=member.name,
            role=Role.EMPLOYEE,
            audiences=self._members,
        )
