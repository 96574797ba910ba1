"""The database of the truth: its schema, older and newer ones, damaged ones, several that begin at once."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations

from copilot.adapters.sql import database, tables
from copilot.adapters.sql.database import connect
from copilot.adapters.sql.truth import SqlTruth
from copilot.domain.access import principal
from copilot.domain.documents import SourceKind
from copilot.domain.indexing import Filters, text_hash
from copilot.errors import TruthUnavailable
from tests.processes import context
from tests.retrieval.ingesting import make_database

ANYONE = principal("anyone")
OWN = ("to-everyone", "to-hr")


def test_alembic_builds_the_tables_that_the_code_uses(database_url):
    """A database made by the revisions has the schema of `tables.py` and its newest revision."""
    engine = connect(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
        assert context.get_current_revision() == tables.REVISION
    engine.dispose()


def test_a_database_of_the_first_version_is_brought_up_to_date(database_url):
    """What the new tables and columns hold is made from what was there."""
    engine = sa.create_engine(database_url)
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "first")
        for table, rows in _FIRST.items():
            connection.execute(tables.metadata.tables[table].insert(), rows)
    engine.dispose()
    truth = SqlTruth(connect(database_url))
    evidence = Filters(kinds=frozenset({SourceKind.EVIDENCE}), controls=frozenset({"AC-1"}))
    assert len(truth.matching(evidence, principal=ANYONE, partitions=OWN)) == 2
    assert truth.count(evidence, principal=ANYONE, partitions=OWN) == 2
    limits = {path: refusal.limits for path, (refusal, _, _) in truth.refusals().items()}
    assert limits == {
        **dict.fromkeys(("slow.pdf", "big.pdf", "large.txt"), "unknown"),
        "empty.txt": "",
    }
    truth.close()


_FIRST = {
    "sources": [
        {
            "path": "a.md",
            "kind": "evidence",
            "audience": "everyone",
            "partition": "to-everyone",
            "about": {"criteria": ["CC6.1"], "controls": ["AC-1", "CC6.1"]},
            **dict.fromkeys(("size", "mtime_ns"), 1),
            **dict.fromkeys(("content_hash", "about_hash"), ""),
            "notes": [],
            "text": "one one",
        }
    ],
    "passages": [
        {
            "source_id": 1,
            "start": start,
            "end": start + 3,
            "heading": [],
            **dict.fromkeys(("place", "context"), ""),
            "text": "one",
            "text_hash": text_hash("one"),
        }
        for start in (0, 4)
    ],
    "refusals": [
        {"path": path, "size": 1, "mtime_ns": 1, "reason": reason, "hint": ""}
        for path, reason in (
            ("slow.pdf", "reading it took more than 60 seconds"),
            ("big.pdf", "reading it crashed the reader or needed more than 2048 MB"),
            ("large.txt", "it has 300 MB, more than the limit of 100"),
            ("empty.txt", "it is empty"),
        )
    ],
}
"""What a database of the first version may hold; columns that came later have defaults."""


def test_ids_are_never_reused_in_the_database_either(tmp_path):
    """Both tables whose numbers indexes know count up for ever."""
    engine = connect(f"sqlite:///{tmp_path / 'truth.db'}")
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all()
        made = {name: sql for name, sql in rows}  # noqa: C416  a row is no pair
    engine.dispose()
    assert all("AUTOINCREMENT" in made[name] for name in ("passages", "changes"))


def test_a_newer_database_is_refused(database_url):
    """A revision that this version does not know is named, with what to do."""
    url = database_url
    engine = connect(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(TruthUnavailable, match="9999") as caught:
        connect(url)
    assert "newer" in caught.value.hint


@pytest.mark.parametrize("content", [b"this is no database", b"SQLite format 3\x00 cut short"])
def test_a_damaged_database_is_refused(tmp_path, content):
    """A file that is no database is named, and its hint says what to check."""
    (tmp_path / "truth.db").write_bytes(content * 100)
    with pytest.raises(TruthUnavailable, match=r"truth\.db") as caught:
        connect(f"sqlite:///{tmp_path / 'truth.db'}")
    assert "database_url" in caught.value.hint


def test_a_password_is_not_shown(tmp_path):
    """A URL in a message has no password in it."""
    with pytest.raises(TruthUnavailable) as caught:
        connect(f"nothing+real://someone:hunter2@127.0.0.1/{tmp_path.name}")
    assert "hunter2" not in str(caught.value)


def test_two_processes_may_make_the_database_at_once(database_url):
    """Of several processes that start on nothing, one builds the schema and the others wait."""
    started = [context().Process(target=make_database, args=(database_url,)) for _ in range(4)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0] * 4


def test_half_a_schema_is_never_left(database_url, monkeypatch):
    """A migration that stops in the middle leaves a database that the next start can use."""

    def stops(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Operations, "create_index", stops)
        with pytest.raises(KeyboardInterrupt):
            connect(database_url)
    engine = connect(database_url)
    with engine.connect() as connection:
        made = set(sa.inspect(connection).get_table_names())
    engine.dispose()
    assert made == {*tables.metadata.tables, "alembic_version"}
