"""Controls, the criteria that they serve, what was decided on that, and lists that are taken in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from copilot.domain.controls import ControlKind
from copilot.domain.criteria import Category, Frequency
from copilot.domain.decisions import Verdict, hash_of_control
from copilot.review.control_list import ControlState
from copilot.review.mappings import MappingState
from copilot.service.etags import etag

if TYPE_CHECKING:
    from copilot.controls.differing import ControlChange, Difference
    from copilot.controls.importing import Plan
    from copilot.domain.controls import Because, Control
    from copilot.domain.decisions import MappingDecision
    from copilot.review.control_list import ListedControl
    from copilot.review.mappings import MappingItem

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]

_MAPPING: Final[dict[str, Any]] = {
    "control": "AC-03",
    "criterion": "CC6.2",
    "state": "suggested",
    "confidence": 0.83,
    "reason": "It speaks to the point of focus “Reviews access” of CC6.2 (both say review and quarter).",
    "because": [],
    "decision": None,
    "changed": False,
    "etag": '"6b1f0c2d9a7e4f5b8c3d2e1f"',
}
_CONTROL: Final[dict[str, Any]] = {
    "id": "AC-03",
    "title": "Quarterly access review",
    "description": "Each quarter system owners review who has access and have it taken away.",
    "owner": "Jonas Mendes",
    "frequency": "quarterly",
    "system": "Okta",
    "kind": "control",
    "criteria": ["CC6.3"],
    "states": ["undecided"],
    "mappings": [_MAPPING],
}


class BecauseReply(BaseModel):
    """A statement of the catalog that speaks for a suggestion; `start` and `end` cite it."""

    kind: str
    source: str
    title: str
    quote: str
    start: int
    end: int
    likeness: float
    point: int | None

    @classmethod
    def of(cls, because: Because) -> BecauseReply:
        """Return a citation as the API has it."""
        return cls(
            kind=because.kind,
            source=because.source,
            title=because.title,
            quote=because.quote,
            start=because.start,
            end=because.end,
            likeness=because.likeness,
            point=because.point,
        )


class DecisionReply(BaseModel):
    """What somebody decided on a mapping."""

    verdict: Verdict
    who: str
    at: datetime
    reason: str
    instead: str | None = Field(description="The criterion that was named in its place.")

    @classmethod
    def of(cls, decision: MappingDecision) -> DecisionReply:
        """Return a decision as the API has it."""
        return cls(
            verdict=decision.verdict,
            who=decision.who,
            at=decision.at,
            reason=decision.reason,
            instead=decision.instead,
        )


class MappingReply(BaseModel):
    """One criterion for one control: where it stands, and why it is suggested."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MAPPING]})

    control: str
    criterion: str
    state: MappingState
    confidence: float | None = Field(description="From 0 to 1; null if it is not suggested.")
    reason: str
    because: list[BecauseReply]
    decision: DecisionReply | None
    changed: bool = Field(description="The control says something else than when it was decided.")
    etag: str = Field(description="What a decision sends as If-Match.")

    @classmethod
    def of(cls, item: MappingItem) -> MappingReply:
        """Return a mapping as the API has it."""
        suggestion = item.suggestion
        return cls(
            control=item.control_id,
            criterion=item.criterion,
            state=item.state,
            confidence=suggestion.confidence if suggestion else None,
            reason=suggestion.reason if suggestion else "",
            because=[BecauseReply.of(one) for one in suggestion.because] if suggestion else [],
            decision=DecisionReply.of(item.decision) if item.decision else None,
            changed=item.changed,
            etag=etag_of(item),
        )


def etag_of(item: MappingItem) -> str:
    """Return what tells the states of a mapping apart: the decision on it, and what the control says."""
    decision, control = item.decision, item.control
    decided = (decision.verdict, decision.at.isoformat(), decision.who) if decision else ()
    says = hash_of_control(control) if control else ""
    return etag(item.id, item.state, says, *decided)


