"""Open the database, bring its schema up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from copilot.adapters.sql import sqlite, tables
from copilot.errors import InvalidSettings, TruthUnavailable

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

_INSTALL: Final = "PostgreSQL needs a driver: pip install 'soc2-copilot[postgres]'"
_MIGRATING: Final = 2_017_2022
"""Any number that every version of this product takes and no other program."""


def connect(url: str) -> Engine:
    """Return an engine on a database whose schema is this version's.

    Args:
        url: `sqlite:////path/to/file` or `postgresql://user@host/name`.

    Raises:
        InvalidSettings: It is no address of a database.
        TruthUnavailable: It cannot be opened, or a newer version of the product has written it.
    """
    address = _address(url)
    try:
        engine = _engine(address)
        try:
            with engine.connect() as connection:
                current = _revision(connection)
            if current != tables.REVISION:
                _migrate(engine, current)
        except BaseException:
            engine.dispose()
            raise
    except (sa.exc.SQLAlchemyError, ImportError) as exc:
        shown = address.render_as_string(hide_password=True)
        raise TruthUnavailable(
            f"the database {shown} cannot be used: {exc.__cause__ or exc}",
            hint=_INSTALL
            if getattr(exc, "name", "") == "psycopg"
            else "Check `database_url` and that the folder or server can be written.",
        ) from exc
    return engine


def _address(url: str) -> sa.URL:
    try:
        return sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as exc:
        # The value is not repeated: it may hold a password.
        raise InvalidSettings(
            "`database_url` is no address of a database",
            hint="Write it like postgresql://user:password@host/name, or leave it out for SQLite.",
        ) from exc


def _engine(url: sa.URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return sqlite.engine_on(url)
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    # A server may have closed a connection that lay idle.
    return sa.create_engine(url, pool_pre_ping=True)


def unavailable(problem: Exception) -> TruthUnavailable | None:
    """Return what a failure of the database means to a person; nothing if it is another failure."""
    if not isinstance(problem, sa.exc.DBAPIError):
        return None
    return TruthUnavailable(
        f"the database failed: {problem.orig}",
        hint="Nothing that was stored is lost. Make sure that it can be reached and written and that "
        "its disk has room, then run the command again.",
    )


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
    if sqlite.reads_only(engine):
        raise TruthUnavailable(
            "the database was made by an older version and cannot be brought up to date here, since "
            "it cannot be written",
            hint="Run `copilot ingest` once where it can be written.",
        )
    # Of two processes that start at once, the second waits here and then finds nothing to do.
    with (
        engine.connect().execution_options(sqlite_begin="BEGIN IMMEDIATE") as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATING)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
