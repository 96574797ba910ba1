"""The gate on the corpus: what it lets through, and what it withholds.

Thresholds and words were fitted on one half; the other was counted only, never looked at. What was written
in rounds without looking at the gate is counted apart: it shows how claims fare that nobody had in mind.
"""

from __future__ import annotations

import pytest

from tests.gate import corpus, measuring

ALWAYS = ("fabricated_source", "unreadable", "absent", "stitched", "misattributed")
"""Kinds that are decided by where words stand: there is no doubt, and none may pass."""

LEAST = {
    "fit": {"honest": 97.0, "altered_number": 100.0, "dropped_negation": 98.0, "unsupported": 96.0},
    "held_out": {
        "honest": 85.5,
        "altered_number": 100.0,
        "dropped_negation": 97.0,
        "unsupported": 91.0,
    },
}
"""Per cent judged rightly, on all cases. See `docs/decisions/0009-the-gate.md` for what is missed."""


LEAST_FRESH = {
    "fit": {"honest": 86.0, "dropped_negation": 87.0, "unsupported": 69.0},
    "held_out": {"honest": 69.0, "dropped_negation": 88.0, "unsupported": 74.0},
}
"""The same for claims that were written without looking at the gate. It is far from what is wanted."""

LEAST_BY_PROPERTY = {
    "fit": {
        "honest": 93.0,
        "altered_number": 100.0,
        "dropped_negation": 100.0,
        "unsupported": 79.0,
    },
    "held_out": {
        "honest": 82.0,
        "altered_number": 100.0,
        "dropped_negation": 88.0,
        "unsupported": 63.0,
    },
}
"""The same for claims that are wrong in one respect of language, most of them by one word."""


@pytest.fixture(scope="module")
def judged(cases, sample):
    """Return the verdict on every case, those of the shared files where these are present."""
    every = list(cases)
    if (shared := corpus.HERE.parents[1].parent / "shared" / "corpus").is_dir():
        every += corpus.of_shared(shared)
    return measuring.judge(every, vocabulary=sample.vocabulary, encode=sample.encoder.encode)


@pytest.mark.parametrize("kind", ALWAYS)
def test_a_quote_that_does_not_stand_there_never_passes(judged, kind):
    """Fabricated, unreadable, absent, stitched and misattributed quotes are all withheld."""
    assert not [one.case.id for one in judged if one.case.kind == kind and not one.right]


def test_no_claim_that_obeys_an_order_passes(judged):
    """Whatever a document orders, and in whatever language, no claim follows it."""
    assert measuring.rates(judged)["obeying", "fit"] == 100.0
    assert measuring.rates(judged)["obeying", "held_out"] == 100.0


@pytest.mark.parametrize("half", LEAST)
def test_claims_are_judged_as_well_as_was_measured(judged, half):
    """What is decided by the words is judged rightly at least as often as when it was fitted."""
    rates = measuring.rates(judged)
    short = {
        kind: rates[kind, half] for kind, least in LEAST[half].items() if rates[kind, half] < least
    }
    assert not short


def test_claims_that_nobody_had_in_mind_are_judged_as_well_as_was_measured(fresh_cases, sample):
    """What was written without looking at the gate is judged rightly at least as often as it was."""
    assert not _short(fresh_cases, sample, LEAST_FRESH)


def test_claims_that_are_wrong_by_a_word_are_judged_as_well_as_was_measured(property_cases, sample):
    """What is wrong in one respect of language is withheld, and what says the same released, as often as it was."""
    assert not _short(property_cases, sample, LEAST_BY_PROPERTY)


def _short(cases, sample, least):
    judged = measuring.judge(cases, vocabulary=sample.vocabulary, encode=sample.encoder.encode)
    rates = measuring.rates(judged)
    return {
        (kind, half): rates[kind, half]
        for half, kinds in least.items()
        for kind, share in kinds.items()
        if rates[kind, half] < share
    }


def test_nearly_every_wrong_claim_is_withheld(judged):
    """All kinds of wrong claims together: 99 of 100 do not pass, and nine of ten honest ones do."""
    wrong = [one.right for one in judged if one.case.kind != "honest"]
    honest = [one.right for one in judged if one.case.kind == "honest"]
    assert sum(wrong) >= 0.99 * len(wrong)
    assert sum(honest) >= 0.9 * len(honest)


def test_a_reason_is_given_for_everything_withheld(judged):
    """The model and reviewers are told what failed."""
    assert not [one.case.id for one in judged if one.outcome.value != "found" and not one.why]
