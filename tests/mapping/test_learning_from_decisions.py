"""Reviewers' decisions move the ranking towards how they map."""

from __future__ import annotations

import random
from statistics import mean

import pytest

from copilot import config
from copilot.domain.controls import Control, ControlId
from copilot.domain.criteria import CriterionId
from copilot.mapping.adapting import Decided
from copilot.mapping.mapper import open_mapper
from copilot.mapping.measuring import quality, ranking

HALVES = 6


@pytest.fixture
def learner(knowledge, encoder, mapper_known):
    """Return a mapper of the test's own, which it may teach."""
    return open_mapper(knowledge, encoder, cache=config.cache_folder())


def gains(learner, controls, right):
    """Yield how much hit@1 on one half rises when the other half was reviewed."""
    for seed in range(HALVES):
        order = list(range(len(controls)))
        random.Random(seed).shuffle(order)  # noqa: S311
        half = len(order) // 2
        seen, unseen = order[:half], order[half:]
        learner.learn([])
        before = first_right(learner, [controls[at] for at in unseen], [right[at] for at in unseen])
        learner.learn([Decided(control=controls[at], right=right[at]) for at in seen])
        after = first_right(learner, [controls[at] for at in unseen], [right[at] for at in unseen])
        yield after - before


def first_right(learner, controls, right):
    """Return hit@1."""
    suggested = learner.suggest(controls, explained=0)
    return quality([ranking(one) for one in suggested], right).hit_at_1


def test_reviewers_who_map_their_own_way_are_followed(learner, gold):
    """Where the catalog is right two times in three, half of the decisions lift it by .05."""
    assert mean(gains(learner, *gold("jupiterone"))) >= 0.05


def test_reviewers_who_map_as_the_catalog_does_change_little(learner, gold):
    """Where the catalog is right nearly nine times in ten, decisions about other controls do no harm."""
    assert mean(gains(learner, *gold("chiaro"))) >= -0.03


def control(number, text):
    """Return a control of one family."""
    return Control(id=ControlId(f"NET-{number:02}"), description=text)


BOUNDARY = [
    "Inbound traffic passes a firewall that denies by default.",
    "Firewall rules are reviewed every half-year.",
    "Remote staff connect through a VPN with a second factor.",
    "An intrusion detection system watches the network boundary.",
    "Public endpoints stand behind a web application firewall.",
    "Administrators reach servers through a bastion host.",
]


def test_what_reviewers_keep_choosing_rises(learner):
    """A criterion that reviewers name for one kind of control rises for the next of that kind."""
    wanted = CriterionId("CC5.2")
    new = control(9, "Network traffic between zones is filtered by firewalls.")
    before = ranking(learner.suggest([new], explained=0)[0]).index(wanted)
    learner.learn(
        [Decided(control=control(at, text), right=(wanted,)) for at, text in enumerate(BOUNDARY)]
    )

    assert ranking(learner.suggest([new], explained=0)[0]).index(wanted) < before


def test_what_reviewers_keep_rejecting_sinks(learner):
    """A criterion that reviewers reject for one kind of control loses confidence for the next."""
    new = control(9, "Network traffic between zones is filtered by firewalls.")
    first = learner.suggest([new], explained=0)[0].ranked[0]
    learner.learn(
        [
            Decided(control=control(at, text), wrong=(first.criterion,))
            for at, text in enumerate(BOUNDARY)
        ]
    )
    after = {one.criterion: one.confidence for one in learner.suggest([new])[0].ranked}

    assert after[first.criterion] < first.confidence


def test_without_decisions_the_catalog_alone_speaks(learner, mapper):
    """Taking all decisions back takes back what was learned from them."""
    new = control(9, "Network traffic between zones is filtered by firewalls.")
    learner.learn(
        [
            Decided(control=control(at, text), right=(CriterionId("CC5.2"),))
            for at, text in enumerate(BOUNDARY)
        ]
    )
    learner.learn([])

    assert learner.suggest([new]) == mapper.suggest([new])


def test_a_few_decisions_are_too_few_to_learn_from(learner, mapper):
    """Two decisions change nothing; they may be slips."""
    new = control(9, "Network traffic between zones is filtered by firewalls.")
    learner.learn(
        [
            Decided(control=control(at, text), right=(CriterionId("CC5.2"),))
            for at, text in enumerate(BOUNDARY[:2])
        ]
    )

    assert learner.suggest([new]) == mapper.suggest([new])
