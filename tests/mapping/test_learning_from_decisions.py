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

DRAWS = 4


@pytest.fixture(scope="module")
def taught(knowledge, encoder, mapper_known):
    """Return a mapper of this module's own, which remembers the texts that it has seen."""
    return open_mapper(knowledge, encoder, cache=config.cache_folder())


@pytest.fixture
def learner(taught):
    """Return it as if nobody had taught it; the test may."""
    taught.learn([])
    return taught


def says_all(control, right, first):
    """Name every criterion of a control."""
    return Decided(control=control, right=right)


def names_one(control, right, first):
    """Name one criterion of a control and leave the others open."""
    return Decided(control=control, right=right[:1], complete=False)


def judges_the_first(control, right, first):
    """Accept or reject the first suggestion, and say nothing else."""
    accepted, rejected = ((first,), ()) if first in right else ((), (first,))
    return Decided(control=control, right=accepted, wrong=rejected, complete=False)


def gains(learner, controls, right, many, reviewer=says_all):
    """Return by how much hit@1 on the rest rises, on average, when some were reviewed."""
    learner.learn([])
    unreviewed = [ranking(one) for one in learner.suggest(controls, explained=0)]
    found = []
    for seed in range(DRAWS):
        order = list(range(len(controls)))
        random.Random(seed).shuffle(order)  # noqa: S311
        seen, unseen = order[:many], order[many:]
        learner.learn([reviewer(controls[at], right[at], unreviewed[at][0]) for at in seen])
        suggested = learner.suggest([controls[at] for at in unseen], explained=0)
        wanted = [right[at] for at in unseen]
        after = quality([ranking(one) for one in suggested], wanted).hit_at_1
        found.append(after - quality([unreviewed[at] for at in unseen], wanted).hit_at_1)
    return mean(found)


def test_reviewers_who_map_their_own_way_are_followed(learner, gold):
    """Where the catalog is right two times in three, half of the decisions lift it by .05."""
    controls, right = gold("jupiterone")
    assert gains(learner, controls, right, len(controls) // 2) >= 0.05


def test_reviewers_who_map_as_the_catalog_does_are_followed_too(learner, gold):
    """Where the catalog is right nearly nine times in ten, there is less to gain, and it is gained."""
    controls, right = gold("chiaro")
    assert gains(learner, controls, right, len(controls) // 2) > 0


@pytest.mark.parametrize("name", ["chiaro", "jupiterone"])
def test_the_first_decisions_do_no_harm(learner, gold, name):
    """Ten decisions are few, and make nothing worse."""
    assert gains(learner, *gold(name), 10) >= -0.02


@pytest.mark.parametrize("reviewer", [names_one, judges_the_first])
def test_reviewers_who_say_less_are_followed_as_well(learner, gold, reviewer):
    """What is decided in part teaches, too."""
    controls, right = gold("jupiterone")
    assert gains(learner, controls, right, len(controls) // 2, reviewer) >= 0.02


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
