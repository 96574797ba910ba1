"""Values computed once, whoever asks and however many at once."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from copilot.computed_once import ComputedOnce


def test_many_who_want_a_value_at_once_have_it_computed_once():
    """One computes, the others wait and get the very same."""
    kept, computed, going = ComputedOnce(8), [], Event()

    def compute():
        going.wait(10)
        computed.append(1)
        return object()

    with ThreadPoolExecutor(8) as pool:
        wanted = [pool.submit(kept.get, "key", compute) for _ in range(8)]
        going.set()
        values = {id(one.result()) for one in wanted}
    assert (len(values), computed) == (1, [1])


def test_an_error_reaches_everybody_who_waits_and_is_not_kept():
    """The next one who wants the value has it computed again."""
    kept, together = ComputedOnce(8), Barrier(2)

    def fail():
        together.wait(10)
        raise ValueError("no")

    with ThreadPoolExecutor(2) as pool:
        failing = pool.submit(kept.get, "key", fail)
        together.wait(10)
        with pytest.raises(ValueError, match="no"):
            failing.result()
    assert kept.get("key", lambda: 7) == 7


def test_no_more_are_kept_than_allowed():
    """The one that was wanted longest ago is computed again when it is wanted."""
    kept = ComputedOnce(2)
    for key in ("a", "b"):
        kept.get(key, lambda key=key: key)
    assert kept.get("a", lambda: "new") == "a"
    kept.get("c", lambda: "c")
    assert [kept.get(key, lambda: "new") for key in ("a", "c", "b")] == ["a", "c", "new"]


def test_a_fresh_value_takes_the_place_of_the_one_that_is_kept():
    """Whoever asks for it afterwards gets the new one."""
    kept = ComputedOnce(2)
    kept.get("a", lambda: 1)
    assert kept.get("a", lambda: 2, fresh=True) == 2
    assert kept.get("a", lambda: 3) == 2


def test_a_value_that_somebody_else_makes_is_had_by_all_who_wait():
    """It is begun once; nobody who gives up takes it from the others."""
    kept, made, begun = ComputedOnce(2), Future(), []

    def begin():
        begun.append(1)
        return made

    first, second = kept.begin("a", begin), kept.begin("a", begin)
    assert not first.cancel()
    made.set_result(7)
    assert (first.result(0), second.result(0), kept.get("a", lambda: 8)) == (7, 7, 7)
    assert begun == [1]


def test_a_value_that_does_not_hold_goes_to_those_who_wait_and_to_nobody_else():
    """The next one who wants it has it computed again."""
    kept = ComputedOnce(2, holds=lambda key, value: key == value)
    assert kept.get("a", lambda: "b") == "b"
    assert kept.get("a", lambda: "a") == "a"
    assert kept.get("a", lambda: "c") == "a"
