"""SQLite: a file for its owner alone, and one that can be read although it cannot be written."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event

from copilot.adapters.rights import keep_private, make_private
from copilot.errors import TruthUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Engine

_CACHE: Final = "PRAGMA cache_size=-32000"
_READS_ONLY: Final = "reads_only"

_PATIENCE: Final = 500
"""Milliseconds that emptying the log waits for others; it is done again the next time."""


def engine_on(url: sa.URL) -> Engine:
    """Return an engine on a SQLite database; if its file cannot be written, one that only reads.

    Raises:
        TruthUnavailable: The file can be neither written nor read as it is.
    """
    file = Path(url.database) if url.database and not url.query else None
    if file is not None and file.name != ":memory:":
        if file.parent.is_dir() and not os.access(file.parent, os.X_OK):
            raise _unreadable(file)
        # Beside its file SQLite keeps others while it is open.
        folder = os.access(file.parent, os.W_OK)
        if file.exists() and not (folder and os.access(file, os.W_OK)):
            return _reading(file)
        if folder:
            make_private(file)  # and SQLite gives the files beside it the same rights
            keep_private(file, *_beside(file))
    engine = sa.create_engine(url)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def reads_only(engine: Engine) -> bool:
    """Say whether an engine is on a file that cannot be written."""
    return bool(engine.get_execution_options().get(_READS_ONLY))


@contextlib.contextmanager
def erasing(connection: sa.Connection) -> Iterator[None]:
    """Have what is deleted in the block overwritten in the file; other databases see to that themselves.

    It costs writing what is freed as well, so it is for the few texts that must really be gone.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.exec_driver_sql("PRAGMA secure_delete").scalar_one()
    connection.exec_driver_sql("PRAGMA secure_delete=ON")
    try:
        yield
    finally:
        # Connections are used again, and ingestion frees much.
        connection.exec_driver_sql(f"PRAGMA secure_delete={before}")


def truncate_log(engine: Engine) -> None:
    """Bring what was written into the file and empty the log, where older states of it stand.

    If others are reading at this moment it stays as it is, until they and the next writers are done.
    """
    if engine.dialect.name != "sqlite" or reads_only(engine):
        return
    with contextlib.closing(engine.raw_connection()) as connection:
        # The driver's own: within a transaction there would be nothing to do.
        cursor = connection.cursor()
        before = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={_PATIENCE}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            cursor.execute(f"PRAGMA busy_timeout={before}")
            cursor.close()


def _reading(file: Path) -> Engine:
    if not os.access(file, os.R_OK):
        raise _unreadable(file)
    uri = f"file:{quote(str(file))}?mode=ro"
    frozen = not _opens(uri)
    if frozen:
        # Without the files beside it, SQLite reads a database only if nobody is going to write it.
        log, _ = _beside(file)
        if log.exists() and log.stat().st_size:
            raise TruthUnavailable(
                f"{file} cannot be written, and its newest changes stand in {log.name}",
                hint="Run any command once where it can be written.",
            )
        uri = f"{uri}&immutable=1"
    engine = sa.create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(uri, uri=True, check_same_thread=False),
        poolclass=sa.QueuePool,
        execution_options={_READS_ONLY: True},
    )
    event.listen(engine, "connect", _prepare_reading)
    event.listen(engine, "begin", _begin)
    if frozen:
        event.listen(engine, "rollback", _unchanged(file))
    return engine


def _unreadable(file: Path) -> TruthUnavailable:
    return TruthUnavailable(
        f"{file} may not be read",
        hint="Only its owner may read what a workspace holds: run the command as that user.",
    )


def _opens(uri: str) -> bool:
    try:
        connection = sqlite3.connect(uri, uri=True)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        pass  # it is no database, which is said where the schema is looked at
    return True


def _unchanged(file: Path) -> Callable[[sa.Connection], None]:
    """Return a check, for the end of every reading, that nobody has written meanwhile."""
    log, _ = _beside(file)

    def stamp() -> list[tuple[int, int, int] | None]:
        return [_stamp(one) for one in (file, log)]

    before = stamp()

    def check(_: sa.Connection) -> None:
        if stamp() != before:
            raise TruthUnavailable(
                f"{file} was written while it was read", hint="Run the same command again."
            )

    return check


def _stamp(file: Path) -> tuple[int, int, int] | None:
    try:
        about = file.stat()
    except FileNotFoundError:
        return None
    # Whoever opens the database makes an empty log.
    return (about.st_ino, about.st_size, about.st_mtime_ns) if about.st_size else None


def _beside(file: Path) -> tuple[Path, Path]:
    return file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")


def _prepare(connection: Any, _: Any) -> None:
    # The driver would begin a transaction at the first INSERT only, and so let every statement of a
    # migration stand alone: a process killed between two of them would leave half a schema.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=15000")
    # WAL: readers never wait for the writer. NORMAL: a killed process loses nothing committed.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(_CACHE)
    cursor.close()


def _prepare_reading(connection: Any, _: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=15000").close()
    connection.execute(_CACHE).close()


def _begin(connection: sa.Connection) -> None:
    begin = connection.get_execution_options().get("sqlite_begin", "BEGIN")
    connection.exec_driver_sql(begin)
