"""The catalog says what the edition has, in full and in our own words, and says nothing twice."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest

from copilot.domain.criteria import CRITERION_IDS, POINTS_OF_FOCUS, Category, Voice
from tests.content.prose import longest_sentence, reading_grade, words


def texts_of(criterion):
    """Return every text of a criterion that a reader may be shown."""
    audit = criterion.audit
    return [
        criterion.statement, criterion.why, criterion.prove,
        *(point.text for point in criterion.points_of_focus),
        audit.inquiry, audit.observation, audit.inspection, audit.reperformance,
        audit.population, audit.sample, *audit.questions,
        *(text for one in criterion.evidence for text in (one.good, one.weak)),
        *(control.text for control in criterion.example_controls),
        *(gap.first_step for gap in criterion.gaps),
        *(one.difference for one in criterion.neighbours),
    ]  # fmt: skip


def test_every_criterion_is_there_once_in_the_editions_order(catalog):
    """All 61 criteria, none invented."""
    assert tuple(one.id for one in catalog) == CRITERION_IDS
    assert len(CRITERION_IDS) == 61


def test_every_point_of_focus_is_there(catalog):
    """330 points of focus, the right count under each criterion."""
    assert {one.id: len(one.points_of_focus) for one in catalog} == POINTS_OF_FOCUS
    assert sum(POINTS_OF_FOCUS.values()) == 330


def test_counts_are_those_counted_from_the_published_document(shared):
    """The counts in the code are facts from the edition, held against an independent count."""
    with (shared / "gold" / "tsc_counts.csv").open() as file:
        counted = {
            row["criterion"]: int(row["points_of_focus_2022"]) for row in csv.DictReader(file)
        }

    assert counted == POINTS_OF_FOCUS


def test_example_controls_are_many(catalog):
    """At least 8 for each criterion and 600 in all."""
    counts = {one.id: len(one.example_controls) for one in catalog}

    assert min(counts.values()) >= 8
    assert sum(counts.values()) >= 600


def test_example_controls_are_of_varied_voice(catalog):
    """Each criterion hears at least four kinds of company; the catalog hears all of them."""
    for criterion in catalog:
        assert len({control.style for control in criterion.example_controls}) >= 4, criterion.id
    assert {c.style for one in catalog for c in one.example_controls} == set(Voice)


def test_no_two_example_controls_are_alike(catalog):
    """No control repeats another with a few words changed, under the same criterion or any other."""
    controls = [(one.id, c.text) for one in catalog for c in one.example_controls]
    shingles = [_shingles(text) for _, text in controls]
    alike = [
        (controls[a], controls[b])
        for a in range(len(controls))
        for b in range(a)
        if len(shingles[a] & shingles[b]) > 0.4 * min(len(shingles[a]), len(shingles[b]))
    ]

    assert alike == []


def _shingles(text):
    found = words(text)
    return {tuple(found[at : at + 3]) for at in range(max(1, len(found) - 2))}


def test_names_of_points_of_focus_are_distinct_within_a_criterion(catalog):
    """A person can tell the points of one criterion apart by their names."""
    for criterion in catalog:
        names = Counter(point.name.lower() for point in criterion.points_of_focus)
        assert max(names.values()) == 1, (criterion.id, names.most_common(1))


@pytest.mark.parametrize(
    ("prefix", "category"),
    [("A", Category.AVAILABILITY), ("C", Category.CONFIDENTIALITY),
     ("PI", Category.PROCESSING_INTEGRITY), ("P", Category.PRIVACY)],
)  # fmt: skip
def test_points_of_the_other_categories_say_so(catalog, prefix, category):
    """A point that applies only to some engagements names the category that brings it in."""
    for criterion in catalog:
        if criterion.id.rstrip("0123456789.") == prefix:
            for point in criterion.points_of_focus:
                assert category in point.only_for, point.id


@pytest.mark.parametrize(
    ("point", "category"),
    [("CC1.3-6", "privacy"), ("CC1.5-6", "privacy"), ("CC2.2-9", "privacy"),
     ("CC2.3-6", "confidentiality"), ("CC6.1-12", "confidentiality"), ("CC6.1-13", "privacy"),
     ("CC7.4-12", "privacy"), ("CC8.1-15", "availability"), ("CC9.2-13", "privacy")],
)  # fmt: skip
def test_points_of_the_common_criteria_that_depend_on_scope_say_so(catalog, point, category):
    """Some points of the common criteria count only when another category is in scope."""
    points = {one.id: one for criterion in catalog for one in criterion.points_of_focus}

    assert category in points[point].only_for


def test_sentences_are_short_enough_to_read(catalog):
    """No sentence is longer than 40 words."""
    long = {
        (one.id, text) for one in catalog for text in texts_of(one) if longest_sentence(text) > 40
    }

    assert long == set()


def test_reading_level_is_that_of_a_working_adult(catalog):
    """Each criterion as a whole reads at or below the level of a broadsheet newspaper."""
    grades = {one.id: reading_grade(" ".join(texts_of(one))) for one in catalog}

    assert {id_: grade for id_, grade in grades.items() if grade > 13.5} == {}


def test_no_text_is_filler(catalog):
    """The words that say nothing stay out."""
    filler = re.compile(
        r"\b(robust|leverag\w+|holistic|world-class|cutting-edge|synerg\w+|seamless\w*|utili[sz]e\w*)\b",
        re.IGNORECASE,
    )
    found = [(one.id, m[0]) for one in catalog for t in texts_of(one) if (m := filler.search(t))]

    assert found == []


def test_borders_that_people_confuse_are_drawn(catalog):
    """The well-known confusions are explained on at least one side."""
    pairs = [
        ("CC6.1", "CC6.2"), ("CC6.1", "CC6.3"), ("CC6.2", "CC6.3"), ("CC6.6", "CC6.7"),
        ("CC7.1", "CC7.2"), ("CC7.2", "CC7.3"), ("CC7.3", "CC7.4"), ("CC7.4", "CC7.5"),
        ("CC4.1", "CC7.1"), ("CC3.4", "CC8.1"), ("P4.2", "P4.3"), ("P5.1", "P5.2"),
        ("P6.1", "P6.4"), ("P6.2", "P6.3"), ("P6.2", "P6.7"), ("P6.5", "P6.6"),
    ]  # fmt: skip
    drawn = {(one.id, other.criterion) for one in catalog for other in one.neighbours}

    assert [p for p in pairs if p not in drawn and (p[1], p[0]) not in drawn] == []


def test_every_policy_kind_is_asked_for_by_some_criterion(catalog):
    """No kind of policy is listed that no criterion needs."""
    asked = {kind for criterion in catalog for kind in criterion.policies}

    assert {kind.id for kind in catalog.policy_kinds} == asked
