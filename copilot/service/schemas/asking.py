"""What is asked, and answers: the documents of `copilot ask --json` and `copilot search --json`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from copilot.domain.answers import Basis, Mode, Outcome, Reason, Status
from copilot.domain.criteria import Category
from copilot.domain.documents import SourceKind

_LONGEST: Final = 2_000
"""Characters of a question, as `asking.LONGEST_QUESTION`; a test compares them."""

_QUESTION: Final = "How do I prove that we review access?"

Question = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=_LONGEST)
]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)]


class AskBody(BaseModel):
    """A question."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"question": _QUESTION},
                {
                    "question": "And who reviews it?",
                    "earlier": [_QUESTION],
                    "category": ["security"],
                    "period": "2025-01-01..2025-12-31",
                },
            ]
        },
    )

    question: Question
    category: list[Category] = Field(
        default=[],
        max_length=5,
        description="The categories in scope; those of the settings if empty.",
    )
    period: str = Field(
        default="",
        max_length=40,
        description="The audit period, such as 2025 or 2025-01-01..2025-12-31; that of the settings if "
        "empty.",
    )
    earlier: list[Question] = Field(
        default=[],
        max_length=12,
        description="The questions before it in the same conversation, oldest first.",
    )


class CitationReply(BaseModel):
    """Words of a source, and where they stand."""

    source: str
    title: str
    page: int | None
    place: str
    start: int = Field(description="As `end`, an offset into the stored text of the source.")
    end: int
    quote: str
    verified: bool


class ClaimReply(BaseModel):
    """A statement, and the words that it rests on."""

    text: str
    basis: Basis
    mode: Mode
    citations: list[CitationReply]


class CriterionReply(BaseModel):
    """A criterion that the question is about."""

    id: str
    title: str
    why: str


class WithheldReply(BaseModel):
    """A statement of a model that failed its check; for reviewers, with its words."""

    text: str
    outcome: Outcome
    why: str


class GenerationReply(BaseModel):
    """How a language model took part."""

    model: str
    prompt: str
    outcomes: dict[Outcome, int]
    withheld: list[WithheldReply]


class AnswerReply(BaseModel):
    """An answer, or a refusal that says what was searched."""

    status: Status
    question: str
    asked_as: str | None
    mode: Mode
    mode_reason: str | None
    criteria: list[CriterionReply]
    claims: list[ClaimReply]
    missing: list[str]
    next_steps: list[str]
    searched: int
    reason: str | None = Field(
        description="Why it is not whole, in words; of a refusal, one of "
        + ", ".join(f"`{one}`" for one in Reason)
        + "."
    )
    generation: GenerationReply | None
    notes: list[str]


class SearchBody(BaseModel):
    """What to look for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"query": "access review", "k": 5, "kind": ["policy"]}]},
    )

    query: Question = Field(description="Words, ids and quoted phrases.")
    k: int = Field(default=10, ge=1, le=200, description="The most results to return.")
    start: int = Field(
        default=0,
        ge=0,
        le=1_000,
        description="How many of the best to leave out: `next` of the part before.",
    )
    kind: list[SourceKind] = Field(default=[], max_length=5)
    criterion: list[Annotated[str, StringConstraints(max_length=12)]] = Field(
        default=[], max_length=61, description="Only sources labelled with one of these."
    )
    period: str = Field(default="", max_length=40, description="Only evidence that speaks for it.")
    catalog: bool = Field(default=False, description="Search the criteria and guidance instead.")


class FoundReply(BaseModel):
    """A passage."""

    source: str
    title: str
    kind: SourceKind
    page: int | None
    place: str
    heading: list[str]
    start: int
    end: int
    score: float
    text: str


class SearchReply(BaseModel):
    """The passages that a query finds, best first."""

    query: str
    results: list[FoundReply]
    next: int | None = Field(description="The `start` of the next part; null after the last.")


class FeedbackBody(BaseModel):
    """Whether an answer helped."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "question": _QUESTION,
                    "status": "partial",
                    "helpful": False,
                    "reason": "It does not say who reviews the accounts of contractors.",
                }
            ]
        },
    )

    question: Question
    status: Status
    helpful: bool
    reason: Words = Field(default="", description="Needed if it was not helpful.")


class FeedbackReply(FeedbackBody):
    """What somebody said of an answer."""

    id: int
    who: str
    at: datetime


class PassOnBody(AskBody):
    """A question that compliance should answer."""

    note: Words = Field(default="", description="What compliance should know.")


class PassedOnReply(BaseModel):
    """Where a question went."""

    item: str = Field(description="What is reviewed now, such as `answer/3`.")
    again: bool = Field(description="Whether it waited there already, and got a comment only.")
