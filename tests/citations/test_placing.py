"""Claims that repeat their quotes but for one word, or for the order of two, say something else."""

from __future__ import annotations

import pytest

from copilot.domain.answers import Outcome
from tests.citations.conftest import passage

ROW = "ticket,author,approver,state\nCHG-9,Freja Sundin,Tomasz Wilk,FAILED"
WRONG = {
    "another thing": (
        "Old badges are kept in the canteen by the guard.",
        "Old badges are kept in the safe by the guard.",
    ),
    "another deed": (
        "The guard polishes every badge on the day it is found.",
        "The guard destroys every badge on the day it is found.",
    ),
    "a word that stands elsewhere for another": (
        "A supplier that is late twice in a year, changes owner or moves its data is replaced at once.",
        "A supplier that is late twice in a year, changes owner or moves its data is reviewed at once.",
    ),
    "names exchanged": (
        "Faults are filed under OPS and requests under REQ.",
        "Faults are filed under REQ and requests under OPS.",
    ),
    "numbers exchanged": (
        "Drafts are kept for 400 days and minutes for three years.",
        "Drafts are kept for three years and minutes for 400 days.",
    ),
    "order exchanged": (
        "Visitors sign the book before they receive a badge.",
        "Visitors receive a badge before they sign the book.",
    ),
    "what is denied exchanged": (
        "Badges expire by hand and not by rule.",
        "Badges expire by rule and not by hand.",
    ),
    "machine-made name": (
        "Copies lie in eu-west-1 and are encrypted.",
        "Copies lie in eu-north-1 and are encrypted.",
    ),
    "the day after": (
        "The list is drawn on the day after the review opens.",
        "The list is drawn on the day the review opens.",
    ),
    "after for until": (
        "The guard keeps the key after the owner comes.",
        "The guard keeps the key until the owner comes.",
    ),
    "less than": (
        "The restore took less than 25 minutes.",
        "The restore took 25 minutes.",
    ),
    "at most for at least, of a frequency": (
        "The plan is tested at most annually.",
        "The plan is tested at least annually.",
    ),
    "some for none": (
        "We found some effect on the bookings.",
        "We found no effect on the bookings.",
    ),
    "prefix lost": (
        "The backup factor is an active one.",
        "The backup factor is an inactive one.",
    ),
    "including for but": (
        "Targets were met in every month including May.",
        "Targets were met in every month but May.",
    ),
    "fewer who may": (
        "Only the guard may open the safe.",
        "Only the guard and the porter may open the safe.",
    ),
    "or for and, with a denial behind": (
        "The guard or the porter looks for what the cleaner did not see.",
        "The guard and the porter look for what the cleaner did not see.",
    ),
    "every class": (
        "For any incident a paragraph is enough.",
        "For SEV3 incidents a paragraph is enough.",
    ),
    "anybody's": (
        "The scan shows no virus on any laptop.",
        "The scan shows no virus on Viktor's laptop.",
    ),
    "any of a kind": (
        "If any key is lost, the guard changes the lock.",
        "If a key that opens the safe is lost, the guard changes the lock.",
    ),
    "demand for advice": (
        "The testers demand a second test.",
        "The testers recommend a second test.",
    ),
    "an end that nobody named": (
        "The list is printed so that prices can be compared.",
        "The list is printed and kept at home.",
    ),
    "a comparison that nobody made": (
        "Minutes are kept longer than drafts.",
        "Minutes are kept for three years and drafts for 400 days.",
    ),
    "where possible": (
        "Where possible, the guard locks the door at night.",
        "The guard locks the door at night.",
    ),
    "to come for past": (
        "The testers will spend two days on the door.",
        "The testers spent two days on the door.",
    ),
    "another author": ("CHG-9 failed, and Tomasz Wilk was its author.", ROW),
    "completed for failed": ("The change CHG-9 of Freja Sundin was completed.", ROW),
}

HONEST = {
    "a synonym in the place": (
        "Old badges are retained in the safe by the guard.",
        "Old badges are kept in the safe by the guard.",
    ),
    "a word of one family": (
        "Entries are searchable there for 30 days.",
        "Entries can be searched there for 30 days.",
    ),
    "halves in another order": (
        "Minutes are kept for 400 days, and drafts for three years.",
        "Drafts are kept for three years and minutes for 400 days.",
    ),
    "passive for active": (
        "Each badge is destroyed by the guard on the day it is found.",
        "The guard destroys each badge on the day it is found.",
    ),
    "the clause in front": (
        "Until the owner comes, the guard keeps the key.",
        "The guard keeps the key until the owner comes.",
    ),
    "each of things spoken of as a rule": (
        "Each new badge is announced to the guard.",
        "New badges are announced to the guard.",
    ),
    "a clock time before a colon": (
        "At 09:30 no virus was on the laptop.",
        "09:30: no virus was on the laptop.",
    ),
    "only once": (
        "A badge counts only once it stands in the list.",
        "Badges enter the list before they count.",
    ),
    "of a country": (
        "Customers in Sweden ask for it.",
        "The Swedish customers ask for it.",
    ),
    "said of two persons": (
        "The list is checked by the Finance Director and the General Counsel.",
        "The Finance Director and the General Counsel check the list.",
    ),
    "provided as a verb": (
        "Access is provided through the portal.",
        "Access to the archive is provided through the portal.",
    ),
    "lacking for none": (
        "The ticket lacks a later approval.",
        "The ticket holds no later approval.",
    ),
}


def _source(quote):
    return [passage(quote, path="evidence/changes.csv")] if "\n" in quote else None


@pytest.mark.parametrize(("claim", "quote"), WRONG.values(), ids=WRONG)
def test_a_claim_that_says_something_else_is_withheld(check, claim, quote):
    """One word, or the order of two, is enough to say something else."""
    last = quote.splitlines()[-1]
    verdict = check(claim, last, sources=_source(quote))
    assert verdict.outcome is Outcome.UNSUPPORTED
    assert verdict.why


@pytest.mark.parametrize(("claim", "quote"), HONEST.values(), ids=HONEST)
def test_a_claim_that_says_the_same_is_released(check, claim, quote):
    """Synonyms, voices and clauses in another order say the same."""
    verdict = check(claim, quote)
    assert verdict.outcome is Outcome.FOUND, verdict.why
