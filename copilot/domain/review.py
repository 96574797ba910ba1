"""Review: what waits for a person, in which state it is, and who decided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NewType

from copilot.errors import UnknownItem

if TYPE_CHECKING:
    from datetime import datetime

    from copilot.domain.access import Audience

ItemId = NewType("ItemId", str)
"""Kind and name: `policy/access-control`, `response/F-2025-01`, `answer/7`."""

_NAME: Final = re.compile(r"[^\W_][\w.\-]{0,99}")


class ItemKind(StrEnum):
    """What is reviewed."""

    POLICY = "policy"
    RESPONSE = "response"
    DESCRIPTION = "description"
    """The system description."""
    ANSWER = "answer"
    """A question that was passed on to compliance."""


class State(StrEnum):
    """Where a version stands on its way to approval."""

    DRAFT = "draft"
    IN_REVIEW = "in review"
    CHANGES_REQUESTED = "changes requested"
    APPROVED = "approved"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """An open question or a decision to confirm that a version may be approved with."""

    mark: str
    """What the mark says, with the role that it is for: `Head of IT: Which system is it?`."""
    reason: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One text of an item; the text never changes, the state does."""

    number: int
    """Counts from 1."""
    text: str
    """Markdown; see `copilot.domain.drafts` for its marks."""
    state: State
    author: str
    """The id of the principal who wrote it or had it drafted."""
    at: datetime
    note: str = ""
    """What was changed, in the author's words."""
    decided_by: str = ""
    """Who approved it or asked for changes; empty if nobody did."""
    decided_at: datetime | None = None
    base: int | None = None
    """The number of the version that it was edited from; nothing for the first."""
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What somebody said about a version."""

    version: int
    who: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Something that is reviewed, with its newest version."""

    id: ItemId
    kind: ItemKind
    title: str
    audience: Audience
    latest: Version
    in_force: int | None = None
    """The number of the approved version that holds; nothing before the first approval."""

    @property
    def state(self) -> State:
        """The state of the newest version."""
        return self.latest.state


def parse_item(text: str) -> ItemId:
    """Read the id of an item, such as `policy/access-control`.

    Raises:
        UnknownItem: It names no kind of item, or nothing of the kind.
    """
    kind, slash, name = text.strip().partition("/")
    if kind.lower() not in set(ItemKind):
        near = get_close_matches(kind.lower(), [*ItemKind, "mapping"], n=1)
        meant = f"Did you mean {near[0]}/{name or '…'}? " if near else ""
        raise UnknownItem(
            f"{text!r} names nothing that is reviewed",
            hint=f"{meant}An item is named by kind and name, such as policy/access-control; "
            "`copilot review list` shows them.",
        )
    if not slash or not _NAME.fullmatch(name):
        raise UnknownItem(
            f"{text!r} names no item",
            hint="After the kind and a slash stands a name of letters, digits, dashes, dots and "
            "underscores, such as policy/access-control.",
        )
    return ItemId(f"{kind.lower()}/{name}")


def kind_of(item: ItemId) -> ItemKind:
    """Return the kind that an item's id names."""
    return ItemKind(item.partition("/")[0])


def name_of(item: ItemId) -> str:
    """Return what stands after the kind in an item's id."""
    return item.partition("/")[2]
