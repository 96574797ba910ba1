"""Decisions on mappings: kept with who, when and why, for as long as the control says the same."""

from __future__ import annotations

import dataclasses

import pytest

from copilot.adapters.sql.mappings import SqlMappingStore
from copilot.domain.access import Role, principal
from copilot.domain.controls import Control, ControlId, Suggestion, Suggestions
from copilot.domain.criteria import CriterionId
from copilot.domain.decisions import accepted, hash_of_control
from copilot.errors import BadInput, NotPermitted, UnknownCriterion, UnknownItem, WrongStep
from copilot.readiness.coverage import with_mappings
from copilot.review.mappings import MappingReview, MappingState, in_doubt
from tests.review.desks import ANN, BOB, EMPLOYEE, ENGINEER

REVIEW = Control(
    id=ControlId("AC-01"),
    title="Access review",
    description="Owners review accounts each quarter.",
    criteria=(CriterionId("CC6.1"),),
)
LEAVERS = Control(
    id=ControlId("AC-02"), title="Leavers", description="Accounts end on the last day."
)
SUGGESTED = {
    "AC-01": [("CC6.2", 0.88), ("CC6.3", 0.61), ("CC6.1", 0.5), ("CC7.1", 0.1)],
    "AC-02": [("CC6.2", 0.7), ("CC6.3", 0.85), ("CC1.1", 0.1)],
}


def suggestions():
    """Return what a mapper might suggest: all ranked, two of them proposed."""
    return {
        ControlId(control): Suggestions(
            control=ControlId(control),
            ranked=tuple(
                Suggestion(criterion=CriterionId(one), confidence=sure) for one, sure in ranked
            ),
            decided=tuple(CriterionId(one) for one, _ in ranked[:2]),
        )
        for control, ranked in SUGGESTED.items()
    }


@pytest.fixture
def review(desk):
    """Return a function that opens the review of some controls, as a new process would."""

    def opened(*controls):
        return MappingReview(
            SqlMappingStore(desk.engine),
            controls=controls or (REVIEW, LEAVERS),
            suggest=suggestions,
            now=desk.now,
        )

    return opened


def states(review, **wanted):
    """Return the state of each mapping by its id."""
    return {one.id: one.state.value for one in review.listed(principal=ANN, **wanted)}


def test_what_is_proposed_waits_and_what_is_declared_does_not(review):
    """The company's own word needs nobody to decide on it."""
    assert states(review()) == {
        "mapping/AC-01/CC6.2": "suggested",
        "mapping/AC-01/CC6.3": "suggested",
        "mapping/AC-02/CC6.3": "suggested",
        "mapping/AC-02/CC6.2": "suggested",
    }
    assert states(review(), states={MappingState.DECLARED}) == {"mapping/AC-01/CC6.1": "declared"}


def test_a_decision_is_kept_with_who_when_and_how_sure(review, desk):
    """And with a hash of what the control said; the log has the same."""
    review().accept(["mapping/ac-01/cc6-2"], principal=BOB, note="It is what CC6.2 asks.")
    (kept,) = SqlMappingStore(desk.engine).decisions()
    assert (kept.control, kept.criterion, kept.who, kept.confidence) == (
        "AC-01",
        "CC6.2",
        "bob",
        0.88,
    )
    assert (kept.reason, kept.control_hash) == ("It is what CC6.2 asks.", hash_of_control(REVIEW))
    (entry,) = desk.log.entries()
    assert (entry.happening.who, entry.happening.action) == ("bob", "accepted a mapping")
    assert entry.happening.about == "mapping/AC-01/CC6.2"
    assert entry.at == kept.at


def test_many_are_accepted_above_a_confidence(review):
    """What is decided, declared or less sure stays as it is."""
    review().reject("mapping/AC-02/CC6.3", principal=ANN, reason="It ends nothing.")
    done = review().accept(["mapping"], principal=ANN, above=0.6)
    assert [f"{one.control} {one.criterion}" for one in done] == [
        "AC-01 CC6.2",
        "AC-01 CC6.3",
        "AC-02 CC6.2",
    ]
    assert review().accept(["mapping/AC-02"], principal=ANN, above=0.6) == []


def test_all_or_none_are_accepted(review, desk):
    """One that cannot be named right stops the others."""
    with pytest.raises(UnknownCriterion):
        review().accept(["mapping/AC-01/CC6.2", "mapping/AC-01/CC6.22"], principal=ANN)
    assert desk.log.entries() == []


def test_the_latest_decision_counts(review, desk):
    """All of them are kept; a second of the same kind is refused."""
    review().accept(["mapping/AC-01/CC6.2"], principal=ANN)
    with pytest.raises(WrongStep, match="accepted already"):
        review().accept(["mapping/AC-01/CC6.2"], principal=BOB)
    review().reject("mapping/AC-01/CC6.2", principal=BOB, reason="On second thoughts.")
    with pytest.raises(WrongStep, match="rejected already"):
        review().reject("mapping/AC-01/CC6.2", principal=BOB, reason="Still.")
    item, history = review().show("mapping/AC-01/CC6.2", principal=ENGINEER)
    assert item.state is MappingState.REJECTED
    assert [one.who for one in history] == ["ann", "bob"]
    assert accepted(SqlMappingStore(desk.engine).decisions()) == {}


