"""Questions that are passed on to compliance: each becomes an item `answer/N` that waits for its answer."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from copilot.domain.event_log import Happening
from copilot.domain.review import Comment, Item, ItemId, ItemKind, State, Version, name_of
from copilot.review.rules import Step, check_role
from copilot.review.witness import SAVED
from copilot.review.workflow import COMMENTED, DRAFTS, SUBMITTED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from copilot.domain.access import Principal
    from copilot.review.ports import ReviewChange, ReviewStore

_AGAIN: Final = "Asked again."
_ENDS: Final = "?!. "


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """Where a question went."""

    item: Item
    again: bool
    """Whether it was there and open, and got a comment only."""


class PassingOn:
    """Hands questions to those who review."""

    def __init__(self, store: ReviewStore, *, now: Callable[[], datetime]) -> None:
        """Take the store, and what tells the time in UTC."""
        self._store = store
        self._now = now

    def pass_on(self, question: str, text: str, *, principal: Principal, note: str = "") -> Passed:
        """Add an item that waits in review, or a comment where this person's question waits already.

        Questions of others are left alone even if they are the same: whoever asks sees their own.

        Args:
            question: The question, which becomes the title.
            text: What the item says, with a place for the answer.
            principal: Who asks.
            note: What they want to add; the comment, if it is one.

        Raises:
            NotPermitted: They have no part in what the company writes.
        """
        check_role(Step.SAVE, principal)
        title = _flat(question)
        known = {one.id for one in self._store.items() if one.kind is ItemKind.ANSWER}
        with self._store.changing() as change:
            new = _next(known)
            while change.item(new) is not None:  # somebody was quicker
                known.add(new)
                new = _next(known)
            items = (change.item(id_) for id_ in sorted(known))
            for item in items:
                if item is not None and _waits(change, item, title, principal):
                    self._comment(change, item, note, principal)
                    return Passed(item=item, again=True)
            item = self._added(
                change,
                Item(
                    id=new,
                    kind=ItemKind.ANSWER,
                    title=title,
                    audience=DRAFTS,
                    latest=Version(
                        number=1,
                        text=text,
                        state=State.IN_REVIEW,
                        author=principal.id,
                        at=self._now(),
                        note=f"passed on by {principal.id}",
                    ),
                ),
            )
            return Passed(item=item, again=False)

    def _added(self, change: ReviewChange, item: Item) -> Item:
        change.add_item(item)
        digest = sha256(item.latest.text.encode()).hexdigest()
        self._log(change, SAVED, item, item.latest.author, sha256=digest)
        self._log(change, SUBMITTED, item, item.latest.author)
        return item

    def _comment(self, change: ReviewChange, item: Item, note: str, principal: Principal) -> None:
        said = " ".join(filter(None, (_AGAIN, _flat(note))))
        change.add_comment(
            item.id,
            Comment(version=item.latest.number, who=principal.id, at=self._now(), text=said),
        )
        self._log(change, COMMENTED, item, principal.id)

    def _log(self, change: ReviewChange, action: str, item: Item, who: str, **detail: str) -> None:
        happening = Happening(
            who=who, action=action, about=item.id, version=item.latest.number, detail=detail
        )
        change.log(happening, at=self._now())


def _next(known: Collection[ItemId]) -> ItemId:
    """Return the id after the last of those that are numbers."""
    numbers = [int(name) for one in known if (name := name_of(one)).isdecimal()]
    return ItemId(f"{ItemKind.ANSWER}/{max(numbers, default=0) + 1}")


def _waits(change: ReviewChange, item: Item, title: str, principal: Principal) -> bool:
    """Say whether an item is this person's own question, and has no answer that was approved."""
    if item.in_force is not None or _key(item.title) != _key(title):
        return False
    return change.versions(item.id)[0].author == principal.id


def _key(title: str) -> str:
    """Return what is left of a question if it is typed loosely."""
    return _flat(title).rstrip(_ENDS).casefold()


def _flat(text: str) -> str:
    return " ".join(text.replace("\0", " ").encode(errors="replace").decode().split())
