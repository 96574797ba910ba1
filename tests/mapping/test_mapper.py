"""What the mapper suggests for controls, how sure it is, and what it cites."""

from __future__ import annotations

import csv

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.domain.controls import Control, ControlId, ControlKind
from copilot.domain.criteria import CRITERION_IDS, POINTS_OF_FOCUS, CriterionId
from copilot.mapping.mapper import open_mapper
from copilot.mapping.measuring import expected_error, quality, ranking
from tests.mapping.learned import DAMAGED, TRIED, said
from tests.mapping.no_controls import CONTROLS, NO_CONTROLS

ENCRYPTION = "Customer databases and their backups are encrypted with keys that rotate every year."


@pytest.mark.parametrize(
    ("name", "first", "third", "fifth"),
    [
        pytest.param("chiaro", 0.78, 0.92, 0.90, id="a CPA firm's controls"),
        pytest.param("jupiterone", 0.66, 0.90, 0.76, id="a vendor's templates"),
    ],
)
def test_mappings_that_others_made_are_found(mapper, gold, name, first, third, fifth):
    """Each set alone is mapped as well as promised."""
    controls, right = gold(name)
    found = quality([ranking(one) for one in mapper.suggest(controls, explained=0)], right)

    assert found.hit_at_1 >= first, found
    assert found.hit_at_3 >= third, found
    assert found.recall_at_5 >= fifth, found


@pytest.mark.parametrize("name", ["chiaro", "jupiterone"])
def test_confidences_keep_what_they_say(mapper, gold, name):
    """Of the ten suggestions listed for each control, those of a confidence are right that often."""
    controls, right = gold(name)

    assert expected_error(mapper.suggest(controls, explained=0), right) <= 0.08


@pytest.mark.parametrize("name", ["chiaro", "jupiterone"])
def test_controls_that_others_mapped_are_taken_for_controls(mapper, gold, name):
    """Next to none of them is passed over as text that is no control."""
    controls, _ = gold(name)
    passed_over = [one.control for one in mapper.suggest(controls, explained=0) if not one.decided]

    assert len(passed_over) <= 0.05 * len(controls), passed_over


def test_the_sample_companys_controls_are_mapped(mapper, sample_folder):
    """Nine in ten of the sample company's controls have a criterion first that it names itself."""
    with (sample_folder / "controls" / "controls.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    controls = [
        Control(id=ControlId(row["id"]), title=row["title"], description=row["description"])
        for row in rows
    ]
    right = [[CriterionId(one) for one in row["criteria"].split(";")] for row in rows]

    found = quality([ranking(one) for one in mapper.suggest(controls, explained=0)], right)
    assert found.hit_at_1 >= 0.9


def test_text_that_is_no_control_gets_none(mapper, control):
    """At least nine in ten of many kinds of other text have no criterion proposed."""
    suggested = mapper.suggest([control(text) for text in NO_CONTROLS])
    taken = [text for text, one in zip(NO_CONTROLS, suggested, strict=True) if one.decided]

    assert len(NO_CONTROLS) >= 60
    assert len(taken) <= 0.1 * len(NO_CONTROLS), taken


def test_short_plain_controls_are_taken_for_controls(mapper, control):
    """Most controls in the words of somebody in a hurry have a criterion proposed."""
    suggested = mapper.suggest([control(text) for text in CONTROLS])

    assert sum(bool(one.decided) for one in suggested) >= 0.75 * len(CONTROLS)


def test_texts_that_are_none_do_not_stand_in_the_knowledge(knowledge):
    """What the mapper is tried on is not what it learned from."""
    learned = (knowledge / "not-controls.txt").read_text(encoding="utf-8").splitlines()

    assert [text for text in NO_CONTROLS if text.strip() and text in learned] == []


def test_a_finding_is_never_passed_over(mapper):
    """A scanner's check is a control however tersely it is written."""
    finding = Control(
        id=ControlId("F-1"), title="S3 buckets block public access", kind=ControlKind.FINDING
    )

    assert mapper.suggest([finding])[0].decided


@given(text=st.text(max_size=300))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_the_text_suggestions_are_well_formed(mapper, text):
    """All criteria once, confidences between 0 and 1 that never rise, what is decided on top."""
    (found,) = mapper.suggest([Control(id=ControlId("X"), description=text)], explained=2)
    confidences = [one.confidence for one in found.ranked]

    assert sorted(ranking(found)) == sorted(CRITERION_IDS)
    assert all(0 <= one <= 1 for one in confidences)
    assert confidences == sorted(confidences, reverse=True)
    assert tuple(ranking(found)[: len(found.decided)]) == found.decided
    assert len(found.decided) <= 4


def test_a_control_is_suggested_for_alone_as_among_others(mapper, control):
    """What stands beside a control in the list does not change what it is suggested for."""
    among = mapper.suggest([control(text) for text in (*CONTROLS, ENCRYPTION)])[-1]

    assert ranking(among)[:10] == ranking(mapper.suggest([control(ENCRYPTION)])[0])[:10]


def test_no_controls_get_no_suggestions(mapper):
    """An empty list is no error."""
    assert mapper.suggest([]) == []


def test_citations_stand_in_the_stored_text(mapper, sample, control):
    """Every quote is the stored source's text at the offsets given."""
    everybody = sample.principal(None)
    suggested = mapper.suggest([control(text) for text in CONTROLS])
    cited = {one for found in suggested for each in found.ranked for one in each.because}

    assert len(cited) >= 50
    for one in cited:
        stored = sample.truth.text_of(one.source, principal=everybody)
        assert stored[one.start : one.end] == one.quote, one


def test_ten_suggestions_come_with_a_reason_and_citations(mapper, control):
    """Each of the ten names a point of focus that exists, an example control and the criterion."""
    (found,) = mapper.suggest([control(ENCRYPTION)])

    for one in found.ranked[:10]:
        assert one.reason.endswith(".")
        assert "\n" not in one.reason
        assert {each.kind for each in one.because} == {
            "point of focus", "example control", "criterion",
        }  # fmt: skip
        for each in one.because:
            assert 0 <= each.likeness <= 1
            if each.point is not None:
                assert 1 <= each.point <= POINTS_OF_FOCUS[one.criterion]


def test_a_damaged_cache_is_made_anew(knowledge, encoder, mapper, learned):
    """It costs time and nothing else: what is learned anew, and read back, suggests the very same."""
    (kept,) = learned.glob("mapping-*.npz")
    back = open_mapper(knowledge, encoder, cache=learned).suggest(TRIED)

    assert kept.stat().st_size > len(DAMAGED)
    assert back == said(learned) == mapper.suggest(TRIED)
