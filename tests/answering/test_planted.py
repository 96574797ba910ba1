"""What was planted in the sample company comes out of its answers."""

from __future__ import annotations

import pytest

from copilot.domain.answers import Abstained, Basis
from copilot.domain.periods import parse_period
from copilot.errors import UnknownCriterion


def all_text(answer):
    """Return everything that an answer says."""
    quotes = (citation.quote for claim in answer.claims for citation in claim.citations)
    return " ".join((*(claim.text for claim in answer.claims), *quotes, *answer.missing))


def test_the_missing_quarter_is_named(ask):
    """Access was reviewed in three quarters of 2025; the fourth record is what an auditor asks for."""
    answer = ask("How do I prove that we review access?")

    assert any("Q3 2025" in line for line in answer.missing), answer.missing
    assert not any("Q1 2025" in line or "Q4 2025" in line for line in answer.missing)


def test_the_reviews_that_exist_are_cited(ask):
    """Each quarter's record is shown with the time that it speaks for."""
    answer = ask("How do I prove that we review access?")
    sources = {c.source for claim in answer.claims for c in claim.citations}

    assert {f"evidence/access-review-2025-q{n}.csv" for n in (1, 2, 4)} <= sources


def test_the_contradiction_is_named_with_both_quotes(ask):
    """Two policies set different limits for the access of leavers."""
    answer = ask("How quickly is a leaver's access removed?")
    disagreement = next(claim for claim in answer.claims if "disagree" in claim.text)

    assert {c.source for c in disagreement.citations} == {
        "policies/access-control.md",
        "policies/people-security.md",
    }
    assert "24 hours" in disagreement.text
    assert "three business days" in disagreement.text


def test_agreement_is_not_called_a_contradiction(ask):
    """Policies that agree are not set against each other."""
    for question in (
        "How long must a password be?",
        "How often do we review access?",
        "What is our recovery time objective?",
        "When was our last penetration test?",
    ):
        answer = ask(question)
        assert not isinstance(answer, Abstained), question
        assert not any("disagree" in claim.text for claim in answer.claims), question


def test_evidence_outside_the_period_is_shown_and_does_not_count(ask):
    """The penetration test is of 2024; the audit period is 2025."""
    answer = ask("When was our last penetration test?")
    claim = next(
        claim
        for claim in answer.claims
        if claim.citations[0].source == "evidence/penetration-test-report-2024-06.pdf"
    )

    assert "not for the audit period" in claim.text
    assert any("outside the audit period" in line for line in answer.missing)


def test_the_same_evidence_counts_in_its_own_period(ask):
    """With the period of 2024, the report of 2024 is as good as any."""
    answer = ask("When was our last penetration test?", period=parse_period("2024"))

    outside = [line for line in answer.missing if "outside the audit period" in line]
    assert not any("Penetration test" in line for line in outside)


@pytest.mark.parametrize(
    ("question", "month"),
    [
        ("What was our availability in May 2025?", "May 2025"),
        ("any high vulnerability still open in November?", "November 2025"),
    ],
)
def test_a_month_in_the_question_does_not_narrow_the_audit(ask, question, month):
    """Records of other months are still in the audit period, and none of them is missing for it."""
    answer = ask(question)
    text = all_text(answer)

    assert "2025, outside the audit period" not in text
    assert not any(
        "so not for the audit period" in c.text and "2025" in c.text for c in answer.claims
    )
    assert not any(line.endswith(f"for {month}.") for line in answer.missing)


@pytest.mark.parametrize("basis", list(Basis))
def test_an_answer_on_proof_has_all_three_bases(ask, basis):
    """What SOC 2 asks, what we say we do, what we hold."""
    answer = ask("How do I prove that we review access?")

    assert any(claim.basis is basis for claim in answer.claims)


def test_a_person_without_an_audience_sees_nothing_of_it(ask, sample):
    """A plain employee is not told what the evidence says, nor that it exists."""
    answer = ask("How do I prove that we review access?", named="audience:everyone")
    readable = {
        source.path
        for source in sample.truth.sources(principal=sample.principal("audience:everyone"))
    }

    assert "access-review" not in all_text(answer)
    assert {c.source for claim in answer.claims for c in claim.citations} <= readable


@pytest.mark.parametrize("question", ["What does CC9.9 ask for?", "how do we prove P1.2"])
def test_a_criterion_that_does_not_exist_is_not_answered(ask, question):
    """Nobody is told what an invented criterion asks for; the nearest real ones are named."""
    with pytest.raises(UnknownCriterion, match="is not a criterion") as caught:
        ask(question)

    assert "nearest" in caught.value.hint
