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


def _prepare_sqlite(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    # WAL: readers never wait for the writer. NORMAL: a killed process loses nothing committed.
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=15000")
    cursor.execute("PRAGMA cache_size=-32000")
    cursor.close()


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
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