class ControlReply(BaseModel):
    """A control with its mappings, the surest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CONTROL]})

    id: str
    title: str
    description: str
    owner: str
    frequency: Frequency | None
    system: str
    kind: ControlKind
    criteria: list[str] = Field(description="Those that its list declares.")
    states: list[ControlState]
    mappings: list[MappingReply]

    @classmethod
    def of(cls, listed: ListedControl) -> ControlReply:
        """Return a control as the API has it."""
        control = listed.control
        return cls(
            id=control.id,
            title=control.title,
            description=control.description,
            owner=control.owner,
            frequency=control.frequency,
            system=control.system,
            kind=control.kind,
            criteria=list(control.criteria),
            states=sorted(listed.states),
            mappings=[MappingReply.of(one) for one in listed.mappings],
        )


class DecisionBody(BaseModel):
    """What is decided on a mapping."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"verdict": "accepted"},
                {"verdict": "rejected", "reason": "It is about visitors, not accounts."},
                {"verdict": "replaced", "instead": "CC6.3", "reason": "It takes access away."},
            ]
        },
    )

    verdict: Verdict
    reason: Words = Field(default="", description="Needed to reject or to replace.")
    instead: Name = Field(default="", description="The criterion in its place, to replace it.")


class BulkBody(BaseModel):
    """Accept all that waits and is suggested with some confidence."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"above": 0.8, "reason": "Read in one go."}]},
    )

    above: float = Field(ge=0, le=1, description="The least confidence.")
    control: Name = Field(default="", description="Of this control only.")
    reason: Words = ""


class DecidedReply(BaseModel):
    """What was decided, as it stands now."""

    mappings: list[MappingReply]


class FieldChangeReply(BaseModel):
    """One field of a control that would not be what it was."""

    field: str
    before: str
    after: str


class BriefControl(BaseModel):
    """A control in a line."""

    id: str
    title: str
    owner: str
    kind: ControlKind
    criteria: list[str]

    @classmethod
    def of(cls, control: Control) -> BriefControl:
        """Return a control in a line."""
        return cls(
            id=control.id,
            title=control.title,
            owner=control.owner,
            kind=control.kind,
            criteria=list(control.criteria),
        )


class ChangeReply(BaseModel):
    """A control that would change, field by field."""

    id: str
    title: str
    fields: list[FieldChangeReply]

    @classmethod
    def of(cls, change: ControlChange) -> ChangeReply:
        """Return a change as the API has it."""
        return cls(
            id=change.after.id,
            title=change.after.title,
            fields=[
                FieldChangeReply(field=one.field, before=one.before, after=one.after)
                for one in change.fields
            ],
        )


class PreviewReply(BaseModel):
    """What would come of taking a file in. Nothing was written."""

    name: str = Field(description="What the list would be called in controls/.")
    replaces: str = Field(description="The list whose place it takes; empty if it is a new one.")
    rewritten: bool = Field(description="Whether it would be kept in another form than it came in.")
    added: list[BriefControl] = []
    changed: list[ChangeReply] = []
    removed: list[BriefControl] = []
    unchanged: int = 0
    notes: list[str] = Field(default=[], description="What is worth knowing of how it was read.")
    problems: list[str] = Field(
        default=[],
        description="A line for each, with its row; while there is one, nothing is taken in.",
    )
    hint: str = ""

    @classmethod
    def of(cls, plan: Plan) -> PreviewReply:
        """Return a plan as the API has it."""
        brings: Difference = plan.brings
        return cls(
            name=plan.name,
            replaces=plan.replaces,
            rewritten=plan.rewritten,
            added=[BriefControl.of(one) for one in brings.added],
            changed=[ChangeReply.of(one) for one in brings.changed],
            removed=[BriefControl.of(one) for one in brings.removed],
            unchanged=len(brings.unchanged),
            notes=list(plan.notes),
        )


class ImportReply(BaseModel):
    """A list that was taken in, and the jobs that work on it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "path": "controls/controls.csv",
                    "replaced": True,
                    "added": 2,
                    "changed": 5,
                    "removed": 1,
                    "jobs": ["5b0c1d2e3f405162", "a1b2c3d4e5f60718"],
                }
            ]
        }
    )

    path: str
    replaced: bool
    added: int
    changed: int
    removed: int
    jobs: list[str] = Field(description="Ingest the list, then suggest criteria for its controls.")


class MatrixCriterion(BaseModel):
    """A column of the matrix."""

    id: str
    title: str
    category: Category


class MatrixControl(BaseModel):
    """A row of the matrix."""

    id: str
    title: str
    owner: str


class MatrixCell(BaseModel):
    """A criterion that a control serves or may serve."""

    control: str
    criterion: str
    state: MappingState
    confidence: float | None


class MatrixReply(BaseModel):
    """Controls against criteria; where there is no cell, nothing was said."""

    criteria: list[MatrixCriterion]
    controls: list[MatrixControl]
    cells: list[MatrixCell]
