"""Questions on the sample company, with the sources or the refusal that we expect."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from copilot.domain.answers import Abstained, Reason

GOLDEN = yaml.safe_load((Path(__file__).parent / "harbourlight.yaml").read_text())


@pytest.fixture(scope="module")
def answers(ask):
    """Return the answer to every golden question."""
    asked = [*GOLDEN["answerable"], *GOLDEN["unanswerable"]]
    return {one["question"]: ask(one["question"]) for one in asked}


def cited(answer):
    """Return the sources that an answer cites."""
    claims = () if isinstance(answer, Abstained) else answer.claims
    return {citation.source for claim in claims for citation in claim.citations}


def test_the_set_is_large_enough():
    """At least 60 questions that have an answer, and 25 that have none."""
    assert len(GOLDEN["answerable"]) >= 60
    assert len(GOLDEN["unanswerable"]) >= 25


def test_answerable_questions_cite_a_right_source(answers):
    """Most answers rest on one of the sources that a person would have opened."""
    wrong = [
        one["question"]
        for one in GOLDEN["answerable"]
        if not cited(answers[one["question"]]) & set(one["expect"])
    ]

    assert len(wrong) <= 0.06 * len(GOLDEN["answerable"]), wrong


def test_answerable_questions_are_seldom_refused(answers):
    """A refusal where there is an answer drives people away."""
    refused = [
        one["question"]
        for one in GOLDEN["answerable"]
        if isinstance(answers[one["question"]], Abstained)
    ]

    assert len(refused) <= 0.03 * len(GOLDEN["answerable"]), refused


def test_unanswerable_questions_are_refused(answers):
    """An answer where there is none is what nobody forgives."""
    answered = [
        one["question"]
        for one in GOLDEN["unanswerable"]
        if not isinstance(answers[one["question"]], Abstained)
    ]

    assert len(answered) <= 0.05 * len(GOLDEN["unanswerable"]), answered


def test_private_questions_are_refused_as_such(answers):
    """Who asks for a colleague's salary is told that this is nobody's business here."""
    reasons = defaultdict(list)
    for one in GOLDEN["unanswerable"]:
        answer = answers[one["question"]]
        if one["why"] == "personal_data" and isinstance(answer, Abstained):
            reasons[answer.reason].append(one["question"])

    assert len(reasons[Reason.PERSONAL_DATA]) >= 12, reasons


def test_every_refusal_says_what_was_searched_and_what_to_do(answers):
    """A refusal is a beginning: what was searched, whom to ask."""
    refusals = [answer for answer in answers.values() if isinstance(answer, Abstained)]

    assert refusals
    assert all(one.explanation and one.next_steps and one.searched for one in refusals)
