"""The auditor's view: the audit period and approved material, wherever something is read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.access import EVERYONE, Audience, Principal, Role
from copilot.domain.documents import Metadata, SourceKind, may_read
from copilot.domain.indexing import Filters
from copilot.domain.periods import Period

QUESTIONS = (
    "penetration test of June 2024",
    "CrowdStrike coverage of laptops",
    "onboarding checklist",
    '"Vanta"',
    "CC6.1",
    "access review",
)
NEVER = {
    "evidence/crowdstrike-coverage-2025-11.csv",
    "evidence/onboarding-checklist.yaml",
    "evidence/penetration-test-report-2024-06.pdf",
}


@pytest.fixture(scope="module")
def everything(sample):
    """Return every source, as the operator sees them."""
    return sample.truth.sources(principal=sample.principal("operator"))


def test_the_database_and_the_domain_agree_on_every_source(sample, auditor, everything):
    """For every role, with the period, without one, and with another."""
    for role in Role:
        for within in (auditor.within, None, Period(date(2024, 6, 1), date(2024, 6, 30))):
            who = replace(auditor, role=role, within=within)
            found = {one.path for one in sample.truth.sources(principal=who)}
            assert found == {one.path for one in everything if may_read(who, one.metadata)}


def test_an_auditor_sees_no_evidence_of_another_time_or_of_none(sample, auditor, mara):
    """Whoever is no auditor and holds the same audiences does."""
    theirs = {one.path for one in sample.truth.sources(principal=auditor)}
    ours = {one.path for one in sample.truth.sources(principal=mara)}
    assert ours - theirs == NEVER


def test_without_a_period_an_auditor_sees_no_evidence(sample, auditor):
    """What limits them is missing, so nothing is shown in place of everything."""
    nothing = replace(auditor, within=None)
    kinds = {one.metadata.kind for one in sample.truth.sources(principal=nothing)}
    assert kinds == {SourceKind.CATALOG, SourceKind.POLICY, SourceKind.CONTROL}


@pytest.mark.parametrize("path", sorted(NEVER))
def test_no_way_leads_to_what_an_auditor_may_not_read(sample, auditor, mara, path):
    """Neither its text, nor its passages, nor the pages of a citation, nor a count of it."""
    truth = sample.truth
    assert truth.text_of(path, principal=mara)
    assert truth.text_of(path, principal=auditor) is None
    passages = truth.passages_of(path, principal=mara)
    assert passages
    assert truth.passages_of(path, principal=auditor) == []
    assert truth.passages([one.id for one in passages], principal=auditor) == []
    assert truth.pages_of(path, 0, 10**6, principal=auditor) == []
    only = Filters(paths=frozenset({path}))
    partitions = [f"to-{one}" for one in auditor.audiences]
    assert truth.count(only, principal=mara, partitions=partitions) == len(passages)
    assert truth.count(only, principal=auditor, partitions=partitions) == 0
    assert truth.matching(only, principal=auditor, partitions=partitions) == []


@pytest.fixture(scope="module")
def search(sample):
    """Return search over the sample company."""
    with sample.searching() as ready:
        yield ready


@pytest.mark.parametrize("question", QUESTIONS)
def test_search_ranks_nothing_that_an_auditor_may_not_read(search, auditor, mara, question):
    """As many results as for others, and none of those; phrases and ids included."""
    theirs = search.search(question, principal=auditor, limit=20)
    ours = search.search(question, principal=mara, limit=20)
    assert {one.passage.source.path for one in theirs}.isdisjoint(NEVER)
    assert bool(theirs) == bool([one for one in ours if one.passage.source.path not in NEVER])


def test_an_answer_cites_nothing_that_an_auditor_may_not_read(ask):
    """Compliance is told of the penetration test of 2024; the auditor of this one's period is not."""
    question = "When was the last penetration test?"
    cited = {
        named: {
            citation.source
            for claim in ask(question, named=named).claims
            for citation in claim.citations
        }
        for named in ("mara.lindqvist", "eleanor.finch")
    }
    assert cited["eleanor.finch"].isdisjoint(NEVER)


DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
PERIODS = st.none() | st.builds(
    lambda start, days: Period(start, start + timedelta(days=days)), DAYS, st.integers(0, 400)
)
AUDIENCES = st.sampled_from([EVERYONE, Audience("hr"), Audience("board")])


@given(
    role=st.sampled_from(Role),
    within=PERIODS,
    held=st.frozensets(AUDIENCES),
    kind=st.sampled_from(SourceKind),
    period=PERIODS,
    audience=AUDIENCES,
)
def test_being_an_auditor_never_shows_more(role, within, held, kind, period, audience):
    """Than the audiences do; and of evidence never what is of another time."""
    who = Principal(id="x", name="x", role=role, audiences=held, within=within)
    about = Metadata(kind=kind, title="x", audience=audience, period=period)
    allowed = may_read(who, about)
    assert not allowed or who.may_read(audience)
    if role is not Role.AUDITOR:
        assert allowed == who.may_read(audience)
    elif allowed and (kind is SourceKind.EVIDENCE or period):
        assert period.overlaps(within)
