"""Opened sources: the stored text cut up for reading, with the quote marked."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from copilot.domain.documents import SourceKind
from copilot.domain.views import PieceKind


class RunReply(BaseModel):
    """Characters that are shown alike."""

    text: str
    marked: bool = Field(description="They belong to the quote.")
    faint: bool = Field(description="They are signs of the format, such as the ## of a heading.")


class PieceReply(BaseModel):
    """A heading, a paragraph, an item, a row or a label."""

    kind: PieceKind
    level: int
    start: int
    end: int
    runs: list[RunReply]
    cells: list[list[RunReply]] = Field(description="In place of `runs`, for a row.")


class _Window(BaseModel):
    pieces: list[PieceReply]
    layout: bool = Field(description="Line ends and spaces mean something.")
    from_: int = Field(alias="from")
    to: int
    length: int
    earlier: int | None = Field(description="`at` of the part before this one.")
    later: int | None = Field(description="`at` of the part after this one.")


class TextForm(_Window):
    """Text, Markdown, Word, HTML, JSON, YAML."""

    form: Literal["text"]


class FieldReply(BaseModel):
    """A field of an e-mail's header."""

    name: str
    runs: list[RunReply]


class MailForm(_Window):
    """An e-mail."""

    form: Literal["mail"]
    fields: list[FieldReply]


class CellReply(BaseModel):
    """A cell."""

    runs: list[RunReply]
    quoted: bool


class RowReply(BaseModel):
    """A row, as a spreadsheet numbers it."""

    number: int | None
    start: int
    end: int
    quoted: bool
    cells: list[CellReply]


class TableForm(BaseModel):
    """Rows of a CSV file or of a sheet."""

    form: Literal["table"]
    sheet: str
    header: list[str]
    rows: list[RowReply]
    length: int
    earlier: int | None
    later: int | None


class RectangleReply(BaseModel):
    """A part of a page, in fractions of it from the top left."""

    left: float
    top: float
    width: float
    height: float


class PictureReply(BaseModel):
    """How a page looks; the picture itself is at /api/v1/sources/page.png."""

    width: float
    height: float
    rectangles: list[RectangleReply]


class PageForm(_Window):
    """A page of a PDF."""

    form: Literal["page"]
    number: int
    count: int
    picture: PictureReply | None


class CriterionForm(BaseModel):
    """A criterion of the catalog."""

    form: Literal["criterion"]
    id: str
    title: str
    pieces: list[PieceReply]


class OpenedReply(BaseModel):
    """A source, opened at a quote."""

    source: str
    title: str
    kind: SourceKind
    heading: list[str]
    place: str
    start: int | None
    end: int | None
    quote: str
    notes: list[str] = Field(
        description="What a reader should know, such as that the file has changed."
    )
    body: Annotated[
        TextForm | MailForm | TableForm | PageForm | CriterionForm, Field(discriminator="form")
    ]


class TextReply(BaseModel):
    """A part of a stored text."""

    source: str
    start: int
    text: str
    next: int | None = Field(description="The `start` of the next part; null after the last.")
    length: int
