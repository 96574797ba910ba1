"""Confidences keep what they say: in the order of the shares, and as these reviewers agree."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from copilot import config
from copilot.domain.controls import Control, ControlId
from copilot.mapping.adapting import Decided
from copilot.mapping.calibration import AGREEMENT, Calibration
from copilot.mapping.mapper import open_mapper
from copilot.mapping.measuring import expected_error, ranking

DRAWS = 8
LINES = st.floats(0.5, 2.5)
STARTS = st.floats(-3, 3)
SHARES = arrays(np.float32, (3, 8), elements=st.floats(0, 1, width=32))


@given(slope=LINES, start=STARTS, first_slope=LINES, first_start=STARTS, shares=SHARES)
def test_confidences_keep_the_order_of_the_shares(slope, start, first_slope, first_start, shares):
    """Whatever the two lines are, a criterion with a larger share is not the less likely one."""
    calibration = Calibration(slope, start, first_slope, first_start, propose=0.3)
    sure = calibration.of(shares)

    for row, confidence in zip(shares, sure, strict=True):
        best = np.argsort(-row, kind="stable")
        assert (np.diff(confidence[best]) <= 1e-6).all()
    assert ((sure >= 0) & (sure <= np.float32(AGREEMENT))).all()


@pytest.fixture(scope="module")
def learner(knowledge, encoder, mapper_known):
    """Return a mapper of this module's own, which it may teach."""
    return open_mapper(knowledge, encoder, cache=config.cache_folder())


@pytest.mark.parametrize("name", ["chiaro", "jupiterone"])
def test_decisions_teach_how_often_these_reviewers_agree(learner, gold, name):
    """With half of a set decided, the first suggestions of the rest are as often right as they say."""
    controls, right = gold(name)
    rest, truth = [], []
    for seed in range(DRAWS):
        order = list(range(len(controls)))
        random.Random(seed).shuffle(order)  # noqa: S311
        seen, unseen = order[: len(order) // 2], order[len(order) // 2 :]
        learner.learn([Decided(control=controls[at], right=right[at]) for at in seen])
        rest += learner.suggest([controls[at] for at in unseen], explained=0)
        truth += [right[at] for at in unseen]

    assert expected_error(rest, truth, listed=1) <= 0.08


CONTROLS = [
    Control(id=ControlId(f"C-{at}"), description=text)
    for at, text in enumerate(
        [
            "Firewall rules are reviewed every half-year.",
            "Laptops are encrypted and locked after five minutes.",
            "Every change is reviewed by a second engineer before it is deployed.",
            "Backups are restored in a test twice a year.",
            "New staff pass a background check before their first day.",
            "Suppliers are assessed before a contract is signed.",
        ]
    )
]
NEW = Control(id=ControlId("N-1"), description="Old disks are wiped before they are given away.")


def test_confidence_follows_how_often_the_first_suggestion_was_right(learner):
    """Reviewers who always agree raise the confidence of others, those who never do lower it."""
    learner.learn([])
    suggested = learner.suggest(CONTROLS, explained=0)
    [usual] = learner.suggest([NEW], explained=0)
    firsts = [ranking(one)[0] for one in suggested]
    learner.learn(
        [Decided(control=one, right=(first,)) for one, first in zip(CONTROLS, firsts, strict=True)]
    )
    [raised] = learner.suggest([NEW], explained=0)
    learner.learn(
        [Decided(control=one, wrong=(first,)) for one, first in zip(CONTROLS, firsts, strict=True)]
    )
    [lowered] = learner.suggest([NEW], explained=0)

    confidence = {
        what: {one.criterion: one.confidence for one in found.ranked}[ranking(usual)[0]]
        for what, found in (("usual", usual), ("raised", raised), ("lowered", lowered))
    }
    assert confidence["lowered"] < confidence["usual"] < confidence["raised"]
