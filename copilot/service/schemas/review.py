"""What is reviewed: items, versions, what is open in them, and what people do to them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from copilot.domain.review import ItemKind, State
from copilot.service.limits import BODY_BYTES

_LONGEST: Final = BODY_BYTES
_NO_NUL: Final = r"^[^\x00]*$"
"""Databases keep everything else."""
_AT: Final = "2026-03-02T09:00:00+00:00"

Draft = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST)]
Said = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4_000, pattern=_NO_NUL),
]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000, pattern=_NO_NUL)]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\x00-\x1f]*$")
]
Number = Annotated[int, Field(ge=1, le=1_000_000)]

_ITEM: Final[dict[str, Any]] = {
    "id": "policy/access-control",
    "kind": "policy",
    "title": "Access control policy",
    "state": "in review",
    "version": 3,
    "author": "mara.lindqvist",
    "at": _AT,
    "in_force": 1,
    "audience": "everyone",
}


class ItemReply(BaseModel):
    """Something that is reviewed, and where its newest version stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ITEM]})

    id: str = Field(description="Kind and name.")
    kind: ItemKind
    title: str
    state: State
    version: int = Field(description="The number of the newest version that you may see.")
    author: str = Field(description="Who wrote that version.")
    at: datetime
    in_force: int | None = Field(description="The approved version that holds.")
    audience: str = Field(description="Who may read what is in force.")


class ApprovedReply(ItemReply):
    """An item that was approved."""

    job: str | None = Field(
        description="The job that brings the policy into the index; null where nothing is ingested."
    )


class VersionBrief(BaseModel):
    """A version without its text."""

    number: int
    base: int | None = Field(description="The version that it was edited from.")
    state: State
    author: str
    at: datetime
    note: str
    decided_by: str | None
    decided_at: datetime | None


class VersionReply(VersionBrief):
    """A version."""

    text: str = Field(description="Markdown, with the marks of what is open.")


class WaiverReply(BaseModel):
    """Why a question need not be answered."""

    reason: str
    who: str
    at: datetime


class PlaceReply(BaseModel):
    """A stretch of a draft's text."""

    line: int
    start: int
    end: int


class OpenReply(BaseModel):
    """Something that is open."""

    number: int = Field(description="By this it is answered, confirmed or waived.")
    says: str
    kind: Literal["question", "decision", "broken"] = Field(
        description="To answer, to confirm, or a mark that has to be repaired in the text."
    )
    role: str = Field(description="Who can tell, or decides.")
    words: str = Field(description="What is asked, what is proposed, or what is wrong.")
    places: list[PlaceReply]
    waived: WaiverReply | None = None


class CitedReply(BaseModel):
    """Where quoted words stand."""

    source: str
    page: int | None
    start: int
    end: int
    quote: str


class FootnoteReply(BaseModel):
    """A footnote of a draft."""

    label: str
    text: str
    citation: CitedReply | None = Field(description="Null for a footnote that cites nothing.")
    references: int = Field(description="How often the text refers to it.")


class CommentReply(BaseModel):
    """What somebody said about a version."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"version": 3, "who": "jonas.mendes", "at": _AT, "text": "Five days are too long."}
            ]
        }
    )

    version: int
    who: str
    at: datetime
    text: str


class PublishedReply(BaseModel):
    """Where an approved policy is written."""

    path: str
    state: str


class StepReply(BaseModel):
    """Something that can be done to an item, or why you cannot do it."""

    step: str
    possible: bool
    why_not: str


class ShownReply(BaseModel):
    """An item with one of its versions."""

    id: str
    kind: ItemKind
    title: str
    state: State
    author: str
    at: datetime
    in_force: int | None
    audience: str
    version: VersionReply
    questions: list[OpenReply] = Field(description="What this version has open, as a checklist.")
    footnotes: list[FootnoteReply]
    versions: list[VersionBrief] = Field(description="Those that you may see, oldest first.")
    comments: list[CommentReply]
    published: PublishedReply | None
    steps: list[StepReply]


class PieceReply(BaseModel):
    """A stretch of a line."""

    text: str
    changed: bool


class SideReply(BaseModel):
    """A line of one of two versions."""

    number: int
    pieces: list[PieceReply]


class RowReply(BaseModel):
    """A line before and after; null where it was added or removed."""

    same: bool
    before: SideReply | None
    after: SideReply | None


class HunkReply(BaseModel):
    """Changes that stand near each other, with two lines around them."""

    rows: list[RowReply]


class DiffReply(BaseModel):
    """What changed between two versions."""

    older: int = Field(description="0 where there is nothing to compare with.")
    newer: int
    added: int = Field(description="Lines that are new, or new in part.")
    removed: int
    hunks: list[HunkReply]


class SaveBody(BaseModel):
    """A text that somebody wants to be kept as a new version."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "text": "# Access control policy\n\nEach quarter all accounts are reviewed.\n",
                    "note": "The review is quarterly.",
                }
            ]
        },
    )

    text: Draft = Field(description="The whole text, in Markdown.")
    note: Note = Field(default="", description="What is new in it.")
    title: Title = Field(default="", description="For a new item; one that exists keeps its own.")
    let_citations_go: bool = Field(
        default=False,
        description="Save it although citations of the version are gone from the text.",
    )


class TextBody(BaseModel):
    """A text that is being edited."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "# Access control policy\n"}]}
    )

    text: Annotated[str, StringConstraints(max_length=_LONGEST)]


class CheckReply(BaseModel):
    """What a text that is being edited has open, and what saving it would lose."""

    questions: list[OpenReply]
    lost: list[FootnoteReply] = Field(
        description="Footnotes of the version that the text no longer carries."
    )
    undefined: list[str] = Field(description="Footnotes that the text refers to and does not have.")


class CommentBody(BaseModel):
    """Something to say."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "Five days are too long."}]}
    )

    text: Said


class AnswerBody(BaseModel):
    """The answer to an open question."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": 1, "text": "Requests are recorded in Jira."}]},
    )

    question: Number
    text: Said = Field(description="In plain words; nothing in it becomes Markdown.")


class ConfirmBody(BaseModel):
    """Decisions that are confirmed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"questions": [2]}, {"questions": []}]},
    )

    questions: list[Number] = Field(
        default=[], max_length=1_000, description="Their numbers; all decisions if there are none."
    )
    instead: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4_000)] = Field(
        default="", description="What was decided in place of what is proposed, of a single one."
    )


class WaiveBody(BaseModel):
    """A question that need not be answered."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": 1, "reason": "Settled with the auditor."}]},
    )

    question: Number
    reason: Said


class ReasonBody(BaseModel):
    """Why something is given back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "The limit for leavers is missing."}]},
    )

    reason: Said


class ApproveBody(BaseModel):
    """An approval."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"note": "As discussed on Monday."}]}
    )

    note: Note = Field(default="", description="Becomes a comment.")
    replace_file: bool = Field(
        default=False, description="Write a policy even over a file that the product did not write."
    )
