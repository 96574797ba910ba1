"""Which points of focus a control speaks to."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from copilot import bootstrap
from copilot.domain.controls import Control, ControlId
from copilot.domain.criteria import CRITERION_IDS, CriterionId
from copilot.mapping.touching import touched_points

CATALOG = bootstrap.load_catalog()
REVIEW = Control(
    id=ControlId("AC-03"),
    description="Every quarter system owners go through all logins and decide who still needs one.",
    criteria=(CriterionId("CC6.2"),),
)


def test_a_control_speaks_to_the_point_that_says_the_same(encoder):
    """A review of logins touches the review of who still needs a login, and not the approval."""
    touched = touched_points(CATALOG, [REVIEW], encoder)
    assert touched == {"CC6.2": {"CC6.2-2"}}


def test_only_criteria_that_it_serves_are_looked_at(encoder):
    """A criterion that nobody named for a control has none of its points touched."""
    elsewhere = replace(REVIEW, criteria=(CriterionId("CC6.4"),))
    assert touched_points(CATALOG, [elsewhere], encoder).keys() == {"CC6.4"}


def test_a_text_that_speaks_to_nothing_touches_nothing(encoder):
    """What is near to no point of the criterion is left out."""
    lunch = replace(REVIEW, description="Lunch is served at noon in the canteen.")
    assert touched_points(CATALOG, [lunch], encoder) == {"CC6.2": frozenset()}


def test_no_controls_touch_nothing(encoder):
    """An empty list is no error."""
    assert touched_points(CATALOG, [], encoder) == {}


@given(
    texts=st.lists(st.text(max_size=80), min_size=1, max_size=4),
    served=st.lists(st.sampled_from(CRITERION_IDS), min_size=1, max_size=3, unique=True),
)
@settings(max_examples=25, deadline=None)
def test_more_controls_never_touch_less(texts, served, encoder):
    """Each control adds its points; all are points of a criterion that is served."""
    controls = [
        Control(id=ControlId(f"C-{at}"), description=text, criteria=tuple(served))
        for at, text in enumerate(texts)
    ]
    fewer = touched_points(CATALOG, controls[:-1], encoder)
    more = touched_points(CATALOG, controls, encoder)
    for id_ in served:
        assert fewer.get(id_, frozenset()) <= more[id_]
        assert more[id_] <= {point.id for point in CATALOG[id_].points_of_focus}
