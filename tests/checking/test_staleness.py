"""Dates and approval blocks, as companies write them."""

from __future__ import annotations

from datetime import date

import pytest

from copilot.checking.approval_block import missing_approval
from copilot.checking.conflicts import rules_of
from copilot.checking.dates import DateKind, dates_of, read_dates
from copilot.checking.staleness import stale_dates
from tests.checking.policies_written import written

TODAY = date(2026, 6, 1)


@pytest.fixture
def stale(tmp_path):
    """Return a function that gives what is wrong with the dates of a policy's text."""

    def of(text, *others):
        file = written(tmp_path, text)
        rules = [
            rule
            for at, other in enumerate(others)
            for rule in rules_of(written(tmp_path, other, f"other-{at}.md").said)
        ]
        found = stale_dates(file, on=TODAY, own=list(rules_of(file.said)), others=rules)
        return [one.text for one in found]

    return of


@pytest.fixture
def lacking(tmp_path):
    """Return a function that names what the approval block of a text lacks."""

    def of(text):
        return [one.subject for one in missing_approval(written(tmp_path, text))]

    return of


@pytest.mark.parametrize(
    "words",
    [
        "2026-03-14", "14 March 2026", "14th of March 2026", "March 14, 2026", "14-Mar-2026", "14.03.2026",
        "3/14/2026",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(words):
    """Days are written in many ways."""
    assert read_dates(f"Approved on {words}.")[0][0] == date(2026, 3, 14)


def test_a_day_that_does_not_exist_is_no_date():
    """The thirty-first of April is passed over."""
    assert read_dates("Reviewed on 31 April 2026.") == []


def test_dates_are_told_apart_by_the_words_before_them(tmp_path):
    """Approval, review and next review may stand in one sentence, a table and the front matter."""
    file = written(
        tmp_path,
        "---\ntitle: A policy\nlast_reviewed: 2026-01-05\n---\n\n# A policy\n\nApproved by the board on 4 May 2025, "
        "next review due by 4 May 2026.\n\n| Version | Date | Comments |\n|---|---|---|\n| 1.0 | 2024-04-01 | first |\n",
    )

    found = {(one.kind, one.day) for one in dates_of(file)}

    assert found == {
        (DateKind.REVIEWED, date(2026, 1, 5)),
        (DateKind.APPROVED, date(2025, 5, 4)),
        (DateKind.NEXT, date(2026, 5, 4)),
        (DateKind.REVIEWED, date(2024, 4, 1)),
    }


def test_a_review_that_was_due_is_overdue(stale):
    """The next review lies in the past."""
    (found,) = stale("# A\n\nApproved on 4 May 2025. Next review due by 4 May 2026.\n")

    assert "was due on 4 May 2026, 28 days ago" in found


def test_a_policy_is_stale_by_its_own_rhythm(stale):
    """What is reviewed every six months is stale after eight."""
    (found,) = stale(
        "# A policy\n\nThis policy is reviewed every six months.\n\nApproved on 1 October 2025.\n"
    )

    assert "it says every 6 months" in found


def test_the_rhythm_may_stand_in_another_policy(stale):
    """What holds for all policies holds for this one."""
    other = "# Information security policy\n\nPolicies are reviewed every two years.\n"

    assert stale("# A\n\nApproved on 1 January 2025.\n", other) == []
    assert stale("# A\n\nApproved on 1 January 2025.\n") != []


def test_an_approval_in_the_future_is_named(stale):
    """Nobody has approved anything tomorrow."""
    (found,) = stale("# A\n\nApproved on 1 July 2026.\n")

    assert "future" in found


def test_a_next_review_that_is_too_far_away_is_named(stale):
    """A year is a year also for the date of the next review."""
    (found,) = stale(
        "# A policy\n\nThis policy is reviewed every year.\n\nApproved on 1 May 2026. Next review: 1 May 2028.\n"
    )

    assert "24 months after the last" in found or "2 years after the last" in found


def test_front_matter_and_text_that_differ_are_named(stale):
    """Two days of one approval cannot both be right."""
    (found,) = stale("---\napproved_on: 2026-01-01\n---\n\n# A\n\nApproved on 3 February 2026.\n")

    assert "1 January 2026" in found
    assert "3 February 2026" in found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "---\nowner: Ann Lee\nversion: 2\napproved_by: Bo Ek\napproved_on: 2026-01-01\n---\n\n# A\n\nText.\n",
            id="front matter",
        ),
        pytest.param(
            "# A\n\nVersion 2.1. Owner: Ann Lee, Head of IT. Approved by Bo Ek on 1 May 2026.\n",
            id="text",
        ),
        pytest.param(
            "# A\n\n| Item | Entry |\n|---|---|\n| Version | 3.1 |\n| Owner | Ann Lee |\n| Approved by | Bo Ek |\n"
            "| Approved on | 2026-05-01 |\n",
            id="table",
        ),
    ],
)
def test_an_approval_block_is_found_wherever_it_stands(lacking, text):
    """Front matter, a sentence or a table: all four parts are there."""
    assert lacking(text) == []


def test_what_the_block_lacks_is_named(lacking):
    """A part that is to be filled in is not there."""
    (found,) = lacking("# A\n\nVersion 1.0. Owner: TBD. Approved by [name] on 1 May 2026.\n")

    assert found == "owner, approver"
