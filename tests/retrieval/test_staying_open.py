"""Indexes that stay open between searches, shared by threads, and give way to newer ones."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from copilot.retrieval.staying_open import StayingOpen


class Opener:
    """Opens numbers, one after another, and notes what was closed."""

    def __init__(self):
        self.generation = 1
        self.change = 1
        self.opened, self.closed = [], []
        self.held_up = None

    @contextlib.contextmanager
    def opening(self):
        if self.held_up is not None:
            self.held_up.wait(10)
        value = (self.generation, self.change)
        self.opened.append(value)
        yield value
        self.closed.append(value)

    def stamp(self):
        return self.generation, self.change


def test_it_is_opened_once_for_all_searches():
    """Neither one after another nor at once is it opened again."""
    opener = Opener()
    kept = StayingOpen(opener.opening, opener.stamp)
    with ThreadPoolExecutor(8) as pool:

        def use(_):
            with kept.using() as value:
                return value

        assert set(pool.map(use, range(50))) == {(1, 1)}
    assert (opener.opened, opener.closed) == ([(1, 1)], [])
    kept.close()
    assert opener.closed == [(1, 1)]


def test_newer_indexes_are_opened_and_old_ones_closed_after_their_last_user():
    """Who searches goes on with what they have."""
    opener = Opener()
    kept = StayingOpen(opener.opening, opener.stamp)
    with kept.using() as before:
        opener.generation = 2
        with kept.using() as after:
            assert (before, after) == ((1, 1), (2, 1))
            assert opener.closed == []
    assert opener.closed == [(1, 1)]


def test_others_go_on_while_newer_indexes_are_opened():
    """Nobody waits for an opening who can search what there is."""
    opener = Opener()
    kept = StayingOpen(opener.opening, opener.stamp)
    with kept.using():
        pass
    opener.generation, opener.held_up = 2, Event()
    with ThreadPoolExecutor(1) as pool:

        def use():
            with kept.using() as value:
                return value

        opens = pool.submit(use)
        while not kept._turn.locked():
            pass
        with kept.using() as meanwhile:
            assert meanwhile == (1, 1)
        opener.held_up.set()
        assert opens.result() == (2, 1)


def test_a_truth_that_is_being_written_does_not_open_the_indexes_at_every_search():
    """A newer change alone is looked for again after a pause."""
    opener = Opener()
    kept = StayingOpen(opener.opening, opener.stamp)
    with kept.using():
        pass
    opener.change = 2
    with kept.using() as value:
        assert value == (1, 1)
    assert len(opener.opened) == 1


def test_what_fails_to_open_is_tried_again():
    """An error goes to whoever asked, and leaves nothing behind."""
    opener = Opener()
    tries = []

    @contextlib.contextmanager
    def opening():
        tries.append(1)
        if len(tries) == 1:
            raise OSError("not now")
        with opener.opening() as value:
            yield value

    kept = StayingOpen(opening, opener.stamp)
    with contextlib.suppress(OSError), kept.using():
        pass
    with kept.using() as value:
        assert value == (1, 1)
    kept.close()


def test_what_was_newer_already_when_it_was_open_is_opened_again():
    """Whoever opens may bring the indexes up, and another process may do so meanwhile."""
    opener = Opener()

    @contextlib.contextmanager
    def opening():
        with opener.opening() as value:
            opener.generation = 2
            yield value

    kept = StayingOpen(opening, opener.stamp)
    with kept.using_known() as (value, stamp):
        assert value == stamp == (2, 1)
    assert opener.closed == [(1, 1)]
    kept.close()
    assert opener.closed == [(1, 1), (2, 1)]
