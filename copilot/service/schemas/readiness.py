"""How ready the company is: the document of `copilot readiness --json`, and one criterion in full."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from copilot.domain.criteria import Category, Frequency
from copilot.domain.periods import label
from copilot.readiness.coverage import AuditType, CoverageStatus

if TYPE_CHECKING:
    from copilot.domain.criteria import AuditWork, Criterion
    from copilot.domain.documents import Source
    from copilot.readiness.coverage import ControlCoverage, CriterionCoverage
    from copilot.readiness.tasks import Task

Level = Literal["low", "medium", "high"]


class ScoreReply(BaseModel):
    """The score of a category, or of the whole if `category` is null."""

    category: Category | None
    score: float
    met: int
    partly: int
    gaps: int


class ProvenReply(BaseModel):
    """A control with the paths of its records; `missing` are stretches of the period without one."""

    id: str
    evidence: list[str]
    outside: list[str]
    missing: list[str]


class CoverageReply(BaseModel):
    """How far a criterion is covered, and by which rule."""

    id: str
    title: str
    category: Category
    status: CoverageStatus
    rule: str
    controls: list[ProvenReply]
    points_touched: list[str]
    points_untouched: list[str]
    policies: list[str]
    evidence: list[str]


class TaskReply(BaseModel):
    """One thing to do before the audit."""

    what: str
    why: str
    criteria: list[str]
    control: str | None
    owner: str | None = Field(description="Null where there is none yet.")
    due: date
    risk: Level
    effort: Level

    @classmethod
    def of(cls, task: Task) -> TaskReply:
        """Return a task as the API has it."""
        return cls.model_validate(
            {
                "what": task.what,
                "why": task.why,
                "criteria": list(task.criteria),
                "control": task.control,
                "owner": task.owner or None,
                "due": task.due,
                "risk": task.risk.name.lower(),
                "effort": task.effort.name.lower(),
            }
        )


class ReadinessReply(BaseModel):
    """How ready the company is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "company": "Harbourlight",
                    "audit_type": "type II",
                    "period": "2025-01-01..2025-12-31",
                    "categories": ["security"],
                    "formula": "score = (criteria met + ½ × criteria partly met) ÷ criteria in scope",
                    "score": 0.87,
                    "scores": [
                        {"category": None, "score": 0.87, "met": 30, "partly": 6, "gaps": 2}
                    ],
                    "criteria": [],
                    "tasks": [],
                    "controls": 45,
                    "unmapped": [],
                    "in_doubt": [],
                    "partial": False,
                }
            ]
        }
    )

    company: str
    audit_type: AuditType
    period: str | None
    categories: list[Category]
    formula: str
    score: float = Field(description="From 0 to 1.")
    scores: list[ScoreReply]
    criteria: list[CoverageReply]
    tasks: list[TaskReply]
    controls: int
    unmapped: list[str]
    in_doubt: list[str]
    partial: bool = Field(
        description="There are records that the caller may not read; they count for nothing here."
    )


class RecordReply(BaseModel):
    """A source, as far as it speaks for a control or a criterion."""

    source: str
    title: str
    period: str | None
    collected: date | None

    @classmethod
    def of(cls, source: Source) -> RecordReply:
        """Return a source as a record."""
        about = source.metadata
        return cls(
            source=source.path,
            title=about.title,
            period=str(about.period) if about.period else None,
            collected=about.collected,
        )


class MissingReply(BaseModel):
    """A stretch in which a control should have run and of which there is no record."""

    period: str
    named: str = Field(description="Such as `Q3 2025`.")


class ServingReply(BaseModel):
    """A control that serves the criterion, and what proves that it exists and operated."""

    id: str
    title: str
    owner: str
    frequency: Frequency | None
    evidence: list[RecordReply]
    outside: list[RecordReply] = Field(description="Records of another time, or of none known.")
    missing: list[MissingReply]
    lack: str = Field(description="What is missing, in a few words; empty if nothing is.")

    @classmethod
    def of(cls, one: ControlCoverage) -> ServingReply:
        """Return a control's coverage as the API has it."""
        return cls(
            id=one.control.id,
            title=one.control.title,
            owner=one.control.owner,
            frequency=one.control.frequency,
            evidence=[RecordReply.of(each) for each in one.evidence],
            outside=[RecordReply.of(each) for each in one.outside],
            missing=[MissingReply(period=str(each), named=label(each)) for each in one.missing],
            lack=one.lack,
        )


class PointReply(BaseModel):
    """A point of focus, and whether a control speaks to it."""

    id: str
    name: str
    text: str
    touched: bool


class AuditReply(BaseModel):
    """What an auditor does about the criterion, and asks for."""

    inquiry: str
    questions: list[str]
    observation: str
    inspection: str
    requests: list[str]
    reperformance: str
    population: str
    sample: str

    @classmethod
    def of(cls, work: AuditWork) -> AuditReply:
        """Return an auditor's work as the API has it."""
        return cls(
            inquiry=work.inquiry,
            questions=list(work.questions),
            observation=work.observation,
            inspection=work.inspection,
            requests=list(work.requests),
            reperformance=work.reperformance,
            population=work.population,
            sample=work.sample,
        )


class CriterionReadiness(BaseModel):
    """One criterion in full: what it asks, what we hold, what is missing, what auditors ask for."""

    id: str
    title: str
    statement: str
    category: Category
    status: CoverageStatus
    rule: str
    period: str | None
    controls: list[ServingReply]
    points_of_focus: list[PointReply]
    policies: list[RecordReply]
    evidence: list[RecordReply]
    audit: AuditReply
    tasks: list[TaskReply]
    partial: bool

    @classmethod
    def of(
        cls,
        covered: CriterionCoverage,
        about: Criterion,
        *,
        period: str | None,
        tasks: list[TaskReply],
        partial: bool,
    ) -> CriterionReadiness:
        """Return a criterion in full."""
        return cls(
            id=covered.id,
            title=covered.title,
            statement=about.statement,
            category=covered.category,
            status=covered.status,
            rule=covered.rule,
            period=period,
            controls=[ServingReply.of(one) for one in covered.controls],
            points_of_focus=[
                PointReply(
                    id=one.id, name=one.name, text=one.text, touched=one.id in covered.touched
                )
                for one in about.points_of_focus
            ],
            policies=[RecordReply.of(one) for one in covered.policies],
            evidence=[RecordReply.of(one) for one in covered.evidence],
            audit=AuditReply.of(about.audit),
            tasks=tasks,
            partial=partial,
        )
