"""The event log: who did what, and whether it is as it was written."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class EntryReply(BaseModel):
    """An entry of the log."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": 12,
                    "at": "2026-03-02T09:00:00.000000+00:00",
                    "who": "mara.lindqvist",
                    "action": "approved a version",
                    "about": "policy/access-control",
                    "version": 3,
                    "detail": {"sha256": "0" * 64},
                    "previous": "0" * 64,
                    "hash": "0" * 64,
                    "unreadable": "",
                }
            ]
        }
    )

    number: int
    at: datetime | None = None
    who: str = ""
    action: str = ""
    about: str = ""
    version: int | None = None
    detail: dict[str, str] = {}
    previous: str = ""
    hash: str = ""
    unreadable: str = Field(
        default="", description="Why the row cannot be read; then nothing else is said of it."
    )


class SealReply(BaseModel):
    """How long the log was, and the hash of its last entry."""

    entries: int
    hash: str


class DamageReply(BaseModel):
    """Entries that were touched."""

    harm: str
    first: int
    last: int
    said: str


class ReportReply(BaseModel):
    """Whether the log is as it was written."""

    status: Literal["whole", "damaged"]
    entries: int
    seal: SealReply | None
    damages: list[DamageReply]
    contradictions: list[str] = Field(
        description="What is kept of the review and not borne out by the log."
    )