def test_a_replacement_rejects_one_and_accepts_another(review):
    """Also one that the mapper did not propose."""
    review().replace("mapping/AC-01/CC6.3", "cc7.1", principal=ANN, reason="It is about scans.")
    found = states(review())
    assert found["mapping/AC-01/CC6.3"] == "replaced"
    assert found["mapping/AC-01/CC7.1"] == "accepted"
    item, _ = review().show("mapping/AC-01/CC6.3", principal=ANN)
    assert item.decision.instead == "CC7.1"


def test_an_accepted_mapping_survives_a_new_import_and_is_flagged_if_the_control_changed(
    review, desk
):
    """It is keyed by the control's id; white space and letter case change nothing."""
    review().accept(["mapping/AC-01/CC6.2", "mapping/AC-02/CC6.2"], principal=ANN)
    same = dataclasses.replace(REVIEW, title="ACCESS  review", owner="Jo")
    other = dataclasses.replace(LEAVERS, description="Accounts end within a week.")
    items = {one.id: one for one in review(same, other).listed(principal=ANN)}
    assert not items["mapping/AC-01/CC6.2"].changed
    assert items["mapping/AC-02/CC6.2"].changed
    decisions = SqlMappingStore(desk.engine).decisions()
    assert [one.control for one in in_doubt([same, other], decisions)] == ["AC-02"]
    assert accepted(decisions).keys() == {"AC-01", "AC-02"}
    review(same, other).accept(["mapping/AC-02/CC6.2"], principal=BOB)
    assert in_doubt([same, other], SqlMappingStore(desk.engine).decisions()) == []


def test_a_decision_on_a_control_that_is_gone_is_still_shown(review):
    """And nothing more can be decided on it."""
    review().accept(["mapping/AC-02/CC6.2"], principal=ANN)
    without = review(REVIEW)
    gone = [one for one in without.listed(principal=ANN) if one.gone]
    assert [one.id for one in gone] == ["mapping/AC-02/CC6.2"]
    with pytest.raises(UnknownItem):
        without.reject("mapping/AC-02/CC6.2", principal=ANN, reason="Gone.")


def test_readiness_counts_what_is_accepted_and_keeps_what_is_declared(review, desk):
    """A rejection of what the list itself declares does not take it from the list."""
    review().accept(["mapping/AC-01/CC6.2"], principal=ANN)
    review().reject("mapping/AC-01/CC6.1", principal=ANN, reason="Not quite.")
    found = with_mappings([REVIEW], accepted(SqlMappingStore(desk.engine).decisions()))
    assert found[0].criteria == ("CC6.1", "CC6.2")


@pytest.mark.parametrize(
    "call",
    [
        lambda review, who: review.accept(["mapping/AC-01/CC6.2"], principal=who),
        lambda review, who: review.reject("mapping/AC-01/CC6.2", principal=who, reason="No."),
        lambda review, who: review.replace(
            "mapping/AC-01/CC6.2", "CC6.3", principal=who, reason="No."
        ),
    ],
    ids=["accept", "reject", "replace"],
)
@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.ENGINEER, Role.AUDITOR])
def test_only_reviewers_decide(review, desk, call, role):
    """Engineers look and suggest; nothing is kept of what they may not do."""
    with pytest.raises(NotPermitted):
        call(review(), principal("who", role=role))
    assert desk.log.entries() == []


def test_employees_see_no_mappings(review):
    """Neither the list nor one of them."""
    assert review().listed(principal=EMPLOYEE) == []
    with pytest.raises(UnknownItem):
        review().show("mapping/AC-01/CC6.2", principal=EMPLOYEE)


@pytest.mark.parametrize(
    ("named", "error", "said"),
    [
        ("mapping/XX-9/CC6.2", UnknownItem, "no mapping"),
        ("mapping/AC-01/CC6.22", UnknownCriterion, "not a criterion"),
        ("mapping/AC-01", BadInput, "stands for many"),
        ("mapping", BadInput, "stands for many"),
        ("mapping/", UnknownItem, "no mapping"),
    ],
)
def test_what_is_named_wrong_is_refused(review, named, error, said):
    """With a hint of what to name."""
    with pytest.raises(error, match=said) as told:
        review().accept([named], principal=ANN)
    assert told.value.hint


def test_a_reason_is_asked_for_and_a_criterion_is_not_replaced_by_itself(review):
    """A rejection without a reason teaches nobody."""
    with pytest.raises(BadInput, match="reason"):
        review().reject("mapping/AC-01/CC6.2", principal=ANN, reason=" ")
    with pytest.raises(BadInput, match="by itself"):
        review().replace("mapping/AC-01/CC6.2", "CC6.2", principal=ANN, reason="Why not.")


def test_an_id_with_a_slash_is_a_control_too(review):
    """Companies write ids as they like."""
    slashed = dataclasses.replace(LEAVERS, id=ControlId("A.9/2"))
    (done,) = review(slashed).accept(["mapping/A.9/2/CC6.2"], principal=ANN)
    assert done.control == "A.9/2"
