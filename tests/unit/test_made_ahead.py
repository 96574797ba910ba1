"""What is made in the background: nobody waits longer than they want to, and errors are not lost."""

from __future__ import annotations

import threading

import pytest

from copilot import made_ahead
from copilot.errors import BadInput
from copilot.made_ahead import MadeAhead


class Making:
    """Something that is made when `go` is set, as often as it is wanted anew."""

    def __init__(self):
        self.go = threading.Event()
        self.there = False
        self.times = 0
        self.wrong = []

    def make(self):
        self.times += 1
        assert self.go.wait(60)
        if self.wrong:
            raise self.wrong.pop()
        self.there = True


@pytest.fixture
def making():
    """Return something to be made; what still waits goes on at the end."""
    made = Making()
    yield made
    made.go.set()


@pytest.fixture
def ahead(making):
    """Return what has it made."""
    return MadeAhead(lambda: making.there, making.make)


def test_it_is_made_once_however_many_ask_meanwhile(making, ahead):
    """None of them waits; who gives it time gets it."""
    assert [ahead.ready() for _ in range(3)] == [False, False, False]
    making.go.set()
    assert ahead.ready(wait=60) is True
    assert (ahead.ready(), making.times) == (True, 1)
    making.there = False
    assert ahead.ready(wait=60) is True
    assert making.times == 2


def test_what_goes_wrong_is_told_once_and_then_tried_again(making, ahead):
    """Whoever asks next begins anew."""
    making.go.set()
    making.wrong = [BadInput("not today")]
    with pytest.raises(BadInput, match="not today"):
        ahead.ready(wait=60)
    assert ahead.ready(wait=60) is True


def test_it_is_made_when_the_machine_has_nothing_else_to_do(making, ahead, monkeypatch):
    """Not before; nobody has to ask."""
    looks = []

    def idle():
        looks.append(making.times)
        return len(looks) > 2

    monkeypatch.setattr(made_ahead, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(made_ahead, "_is_idle", idle)
    made = threading.Event()
    making.go.set()
    whole = MadeAhead(lambda: making.there, lambda: (making.make(), made.set()))
    whole.when_idle()
    assert made.wait(60)
    assert (looks, making.times) == ([0, 0, 0], 1)
