"""Open the database, bring its schema up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event

from copilot.adapters.sql import tables
from copilot.errors import TruthUnavailable

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


def connect(url: str) -> Engine:
    """Return an engine on a database whose schema is this version's.

    Args:
        url: `sqlite:////path/to/file` or `postgresql+psycopg://…`.

    Raises:
        TruthUnavailable: It cannot be opened, or a newer version of the product has written it.
    """
    try:
        engine = sa.create_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        with engine.connect() as connection:
            current = _revision(connection)
        if current != tables.REVISION:
            _migrate(engine, current)
    except (sa.exc.SQLAlchemyError, ImportError) as exc:
        shown = sa.engine.make_url(url).render_as_string(hide_password=True)
        raise TruthUnavailable(
            f"the database {shown} cannot be used: {exc.__cause__ or exc}",
            hint="Check `database_url` and that the folder or server can be written.",
        ) from exc
    return engine


def unavailable(problem: Exception) -> TruthUnavailable | None:
    """Return what a failure of the database means to a person; nothing if it is another failure."""
    if not isinstance(problem, sa.exc.DBAPIError):
        return None
    return TruthUnavailable(
        f"the database failed: {problem.orig}",
        hint="Nothing that was stored is lost. Make sure that it can be reached and written and that "
        "its disk has room, then run the command again.",
    )


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # The driver would begin a transaction at the first INSERT only, and so let every statement of a
    # migration stand alone: a process killed between two of them would leave half a schema.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=15000")
    # WAL: readers never wait for the writer. NORMAL: a killed process loses nothing committed.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA cache_size=-32000")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    begin = connection.get_execution_options().get("sqlite_begin", "BEGIN")
    connection.exec_driver_sql(begin)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(engine: Engine, current: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = {revision.revision for revision in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise TruthUnavailable(
            f"the database has revision {current}, which this version does not know",
            hint="Use the version of the product that wrote it, or a newer one.",
        )
    # Of two processes that start at once, the second waits here and then finds nothing to do.
    with (
        engine.connect().execution_options(sqlite_begin="BEGIN IMMEDIATE") as connection,
        connection.begin(),
    ):
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
