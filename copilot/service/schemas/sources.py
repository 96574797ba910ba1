"""The library: sources with what is known about them, and what became of files that were given."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from copilot.domain.criteria import Frequency
from copilot.domain.documents import SourceKind
from copilot.library.listing import Freshness
from copilot.service.schemas.jobs import JobReply

if TYPE_CHECKING:
    from copilot.domain.documents import Metadata
    from copilot.library.describing import Description, Overruled
    from copilot.library.listing import Listed

_EXAMPLE: Final[dict[str, Any]] = {
    "path": "evidence/access-review-2025-q3.csv",
    "title": "Access review, third quarter 2025",
    "kind": "evidence",
    "audience": "compliance",
    "owner": "Head of IT",
    "criteria": ["CC6.2", "CC6.3"],
    "controls": ["AC-03"],
    "period": "2025-07-01..2025-09-30",
    "collected": "2025-10-02",
    "frequency": "quarterly",
}

Line = Annotated[str, StringConstraints(max_length=500)]


class AboutReply(BaseModel):
    """What is known about a file besides its text."""

    path: str
    title: str
    kind: SourceKind
    audience: str = Field(description="Who may read it.")
    owner: str
    criteria: list[str]
    controls: list[str]
    period: str | None = Field(description="The time that evidence speaks for.")
    collected: date | None = Field(description="When it was taken from its system.")
    frequency: Frequency | None = Field(description="How often such a record comes into being.")


class SourceReply(AboutReply):
    """A source in the list."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_EXAMPLE,
                    "stale": False,
                    "freshness": [],
                    "problem": "",
                    "hint": "",
                    "notes": [],
                }
            ]
        }
    )

    stale: bool = Field(
        description="The file can no longer be read; its last good version is used."
    )
    freshness: list[Freshness] = Field(description="What to know before relying on it.")
    problem: str = Field(description="Why the file can no longer be read.")
    hint: str = Field(description="What to do about the problem.")
    notes: list[str] = Field(description="What to know about how it was read.")

    @classmethod
    def of(cls, listed: Listed) -> Self:
        """Return a source of the list."""
        source = listed.source
        return cls(
            **_about(source.path, source.metadata),
            stale=source.stale,
            freshness=list(listed.freshness),
            problem=listed.problem,
            hint=listed.hint,
            notes=list(source.notes),
        )


class RefusedReply(BaseModel):
    """A file that is not used."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "path": "evidence/scan.pdf",
                    "reason": "it has no text",
                    "hint": "Install tesseract, or export it with text.",
                }
            ]
        }
    )

    path: str
    reason: str
    hint: str


class OverruledReply(BaseModel):
    """A field that was emptied and has a value all the same, since somebody else says it."""

    field: str
    value: str
    said_by: str


class DescriptionReply(AboutReply):
    """What is said about a file now, by whom."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_EXAMPLE,
                    "said_by": {
                        "title": "its own description",
                        "owner": "the manifest of evidence, defaults",
                    },
                    "problem": "",
                    "overruled": [],
                    "job": None,
                }
            ]
        }
    )

    said_by: dict[str, str] = Field(
        description="By field: the file's own description, a manifest, or the file itself."
    )
    problem: str = Field(description="Why the file is not used as it is described.")
    overruled: list[OverruledReply] = Field(
        description="What was emptied just now and holds all the same: change it where it is said."
    )
    job: JobReply | None = Field(description="What brings the index in line with the change.")

    @classmethod
    def described(
        cls,
        description: Description,
        *,
        overruled: list[Overruled] | None = None,
        job: JobReply | None = None,
    ) -> Self:
        """Return a description."""
        return cls(
            **_about(description.path, description.metadata),
            said_by=dict(description.said_by),
            problem=description.problem,
            overruled=[
                OverruledReply(field=one.field, value=one.value, said_by=one.said_by)
                for one in overruled or ()
            ],
            job=job,
        )


class DescriptionBody(BaseModel):
    """What is to be said about a file: a field that is left out stays, one that is empty is emptied."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"period": "2025-Q3", "owner": "Head of IT"}]},
    )

    title: Line | None = None
    kind: SourceKind | None = None
    audience: Line | None = None
    owner: Line | None = None
    criteria: Annotated[list[Line], Field(max_length=100)] | None = None
    controls: Annotated[list[Line], Field(max_length=100)] | None = None
    period: Line | None = Field(default=None, examples=["2025-Q3", "2025-01-01..2025-12-31"])
    collected: Line | None = Field(default=None, examples=["2025-10-02"])
    frequency: Frequency | None = None


class GivenReply(BaseModel):
    """What became of one file of an upload."""

    name: str = Field(description="What the file was called by whoever gave it.")
    path: str | None = Field(description="Where it stands now; null if it was not taken.")
    replaced: bool = Field(description="Whether another file went for it.")
    bytes: int
    sha256: str | None
    status: int = Field(description="201, or the status of the problem.")
    problem: str
    hint: str


class UploadReply(BaseModel):
    """What became of the files of an upload, in their order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "files": [
                        {
                            "name": "Access review Q3.csv",
                            "path": "evidence/Access review Q3.csv",
                            "replaced": False,
                            "bytes": 1834,
                            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                            "status": 201,
                            "problem": "",
                            "hint": "",
                        }
                    ],
                    "job": None,
                }
            ]
        }
    )

    files: list[GivenReply]
    job: JobReply | None = Field(description="What ingests them.")


def _about(path: str, metadata: Metadata) -> dict[str, Any]:
    return {
        "path": path,
        "title": metadata.title,
        "kind": metadata.kind,
        "audience": metadata.audience,
        "owner": metadata.owner,
        "criteria": list(metadata.criteria),
        "controls": list(metadata.controls),
        "period": str(metadata.period) if metadata.period else None,
        "collected": metadata.collected,
        "frequency": metadata.frequency,
    }
