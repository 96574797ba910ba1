"""Answers over the sample company that stand: what is shown of them does not change with how they are found."""

from __future__ import annotations

from copilot.domain.answers import (
    Abstained,
    Answered,
    Basis,
    Citation,
    Claim,
    Mode,
    Reason,
    RelevantCriterion,
    Status,
)

PROVE = "How do I prove that we review access?"
LEAVES = "What happens when somebody leaves?"
NOTION = "Are we allowed to keep customer data in Notion?"


def citation(source, title, start, quote, *, page=None):
    return Citation(
        source=source,
        title=title,
        page=page,
        start=start,
        end=start + len(quote),
        quote=quote,
        verified=True,
    )


ASKED_FOR = citation(
    "knowledge/tsc/CC6.yaml",
    "CC6.2 Registering people and removing them",
    25618,
    "- User list with status and last change from the identity provider and each system outside\n"
    "          it\n        - Completed user access reviews of the period with the changes that they led to",
)
QUARTERLY = citation(
    "policies/access-control.md",
    "Access control policy",
    3733,
    "Every calendar quarter the system owner reviews all accounts with access to AWS, the production "
    "databases, GitHub and Okta.",
)
HOURS = citation(
    "policies/access-control.md",
    "Access control policy",
    4534,
    "IT disables the account within 24 hours of the end of the last working day.",
)
DAYS = citation(
    "policies/people-security.pdf",
    "People security policy",
    4103,
    "Access ends within three business days.",
    page=2,
)
SECOND = citation(
    "evidence/access-review-2025-q2.csv",
    "Access review, second quarter 2025",
    2818,
    "theo.marchetti,Theo Marchetti,IT,Administrator,Jira,Jonas Mendes,keep,2025-06-18",
)


def claim(text, basis, *citations, mode=Mode.COMPOSED):
    return Claim(text=text, basis=basis, citations=citations, mode=mode)


PARTLY = Answered(
    question=PROVE,
    status=Status.PARTIAL,
    criteria=(
        RelevantCriterion(id="CC6.2", title="Registering people and removing them", why="access"),
    ),
    claims=(
        claim(
            "An auditor asks for: User list with status and last change from the identity provider and "
            "each system outside it; Completed user access reviews of the period with the changes that "
            "they led to.",
            Basis.CATALOG,
            ASKED_FOR,
        ),
        claim(QUARTERLY.quote, Basis.POLICY, QUARTERLY),
        claim(
            "“Access review, second quarter 2025”, which speaks for Q2 2025: account: theo.marchetti; "
            "role: Administrator; system: Jira; reviewer: Jonas Mendes; decision: keep",
            Basis.EVIDENCE,
            SECOND,
        ),
    ),
    missing=("No record of “Access review” for Q3 2025.",),
    next_steps=(
        "Find the missing record, or write down why there is none and what was done instead.",
        "Ask Jonas Mendes, who owns these sources.",
    ),
    searched=41,
)

WHOLE = Answered(
    question="How often is access reviewed?",
    status=Status.ANSWERED,
    criteria=(),
    claims=(claim(QUARTERLY.quote, Basis.POLICY, QUARTERLY),),
    missing=(),
    next_steps=(),
    searched=18,
)

GENERATED = Answered(
    question=LEAVES,
    status=Status.PARTIAL,
    criteria=(),
    claims=(
        claim("Accounts are disabled within 24 hours.", Basis.POLICY, HOURS, mode=Mode.GENERATED),
        claim(
            "Two policies disagree: “People security policy” says three business days, “Access control "
            "policy” says 24 hours.",
            Basis.POLICY,
            DAYS,
            HOURS,
        ),
    ),
    missing=(
        "One answer: “People security policy” and “Access control policy” contradict each other.",
    ),
    next_steps=("Have the owners of both policies agree on one rule, and change the other.",),
    searched=18,
    mode=Mode.GENERATED,
)

REFUSED = Abstained(
    question=NOTION,
    reason=Reason.NO_SUPPORT,
    explanation="Nothing in the sources that you may read supports an answer; the nearest criteria are "
    "C1.1. 18 sources and the SOC 2 catalog were searched.",
    next_steps=(
        "Pass the question on to compliance with --pass-on; if there is a record, it is not in the "
        "index.",
    ),
    searched=18,
)

LONG = Answered(
    question=PROVE,
    status=Status.ANSWERED,
    criteria=(),
    claims=tuple(
        claim(
            f"{QUARTERLY.quote} This is control number {number} of a long list. " * 4,
            Basis.POLICY,
            QUARTERLY,
        )
        for number in range(1, 60)
    ),
    missing=("No record of “Access review” for Q3 2025.",),
    next_steps=("Ask Jonas Mendes, who owns these sources.",),
    searched=41,
)

DRAFT = """# Key management policy

Keys are kept in [open question → Head of IT: Where are keys kept?].

They are changed [to confirm → Head of IT: once a year].
"""

ANOTHER = """# Visitor policy

Visitors sign in at the front desk.
"""
