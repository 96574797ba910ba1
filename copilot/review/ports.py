"""The seams of the review: what it asks of the database and of the folder that policies lie in.

Adapters fit these without inheriting from them, as they do those of `copilot.ports`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from copilot.domain.decisions import MappingDecision
    from copilot.domain.event_log import Entry, Happening, Seal, Unreadable
    from copilot.domain.review import Comment, Item, ItemId, Version, Waiver


class EventLog(Protocol):
    """Who did what, when, to which version; entries are only ever added."""

    def append(self, happening: Happening, *, at: datetime) -> Entry:
        """Add an entry after the newest; of two who add at once, one waits for the other."""

    def entries(self) -> list[Entry | Unreadable]:
        """Return every row by its number, as it stands: nothing has been checked."""

    def seal(self) -> Seal:
        """Return how long the log is and the hash of its newest entry."""


class EventRows(Protocol):
    """The same log for those who look whether it is as it was written."""

    def entries(self) -> list[Entry | Unreadable]:
        """Return every row by its number, as it stands: nothing has been checked."""

    def between(self, first: int, last: int | None = None) -> list[Entry | Unreadable]:
        """Return the rows from one number to another, or to the end, as they stand."""

    def count(self, last: int) -> int:
        """Return how many rows there are whose number is not higher, be they in their place or not."""


class ReviewStore(Protocol):
    """Keeps what is reviewed; whoever calls sees to it who may see and do what."""

    def items(self) -> list[Item]:
        """Return every item by its id."""

    def item(self, id_: ItemId) -> Item | None:
        """Return an item, or nothing if there is none of that id."""

    def versions(self, id_: ItemId) -> list[Version]:
        """Return the versions of an item, oldest first."""

    def comments(self, id_: ItemId) -> list[Comment]:
        """Return what was said about an item, oldest first."""

    def changing(self) -> AbstractContextManager[ReviewChange]:
        """Begin a change that nobody else's comes between; it is kept whole or not at all."""


class ReviewChange(Protocol):
    """A change of what is reviewed, together with its entries in the event log."""

    def item(self, id_: ItemId) -> Item | None:
        """Return an item as it is now, or nothing if there is none of that id."""

    def versions(self, id_: ItemId) -> list[Version]:
        """Return the versions of an item, oldest first."""

    def published(self, id_: ItemId) -> str:
        """Return the SHA-256 of the file that was written of it last; empty if none was."""

    def add_item(self, item: Item) -> None:
        """Add an item with its first version."""

    def add_version(self, id_: ItemId, version: Version) -> None:
        """Add a version with its waivers."""

    def set_state(self, id_: ItemId, version: Version) -> None:
        """Keep the state of a version and who decided it; its text stays as it is."""

    def add_comment(self, id_: ItemId, comment: Comment) -> None:
        """Add what somebody said."""

    def add_waiver(self, id_: ItemId, number: int, waiver: Waiver) -> None:
        """Add a waiver to a version."""

    def set_in_force(self, item: Item, *, published: str) -> None:
        """Keep which version is in force, who may read it, and the hash of the file written."""

    def log(self, happening: Happening, *, at: datetime) -> None:
        """Append to the event log."""


class MappingStore(Protocol):
    """Keeps what was decided on mappings; decisions are only ever added."""

    def decisions(self) -> list[MappingDecision]:
        """Return every decision, oldest first."""

    def newest(self) -> int:
        """Return a number that is another after every decision."""

    def record(self, decided: Sequence[tuple[MappingDecision, Happening]]) -> None:
        """Add decisions and their entries in the event log, all of them or none."""


class PolicyShelf(Protocol):
    """The files of approved policies, where they are ingested from."""

    def path(self, id_: ItemId) -> Path:
        """Return where the file of a policy stands or would stand."""

    def found(self, id_: ItemId) -> str:
        """Return the SHA-256 of the file that stands there; empty if none does."""

    def prepare(self, id_: ItemId, content: str) -> PreparedFile:
        """Write a file that nobody sees yet, beside the place where it will stand."""

    def left(self) -> Sequence[LeftFile]:
        """Return the files that were prepared, and neither put into their place nor thrown away."""


class PreparedFile(Protocol):
    """A file that is written and not yet in its place."""

    @property
    def sha256(self) -> str:
        """The hash of what is in it."""

    def put(self) -> None:
        """Put it into its place, in one step, over the file that stands there."""

    def drop(self) -> None:
        """Throw it away, if it is not in its place."""


class LeftFile(Protocol):
    """A file that was prepared by somebody who did not come to put it into its place."""

    @property
    def sha256(self) -> str:
        """The hash of what is in it; empty if it is gone by now."""

    def put(self, id_: ItemId) -> None:
        """Put it where the file of a policy stands, in one step."""

    def drop(self) -> None:
        """Throw it away."""
