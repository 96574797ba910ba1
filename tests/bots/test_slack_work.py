"""Work in threads: bounded, and with a deadline that is kept whatever hangs."""

from __future__ import annotations

import threading
import time

import pytest

from bots.slack_work import Full, Turn, Work

PATIENCE = 20.0


class Told:
    """Keeps what was said, in its order, and waits for it."""

    def __init__(self):
        self.said = []
        self._changed = threading.Condition()

    def __call__(self, what):
        with self._changed:
            self.said.append(what)
            self._changed.notify_all()

    def until(self, *what):
        with self._changed:
            assert self._changed.wait_for(lambda: set(what) <= set(self.said), PATIENCE), self.said

    def count(self, number):
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.said) >= number, PATIENCE), self.said


@pytest.fixture
def told():
    """Return what keeps what was said."""
    return Told()


@pytest.fixture
def hanging():
    """Return what a task waits for that hangs; it is let go at the end."""
    gate = threading.Event()
    yield gate
    gate.set()


def take(work, told, name, *, wait=None, speak=True):
    def task(turn):
        told(f"{name} begins")
        if wait is not None:
            wait.wait(PATIENCE)
        if not speak or turn.speak():
            told(f"{name} answers")

    work.take(
        task,
        failed=lambda problem: told(f"{name} failed: {problem}"),
        late=lambda: told(f"{name} is late"),
    )


def test_whoever_waits_is_told_at_the_deadline_although_the_answer_hangs(told, hanging):
    """And what comes afterwards is not said."""
    work = Work(threads=1, deadline=0.05)
    take(work, told, "one", wait=hanging)
    told.until("one is late")
    hanging.set()
    work.finish()
    # It may not even have begun by then.
    assert [one for one in told.said if one != "one begins"] == ["one is late"]


def test_tasks_that_hang_do_not_keep_others_from_running(told, hanging):
    """Another thread takes the place of one that hangs, as often as it must."""
    work = Work(threads=2, deadline=0.05)
    for number in range(6):
        take(work, told, str(number), wait=hanging)
    told.until(*(f"{number} is late" for number in range(6)))
    work.take(lambda _: told("another"), failed=told)
    told.until("another")
    work.finish()


def test_a_task_that_waits_for_its_turn_beyond_its_time_is_never_begun(told, hanging):
    """Its asker was told; nobody waits for it."""
    work = Work(threads=1, deadline=0.05)
    busy = threading.Event()
    work.take(lambda _: (busy.set(), hanging.wait(PATIENCE)), failed=told)
    assert busy.wait(PATIENCE)
    take(work, told, "patient")
    told.until("patient is late")
    hanging.set()
    work.finish()
    assert told.said == ["patient is late"]


def test_an_answer_that_is_being_said_is_said_to_its_end(told, hanging):
    """The time is over while Slack is slow to take it: nobody is told that it is late."""
    work = Work(threads=1, deadline=0.05)

    def task(turn):
        if turn.speak():
            while time.monotonic() <= turn.until:
                hanging.wait(0.01)
            told("said")

    tries = 0
    # On a busy machine the time may be over before the task begins.
    while "said" not in told.said and tries < 100:
        tries += 1
        work.take(task, failed=told, late=lambda: told("late"))
        told.count(tries)
    work.finish()
    assert told.said == [*["late"] * (tries - 1), "said"]


def test_a_failure_is_told_once(told):
    """And the thread goes on to the next task."""
    work = Work(threads=1)

    def task(_):
        raise ValueError("broken")

    work.take(task, failed=lambda problem: told(str(problem)), late=lambda: told("late"))
    take(work, told, "next")
    work.finish()
    assert told.said == ["broken", "next begins", "next answers"]


def test_no_more_is_taken_than_there_is_room_for(told, hanging):
    """And nothing after the end; what was taken is done."""
    work = Work(threads=1, waiting=1)
    for name in ("one", "two"):
        take(work, told, name, wait=hanging)
    with pytest.raises(Full):
        take(work, told, "three")
    hanging.set()
    work.finish()
    assert told.said == ["one begins", "one answers", "two begins", "two answers"]
    with pytest.raises(Full):
        take(work, told, "four")


def test_a_turn_that_is_over_has_nothing_to_say():
    """Of speaking and the end, whichever comes first counts."""
    first, second = Turn(), Turn()
    assert first.speak()
    assert not first.end()
    assert second.end()
    assert not second.speak()
    assert (first.over, second.over) == (False, True)
