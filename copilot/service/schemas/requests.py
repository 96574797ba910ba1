"""Auditors' requests, as the API has them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from pydantic import BaseModel, ConfigDict, Field

from copilot.domain.requests import RequestState

if TYPE_CHECKING:
    from copilot.auditing.requests import Piece, Seen


class RequestBody(BaseModel):
    """A request to be made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "Leavers of the period",
                    "detail": "All leavers with the time at which their accounts were disabled.",
                    "criterion": "CC6.2",
                    "due": "2026-03-09",
                }
            ]
        },
    )

    title: str = Field(min_length=1, max_length=200)
    detail: str = Field(default="", max_length=4_000)
    criterion: str = Field(default="", max_length=20, description="The criterion that it is about.")
    due: date | None = None


class MoveBody(BaseModel):
    """Where a request is to stand."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"state": "provided"}]}
    )

    state: RequestState


class ProvideBody(BaseModel):
    """Something to be provided for a request."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"what": "evidence/access-review-2025-q3.xlsx", "note": "Sheet 2."}]
        },
    )

    what: str = Field(
        min_length=1,
        max_length=1_000,
        description="The path of a source, or the id of an item that is approved.",
    )
    note: str = Field(default="", max_length=4_000)


class PieceReply(BaseModel):
    """Something that was provided."""

    id: int
    what: str
    title: str = Field(description="What it is called now; empty if you may not read it any more.")
    note: str
    who: str
    at: datetime
    for_auditors: bool = Field(description="Whether some auditor may read it now.")

    @classmethod
    def of(cls, piece: Piece) -> Self:
        """Return a piece as the API has it."""
        given = piece.provided
        return cls(
            id=given.id,
            what=given.what,
            title=piece.title,
            note=given.note,
            who=given.who,
            at=given.at,
            for_auditors=piece.for_auditors,
        )


class RequestReply(BaseModel):
    """A request with what was provided for it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": 1,
                    "title": "Leavers of the period",
                    "detail": "",
                    "criterion": "CC6.2",
                    "due": "2026-03-09",
                    "state": "open",
                    "who": "eleanor.finch",
                    "at": "2026-03-02T09:00:00Z",
                    "provided": [],
                }
            ]
        }
    )

    id: int
    title: str
    detail: str
    criterion: str | None
    due: date | None
    state: RequestState
    who: str
    at: datetime
    provided: list[PieceReply]

    @classmethod
    def of(cls, seen: Seen) -> Self:
        """Return a request as the API has it."""
        request = seen.request
        return cls(
            id=request.id,
            title=request.title,
            detail=request.detail,
            criterion=request.criterion,
            due=request.due,
            state=request.state,
            who=request.who,
            at=request.at,
            provided=[PieceReply.of(one) for one in seen.pieces],
        )


class TimelessReply(BaseModel):
    """Evidence that no auditor is shown."""

    path: str
    title: str
