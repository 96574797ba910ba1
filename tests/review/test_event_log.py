"""The event log: nothing can be changed, taken out, slipped in or moved unseen; appends never fork."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.adapters.sql.database import connect
from copilot.adapters.sql.events import SqlEventLog
from copilot.adapters.sql.tables import events
from copilot.domain.event_log import EMPTY, Happening, Seal, Unreadable, follow
from copilot.domain.tampering import Harm, check
from copilot.errors import WorkspaceNotWritable
from tests.processes import context
from tests.review.logs import (
    STARTED,
    Tampering,
    fill,
    genuine,
    happening,
    named,
    put_back,
    rows,
)

LENGTH = 24


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory):
    """Return an engine on a SQLite file with a log, and its rows."""
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('log') / 'truth.db'}")
    fill(engine, LENGTH)
    with engine.connect() as connection:
        original = rows(connection)
    yield engine, original
    engine.dispose()


@pytest.fixture
def log(on_sqlite):
    """Return the log, whole at the start of each test."""
    engine, original = on_sqlite
    put_back(engine, original)
    return SqlEventLog(engine)


@pytest.fixture
def sql(on_sqlite):
    """Return a function that runs a statement on the log's database."""

    def run(statement):
        with on_sqlite[0].begin() as connection:
            connection.exec_driver_sql(statement)

    return run


def test_a_log_that_nobody_touched_is_whole(log):
    """Every entry is read back as it was written, and the seal is that of the last."""
    entries = genuine(log.entries())
    assert [one.happening for one in entries] == [happening(n) for n in range(1, LENGTH + 1)]
    assert check(entries, log.seal()) == []
    assert log.seal() == Seal(entries=LENGTH, hash=entries[-1].hash)


@pytest.mark.parametrize("quarter", range(4))
def test_of_a_thousand_random_tamperings_every_one_is_found_and_named(on_sqlite, quarter):
    """Edits, deletions, insertions and reorderings by SQL, some with hashes made anew."""
    engine, original = on_sqlite
    for seed in range(quarter * 250, (quarter + 1) * 250):
        put_back(engine, original)
        tampering = Tampering(seed)
        with engine.begin() as connection:
            touched = tampering.apply(connection)
        found = check(SqlEventLog(engine).entries())
        assert named(found) & touched, (seed, tampering.kind, touched, [str(one) for one in found])


def test_the_same_is_found_on_postgresql(server_url):
    """Where numbers and texts are kept by another database."""
    engine = connect(server_url)
    fill(engine, LENGTH)
    with engine.connect() as connection:
        original = rows(connection)
    for seed in range(24):
        put_back(engine, original)
        with engine.begin() as connection:
            touched = Tampering(seed).apply(connection)
        assert named(check(SqlEventLog(engine).entries())) & touched
    engine.dispose()


def test_a_cut_tail_is_found_by_the_seal_and_by_nothing_else(log, sql):
    """The rows that are left hold together; only the seal knows how many there were."""
    seal = log.seal()
    sql(f"DELETE FROM events WHERE number > {LENGTH - 3}")  # noqa: S608
    assert check(log.entries()) == []
    (cut,) = check(log.entries(), seal)
    assert (cut.harm, cut.first, cut.last) == (Harm.CUT, LENGTH - 2, LENGTH)


def test_an_empty_log_is_found_by_the_seal(log, sql):
    """Nothing left is the longest tail that can be cut."""
    seal = log.seal()
    sql("DELETE FROM events")
    assert log.seal() == EMPTY
    assert [str(one) for one in check(log.entries(), seal)] == [
        f"entries 1 to {LENGTH} are missing at the end of the log"
    ]


def test_a_log_written_anew_from_the_middle_is_found_by_the_seal(log):
    """Whoever makes all later hashes anew leaves a log that holds together, and another seal."""
    seal, entries = log.seal(), log.entries()
    forged = entries[:9]
    for entry in entries[9:]:
        last = Seal(entries=forged[-1].number, hash=forged[-1].hash)
        said = replace(entry.happening, who="mallory") if entry.number == 10 else entry.happening
        forged.append(follow(last, said, entry.at))
    assert check(forged) == []
    assert [one.harm for one in check(forged, seal)] == [Harm.REWRITTEN]


