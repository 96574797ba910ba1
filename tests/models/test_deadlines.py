"""No server holds anybody up beyond the deadline, and nothing is left behind."""

from __future__ import annotations

import threading

import pytest

from copilot.errors import ModelTimedOut
from tests.models import behaviours as plays
from tests.models.conftest import AMPLE, REPLY, SHORT


@pytest.fixture(autouse=True)
def _no_threads_left(server, ask):
    """Wait for the threads of calls; one that never ended would fail the test."""
    server.queue(plays.says(REPLY))
    ask()  # whatever is loaded at first use takes none of a deadline's time
    before = set(threading.enumerate())
    yield
    for thread in threading.enumerate():
        if thread.name.startswith("model ") and thread not in before:
            thread.join(AMPLE)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(plays.hangs(), id="no byte"),
        pytest.param(plays.breaks_off(REPLY, after=15, how=plays.HANG), id="silence in the middle"),
        pytest.param(plays.drips(REPLY, every=0.05), id="a character at a time"),
        pytest.param(plays.plays(*[0.02, ""] * 1000), id="empty pieces without end"),
        pytest.param(plays.drips_headers(), id="a header without end"),
    ],
)
def test_a_server_that_does_not_come_to_an_end_is_left(server, ask, behaviour):
    """The error is ours, and the connection is closed."""
    server.default = behaviour

    with pytest.raises(ModelTimedOut):
        ask(seconds=SHORT)

    assert server.went_away.acquire(timeout=AMPLE)


def test_a_deadline_that_has_passed_is_an_error_and_no_request(server, ask):
    """Nothing is sent that nobody waits for."""
    with pytest.raises(ModelTimedOut):
        ask(seconds=-1)

    assert len(server.requests) == 1
