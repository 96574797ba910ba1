"""What controls are mapped to tells of their kin, as far as families of this company tell anything."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.controls import ControlId
from copilot.domain.criteria import CRITERION_IDS
from copilot.mapping.features import PLACE
from copilot.mapping.kinship import Kinship

EVENLY = np.full(len(CRITERION_IDS), 1 / len(CRITERION_IDS))
FAMILIES = {"IAM": "CC6", "CHG": "CC8", "VND": "CC9", "RSK": "CC3", "MON": "CC7", "GOV": "CC1"}
ACCESS, CHANGE = PLACE["CC6.2"], PLACE["CC8.1"]


def kinship(decided):
    """Return what is learned from ids and the criteria that were decided for them."""
    right = np.zeros((len(decided), len(CRITERION_IDS)))
    for row, (_, criteria) in enumerate(decided):
        right[row, [PLACE[one] for one in criteria]] = 1 / max(1, len(criteria))
    return Kinship([ControlId(id_) for id_, _ in decided], right, EVENLY)


def of_series(series):
    """Return the criteria of a series."""
    return [one for one in CRITERION_IDS if one.startswith(f"{series}.")]


def numbered(family, series, many=3):
    """Return controls of one family with the criteria of one series, in turn."""
    criteria = of_series(series)
    return [(f"{family}-{at:02}", [criteria[at % len(criteria)]]) for at in range(1, many + 1)]


def kept_together():
    """Return a company each of whose families serves one series."""
    return [one for family, series in FAMILIES.items() for one in numbered(family, series)]


def told(found, id_):
    """Return what kin tells of one control."""
    [row] = found.of([ControlId(id_)])
    return row


def test_a_family_speaks_for_the_series_that_it_is_about():
    """The next control of a family more likely serves the series of the others, and less any other."""
    row = told(kinship(kept_together()), "IAM-50")

    assert row[ACCESS] - row[CHANGE] > 1
    assert row[ACCESS] > 0 > row[CHANGE]


def test_families_that_mean_nothing_are_not_followed():
    """Where criteria are spread over families by lot, next to nothing is made of them."""
    decided = kept_together()
    criteria = [of_each for _, of_each in decided]
    random.Random(2).shuffle(criteria)  # noqa: S311
    lot = kinship([(id_, of_each) for (id_, _), of_each in zip(decided, criteria, strict=True)])
    kept = kinship(decided)

    by_lot = max(np.abs(told(lot, f"{family}-50")).max() for family in FAMILIES)
    by_kin = max(np.abs(told(kept, f"{family}-50")).max() for family in FAMILIES)
    assert by_lot < 0.3 * by_kin


def test_a_family_that_repeats_a_criterion_speaks_for_it():
    """Within a series, what families keep repeating rises above what they do not name."""
    repeated = [
        (f"{family}-{at}", [of_series(series)[0]])
        for family, series in FAMILIES.items()
        for at in range(20, 80, 20)
    ]
    row = told(kinship(repeated), "IAM-99")

    assert row[PLACE["CC6.1"]] > row[PLACE["CC6.2"]]


def test_families_that_go_through_their_series_leave_its_order_alone():
    """Who has named each criterion of a series once will hardly name the same again."""
    row = told(kinship(kept_together()), "IAM-50")
    named, unnamed = row[PLACE["CC6.1"]], row[PLACE["CC6.8"]]

    assert abs(named - unnamed) < 0.3 * (named - row[CHANGE])


def test_neighbours_in_a_list_that_is_only_numbered_are_kin():
    """Without families in the ids, controls whose numbers are close tell of each other."""
    decided = [
        (f"C-{10 * place + at:03}", criteria)
        for place, series in enumerate(FAMILIES.values())
        for at, (_, criteria) in enumerate(numbered("", series))
    ]
    row = told(kinship(decided), "C-003")

    assert row[ACCESS] > 0 > row[CHANGE]


def test_closer_families_count_within_wider_ones():
    """In ids of several parts, those who share more of them say more."""
    decided = [
        (f"A.{chapter}.{part}.{at}", [of_series(series)[at % 3]])
        for chapter in (1, 2)
        for part, series in enumerate(("CC6", "CC7", "CC1"), 3 * chapter)
        for at in (10, 20, 30)
    ]
    row = told(kinship(decided), "A.1.3.90")

    assert row[ACCESS] > row[PLACE["CC7.2"]] > row[CHANGE]


def test_who_has_no_kin_is_told_nothing():
    """A control whose id begins like none that was decided keeps its order."""
    assert np.abs(told(kinship(kept_together()), "backup restore test")).max() < 1e-9


def test_rejected_suggestions_alone_tell_nothing_of_kin():
    """Controls of which only wrong criteria are known are no kin to go by."""
    unknown = [(f"IAM-{at}", []) for at in range(5)]

    assert np.abs(told(kinship(unknown), "IAM-9")).max() < 1e-9


IDS = st.text(st.sampled_from("AacZé٣一5019.-_ ()"), max_size=12) | st.just("9" * 5000)


@given(
    decided=st.lists(
        st.tuples(IDS, st.lists(st.sampled_from(CRITERION_IDS), max_size=3, unique=True)),
        min_size=2,
        max_size=8,
    ),
    others=st.lists(IDS, min_size=1, max_size=4),
)
def test_whatever_the_ids_each_control_is_told_of_alone(decided, others):
    """Any ids will do, and what stands beside a control does not change what kin tells of it."""
    found = kinship(decided)
    together = found.of([ControlId(one) for one in others])

    assert np.isfinite(together).all()
    assert np.isfinite(found.unseen).all()
    for row, one in zip(together, others, strict=True):
        assert np.allclose(row, told(found, one))
