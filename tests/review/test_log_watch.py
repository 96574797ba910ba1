"""Looking at the event log again and again: little is read, and nothing that was done to it stays unseen."""

from __future__ import annotations

import pytest

from copilot.adapters.sql.database import connect
from copilot.domain.tampering import Harm
from copilot.review.log_watch import LogWatch
from tests.review.logs import STARTED, Tampering, fill, happening, put_back, rows

LENGTH = 24
STRETCH = 7
LOOKS = -(-LENGTH // STRETCH)
"""After so many every entry was looked at again."""


class Counted:
    """The log, with how many rows were read of it."""

    def __init__(self, log):
        self.log = log
        self.read = 0

    def entries(self):
        found = self.log.entries()
        self.read += len(found)
        return found

    def between(self, first, last=None):
        found = self.log.between(first, last)
        self.read += len(found)
        return found

    def count(self, last):
        return self.log.count(last)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory):
    """Return an engine on a SQLite file with a log, its rows, and the log."""
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('watch') / 'truth.db'}")
    log = fill(engine, LENGTH)
    with engine.connect() as connection:
        original = rows(connection)
    yield engine, original, log
    engine.dispose()


@pytest.fixture
def log(on_sqlite):
    """Return the log, whole at the start of each test, counting what is read."""
    engine, original, log = on_sqlite
    put_back(engine, original)
    return Counted(log)


@pytest.fixture
def sql(on_sqlite):
    """Return a function that runs a statement on the log's database."""

    def run(statement):
        with on_sqlite[0].begin() as connection:
            connection.exec_driver_sql(statement)

    return run


def watch_over(log):
    """Return what watches a log of which nothing is kept besides."""
    return LogWatch(log, kept=dict, now=lambda: STARTED, stretch=STRETCH)


def test_the_first_look_reads_everything_and_the_others_little(log):
    """New entries, and a stretch of the others that are looked at again in turn."""
    watch = watch_over(log)
    first = watch.look()
    assert (first.damages, first.entries, first.whole, log.read) == ((), LENGTH, LENGTH, LENGTH)
    log.read = 0
    for _ in range(2 * LOOKS):
        assert watch.look().damages == ()
    assert log.read <= 2 * LOOKS * (STRETCH + 3)
    log.log.append(happening(LENGTH + 1), at=STARTED)
    newest = watch.look()
    assert (newest.entries, newest.whole, newest.damages) == (LENGTH + 1, LENGTH, ())
    assert newest.seal == log.log.seal()
    assert watch.look(whole=True).whole == LENGTH + 1


def test_whatever_was_done_to_the_log_is_seen_before_all_of_it_was_looked_at_again(on_sqlite, log):
    """Edits, deletions, insertions and reorderings by SQL, some with hashes made anew."""
    engine, original, _ = on_sqlite
    for seed in range(20):
        put_back(engine, original)
        watch = watch_over(log)
        for _ in range(seed % LOOKS + 1):
            assert watch.look().damages == ()
        tampering = Tampering(seed)
        with engine.begin() as connection:
            tampering.apply(connection)
        seen = [bool(watch.look().damages) for _ in range(LOOKS + 1)]
        assert any(seen), (seed, tampering.kind)
        assert seen == sorted(seen), (seed, tampering.kind, "it was seen, and then no more")


@pytest.mark.parametrize("number", [1, LENGTH // 2, LENGTH])
def test_a_change_is_seen_at_once_by_who_has_all_checked(log, sql, number):
    """Wherever it was made."""
    watch = watch_over(log)
    watch.look()
    sql(f"UPDATE events SET who = 'mallory' WHERE number = {number}")  # noqa: S608
    (damage,) = watch.look(whole=True).damages
    assert (damage.harm, damage.first) == (Harm.CHANGED, number)


def test_a_cut_end_shows_to_a_process_that_knew_it(log, sql):
    """Also the second time; the rows that are left hold together."""
    watch = watch_over(log)
    watch.look()
    sql(f"DELETE FROM events WHERE number > {LENGTH - 3}")  # noqa: S608
    for _ in range(2):
        (damage,) = watch.look().damages
        assert (damage.harm, damage.first, damage.last) == (Harm.CUT, LENGTH - 2, LENGTH)
    assert watch_over(log).look().damages == ()


def test_what_is_kept_of_the_review_is_held_against_the_log_at_each_look(log):
    """An item that the log tells of and that is not kept is named, whatever was checked before."""
    watch = watch_over(log)
    first, second = watch.look(), watch.look()
    assert first.contradictions == second.contradictions != ()
    assert not second.holds


def test_an_empty_log_is_whole(log, sql):
    """There is nothing to be wrong."""
    sql("DELETE FROM events")
    watch = watch_over(log)
    for _ in range(2):
        found = watch.look()
        assert (found.entries, found.damages, found.contradictions) == (0, (), ())
