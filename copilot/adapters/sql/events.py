"""The event log in SQL: rows are added under a lock, and read back as they stand."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from copilot.adapters.sql import sqlite
from copilot.adapters.sql.tables import events
from copilot.domain.event_log import (
    EMPTY,
    Entry,
    Happening,
    Seal,
    Sought,
    Unreadable,
    follow,
)
from copilot.errors import WorkspaceNotWritable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.engine import Connection, Engine

_APPENDING: Final = 2_017_2023
"""Any number that every version of this product takes and no other program."""

_TEXTS: Final = ("at", "who", "action", "about", "detail", "previous", "hash")


@contextlib.contextmanager
def writing_alone(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that sees the newest entry and keeps others from adding.

    Raises:
        WorkspaceNotWritable: The database can only be read.
    """
    if sqlite.reads_only(engine):
        raise WorkspaceNotWritable(
            "the database of this workspace can be read and not written",
            hint="Decide where it can be written, as a user who may.",
        )
    # On SQLite a transaction that begins by reading could find, when it writes, that another one has
    # written since.
    with (
        engine.connect().execution_options(sqlite_begin="BEGIN IMMEDIATE") as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_APPENDING)))
        yield connection


def append(connection: Connection, happening: Happening, *, at: datetime) -> Entry:
    """Add an entry after the newest, on a connection of `writing_alone`."""
    entry = follow(_seal(connection), happening, at)
    connection.execute(events.insert().values(row_of(entry)))
    return entry


class SqlEventLog:
    """The log of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, happening: Happening, *, at: datetime) -> Entry:
        """Add an entry after the newest; of two who add at once, one waits for the other."""
        with writing_alone(self._engine) as connection:
            return append(connection, happening, at=at)

    def entries(self) -> list[Entry | Unreadable]:
        """Return every row by its number, as it stands: nothing has been checked."""
        query = sa.select(events).order_by(events.c.number)
        with self._engine.connect() as connection:
            return [entry_of(dict(row)) for row in connection.execute(query).mappings()]

    def between(self, first: int, last: int | None = None) -> list[Entry | Unreadable]:
        """Return the rows from one number to another, or to the end, as they stand."""
        query = sa.select(events).where(events.c.number >= first).order_by(events.c.number)
        if last is not None:
            query = query.where(events.c.number <= last)
        with self._engine.connect() as connection:
            return [entry_of(dict(row)) for row in connection.execute(query).mappings()]

    def count(self, last: int) -> int:
        """Return how many rows there are whose number is not higher, be they in their place or not."""
        query = sa.select(sa.func.count()).select_from(events).where(events.c.number <= last)
        with self._engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def found(
        self, sought: Sought, *, start: int = 0, limit: int = 50
    ) -> tuple[list[Entry | Unreadable], int]:
        """Return a part of what is looked for, newest first, and how many entries that is in all."""
        where = _matching(sought)
        query = sa.select(events).where(where).order_by(events.c.number.desc())
        counting = sa.select(sa.func.count()).select_from(events).where(where)
        with self._engine.connect() as connection:
            rows = connection.execute(query.offset(start).limit(limit)).mappings()
            return [entry_of(dict(row)) for row in rows], connection.execute(counting).scalar_one()

    def words(self) -> tuple[list[str], list[str]]:
        """Return who did something, and what was done: each once, in the order of the alphabet."""
        with self._engine.connect() as connection:
            who, actions = (
                list(connection.execute(sa.select(one).distinct().order_by(one)).scalars())
                for one in (events.c.who, events.c.action)
            )
        return who, actions

    def seal(self) -> Seal:
        """Return how long the log is and the hash of its newest entry."""
        with self._engine.connect() as connection:
            return _seal(connection)


def row_of(entry: Entry) -> dict[str, Any]:
    """Return an entry as the columns that hold it."""
    happening = entry.happening
    return {
        "number": entry.number,
        "at": _moment(entry.at),
        "who": happening.who,
        "action": happening.action,
        "about": happening.about,
        "version": happening.version,
        "detail": _detail(happening.detail),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def entry_of(row: Mapping[str, Any]) -> Entry | Unreadable:
    """Return the entry that a row holds; only what this program would write again is one."""
    number = row["number"]
    wrong = [name for name in _TEXTS if not isinstance(row[name], str)]
    if wrong:
        return Unreadable(number=number, why=f"its {wrong[0]} is no text")
    if row["version"] is not None and type(row["version"]) is not int:
        return Unreadable(number=number, why="its version is no number")
    try:
        at, detail = datetime.fromisoformat(row["at"]), json.loads(row["detail"])
    except ValueError:
        return Unreadable(number=number, why="its time or its details cannot be read")
    if (
        not isinstance(detail, dict)
        or not all(isinstance(one, str) for one in detail.values())
        or (_moment(at), _detail(detail)) != (row["at"], row["detail"])
    ):
        return Unreadable(number=number, why="its time or its details are written in another way")
    happening = Happening(
        who=row["who"],
        action=row["action"],
        about=row["about"],
        version=row["version"],
        detail=detail,
    )
    return Entry(
        number=number, at=at, happening=happening, previous=row["previous"], hash=row["hash"]
    )


def _matching(sought: Sought) -> sa.ColumnElement[bool]:
    columns = events.c
    wanted: list[sa.ColumnElement[bool]] = [sa.true()]
    if sought.who:
        wanted.append(columns.who == sought.who)
    if sought.action:
        wanted.append(columns.action == sought.action)
    if sought.about:
        below = columns.about.startswith(f"{sought.about}/", autoescape=True)
        wanted.append((columns.about == sought.about) | below)
    # All of them are written in UTC and with microseconds, so their texts have the order of time.
    if sought.since:
        wanted.append(columns.at >= _moment(sought.since.astimezone(UTC)))
    if sought.until:
        wanted.append(columns.at < _moment(sought.until.astimezone(UTC)))
    return sa.and_(*wanted)


def _seal(connection: Connection) -> Seal:
    query = sa.select(events.c.number, events.c.hash).order_by(events.c.number.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    return Seal(entries=row.number, hash=str(row.hash)) if row else EMPTY


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _detail(detail: Mapping[str, str]) -> str:
    return json.dumps(dict(sorted(detail.items())), separators=(",", ":"))
