"""Answers composed in processes of their own: the same, for the same people, whatever becomes of one."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest

from copilot import config
from copilot.bootstrap.asking import AskingProcesses, OpenAnswering
from copilot.domain.access import principal
from copilot.domain.asking import Asked
from copilot.errors import BadInput, UnknownCriterion
from tests.workspaces import open_workspace

PROVE = "How do I prove that we review access?"
GUEST = principal("guest")


@pytest.fixture(scope="module")
def apart(sample_folder):
    """Return answering in one process apart, over the sample company."""
    processes = AskingProcesses(config.find_workspace(sample_folder), 1)
    yield processes
    processes.close()


@pytest.fixture(scope="module")
def asked(sample_folder):
    """Return a question over the sample company's period and scope."""
    settings = config.find_workspace(sample_folder).settings
    return Asked(question=PROVE, period=settings.period, scope=settings.categories)


def test_the_answer_is_the_one_that_is_composed_here(apart, asked, sample_folder):
    """Both for somebody who may read everything and for a guest."""
    with open_workspace(sample_folder) as copilot:
        here = OpenAnswering(copilot)
        for who in (copilot.principal(None), GUEST):
            assert apart.answer(asked, principal=who) == here.answer(asked, principal=who)
        here.close()


@pytest.mark.parametrize(
    ("question", "error"), [("", BadInput), ("What is CC99.9?", UnknownCriterion)]
)
def test_an_error_comes_back_as_what_it_is(apart, asked, question, error):
    """With its words and its hint."""
    with pytest.raises(error) as raised:
        apart.answer(replace(asked, question=question), principal=GUEST)
    assert str(raised.value)


def test_whoever_asks_first_is_answered_first(apart, asked):
    """Nobody who asks later gets ahead of others who wait."""
    questions = [
        replace(asked, question=f"{PROVE} Please help, it is question {n}.") for n in range(6)
    ]
    done = []
    waiting = [apart.begin(one, principal=GUEST) for one in questions]
    for number, one in enumerate(waiting):
        one.add_done_callback(lambda _, number=number: done.append(number))
    for one in waiting:
        one.result(60)
    assert done == sorted(done)


def test_a_process_that_is_killed_is_replaced(apart, asked):
    """The next question is answered by another."""
    before = apart.answer(asked, principal=GUEST)
    for process in list(apart._pool._processes.values()):
        os.kill(process.pid, signal.SIGKILL)
        process.join(10)
    assert apart.answer(asked, principal=GUEST) == before
