"""Questions on the sample company, with the sources or the refusal that we expect.

Parts of three sets (see `sets.py`). What was measured when the bounds were set, in per cent:

| set | right source cited | answerable refused | unanswerable refused |
| --- | --- | --- | --- |
| golden (110 / 60) | 96.4 | 0.0 | 100.0 (95.0) |
| stranger's, tuned half (82 / 29) | 87.8 | 6.1 | 96.6 (75.9) |
| stranger's, measured half (69 / 29) | 81.2 | 14.5 | 62.1 (41.4) |
| third, fitted half (88 / 40) | 93.2 | 1.1 | 92.5 (62.5) |
| third, counted half (87 / 34) | 95.4 | 4.6 | 85.3 (61.8) |

The half that was fitted last is not asked again here: it says nothing that the others do not say better.

An unanswerable question counts as refused, too, where the answer owns up: it is partial and says which
record, or which thing that was asked, nothing speaks of. In brackets: refused outright.
The golden set is held to the bounds that we want for all: 95, 3, 95. On a stranger's words they are not
reached: an answer quotes, no model reads, and a question that nothing answers can be as near to the
sources as one that is answered in other words. The bounds of those halves are what is reached, for the
first stranger's less a question or two, so that a change for the worse is seen.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from copilot.domain.answers import Abstained, Reason
from tests.answering.looking_up import wrong_citations
from tests.golden.sets import COUNTED, GOLDEN, MEASURED, TUNED, cited, owns_up

_YEAR = 2025
_BOUNDS = [
    pytest.param(GOLDEN, (0.95, 0.03, 0.95), id="golden"),
    pytest.param(TUNED, (0.87, 0.07, 0.93), id="tuned half"),
    pytest.param(MEASURED, (0.78, 0.19, 0.6), id="measured half"),
    pytest.param(COUNTED, (0.954, 0.046, 0.852), id="third set, counted half"),
]
_PARTS = (GOLDEN, TUNED, MEASURED, COUNTED)


@pytest.fixture(scope="module")
def answers(ask):
    """Return the answer to every question of every set."""
    entries = [one for part in _PARTS for kind in part.values() for one in kind]
    return {one["question"]: ask(one["question"]) for one in entries}


def test_the_set_is_large_enough():
    """At least 60 questions that have an answer, and 25 that have none, in every set."""
    for part in _PARTS:
        assert len(part["answerable"]) >= 60
        assert len(part["unanswerable"]) >= 25


@pytest.mark.parametrize(("part", "bounds"), _BOUNDS)
def test_answerable_questions_cite_a_right_source(answers, part, bounds):
    """Most answers rest on one of the sources that a person would have opened."""
    right = sum(
        bool(cited(answers[one["question"]]) & set(one["expect"])) for one in part["answerable"]
    )

    assert right >= bounds[0] * len(part["answerable"])


@pytest.mark.parametrize(("part", "bounds"), _BOUNDS)
def test_answerable_questions_are_seldom_refused(answers, part, bounds):
    """A refusal where there is an answer drives people away."""
    refused = sum(isinstance(answers[one["question"]], Abstained) for one in part["answerable"])

    assert refused <= bounds[1] * len(part["answerable"])


@pytest.mark.parametrize(("part", "bounds"), _BOUNDS)
def test_unanswerable_questions_are_refused(answers, part, bounds):
    """An answer where there is none is what nobody forgives; one that owns up to it is none."""
    refused = sum(
        owns_up(one["question"], answers[one["question"]], year=_YEAR)
        for one in part["unanswerable"]
    )

    assert refused >= bounds[2] * len(part["unanswerable"])


def test_golden_questions_without_an_answer_are_refused_outright(answers):
    """95 of 100 get no answer at all, not even one that owns up."""
    outright = sum(
        isinstance(answers[one["question"]], Abstained) for one in GOLDEN["unanswerable"]
    )

    assert outright >= 0.95 * len(GOLDEN["unanswerable"])


@pytest.mark.parametrize("part", _PARTS, ids=["golden", "tuned", "measured", "third counted"])
def test_private_questions_are_refused(answers, part):
    """Nobody is told about a colleague's salary, health or family, however it is asked."""
    private = [one["question"] for one in part["unanswerable"] if one["why"] == "personal_data"]

    assert private
    assert all(isinstance(answers[question], Abstained) for question in private)


def test_private_questions_are_refused_as_such(answers):
    """Who asks for a colleague's salary is told that this is nobody's business here."""
    reasons = defaultdict(list)
    for one in GOLDEN["unanswerable"]:
        answer = answers[one["question"]]
        if one["why"] == "personal_data" and isinstance(answer, Abstained):
            reasons[answer.reason].append(one["question"])

    assert len(reasons[Reason.PERSONAL_DATA]) >= 12, reasons


def test_no_answerable_question_is_called_private(answers):
    """Work matters of people, such as who was trained or reviewed, are answered."""
    questions = [one["question"] for part in _PARTS for one in part["answerable"]]
    refused = [answers[one] for one in questions if isinstance(answers[one], Abstained)]

    assert all(one.reason is not Reason.PERSONAL_DATA for one in refused)


def test_every_refusal_says_what_was_searched_and_what_to_do(answers):
    """A refusal is a beginning: what was searched, whom to ask."""
    refusals = [answer for answer in answers.values() if isinstance(answer, Abstained)]

    assert refusals
    assert all(one.explanation and one.next_steps and one.searched for one in refusals)


def test_citations_over_the_sample_company_hold(answers, ask, catalog, sample_folder):
    """The answers to all these questions, and to others as the catalog has them asked: 600 in all.

    Every citation is looked up in its file by code that is not ours.
    """
    others = [question for one in catalog for question in one.asked_as[:2]][:90]
    every = [*answers.values(), *(ask(one) for one in others)]
    wrong, count = wrong_citations(every, sample_folder)

    assert len(every) >= 590
    assert count > 1_200
    assert wrong == []
