"""What people see of items: those in force by their audience, drafts by those who work on them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from copilot.domain.access import Audience
from copilot.domain.review import ItemKind
from copilot.errors import BadInput, UnknownItem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from copilot.domain.access import Principal
    from copilot.domain.review import Comment, Item, ItemId, State, Version, Waiver
    from copilot.review.ports import ReviewStore

    _OpenMarks = Callable[[str], Sequence[str]]

_DRAFTS: Final = Audience("compliance")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMark:
    """An open question or a decision to confirm of a version."""

    says: str
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An item as somebody sees it."""

    item: Item
    version: Version
    """The one that was asked for, or the newest that may be seen."""
    versions: tuple[Version, ...]
    """All that may be seen, oldest first."""
    comments: tuple[Comment, ...]
    marks: tuple[OpenMark, ...]
    """Those of the version, in the order of its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two versions of an item."""

    older: int
    """Its number; 0 where there is none, and the text before is empty."""
    newer: int
    before: str
    after: str


class Library:
    """Items, as far as somebody may see them."""

    def __init__(self, store: ReviewStore, *, open_marks: _OpenMarks) -> None:
        """Take the store, and what returns the marks that a text has open, each of them once."""
        self._store = store
        self.open_marks = open_marks

    def sees_drafts(self, versions: Iterable[Version], principal: Principal) -> bool:
        """Say whether somebody sees every version: a reviewer, compliance, or one who wrote one."""
        wrote = any(one.author == principal.id for one in versions)
        return _reviews(principal) or (wrote and not principal.audits)

    def listed(
        self,
        *,
        principal: Principal,
        kinds: Collection[ItemKind] = (),
        states: Collection[State] = (),
    ) -> list[Item]:
        """Return the items that somebody may see, by id; empty collections let everything pass."""
        found = (self._seen(item, principal) for item in self._store.items())
        return [
            item
            for item in found
            if item is not None
            and (not kinds or item.kind in kinds)
            and (not states or item.state in states)
        ]

    def show(self, id_: ItemId, *, principal: Principal, number: int | None = None) -> Shown:
        """Return an item with a version of it.

        Args:
            id_: The item.
            principal: Who wants to see it.
            number: The version; the newest that they may see, if nothing is said.

        Raises:
            UnknownItem: There is no such item or version, or they may not see it.
        """
        item, versions = self._read(id_, principal)
        version = _numbered(versions, number or item.latest.number, id_)
        return Shown(
            item=item,
            version=version,
            versions=tuple(versions),
            comments=tuple(self._comments(item, principal)),
            marks=tuple(marks_of(version, self.open_marks)),
        )

    def diff(
        self, id_: ItemId, *, principal: Principal, numbers: tuple[int, int] | None = None
    ) -> str:
        """Return what changed between two versions as a unified diff; empty if nothing did.

        The arguments and errors are those of `compared`.
        """
        found = self.compared(id_, principal=principal, numbers=numbers)
        lines = difflib.unified_diff(
            found.before.splitlines(),
            found.after.splitlines(),
            fromfile=f"{id_} version {found.older}" if found.older else "nothing",
            tofile=f"{id_} version {found.newer}",
            lineterm="",
        )
        return "\n".join(lines)

    def compared(
        self, id_: ItemId, *, principal: Principal, numbers: tuple[int, int] | None = None
    ) -> Compared:
        """Return the texts of two versions.

        Args:
            id_: The item.
            principal: Who wants to see it.
            numbers: The older and the newer version. If nothing is said, the newest is compared with
                the one in force, or else with the one that it was edited from.

        Raises:
            UnknownItem: There is no such item or version, or they may not see it.
        """
        item, versions = self._read(id_, principal)
        older, newer = numbers or (_compared(item, versions), item.latest.number)
        before, after = (
            _numbered(versions, number, id_).text if number else "" for number in (older, newer)
        )
        return Compared(older=older, newer=newer, before=before, after=after)

    def _read(self, id_: ItemId, principal: Principal) -> tuple[Item, list[Version]]:
        item = self._store.item(id_)
        seen = self._seen(item, principal) if item else None
        if item is None or seen is None:
            raise unknown(id_)
        versions = self._store.versions(id_)
        return seen, self._visible(item, versions, principal)

    def _comments(self, item: Item, principal: Principal) -> list[Comment]:
        """Return the comments that somebody sees, oldest first.

        Whoever asked a question sees those on the question, and not what is said of an answer.
        """
        versions, comments = self._store.versions(item.id), self._store.comments(item.id)
        if not self.sees_drafts(versions, principal):
            return []
        if _reviews(principal) or item.kind is not ItemKind.ANSWER:
            return comments
        own = {one.number for one in versions if one.author == principal.id}
        return [one for one in comments if one.version in own or one.who == principal.id]

    def _seen(self, item: Item, principal: Principal) -> Item | None:
        """Return an item as somebody sees it, or nothing."""
        if _reviews(principal):
            return item
        visible = self._visible(item, self._store.versions(item.id), principal)
        return replace(item, latest=visible[-1]) if visible else None

    def _visible(
        self, item: Item, versions: Sequence[Version], principal: Principal
    ) -> list[Version]:
        """Return the versions that somebody sees, oldest first.

        Whoever asked a question sees what they wrote, and an answer once it is approved: until then it
        may hold something that is not for them.
        """
        held = [one for one in versions if one.number == item.in_force]
        if not self.sees_drafts(versions, principal):
            return held if principal.may_read(item.audience) else []
        if _reviews(principal) or item.kind is not ItemKind.ANSWER:
            return list(versions)
        seen = [one for one in versions if one.author == principal.id or one in held]
        if not held:
            # The text that somebody works on is not shown, but what became of the question is.
            seen[-1] = replace(seen[-1], state=item.state)
        return seen


def _reviews(principal: Principal) -> bool:
    # An auditor holds that audience to read what was approved for it.
    return principal.reviews or (principal.may_read(_DRAFTS) and not principal.audits)


def marks_of(version: Version, open_marks: _OpenMarks) -> list[OpenMark]:
    """Return the marks of a version with their waivers, in the order of its text."""
    waivers = {one.mark: one for one in version.waivers}
    return [OpenMark(says=says, waiver=waivers.get(says)) for says in open_marks(version.text)]


def mark_at(version: Version, number: int, id_: ItemId, open_marks: _OpenMarks) -> OpenMark:
    """Return the mark with a number of the list, counted from 1.

    Raises:
        BadInput: The version has no such question.
    """
    marks = marks_of(version, open_marks)
    if not 1 <= number <= len(marks):
        raise BadInput(
            f"version {version.number} has no question {number}",
            hint=f"`copilot review show {id_}` numbers its {len(marks)} questions.",
        )
    return marks[number - 1]


def unknown(id_: ItemId) -> UnknownItem:
    """Return the error for an item that is not there, or not there for whoever asks."""
    return UnknownItem(
        f"there is no {id_} to review", hint="`copilot review list` shows what there is."
    )


def _compared(item: Item, versions: Iterable[Version]) -> int:
    """Return the version that the newest is compared with; 0 for none that may be seen."""
    if item.in_force is not None and item.in_force != item.latest.number:
        return item.in_force
    before = {one.number for one in versions}
    return item.latest.base if item.latest.base in before else 0


def _numbered(versions: Sequence[Version], number: int, id_: ItemId) -> Version:
    for one in versions:
        if one.number == number:
            return one
    known = ", ".join(str(one.number) for one in versions)
    raise UnknownItem(f"{id_} has no version {number}", hint=f"It has {known}.")
