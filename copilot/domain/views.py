"""A source opened at a citation: what a reader is shown, with the quote marked in it.

Every body holds the stored text, cut up for reading; nothing here is markup. What is marked is the
quote and nothing else, and joined it says what the quote says, up to white space and what a table's or
a list's own signs are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.domain.documents import Source, SourceKind, SourcePath


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a source is opened: at a quote, at a page, or at its beginning."""

    path: SourcePath
    start: int | None = None
    """With `end`, the quote, as offsets into the stored text."""
    end: int | None = None
    page: int | None = None
    at: int | None = None
    """Where the part that is shown begins, for paging through; around the quote if not given."""
    check: str = ""
    """What `check_of` made of the quote when it was cited; if it differs now, the reader is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is stored of a source."""

    source: Source
    text: str
    content_hash: str
    """SHA-256 of the file that the text was read from."""
    size: int
    """As `mtime_ns`, of that file."""
    mtime_ns: int


def check_of(quote: str) -> str:
    """Return eight characters that tell whether words are still those that were cited."""
    return sha256(" ".join(quote.split()).encode("utf-8", "replace")).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Run:
    """Characters that follow each other and are shown alike."""

    text: str
    marked: bool = False
    """They belong to the quote."""
    faint: bool = False
    """They are signs of the format, such as the `##` of a heading."""


Runs = tuple[Run, ...]


class PieceKind(StrEnum):
    """What a stretch of text is for a reader."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    ROW = "row"
    """A row of a table within a text; it has cells."""
    LABEL = "label"
    """What the passages under it are, in a criterion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A heading, a paragraph, an item or a row."""

    kind: PieceKind
    start: int
    """As `end`, an offset into the stored text."""
    end: int
    runs: Runs = ()
    cells: tuple[Runs, ...] = ()
    """In place of `runs`, for a row."""
    level: int = 0
    """Of a heading, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of the stored text, cut at paragraphs."""

    pieces: tuple[Piece, ...]
    start: int
    end: int
    length: int
    """Characters of the whole text."""
    earlier: int | None = None
    """Where the part before this one begins; nothing at the beginning."""
    later: int | None = None
    """Where the part after this one begins; nothing at the end."""
    layout: bool = False
    """Whether line ends and spaces mean something, as in a log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBody:
    """Text, Markdown, Word, HTML, JSON, YAML."""

    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class MailBody:
    """An e-mail."""

    fields: tuple[tuple[str, Runs], ...]
    """From, To, Date, Subject and what each says."""
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table."""

    runs: Runs
    touched: bool = False
    """Whether the quote has any of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A row of a table as a spreadsheet numbers it."""

    number: int | None
    """From 1; nothing if it cannot be told."""
    cells: tuple[Cell, ...]
    start: int
    end: int

    @property
    def touched(self) -> bool:
        """Whether the quote has any of it."""
        return any(cell.touched for cell in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBody:
    """Rows of a CSV file or of a sheet of a workbook."""

    sheet: str
    """Empty where there is only one table."""
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    length: int
    earlier: int | None = None
    later: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """A part of a page in fractions of its width and height, counted from the top left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPage:
    """A page of a PDF as it is drawn."""

    count: int
    """How many pages the file has."""
    width: float
    """As `height`, in points, as the page is turned."""
    height: float
    rectangles: tuple[Rectangle, ...] = ()
    """Where the quote stands, line by line; none if it was not found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBody:
    """A page of a PDF."""

    number: int
    count: int
    picture: SeenPage | None
    """Nothing if the page cannot be drawn; the notes say why."""
    window: Window
    """The page's text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionBody:
    """What the catalog says of a criterion."""

    id: str
    title: str
    pieces: tuple[Piece, ...]


Body = TextBody | MailBody | TableBody | PageBody | CriterionBody


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A source as one reader may see it."""

    path: SourcePath
    title: str
    kind: SourceKind
    heading: tuple[str, ...]
    """The headings above the quote, or above what is shown."""
    place: str
    """Such as `sheet Q1, row 12`; empty for formats with pages and where nothing was said."""
    start: int | None
    """As `end`, where the quote stands; nothing if there is none."""
    end: int | None
    quote: str
    notes: tuple[str, ...]
    """What a reader should know: the file has changed, the page cannot be drawn."""
    body: Body
