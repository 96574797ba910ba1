"""How suggestions are measured, and drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from benchmarks.reliability_plot import reliability_svg
from copilot.domain.controls import ControlId, Suggestion, Suggestions
from copilot.domain.criteria import CriterionId
from copilot.mapping.calibration import calibration_error, reliability
from copilot.mapping.measuring import expected_error, quality

FIRST, SECOND = CriterionId("CC6.1"), CriterionId("CC6.2")


def test_quality_is_a_mean_over_controls():
    """One control right at once, one right in second place with half of what it serves."""
    rankings = [[FIRST, SECOND], [SECOND, FIRST]]
    found = quality(rankings, [{FIRST}, {FIRST, CriterionId("P8.1")}])

    assert (found.hit_at_1, found.hit_at_3, found.recall_at_5) == (0.5, 1.0, 0.75)


@pytest.mark.parametrize(
    ("confidences", "right", "error"),
    [
        pytest.param([0.75] * 4, [True, True, True, False], 0.0, id="it keeps what it says"),
        pytest.param([0.95] * 4, [True, True, False, False], 0.45, id="too sure"),
        pytest.param([0.05, 0.95], [True, False], 0.95, id="the wrong way round"),
        pytest.param([1.0], [True], 0.0, id="quite sure"),
        pytest.param([], [], 0.0, id="nothing"),
    ],
)
def test_calibration_error(confidences, right, error):
    """It is how far confidence and truth lie apart, bin by bin, weighed by how many are in it."""
    assert calibration_error(reliability(confidences, right)) == pytest.approx(error)


def test_only_what_is_listed_is_measured():
    """Suggestions below the line that is shown do not count."""
    ranked = (
        Suggestion(criterion=FIRST, confidence=0.5), Suggestion(criterion=SECOND, confidence=0.2),
    )  # fmt: skip
    found = Suggestions(control=ControlId("X"), ranked=ranked, decided=(FIRST,))

    assert expected_error([found], [[FIRST]], listed=1) == pytest.approx(0.5)
    assert expected_error([found], [[FIRST]], listed=2) == pytest.approx(0.35)


def test_the_diagram_is_well_formed():
    """It parses as SVG, names its sets, and has a point for each bin."""
    bins = reliability([0.1, 0.5, 0.52, 0.9], [False, True, False, True])
    drawn = ET.fromstring(reliability_svg({"a & b": bins}))  # noqa: S314  our own
    name = "{http://www.w3.org/2000/svg}"

    assert "a & b, 4 suggestions" in [one.text for one in drawn.iter(f"{name}text")]
    # And one for the legend.
    assert len(list(drawn.iter(f"{name}circle"))) == len(bins) + 1
