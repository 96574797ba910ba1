"""Findings: what an auditor reports of a test, and what management says to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from datetime import date

    from copilot.domain.controls import ControlId
    from copilot.domain.criteria import CriterionId

FindingKindId = NewType("FindingKindId", str)
"""What a finding is about, as a file of `knowledge/responses/` is named: `late-access-removal`."""


class FindingForm(StrEnum):
    """Which form the response to a finding has."""

    EXCEPTION = "exception"
    """A test in which the control did not operate as designed, and management accepts that."""
    OBSERVATION = "observation"
    """Advice of the auditor where no exception was found; management may follow it or not."""
    DISAGREEMENT = "disagreement"
    """An exception whose facts management disputes."""


class Decision(StrEnum):
    """What management decided on the advice of an observation."""

    ACCEPTED = "accepted"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remediation:
    """Something that management does about a finding, in its own words."""

    action: str
    owner: str = ""
    due: date | None = None
    evidence: str = ""
    """The record that will show that it was done."""
    done_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What an auditor reports of a test, with what management has to say to it so far."""

    id: str
    control: ControlId
    criterion: CriterionId
    form: FindingForm = FindingForm.EXCEPTION
    about: FindingKindId | None = None
    """What it is about, if its author says so; otherwise its words tell."""
    test: str = ""
    population: str = ""
    sample: str = ""
    exceptions: str = ""
    """Which items failed, and how; with `auditor_wording` at least one is there."""
    auditor_wording: str = ""
    raised_on: date | None = None
    status: str = ""
    owner: str = ""
    """Who answers for it; empty where it is whoever owns the control."""
    cause: str = ""
    effect: str = ""
    remediation: tuple[Remediation, ...] = ()
    decision: Decision | None = None
    """On an observation; nothing while it is open."""
    reason: str = ""
    """Why an observation is accepted or declined, or why management disagrees."""
    disputes: tuple[str, ...] = ()
    """What management holds against a finding, one fact each."""

    @property
    def words(self) -> str:
        """What the auditor wrote about what was found, for recognising and for searching."""
        return " ".join(filter(None, (self.auditor_wording, self.exceptions)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something to find out about what an exception led to."""

    asks: str
    looks_for: str
    """What a record that answers it speaks of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensating:
    """A kind of control that may have dealt with the same risk in the meantime."""

    control: str
    looks_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What usually mends findings of a kind."""

    action: str
    evidence: str
    """The record that shows that it was done."""
    ask: str
    """The id of the role that can say whether it will be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingKind:
    """What is known in general about findings of one kind; nothing here is about a company."""

    id: FindingKindId
    title: str
    criteria: tuple[CriterionId, ...]
    """Those that such findings usually stand under."""
    ask: str
    """The id of the role that can tell where nobody owns the control."""
    words: tuple[str, ...]
    """Words and phrases that such findings are written with."""
    like: tuple[str, ...]
    """Sentences as an auditor would write them."""
    rule: tuple[str, ...]
    """Questions whose answer is the rule that was not kept."""
    assess: str
    """What may come of it, in general."""
    causes: tuple[str, ...]
    """Questions that lead to the cause."""
    effects: tuple[Effect, ...]
    compensating: tuple[Compensating, ...]
    remediation: tuple[Proposal, ...]
    evidence: tuple[str, ...]
    """Records that an auditor asks for."""
