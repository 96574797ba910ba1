"""Criteria, as `copilot catalog --json` has them."""

from __future__ import annotations

from pydantic import BaseModel

from copilot.domain.criteria import Category, Frequency, Voice


class PointReply(BaseModel):
    """A point of focus."""

    id: str
    name: str
    text: str
    only_for: list[Category]


class AuditReply(BaseModel):
    """What an auditor does."""

    inquiry: str
    questions: list[str]
    observation: str
    inspection: str
    requests: list[str]
    reperformance: str
    population: str
    sample: str


class EvidenceReply(BaseModel):
    """A record that proves something."""

    record: str
    system: str
    frequency: Frequency
    good: str
    weak: str


class ExampleReply(BaseModel):
    """A control as a company may write it."""

    text: str
    owner: str
    frequency: Frequency
    style: Voice
    criteria: list[str]


class GapReply(BaseModel):
    """A common gap, and the first step against it."""

    gap: str
    first_step: str


class NeighbourReply(BaseModel):
    """A criterion that this one is easily taken for."""

    criterion: str
    difference: str


class KnownCriterionReply(BaseModel):
    """A criterion, in our own words."""

    id: str
    title: str
    category: Category
    statement: str
    why: str
    prove: str
    asked_as: list[str]
    points_of_focus: list[PointReply]
    audit: AuditReply
    evidence: list[EvidenceReply]
    example_controls: list[ExampleReply]
    gaps: list[GapReply]
    policies: list[str]
    neighbours: list[NeighbourReply]


class CatalogReply(BaseModel):
    """Criteria."""

    criteria: list[KnownCriterionReply]
