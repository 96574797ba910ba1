"""Answers: claims that carry checked citations, or a refusal that says what was searched."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.domain.criteria import CriterionId
    from copilot.domain.documents import SourcePath


class Basis(StrEnum):
    """What a claim rests on."""

    CATALOG = "catalog"
    POLICY = "policy"
    EVIDENCE = "evidence"


class Mode(StrEnum):
    """How the wording of an answer came about."""

    COMPOSED = "composed"
    GENERATED = "generated"


class Status(StrEnum):
    """How far the sources carry an answer."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    ABSTAINED = "abstained"


class Reason(StrEnum):
    """Why there is no answer."""

    OFF_TOPIC = "off_topic"
    NO_SUPPORT = "no_support"
    PERSONAL_DATA = "personal_data"
    CHECK_FAILED = "check_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Words of a source, and where they stand."""

    source: SourcePath
    title: str
    page: int | None
    start: int
    end: int
    quote: str
    place: str = ""
    verified: bool = False
    """Set by the check of the citation, and by nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One statement of an answer and the words that it rests on."""

    text: str
    basis: Basis
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RelevantCriterion:
    """A criterion that the question is about, and why we think so."""

    id: CriterionId
    title: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What the sources say, and what they leave open."""

    question: str
    status: Status
    criteria: tuple[RelevantCriterion, ...]
    claims: tuple[Claim, ...]
    missing: tuple[str, ...]
    next_steps: tuple[str, ...]
    searched: int
    """How many sources the asker may read, and so were searched."""
    mode: Mode = Mode.COMPOSED
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstained:
    """A refusal that says what was searched, so that a person can carry on."""

    question: str
    reason: Reason
    explanation: str
    next_steps: tuple[str, ...]
    searched: int
    mode: Mode = Mode.COMPOSED


Answer = Answered | Abstained
