"""What is reviewed, in SQL: items, versions whose text never changes, comments, waivers."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from copilot.adapters.sql import events
from copilot.adapters.sql.tables import (
    review_comments,
    review_items,
    review_versions,
    review_waivers,
)
from copilot.domain.access import Audience
from copilot.domain.review import Comment, Item, ItemId, ItemKind, State, Version, Waiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

    from copilot.domain.event_log import Happening

_KEYS: Final = (review_versions.c.item_id, review_versions.c.number)


class SqlReviewStore:
    """What is reviewed in one database; whoever calls sees to it who may see and do what."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def items(self) -> list[Item]:
        """Return every item by its id."""
        with self._engine.connect() as connection:
            return _items(connection)

    def item(self, id_: ItemId) -> Item | None:
        """Return an item, or nothing if there is none of that id."""
        with self._engine.connect() as connection:
            return next(iter(_items(connection, id_)), None)

    def versions(self, id_: ItemId) -> list[Version]:
        """Return the versions of an item, oldest first."""
        with self._engine.connect() as connection:
            return _versions(connection, id_)

    def comments(self, id_: ItemId) -> list[Comment]:
        """Return what was said about an item, oldest first."""
        table = review_comments
        query = sa.select(table).where(table.c.item_id == id_).order_by(table.c.id)
        with self._engine.connect() as connection:
            return [
                Comment(
                    version=row.version,
                    who=row.who,
                    at=datetime.fromisoformat(row.at),
                    text=row.text,
                )
                for row in connection.execute(query)
            ]

    def published(self, id_: ItemId) -> str:
        """Return the SHA-256 of the file that was written of an item last; empty if none was."""
        with self._engine.connect() as connection:
            return SqlReviewChange(connection).published(id_)

    @contextlib.contextmanager
    def changing(self) -> Iterator[SqlReviewChange]:
        """Begin a change that nobody else's comes between; it is kept whole or not at all.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with events.writing_alone(self._engine) as connection:
            yield SqlReviewChange(connection)


class SqlReviewChange:
    """A change of what is reviewed, with its entries in the event log, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def item(self, id_: ItemId) -> Item | None:
        """Return an item as it is now, or nothing if there is none of that id."""
        return next(iter(_items(self._connection, id_)), None)

    def versions(self, id_: ItemId) -> list[Version]:
        """Return the versions of an item, oldest first."""
        return _versions(self._connection, id_)

    def published(self, id_: ItemId) -> str:
        """Return the SHA-256 of the file that was written of it last; empty if none was."""
        query = sa.select(review_items.c.published).where(review_items.c.id == id_)
        return str(self._connection.execute(query).scalar_one())

    def add_item(self, item: Item) -> None:
        """Add an item with its first version."""
        self._connection.execute(
            review_items.insert().values(
                id=item.id,
                kind=item.kind.value,
                title=item.title,
                audience=item.audience,
                in_force=item.in_force,
                published="",
            )
        )
        self.add_version(item.id, item.latest)

    def add_version(self, id_: ItemId, version: Version) -> None:
        """Add a version with its waivers."""
        self._connection.execute(
            review_versions.insert().values(
                item_id=id_,
                number=version.number,
                base=version.base,
                text=version.text,
                author=version.author,
                at=version.at.isoformat(),
                note=version.note,
                **_standing(version),
            )
        )
        for waiver in version.waivers:
            self.add_waiver(id_, version.number, waiver)

    def set_state(self, id_: ItemId, version: Version) -> None:
        """Keep the state of a version and who decided it; its text stays as it is."""
        same = (review_versions.c.item_id == id_) & (review_versions.c.number == version.number)
        self._connection.execute(review_versions.update().where(same).values(_standing(version)))

    def add_comment(self, id_: ItemId, comment: Comment) -> None:
        """Add what somebody said."""
        self._connection.execute(
            review_comments.insert().values(
                item_id=id_,
                version=comment.version,
                who=comment.who,
                at=comment.at.isoformat(),
                text=comment.text,
            )
        )

    def add_waiver(self, id_: ItemId, number: int, waiver: Waiver) -> None:
        """Add a waiver to a version."""
        self._connection.execute(
            review_waivers.insert().values(
                item_id=id_,
                version=number,
                mark=waiver.mark,
                reason=waiver.reason,
                who=waiver.who,
                at=waiver.at.isoformat(),
            )
        )

    def set_in_force(self, item: Item, *, published: str) -> None:
        """Keep which version is in force, who may read it, and the hash of the file written."""
        self._connection.execute(
            review_items.update()
            .where(review_items.c.id == item.id)
            .values(in_force=item.in_force, audience=item.audience, published=published)
        )

    def log(self, happening: Happening, *, at: datetime) -> None:
        """Append to the event log."""
        events.append(self._connection, happening, at=at)


def _standing(version: Version) -> dict[str, Any]:
    return {
        "state": version.state.value,
        "decided_by": version.decided_by,
        "decided_at": version.decided_at.isoformat() if version.decided_at else None,
    }


def _of(table: sa.Table, id_: ItemId | None) -> sa.ColumnElement[bool]:
    return sa.true() if id_ is None else table.c.item_id == id_


def _items(connection: Connection, id_: ItemId | None = None) -> list[Item]:
    newest = (
        sa.select(review_versions.c.item_id, sa.func.max(review_versions.c.number).label("number"))
        .where(_of(review_versions, id_))
        .group_by(review_versions.c.item_id)
        .subquery()
    )
    latest = (review_versions.c.item_id == newest.c.item_id) & (
        review_versions.c.number == newest.c.number
    )
    query = (
        sa.select(
            review_items.c.id,
            review_items.c.kind,
            review_items.c.title,
            review_items.c.audience,
            review_items.c.in_force,
            review_versions,
        )
        .join(newest, newest.c.item_id == review_items.c.id)
        .join(review_versions, latest)
        .order_by(review_items.c.id)
    )
    waivers = _waivers(connection, id_)
    return [
        Item(
            id=ItemId(row["id"]),
            kind=ItemKind(row["kind"]),
            title=row["title"],
            audience=Audience(row["audience"]),
            latest=_version(row, waivers),
            in_force=row["in_force"],
        )
        for row in connection.execute(query).mappings()
    ]


def _versions(connection: Connection, id_: ItemId) -> list[Version]:
    query = sa.select(review_versions).where(review_versions.c.item_id == id_).order_by(*_KEYS)
    waivers = _waivers(connection, id_)
    return [_version(row, waivers) for row in connection.execute(query).mappings()]


def _waivers(
    connection: Connection, id_: ItemId | None
) -> dict[tuple[str, int], tuple[Waiver, ...]]:
    query = sa.select(review_waivers).where(_of(review_waivers, id_)).order_by(review_waivers.c.id)
    found: dict[tuple[str, int], tuple[Waiver, ...]] = defaultdict(tuple)
    for row in connection.execute(query):
        at = datetime.fromisoformat(row.at)
        waiver = Waiver(mark=row.mark, reason=row.reason, who=row.who, at=at)
        found[row.item_id, row.version] += (waiver,)
    return found


def _version(row: sa.RowMapping, waivers: dict[tuple[str, int], tuple[Waiver, ...]]) -> Version:
    return Version(
        number=row["number"],
        text=row["text"],
        state=State(row["state"]),
        author=row["author"],
        at=datetime.fromisoformat(row["at"]),
        note=row["note"],
        decided_by=row["decided_by"],
        decided_at=datetime.fromisoformat(row["decided_at"]) if row["decided_at"] else None,
        base=row["base"],
        waivers=waivers.get((row["item_id"], row["number"]), ()),
    )
