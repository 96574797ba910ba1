"""Coverage, score and tasks, computed from controls and labelled sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from copilot.domain.access import EVERYONE
from copilot.domain.controls import Control
from copilot.domain.criteria import Category, Frequency
from copilot.domain.documents import Metadata, Source, SourceKind
from copilot.domain.periods import parse_period
from copilot.readiness.assessing import assess
from copilot.readiness.coverage import AuditType, CoverageStatus, Scope, coverage
from copilot.readiness.page import page
from copilot.readiness.tasks import Weight

SCOPE = Scope(categories=frozenset({Category.SECURITY}), period=parse_period("2025"))
REVIEW = Control(
    id="AC-03", title="Access review", frequency=Frequency.QUARTERLY, criteria=("CC6.2",)
)
TODAY = date(2025, 11, 1)


def record(period, *, controls=("AC-03",), frequency=Frequency.QUARTERLY, title="Access review"):
    """Return a record of a control for a time."""
    about = Metadata(
        kind=SourceKind.EVIDENCE,
        title=f"{title} {period}",
        audience=EVERYONE,
        controls=controls,
        period=parse_period(period) if period else None,
        frequency=frequency,
    )
    return Source(path=f"evidence/{title}-{period}.csv", metadata=about)


def covered(catalog, controls, sources, scope=SCOPE, criterion="CC6.2"):
    """Return the coverage of one criterion."""
    return next(
        one for one in coverage(catalog, controls, sources, scope=scope) if one.id == criterion
    )


ALL_QUARTERS = [record(f"2025-Q{number}") for number in (1, 2, 3, 4)]


def test_a_control_with_a_record_for_each_time_meets_its_criterion(catalog):
    """Four records of a quarterly control are what a year asks for."""
    assert covered(catalog, [REVIEW], ALL_QUARTERS).status is CoverageStatus.MET


def test_a_missing_quarter_is_named(catalog):
    """Three records in twelve months are partly met, and the missing quarter is named."""
    found = covered(catalog, [REVIEW], [ALL_QUARTERS[0], ALL_QUARTERS[1], ALL_QUARTERS[3]])

    assert found.status is CoverageStatus.PARTLY
    assert found.rule == "AC-03 runs quarterly and has no record for Q3 2025."


def test_tickets_of_a_year_are_no_record_of_a_quarterly_review(catalog):
    """What happens at each event does not show that the review of a quarter took place."""
    tickets = record("2025", frequency=Frequency.PER_EVENT, title="Access tickets")
    found = covered(catalog, [REVIEW], [*ALL_QUARTERS[:2], tickets])

    assert [str(one) for one in found.controls[0].missing] == [
        "2025-07-01..2025-09-30",
        "2025-10-01..2025-12-31",
    ]


def test_a_record_of_another_year_does_not_count(catalog):
    """A penetration test of the year before is shown, and proves nothing for this period."""
    found = covered(catalog, [REVIEW], [record("2024-Q4")])

    assert found.status is CoverageStatus.PARTLY
    assert "from outside the audit period: “Access review 2024-Q4”" in found.rule


def test_a_record_without_a_time_does_not_count(catalog):
    """The date of an upload says nothing, so a record that names no time proves nothing."""
    assert "only records that name no time" in covered(catalog, [REVIEW], [record("")]).rule


@pytest.mark.parametrize(
    ("controls", "criterion", "status", "rule"),
    [
        pytest.param([], "CC6.2", CoverageStatus.GAP, "No control serves it.", id="no control"),
        pytest.param(
            [REVIEW], "CC6.2", CoverageStatus.PARTLY, "AC-03 has no record at all.", id="no record"
        ),
        pytest.param(
            [], "A1.1", CoverageStatus.NOT_IN_SCOPE, "availability is not in scope.", id="scope"
        ),
    ],
)
def test_each_status_says_by_which_rule(catalog, controls, criterion, status, rule):
    """A reader sees why a criterion stands where it stands."""
    found = covered(catalog, controls, [], criterion=criterion)

    assert (found.status, found.rule) == (status, rule)


def test_on_one_date_a_record_of_the_year_before_it_is_enough(catalog):
    """A type I report asks whether a control is in place, not whether it ran all the year."""
    scope = replace(SCOPE, audit_type=AuditType.TYPE_I, period=parse_period("2025-06-30"))

    assert covered(catalog, [REVIEW], [record("2024-Q4")], scope).status is CoverageStatus.MET
    assert covered(catalog, [REVIEW], [record("2023")], scope).status is CoverageStatus.PARTLY


def assessed(catalog, controls, sources):
    """Return the readiness of a company."""
    return assess(catalog, controls, sources, scope=SCOPE, company="<Acme> & Co", on=TODAY)


def test_the_score_is_its_formula(catalog):
    """One of 33 criteria met, one partly."""
    backup = Control(id="BC-01", criteria=("CC7.5",))
    whole, *rest = assessed(catalog, [REVIEW, backup], ALL_QUARTERS).scores

    assert (whole.met, whole.partly, whole.gaps) == (1, 1, 31)
    assert whole.value == pytest.approx(1.5 / 33)
    assert [one.category for one in rest] == [Category.SECURITY]


def test_what_is_quickly_mended_and_weighs_much_comes_first(catalog):
    """A missing record is looked for before a control is set up."""
    found = assessed(catalog, [REVIEW], ALL_QUARTERS[:3]).tasks

    assert found[0].what.startswith("Find the record of AC-03 for Q4 2025")
    assert (found[0].risk, found[0].effort) == (Weight.HIGH, Weight.LOW)
    assert found[0].due == date(2025, 11, 15)
    assert found[-1].what.startswith("Set up a control for")


def test_the_report_holds_everything_and_fetches_nothing(catalog):
    """One file that can be sent to somebody: no script, no address, names escaped."""
    html = page(assessed(catalog, [REVIEW], ALL_QUARTERS[:3]))

    assert "&lt;Acme&gt; &amp; Co" in html
    assert html.count('<a href="#CC') == 33
    assert "<script" not in html
    assert 'src="' not in html
    assert "http" not in html.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_an_empty_criterion_gets_the_example_of_a_control(catalog):
    """Whoever has no control at all is shown what one looks like, and not how others mend theirs."""
    found = assessed(catalog, [REVIEW], ALL_QUARTERS[:3]).tasks[-1]
    (criterion,) = found.criteria

    assert catalog[criterion].example_controls[0].text in found.what
