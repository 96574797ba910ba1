"""Honest claims about rows of real tables pass, and what is made of them does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.citations.honest_records import RECORDS
from tests.gate import altering, measuring
from tests.gate.drafting import Case, Place
from tests.gate.library import Library


@pytest.fixture(scope="module")
def cases(sample):
    """Return each claim about a row, with the passage that the row stands in."""
    library = Library.of(sample, "mara.lindqvist")
    return [
        Case(
            id=f"{path} {number}",
            kind="honest",
            variant="row",
            released=True,
            claim=claim,
            quotes=((1, row),),
            sources=(replace(library._find(Place(path, row), library.passages), number=1),),
            principal="asker",
            half="fit",
            origin="written",
        )
        for number, (path, row, claim) in enumerate(RECORDS)
    ]


@pytest.fixture(scope="module")
def judge(support):
    """Return the gate."""
    return measuring.Judge(support)


def test_honest_claims_about_rows_pass(cases, judge):
    """At least 93 of 100 are released."""
    withheld = [(one.case.claim, one.why) for one in judge(cases) if not one.right]
    assert len(withheld) <= 0.07 * len(cases), withheld


def test_no_number_of_a_row_can_be_changed(cases, judge):
    """Another number, date or id than the row has is never released."""
    changed = [
        replace(case, claim=claim, released=False)
        for case in cases
        for _, claim in altering.numbers(case.claim, evidence=case.quotes[0][1])
    ]
    assert not [one.case.claim for one in judge(changed) if not one.right]