def test_entries_that_came_after_a_seal_do_no_harm(log):
    """A seal of last month is good for what was there last month."""
    seal = log.seal()
    log.append(happening(99), at=STARTED)
    assert check(log.entries(), seal) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        pytest.param(
            "UPDATE events SET who = 'eve ' WHERE number = 7",
            ["entry 7 is not as written: it does not have the hash of what it says"],
            id="edited",
        ),
        pytest.param(
            "DELETE FROM events WHERE number IN (4, 5, 6)",
            ["entries 4 to 6 are missing"],
            id="deleted",
        ),
        pytest.param(
            "UPDATE events SET detail = '{\"a\":1}' WHERE number = 2",
            ["entry 2 is not as written: its time or its details are written in another way"],
            id="a figure among the details",
        ),
        pytest.param(
            "UPDATE events SET at = 'yesterday' WHERE number = 2",
            ["entry 2 is not as written: its time or its details cannot be read"],
            id="a time that is none",
        ),
        pytest.param(
            "UPDATE events SET who = x'00ff' WHERE number = 3",
            ["entry 3 is not as written: its who is no text"],
            id="bytes for a text",
        ),
        pytest.param(
            "UPDATE events SET version = 'two' WHERE number = 3",
            ["entry 3 is not as written: its version is no number"],
            id="a word for a number",
        ),
        pytest.param(
            "UPDATE events SET at = replace(at, '+00:00', 'Z') WHERE number = 3",
            ["entry 3 is not as written: its time or its details are written in another way"],
            id="the same time in other letters",
        ),
        pytest.param(
            "DELETE FROM events WHERE number = 1",
            ["entry 1 is missing"],
            id="the first deleted",
        ),
        pytest.param(
            "INSERT INTO events SELECT 0, at, who, action, about, version, detail, previous, hash "
            "FROM events WHERE number = 5",
            ["entry 0 was slipped in: the chain goes through another entry of its number"],
            id="before the first",
        ),
    ],
)
def test_a_report_says_what_was_done(log, sql, statement, expected):
    """In a sentence that names the entry."""
    sql(statement)
    assert [str(one) for one in check(log.entries())] == expected


def test_what_a_seal_shows_is_said_in_a_sentence(log):
    """And a search for where rows come from has its bounds."""
    wrong = Seal(entries=LENGTH, hash="0" * 64)
    assert [str(one) for one in check(log.entries(), wrong)] == [
        f"entry {LENGTH} is not what was sealed"
    ]
    two = [replace(one, hash=one.hash[::-1]) for one in log.entries()[:2]]
    assert [str(one) for one in check(two)] == [
        "entries 1 to 2 are not as written: it does not have the hash of what it says"
    ]


def test_a_removal_with_renumbering_names_the_one_that_is_gone(log, sql):
    """And says of the others only that they stand one place too early."""
    sql("DELETE FROM events WHERE number = 8")
    sql("UPDATE events SET number = -number WHERE number > 8")
    sql("UPDATE events SET number = -number - 1 WHERE number < 0")
    assert [str(one) for one in check(log.entries())] == [
        "entry 8 is missing",
        f"entries 9 to {LENGTH} stand 1 place too early",
    ]


@given(order=st.permutations(range(8)))
def test_any_other_order_is_found(order):
    """However rows are dealt out to numbers, a log in another order does not hold."""
    entries, seal = [], EMPTY
    for number in range(8):
        entries.append(follow(seal, happening(number), STARTED))
        seal = Seal(entries=entries[-1].number, hash=entries[-1].hash)
    dealt = [replace(entries[old], number=new) for new, old in enumerate(order, start=1)]
    assert (check(dealt) == []) == (list(order) == sorted(order))


@given(
    st.builds(
        Happening,
        who=st.text(),
        action=st.text(),
        about=st.text(),
        version=st.none() | st.integers(),
        detail=st.dictionaries(st.text(), st.text(), max_size=3),
    )
)
def test_two_happenings_never_share_a_hash(said):
    """Moving a word from one field to the next makes another hash."""
    moved = replace(said, who=said.who + said.action[:1], action=said.action[1:])
    same = follow(EMPTY, said, STARTED).hash == follow(EMPTY, moved, STARTED).hash
    assert same == (moved == said)


def test_rows_that_cannot_be_read_are_told_from_entries(log, sql):
    """Whoever lists a damaged log sees the row, and that it is damaged."""
    sql("UPDATE events SET detail = 'x' WHERE number = 2")
    assert isinstance(log.entries()[1], Unreadable)


def _append(url, count):
    engine = connect(url)
    log = SqlEventLog(engine)
    for number in range(count):
        log.append(happening(number), at=STARTED)
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_processes_that_append_at_once_make_one_chain(request, tmp_path, kind):
    """No entry is lost, and none has the same predecessor as another."""
    url = (
        f"sqlite:///{tmp_path / 'truth.db'}"
        if kind == "sqlite"
        else request.getfixturevalue("server_url")
    )
    connect(url).dispose()
    started = [context().Process(target=_append, args=(url, 25)) for _ in range(4)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    engine = connect(url)
    log = SqlEventLog(engine)
    assert [process.exitcode for process in started] == [0] * 4
    assert log.seal().entries == 100
    assert check(log.entries()) == []
    engine.dispose()


def test_a_database_that_cannot_be_written_says_so(tmp_path, monkeypatch):
    """And not that something went wrong in SQL."""
    url = f"sqlite:///{tmp_path / 'truth.db'}"
    connect(url).dispose()
    # Root may write everything, so the file's rights cannot be taken away here.
    monkeypatch.setattr("copilot.adapters.sql.sqlite.os.access", lambda _, how: how != os.W_OK)
    engine = connect(url)
    with pytest.raises(WorkspaceNotWritable):
        SqlEventLog(engine).append(happening(1), at=STARTED)
    engine.dispose()


def test_the_tables_columns_are_all_under_the_hash():
    """A column that is added later has to be added to the hash as well."""
    assert {column.name for column in events.columns} == {
        "number", "at", "who", "action", "about", "version", "detail", "previous", "hash",
    }  # fmt: skip
