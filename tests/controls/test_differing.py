"""What a re-import brings."""

from __future__ import annotations

from dataclasses import replace

from copilot.controls.differing import FieldChange, difference
from copilot.domain.controls import Control, ControlId, Place
from copilot.domain.criteria import CriterionId, Frequency

ONE = Control(id=ControlId("A-1"), description="One.", place=Place(file="a.csv", row=2))
TWO = Control(id=ControlId("A-2"), description="Two.")
THREE = Control(id=ControlId("A-3"), description="Three.")


def test_controls_are_told_apart_by_id():
    """What came, changed, went and stayed is named."""
    changed = replace(TWO, owner="Jo", frequency=Frequency.DAILY)
    found = difference([ONE, TWO], [THREE, changed, replace(ONE, place=None)])
    assert found.added == (THREE,)
    assert [one.after for one in found.changed] == [changed]
    assert found.changed[0].fields == (
        FieldChange(field="owner", before="", after="Jo"),
        FieldChange(field="frequency", before="", after="daily"),
    )
    assert [one.id for one in found.unchanged] == ["A-1"]
    assert difference([ONE, TWO], [TWO]).removed == (ONE,)


def test_the_order_of_criteria_is_no_change():
    """Two lists of the same criteria in another order are the same."""
    some = tuple(map(CriterionId, ("CC6.1", "CC6.2")))
    assert not difference([replace(ONE, criteria=some)], [replace(ONE, criteria=some[::-1])])
