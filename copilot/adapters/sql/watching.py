"""Tell whether anything was written to a database, in microseconds and without asking for any of it."""

from __future__ import annotations

import sqlite3
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from copilot.adapters.sql.reading import STAMP
from copilot.adapters.sql.tables import changes

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


class Watch:
    """Knows one state of a database from another, whoever has written it. Many threads may ask at once.

    SQLite counts the commits that a connection has not made itself, of this and of any other process, and
    this has a connection of its own that makes none. Other databases have nothing of the kind.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._connection: Any = None
        self._connections = 0
        self._closed = False

    def version(self) -> int | None:
        """Return a number that is another after every commit.

        What was read after a number had been returned is not out of date while it is returned again.
        Nothing is returned where that cannot be told.
        """
        if self._engine.dialect.name != "sqlite":
            return None
        with self._lock:
            if self._closed:
                return None
            try:
                return self._counted()
            except (sqlite3.Error, sa.exc.SQLAlchemyError):
                # Whoever reads next is told what is wrong; here nothing is known, which is enough.
                self._let_go()
                return None

    def close(self) -> None:
        """Let go of the connection; from then on nothing is told."""
        with self._lock:
            self._closed = True
            self._let_go()

    def _counted(self) -> int:
        if self._connection is None:
            taken = self._engine.raw_connection()
            # No longer one of those that are lent out, on which others might write.
            taken.detach()
            self._connection = taken
            self._connections += 1
        (count,) = self._connection.dbapi_connection.execute("PRAGMA data_version").fetchone()
        # Each connection counts for itself.
        return self._connections << 32 | int(count)

    def _let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class SourceMark:
    """A number for the state of all sources, computed anew only when something was written."""

    def __init__(self, engine: Engine, watch: Watch) -> None:
        self._engine = engine
        self._watch = watch
        self._known: tuple[int, int] | None = None

    def at(self, version: int | None) -> int:
        """Return a number that is another when a source, what is known of it or a passage is another.

        Args:
            version: What the watch said last; nothing if it could say nothing.
        """
        known = self._known
        if known is not None and known[0] == version:
            return known[1]
        digest = blake2b(digest_size=8)
        with self._engine.connect() as connection:
            newest = connection.execute(sa.select(sa.func.max(changes.c.seq))).scalar()
            digest.update(f"{newest}\n".encode())
            for row in connection.execute(sa.select(*STAMP).order_by(STAMP[0])):
                digest.update(f"{tuple(row)}\n".encode())
        mark = int.from_bytes(digest.digest(), "big")
        if version is not None:
            self._known = (version, mark)
        return mark

    def now(self) -> int:
        """Return the number of the state that there is now."""
        return self.at(self._watch.version())
