"""Spare threads: the same comes out whoever does it, nobody waits for others' work, errors are not lost."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from copilot.spare_threads import SpareThreads

PATIENCE = 60


@pytest.mark.parametrize("threads", [-1, 0, 1, 3])
@pytest.mark.parametrize("tasks", [0, 1, 5])
def test_what_tasks_return_is_in_their_order(threads, tasks):
    """It does not matter how many threads there are."""
    asked = [lambda one=number: one for number in range(tasks)]
    assert SpareThreads(threads).all(asked) == list(range(tasks))


def test_tasks_are_done_at_the_same_time():
    """Two that wait for each other both come to their end."""
    both = threading.Barrier(2)
    found = SpareThreads(1).all([lambda: both.wait(PATIENCE), lambda: both.wait(PATIENCE)])
    assert sorted(found) == [0, 1]


def test_what_nobody_has_begun_is_done_by_whoever_asks():
    """While every thread is busy with others' work, nobody waits for them."""
    spare, go, busy = SpareThreads(1), threading.Event(), threading.Event()

    def long():
        busy.set()
        assert go.wait(PATIENCE)

    other = threading.Thread(target=spare.all, args=([lambda: go.wait(PATIENCE), long],))
    other.start()
    try:
        assert busy.wait(PATIENCE)
        assert spare.all([threading.get_ident] * 3) == [threading.get_ident()] * 3
    finally:
        go.set()
        other.join()


def test_a_task_may_have_tasks_of_its_own():
    """Threads that ask for more than there are do it themselves."""
    spare = SpareThreads(1)
    inner = [lambda: 1, lambda: 2]
    assert spare.all([lambda: sum(spare.all(inner))] * 3) == [3, 3, 3]


@pytest.mark.parametrize("threads", [0, 1])
def test_an_error_is_raised(threads):
    """Whoever did it, the error of a task goes to whoever asked."""
    with pytest.raises(ZeroDivisionError):
        SpareThreads(threads).all([lambda: 1, lambda: 1 // 0])


def test_after_an_error_nothing_is_at_work_any_more():
    """What a thread has begun is waited for, since what it works on may be let go of next."""
    begun, ended = threading.Event(), threading.Event()

    def fail():
        assert begun.wait(PATIENCE)
        threading.Timer(0.05, going_on.set).start()
        raise LookupError

    def slow():
        begun.set()
        assert going_on.wait(PATIENCE)
        ended.set()

    going_on = threading.Event()
    with pytest.raises(LookupError):
        SpareThreads(1).all([fail, slow])
    assert ended.is_set()


def test_at_the_end_of_a_process_tasks_are_done_without_threads():
    """What is asked when no thread can be started any more is done all the same."""
    code = (
        "import atexit; from copilot.spare_threads import SpareThreads; spare = SpareThreads(1); "
        "atexit.register(lambda: print(spare.all([lambda: 1, lambda: 2])))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[1, 2]\n"
    assert done.stderr == ""
