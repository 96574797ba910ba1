"""Drafts that are started, policies that are checked, findings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from copilot.domain.findings import Decision, FindingForm
from copilot.domain.remarks import RemarkKind
from copilot.domain.review import State
from copilot.service.schemas.review import ItemReply, PlaceReply

_FINDING: Final[dict[str, Any]] = {
    "id": "F-2026-01",
    "control": "AC-03",
    "criterion": "CC6.2",
    "kind": "exception",
    "test": "Inspected the quarterly access reviews of the period.",
    "population": "4 reviews",
    "sample": "4 of 4 reviews",
    "exceptions": "1 of 4. The review of the second quarter was completed five weeks late.",
    "raised_on": "2026-01-31",
}

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]
Path = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]


class KindReply(BaseModel):
    """A kind of policy that can be drafted."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "access-control",
                    "title": "Access control policy",
                    "covers": "This policy says who and what may reach systems and data.",
                    "criteria": ["CC6.1", "CC6.2"],
                    "item": None,
                }
            ]
        }
    )

    id: str
    title: str
    covers: str = Field(description="What such a policy is for.")
    criteria: list[str] = Field(description="The criteria that it answers for.")
    item: ItemReply | None = Field(description="What there is of it already, if you may see it.")


class PolicyBody(BaseModel):
    """Which policy is to be drafted."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"kind": "access-control"}]}
    )

    kind: Annotated[str, StringConstraints(min_length=1, max_length=200)] = Field(
        description="By its id or title."
    )
    again: bool = Field(
        default=False, description="Draft it anew although somebody has worked on what there is."
    )


class DescriptionBody(BaseModel):
    """Whether the system description is to be drafted anew."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"again": False}]})

    again: bool = Field(
        default=False, description="Draft it anew although somebody has worked on what there is."
    )


class RemediationBody(BaseModel):
    """Something that management does about a finding."""

    model_config = ConfigDict(extra="forbid")

    action: Annotated[Words, StringConstraints(min_length=1, max_length=1_000)]
    owner: Line = ""
    due: date | None = None
    evidence: Words = Field(default="", description="The record that will show that it was done.")
    done_on: date | None = None


class FindingBody(BaseModel):
    """What an auditor reports of a test, and what management has to say to it so far."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_FINDING]})

    id: Annotated[Line, StringConstraints(min_length=1, max_length=60)]
    control: Annotated[Line, StringConstraints(min_length=1, max_length=60)]
    criterion: Annotated[Line, StringConstraints(min_length=1, max_length=20)]
    kind: FindingForm = FindingForm.EXCEPTION
    about: Line = Field(default="", description="What it is about, where the words do not tell.")
    test: Words = ""
    population: Words = ""
    sample: Words = ""
    exceptions: Words = Field(default="", description="This or `auditor_wording` has to be there.")
    auditor_wording: Words = ""
    raised_on: date | None = None
    status: Line = ""
    owner: Line = ""
    cause: Words = ""
    effect: Words = ""
    remediation: list[RemediationBody] = Field(default=[], max_length=50)
    decision: Decision | None = None
    reason: Words = ""
    disputes: list[Annotated[Words, StringConstraints(min_length=1, max_length=1_000)]] = Field(
        default=[], max_length=50
    )

    def fields(self) -> dict[str, Any]:
        """Return what the file of the finding has."""
        return self.model_dump(mode="json", exclude_defaults=True) | {"kind": self.kind.value}


class ResponseBody(BaseModel):
    """The finding that is answered: by its file, or field by field."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"path": "findings/late-access-removal.yaml"}, {"finding": _FINDING}]
        },
    )

    path: Path | None = Field(default=None, description="A file of `findings/`.")
    finding: FindingBody | None = None
    again: bool = Field(
        default=False, description="Draft it anew although somebody has worked on what there is."
    )


class QuestionReply(BaseModel):
    """An open question of a draft."""

    role: str
    asks: str
    places: list[PlaceReply]


class DecisionReply(BaseModel):
    """A decision that a draft takes until somebody confirms it."""

    role: str
    says: str
    places: list[PlaceReply]


class CitationReply(BaseModel):
    """Words that were checked, and where they stand."""

    source: str
    title: str
    page: int | None
    start: int
    end: int
    quote: str
    verified: bool


class RemarkCitationReply(CitationReply):
    """Words that a remark is about."""

    place: str


class CoveredReply(BaseModel):
    """How a draft deals with a point of focus."""

    criterion: str
    point: str
    name: str
    sections: list[str]
    elsewhere: str | None


class DraftedReply(BaseModel):
    """A draft, as it was kept for review."""

    item: str
    version: int
    state: State
    title: str
    company: str
    outline: str
    text: str
    open_questions: list[QuestionReply]
    to_confirm: list[DecisionReply]
    citations: list[CitationReply]
    coverage: list[CoveredReply]
    notes: list[str] = Field(description="What was looked for and not found.")


class CheckBody(BaseModel):
    """The policy that is to be checked."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"path": "policies/access-control.md"}]},
    )

    path: Path = Field(description="A source of the kind policy.")
    kind: Line = Field(default="", description="Its kind; by default what its title says.")
    period: Line = Field(default="", description="The audit period; that of the settings if empty.")
    on: date | None = Field(default=None, description="The day to compare dates with; today.")


class RemarkReply(BaseModel):
    """One thing to look at."""

    kind: RemarkKind
    subject: str
    text: str
    hint: str
    citations: list[RemarkCitationReply]


class CheckedReply(BaseModel):
    """A policy that was checked, and the changes that are proposed for it."""

    source: str
    title: str
    kind: str
    kind_given: bool
    on: date
    period: str | None
    points: int
    addressed: int
    compared: int
    remarks: list[RemarkReply]
    notes: list[str]
    diff: str = Field(description="A unified diff; empty if nothing can be mended in words.")


class FindingReply(BaseModel):
    """A finding of the workspace."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "path": "findings/late-access-removal.yaml",
                    "id": "F-2025-01",
                    "control": "AC-04",
                    "criterion": "CC6.2",
                    "kind": "exception",
                    "words": "For one of six leavers access was not removed within 24 hours.",
                    "raised_on": "2025-11-20",
                    "problem": "",
                    "item": None,
                }
            ]
        }
    )

    path: str
    id: str | None
    control: str | None
    criterion: str | None
    kind: FindingForm | None
    words: str
    raised_on: date | None
    problem: str = Field(description="Why its file cannot be used; empty if it can.")
    item: ItemReply | None = Field(description="Its response, if there is one that you may see.")
