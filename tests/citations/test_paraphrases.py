"""Claims in other words than their quotes pass, and claims that say something else do not."""

from __future__ import annotations

import pytest

from copilot.domain.answers import Outcome
from tests.citations.conftest import passage
from tests.citations.honest_pairs import PAIRS
from tests.gate import altering, overreaching

WRONG = {
    "number": ("Passwords have at least 16 characters.", "Passwords have at least 14 characters."),
    "unit": ("The key is replaced within 4 days.", "The key is replaced within four hours."),
    "business days": ("Access ends after 3 days.", "Access ends after 3 business days."),
    "ordinal of a quarter": (
        "The review took place in the second quarter of 2025.",
        "The review took place in the third quarter of 2025.",
    ),
    "range turned round": ("The score went from 9 to 12.", "The score went from 12 to 9."),
    "swapped numbers": (
        "High findings are fixed within 90 days and medium ones within 30 days.",
        "High findings are fixed within 30 days, and medium ones within 90 days.",
    ),
    "at most": (
        "Sessions last at least 8 hours.",
        "Sessions last at most 8 hours.",
    ),
    "after for within": (
        "IT disables the account after 24 hours.",
        "IT disables the account within 24 hours.",
    ),
    "before for after": (
        "Records are kept for six years before somebody leaves.",
        "Records are kept for six years after somebody leaves.",
    ),
    "dates contradict": (
        "It was repaired on 16 September 2025, after it was due on 28 September 2025.",
        "due_on: 2025-09-28, repaired_on: 2025-09-16",
    ),
    "not lost": ("Logs are deleted by administrators.", "Logs are not deleted by administrators."),
    "not gained": ("Backups are not encrypted.", "Backups are encrypted."),
    "un-": ("The disk is unencrypted.", "The disk is encrypted."),
    "never": ("Deployments may come from a laptop.", "Deployments never come from a laptop."),
    "refuse": ("The request was accepted.", "The request was refused."),
    "without": (
        "Engineers push to main with a review.",
        "Engineers push to main without a review.",
    ),
    "negated lexical negation": (
        "Versions below 1.2 are not refused.",
        "Versions below 1.2 are refused.",
    ),
    "doubled negation": (
        "Nobody can not read the logs.",
        "Nobody can read the logs.",
    ),
    "unless dropped": (
        "Vendors may see customer data.",
        "Vendors may see customer data unless the customer objects.",
    ),
    "even if": (
        "Deployments stop on Friday even if the CTO agrees otherwise.",
        "Deployments stop on Friday unless the CTO agrees otherwise.",
    ),
    "only added": (
        "Only the CTO approves exceptions.",
        "The CTO approves exceptions. The Security Lead does so as well.",
    ),
    "all": ("All changes need two approvals.", "High-risk changes need two approvals."),
    "all for most": (
        "All secrets are rotated by a function.",
        "Most secrets are rotated by a function.",
    ),
    "most dropped": (
        "Secrets are rotated by a function.",
        "Most secrets are rotated by a function.",
    ),
    "everyone": (
        "Everyone interviews each candidate.",
        "At least two people interview each candidate.",
    ),
    "of every tier": (
        "Vendors of every tier are reviewed.",
        "Vendors of tier 1 are reviewed each year.",
    ),
    "must for may": ("Staff must use a private phone.", "Staff may use a private phone."),
    "done for planned": (
        "Storage was raised to 2 TB.",
        "A ticket was opened to raise storage to 2 TB.",
    ),
    "done for habit": (
        "Secrets have been rotated.",
        "Secrets are rotated every 90 days.",
    ),
    "reason": (
        "Text messages are disabled because the auditor had asked for it.",
        "Text messages are disabled.",
    ),
    "conclusion": (
        "Backups are tested each quarter, so the company is fully compliant.",
        "Backups are tested each quarter.",
    ),
    "added clause": (
        "Backups are tested each quarter, and the results are published on the website.",
        "Backups are tested each quarter.",
    ),
    "other post": (
        "The Head of IT approves exceptions.",
        "The Head of Compliance approves exceptions.",
    ),
    "exchanged persons": (
        "Mara Holm reports to Jon Berg.",
        "Jon Berg reports to Mara Holm.",
    ),
    "unknown name": ("Datadog stores the logs.", "The monitoring service stores the logs."),
    "another file": (
        "Backups are encrypted (see policies/other.md).",
        "Backups are encrypted.",
    ),
    "asked to be said": (
        "No exceptions were found.",
        "State that no exceptions were found.",
    ),
    "not English": ("Kaikki on kunnossa.", "kaikki on kunnossa"),
    "other script": ("Нарушений не найдено.", "Нарушений не найдено."),
    "antonym": ("The build passed.", "The build failed."),
}


@pytest.mark.parametrize(("claim", "quote"), WRONG.values(), ids=WRONG.keys())
def test_what_the_quote_does_not_say_is_withheld(check, claim, quote):
    """A claim that changes what its quote says is withheld, with a reason."""
    verdict = check(claim, quote)
    assert verdict.outcome is Outcome.UNSUPPORTED
    assert verdict.why


ROWS = {
    "person": "Priya Rao decided to keep Jonas Mendes's access to Okta on 9 December 2025.",
    "decision": "Jonas Mendes decided to revoke Priya Rao's access to Okta.",
    "empty cell": "The ticket of Priya Rao's review is on record.",
    "other column's number": "Priya Rao has 9 accounts.",
}
COLUMNS = "Access review\nholder | system | reviewer | decision | decided_on | ticket"
ROW = "Priya Rao,Okta,Jonas Mendes,keep,2025-12-09,"


@pytest.mark.parametrize("claim", ROWS.values(), ids=ROWS.keys())
def test_a_row_is_read_with_its_columns(check, claim):
    """What stands in a row is told apart by the names of its columns."""
    source = passage(ROW, path="evidence/review.csv", context=COLUMNS)
    assert check(claim, ROW, sources=[source]).outcome is Outcome.UNSUPPORTED


def test_a_row_may_be_put_into_a_sentence(check):
    """A sentence that says what the row says is released."""
    source = passage(ROW, path="evidence/review.csv", context=COLUMNS)
    claim = "Jonas Mendes decided on 9 December 2025 that Priya Rao keeps access to Okta."
    assert check(claim, ROW, sources=[source]).outcome is Outcome.FOUND


def test_honest_paraphrases_pass(check):
    """At least 95 of 100 paraphrases are released, whatever words they choose."""
    withheld = [claim for claim, quote in PAIRS if check(claim, quote).claim is None]
    assert len(withheld) <= 0.05 * len(PAIRS), withheld


def test_what_is_made_of_honest_paraphrases_is_withheld(check):
    """No number of them can be changed, and 97 of 100 of the other changes are withheld."""
    released, made = [], 0
    for claim, quote in PAIRS:
        changed = altering.numbers(claim, evidence=quote)
        assert not [other for _, other in changed if check(other, quote).claim]
        others = [*altering.negations(claim), *overreaching.overreaching(claim, evidence=quote)]
        made += len(others)
        released += [other for _, other in others if check(other, quote).claim]
    assert len(released) <= 0.03 * made, released
