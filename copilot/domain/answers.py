"""Answers: claims that carry checked citations, or a refusal that says what was searched."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import SourceKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copilot.domain.criteria import CriterionId
    from copilot.domain.documents import SourcePath


class Basis(StrEnum):
    """What a claim rests on."""

    CATALOG = "catalog"
    POLICY = "policy"
    EVIDENCE = "evidence"


BASIS_OF: Final = {
    SourceKind.POLICY: Basis.POLICY,
    SourceKind.CONTROL: Basis.POLICY,
    SourceKind.EVIDENCE: Basis.EVIDENCE,
    SourceKind.FINDING: Basis.EVIDENCE,
    SourceKind.CATALOG: Basis.CATALOG,
}
"""What a claim rests on whose quote stands in a source of a kind."""


class Mode(StrEnum):
    """How the wording of an answer came about."""

    COMPOSED = "composed"
    GENERATED = "generated"


class Status(StrEnum):
    """How far the sources carry an answer."""

    ANSWERED = "answered"
    PARTIAL = "partial"
    ABSTAINED = "abstained"


class Outcome(StrEnum):
    """What the check of a model's claim found; only a claim that was found is shown."""

    FOUND = "found"
    """Every quote stands in the source that it names, and the quotes carry the claim."""
    MISATTRIBUTED = "misattributed"
    """A quote stands in another source than the one that it names."""
    STITCHED = "stitched"
    """A quote was put together from words that stand apart."""
    ABSENT = "absent"
    """A quote stands in none of the sources that were given."""
    UNSUPPORTED = "unsupported"
    """The quotes stand there, and do not say what the claim says."""


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
    mode: Mode = Mode.COMPOSED
    """Whose wording it is: a model's answer may be completed by composed claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A statement of a model that failed its check; for reviewers only."""

    text: str
    outcome: Outcome
    why: str
    """What failed, in words that a reviewer and the model understand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """How a language model took part in an answer."""

    model: str
    """Provider and model, as in the setting."""
    prompt: str
    """The prompt that was used, as `name@version`."""
    outcomes: Mapping[Outcome, int] = field(default_factory=dict)
    """How many of the model's claims ended how."""
    withheld: tuple[Withheld, ...] = ()


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
    mode_reason: str | None = None
    """Why a configured model did not write the answer; nothing if it did, or if there is none."""
    reason: str | None = None
    asked_as: str | None = None
    """The question in full, where it was a follow-up to earlier ones."""
    generation: Generation | None = None
    """Nothing where no model took part."""
    notes: tuple[str, ...] = ()
    """For reviewers: a source that gives orders to models, a model that had to make do with JSON mode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abstained:
    """A refusal that says what was searched, so that a person can carry on."""

    question: str
    reason: Reason
    explanation: str
    next_steps: tuple[str, ...]
    searched: int
    mode: Mode = Mode.COMPOSED
    asked_as: str | None = None


Answer = Answered | Abstained


@dataclass(frozen=True, slots=True)
class Progressed:
    """Something began that a waiting reader likes to know of."""

    said: str


@dataclass(frozen=True, slots=True)
class Released:
    """A claim of the answer, checked: it stands as it is and will be in the whole answer."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Refused:
    """A claim of the model that will not be in the answer."""

    withheld: Withheld


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer; the last event of every question."""

    answer: Answer


Event = Progressed | Released | Refused | Finished
