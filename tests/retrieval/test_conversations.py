"""Conversations in the truth: known to all processes, for a bounded time, and gone when they are deleted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copilot.adapters.sql.conversations import SqlConversations
from copilot.adapters.sql.database import connect
from copilot.conversations import GONE_FOR, KEPT_FOR, Conversations
from copilot.domain.conversations import Place, Wording

FIRST = "Do we keep customer data in Zanzibar?"
SECOND = "And for contractors?"


class Clock:
    def __init__(self):
        self.time = datetime(2026, 3, 2, 9, tzinfo=UTC)

    def __call__(self):
        return self.time


@pytest.fixture
def clock():
    """Return a clock that stands."""
    return Clock()


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    """Return what two processes have of one database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('talk') / 'truth.db'}"
    made = [connect(url) for _ in range(2)]
    yield made
    for one in made:
        one.dispose()


@pytest.fixture
def two(engines, clock):
    """Return what two processes know of the conversations of one database, in which none was yet."""
    stores = [SqlConversations(one) for one in engines]
    always = datetime.max.replace(tzinfo=UTC)
    stores[0].forget(before=always, gone_before=always)
    return [Conversations(one, now=clock) for one in stores]


def wording(number=1, *, edition=0.0, channel="D1", thread="1"):
    return Wording(
        place=Place(channel=channel, message=str(number)),
        thread=thread,
        sent=float(number),
        edition=edition,
    )


def message(number, channel="D1"):
    return Place(channel=channel, message=f"answer {number}")


def test_every_kind_of_database_keeps_the_same(database_url, clock):
    """What was asked and answered, reworded and deleted, until its time is over."""
    engine = connect(database_url)
    here = Conversations(SqlConversations(engine), now=clock)
    assert here.asked(wording(1), "a\0b")
    assert here.answered(wording(1), message(1))
    assert here.asked(wording(1, edition=2.5), FIRST)
    assert not here.asked(wording(1, edition=1.5), SECOND)
    assert here.asked(wording(2), SECOND)
    assert here.earlier(wording(3)) == (FIRST, SECOND)
    here.withdrawn(wording(2).place)
    assert here.earlier(wording(3)) == (FIRST,)
    assert here.deleted(wording(1).place) == (message(1),)
    assert not here.stands(wording(1))
    clock.time += KEPT_FOR + timedelta(hours=1)
    assert here.asked(wording(3), SECOND)
    assert here.stands(wording(1))
    engine.dispose()


def test_what_one_process_was_asked_the_other_reaches_back_to(two):
    """In its order, in this conversation only, and nothing that comes later."""
    here, there = two
    for number, text in ((2, SECOND), (1, FIRST), (3, "a\0b")):
        assert here.asked(wording(number), text)
    here.asked(wording(4, thread="4"), "In another conversation?")
    here.asked(wording(5, channel="D2"), "In another channel?")
    assert there.earlier(wording(3)) == (FIRST, SECOND)
    assert there.earlier(wording(6)) == (FIRST, SECOND, "a\ufffdb")


def test_a_question_reaches_back_to_a_dozen_others(two):
    """To the newest of them; not to one that is too long to be answered, or could not be."""
    here, there = two
    for number in range(20):
        here.asked(wording(number), f"Question {number}?")
    here.asked(wording(20), "why " * 1_000)
    here.withdrawn(Place(channel="D1", message="19"))
    assert there.earlier(wording(30)) == tuple(f"Question {one}?" for one in range(7, 19))


def test_what_one_process_answered_the_other_can_change(two):
    """A message in each channel; a newer one takes the place of the one before."""
    here, there = two
    here.asked(wording(), FIRST)
    assert here.answered(wording(), message(1))
    assert there.answered(wording(), message(2))
    assert there.answered(wording(), message(3, "D9"))
    assert here.answers(wording().place) == (message(2), message(3, "D9"))
    here.taken_back(wording().place, message(3, "D9"))
    assert there.answers(wording().place) == (message(2),)


def test_of_two_wordings_the_later_one_is_answered(two):
    """In whichever order, and by whichever process, they are heard."""
    here, there = two
    assert here.asked(wording(edition=2.0), SECOND)
    assert here.answered(wording(edition=2.0), message(1))
    assert not there.asked(wording(), FIRST)
    assert not there.stands(wording())
    assert not there.answered(wording(), message(2))
    assert there.asked(wording(edition=3.0), FIRST)
    assert here.earlier(wording(2)) == (FIRST,)
    assert here.answers(wording().place) == (message(1),)


def test_a_question_that_was_deleted_is_answered_by_nobody(two):
    """Whether it was before, while, or after it was answered; what answers it is named once."""
    here, there = two
    here.asked(wording(1), FIRST)
    here.answered(wording(1), message(1))
    assert there.deleted(wording(1).place) == (message(1),)
    assert there.deleted(wording(1).place) == ()
    assert not here.stands(wording(1))
    assert not here.answered(wording(1), message(2))
    assert there.deleted(wording(2).place) == ()
    assert not here.asked(wording(2), SECOND)
    assert here.earlier(wording(3)) == ()


@pytest.mark.parametrize("removed", ["deleted", "reworded", "withdrawn", "forgotten"])
def test_a_text_that_is_removed_is_in_no_file_any_more(engines, two, clock, removed):
    """Neither in the database nor in the log beside it, whichever process removes it."""
    folder = Path(engines[0].url.database).parent
    there, here = two
    for number in range(2, 40):
        here.asked(wording(number), f"Question {number}?" * 40)
    there.asked(wording(1), FIRST * 30)
    assert _files_with(folder, FIRST)
    if removed == "deleted":
        here.deleted(wording(1).place)
    elif removed == "reworded":
        here.asked(wording(1, edition=2.0), SECOND)
    elif removed == "withdrawn":
        here.withdrawn(wording(1).place)
    else:
        clock.time += KEPT_FOR + timedelta(hours=1)
        here.asked(wording(99), SECOND)
    assert not _files_with(folder, "Zanzibar")


def _files_with(folder, text):
    return [one.name for one in folder.iterdir() if text.encode() in one.read_bytes()]


def test_nothing_is_known_for_longer_than_it_is_said_to_be(two, clock):
    """A question for a month, and that one was deleted for a day."""
    here, there = two
    here.asked(wording(1), FIRST)
    here.answered(wording(1), message(1))
    here.deleted(wording(2).place)
    clock.time += GONE_FOR + timedelta(hours=2)
    here.asked(wording(3, thread="3"), SECOND)
    assert there.stands(wording(2))  # as far as anybody knows
    assert there.earlier(wording(2)) == (FIRST,)
    clock.time += KEPT_FOR
    here.asked(wording(4, thread="3"), SECOND)
    assert there.earlier(wording(5)) == ()
    assert there.earlier(wording(5, thread="3")) == (SECOND, SECOND)
    assert there.answers(wording(1).place) == ()


def test_where_nothing_can_be_written_every_question_stands_for_itself(engines, clock):
    """It is answered as if nobody had asked anything before."""
    engine = engines[0].execution_options(reads_only=True)
    here = Conversations(SqlConversations(engine), now=clock)
    place = wording(77).place
    assert here.asked(wording(77), FIRST)
    assert here.stands(wording(77))
    assert here.answered(wording(77), message(1))
    assert here.deleted(place) == ()
    here.withdrawn(place)
    here.taken_back(place, message(1))
    assert here.earlier(wording(78)) == ()
