"""The request list: what auditors ask for, what they get, who may do what."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest

from copilot.adapters.sql.requests import SqlRequests
from copilot.auditing.opening import Openings, timeless
from copilot.auditing.requests import NEXT, Asked, RequestList
from copilot.bootstrap.auditing import WorkspaceMaterial
from copilot.domain.access import Role, principal
from copilot.domain.criteria import CriterionId
from copilot.domain.requests import RequestState
from copilot.errors import BadInput, NotPermitted, NotThere, WrongStep
from tests.auditing.conftest import AT

REVIEW = "evidence/access-review-2025-q3.xlsx"
NO_PERIOD = "evidence/crowdstrike-coverage-2025-11.csv"
BEFORE = "evidence/penetration-test-report-2024-06.pdf"
POLICY = "policies/access-control-policy.md"
LEAVERS = Asked(title="Leavers of the period", criterion=CriterionId("CC6.2"), due=date(2026, 3, 9))


@pytest.fixture(scope="package")
def paths(sample, mara):
    """Return paths of the sample company that stand for what can and cannot be provided."""
    known = {one.path for one in sample.truth.sources(principal=mara)}
    assert {NO_PERIOD, BEFORE} <= known
    policy = next(one for one in sorted(known) if one.startswith("policies/"))
    review = next(one for one in sorted(known) if "access-review" in one)
    return {"policy": policy, "review": review}


def logged(log):
    return [(one.happening.who, one.happening.action, one.happening.about) for one in log.entries()]


def test_a_request_is_seen_with_what_was_provided(requests, auditor, mara, paths, log):
    """From the auditor's question to the auditor's reading; every step is in the log."""
    made = requests.ask(LEAVERS, principal=auditor)
    requests.provide(made.id, paths["review"], "Q3 is on sheet 2.", principal=mara)
    requests.provide(made.id, paths["policy"], principal=mara)
    requests.move(made.id, RequestState.PROVIDED, principal=mara)
    (seen,) = requests.listed(principal=auditor)
    assert (seen.request.title, seen.request.due, seen.request.state) == (
        LEAVERS.title,
        LEAVERS.due,
        "provided",
    )
    assert [one.provided.what for one in seen.pieces] == [paths["review"], paths["policy"]]
    assert seen.pieces[0].provided.note == "Q3 is on sheet 2."
    assert all(one.title and one.for_auditors for one in seen.pieces)
    assert logged(log) == [
        (auditor.id, "made a request", "request/1"),
        (mara.id, "provided a source", "request/1"),
        (mara.id, "provided a source", "request/1"),
        (mara.id, "moved a request", "request/1"),
    ]


@pytest.mark.parametrize("what", [NO_PERIOD, BEFORE])
def test_what_no_auditor_may_read_is_not_provided(requests, auditor, mara, what, log):
    """Evidence of another time, or of none: whoever provides it is told what is missing."""
    made = requests.ask(LEAVERS, principal=auditor)
    with pytest.raises(BadInput, match="no auditor") as refused:
        requests.provide(made.id, what, principal=mara)
    assert "2025-01-01..2025-12-31" in refused.value.hint
    assert len(log.entries()) == 1


@pytest.mark.parametrize(
    "what", ["", "evidence/nothing.pdf", "policy/unknown", "../people.yaml", "%"]
)
def test_what_is_not_there_is_not_provided(requests, auditor, mara, what):
    """Nor what is not for whoever provides it."""
    made = requests.ask(LEAVERS, principal=auditor)
    with pytest.raises(NotThere):
        requests.provide(made.id, what, principal=mara)


def test_what_an_auditor_may_no_longer_read_disappears_for_them(
    engine, sample, requests, auditor, mara, paths
):
    """Compliance goes on seeing it, and that nobody can read it."""
    made = requests.ask(LEAVERS, principal=auditor)
    requests.provide(made.id, paths["review"], principal=mara)
    stranger = principal("new", role=Role.AUDITOR)
    later = RequestList(
        SqlRequests(engine),
        material=WorkspaceMaterial(sample),
        auditors=lambda: [stranger],
        period=sample.settings.period,
        now=lambda: AT,
    )
    (hidden,) = later.listed(principal=stranger)
    assert (hidden.pieces, hidden.request.provided) == ((), ())
    (seen,) = later.listed(principal=mara)
    assert [(one.title != "", one.for_auditors) for one in seen.pieces] == [(True, False)]


def test_before_there_is_an_auditor_one_is_imagined(engine, sample, mara, paths):
    """So that material can be laid ready, and only what an auditor could ever read."""
    alone = RequestList(
        SqlRequests(engine),
        material=WorkspaceMaterial(sample),
        auditors=list,
        period=sample.settings.period,
        now=lambda: AT,
    )
    made = alone.ask(LEAVERS, principal=mara)
    assert alone.provide(made.id, paths["review"], principal=mara).pieces[0].for_auditors
    with pytest.raises(BadInput):
        alone.provide(made.id, BEFORE, principal=mara)


def test_something_that_was_provided_is_taken_back(requests, auditor, mara, paths, log):
    """And can be provided again; what was never provided cannot be taken back."""
    made = requests.ask(LEAVERS, principal=auditor)
    piece = requests.provide(made.id, paths["review"], principal=mara).pieces[0].provided
    with pytest.raises(WrongStep, match="already"):
        requests.provide(made.id, paths["review"], principal=mara)
    assert requests.take_back(made.id, piece.id, principal=mara).pieces == ()
    with pytest.raises(NotThere):
        requests.take_back(made.id, piece.id, principal=mara)
    assert requests.provide(made.id, paths["review"], principal=mara).pieces
    assert log.entries()[2].happening.detail == {"what": paths["review"]}


@pytest.mark.parametrize(("before", "after"), list(itertools.product(RequestState, repeat=2)))
def test_a_request_moves_as_the_table_has_it(requests, mara, before, after, paths):
    """Every pair of states; a request that is over takes nothing more."""
    made = requests.ask(LEAVERS, principal=mara)
    if before is not RequestState.OPEN:
        requests.move(made.id, before, principal=mara)
    if after in NEXT[before]:
        assert requests.move(made.id, after, principal=mara).state is after
        if after in {RequestState.CLOSED, RequestState.WITHDRAWN}:
            with pytest.raises(WrongStep):
                requests.provide(made.id, paths["policy"], principal=mara)
    else:
        with pytest.raises(WrongStep):
            requests.move(made.id, after, principal=mara)


@pytest.mark.parametrize("role", Role)
def test_who_may_do_what(requests, auditor, mara, paths, role):
    """Auditors ask and close; compliance and admins do everything; others see nothing."""
    made = requests.ask(LEAVERS, principal=mara)
    piece = requests.provide(made.id, paths["policy"], principal=mara).pieces[0].provided
    who = principal("who", role=role, audiences=auditor.audiences)
    steps = {
        "look": lambda: requests.listed(principal=who),
        "show": lambda: requests.show(made.id, principal=who),
        "ask": lambda: requests.ask(LEAVERS, principal=who),
        "provide": lambda: requests.provide(made.id, paths["review"], principal=who),
        "take back": lambda: requests.take_back(made.id, piece.id, principal=who),
        "provided": lambda: requests.move(made.id, RequestState.PROVIDED, principal=who),
        "close": lambda: requests.move(made.id, RequestState.CLOSED, principal=who),
    }
    done = set()
    for name, step in steps.items():
        try:
            step()
            done.add(name)
        except NotPermitted:
            pass
    everything = set(steps)
    assert done == {
        Role.AUDITOR: {"look", "show", "ask", "close"},
        Role.COMPLIANCE: everything,
        Role.ADMIN: everything,
    }.get(role, set())


@pytest.mark.parametrize(
    "asked", [Asked(title=" "), Asked(title="x" * 201), Asked(title="x", detail="x" * 4_001)]
)
def test_a_request_says_what_for(requests, auditor, asked, log):
    """In a title, and within limits."""
    with pytest.raises(BadInput):
        requests.ask(asked, principal=auditor)
    assert log.entries() == []


def test_a_request_that_is_not_there(requests, mara, paths):
    """Is not there for any step."""
    for step in (
        lambda: requests.show(7, principal=mara),
        lambda: requests.move(7, RequestState.CLOSED, principal=mara),
        lambda: requests.provide(7, paths["policy"], principal=mara),
        lambda: requests.take_back(7, 1, principal=mara),
    ):
        with pytest.raises(NotThere, match="no request 7"):
            step()


def test_every_opening_by_an_auditor_is_in_the_log(log, auditor, mara):
    """Once for what a page loads together; of others there is no trace."""
    clock = [AT]
    openings = Openings(log, now=lambda: clock[0])
    for who in (mara, auditor, auditor):
        openings.opened_source(BEFORE, principal=who)
    openings.opened_item("policy/backup", principal=auditor)
    clock[0] += timedelta(minutes=5)
    openings.opened_source(BEFORE, principal=auditor)
    assert logged(log) == [
        (auditor.id, "opened a source", BEFORE),
        (auditor.id, "opened an item", "policy/backup"),
        (auditor.id, "opened a source", BEFORE),
    ]


def test_evidence_without_a_period_is_named_for_compliance(sample, mara):
    """It is what somebody has to look at before the auditor comes."""
    named = [one.path for one in timeless(sample.truth.sources(principal=mara))]
    assert NO_PERIOD in named
    assert BEFORE not in named
