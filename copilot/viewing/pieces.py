"""Cut stored text into what a reader sees: headings, paragraphs, items and rows.

Only the text and its passages are stored, so what a stretch is follows from them: what stands between
passages is headings, and rows have bars between their cells.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import ASKED_AS
from copilot.domain.views import Piece, PieceKind
from copilot.viewing.marking import runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.domain.documents import Passage
    from copilot.viewing.marking import Span

_LONGEST: Final = 1_200
"""Characters of a piece that comes from no passage, which would be short enough."""

_EMPTY_LINES: Final = re.compile(r"\n[ \t\r]*\n\s*")
_HASHES: Final = re.compile(r"[ \t]{0,3}(#{1,6})[ \t]+")
_BULLET: Final = re.compile(r"[ \t]*(?:[-*+•●▪◦‣·–]|\(?[a-z0-9]{1,2}[.)])[ \t]+")
_UNDERLINE: Final = re.compile(r"[ \t]*(?:=+|-+)[ \t]*")
_SEPARATOR: Final = re.compile(r"[ \t]*\|?[ \t:|-]+\|?[ \t]*")
_BAR: Final = re.compile(r"(?<!\\)\|")
_BETWEEN: Final = re.compile(r"[ \t]\|(?=[ \t]|$)|^\|(?=[ \t])")
_SIGNS: Final = re.compile(r"\*\*|__|`+|!?\[(?=[^\]]*\]\()|\]\([^)\s]*\)")
_DECORATION: Final = re.compile(r"[#*_`|>]+")


class Style(Enum):
    """How a format writes what it says."""

    WRAPPED = auto()
    """PDF: a paragraph has the line ends of its page."""
    LINES = auto()
    """Word and HTML: each line is a paragraph, an item or a row."""
    MARKDOWN = auto()
    LAYOUT = auto()
    """Logs, mail, plain text, JSON and YAML, in which line ends and spaces mean something."""


@dataclass(frozen=True, slots=True)
class _Cutting:
    text: str
    style: Style
    mark: Span

    def piece(self, kind: PieceKind, span: Span, *, level: int = 0, skip: int = 0) -> Piece:
        """Return a piece, of which the first `skip` characters are a sign."""
        signs = [(span[0], span[0] + skip)] if skip else []
        if self.style is Style.MARKDOWN:
            signs += [m.span() for m in _SIGNS.finditer(self.text, span[0] + skip, span[1])]
        return Piece(
            kind=kind,
            start=span[0],
            end=span[1],
            runs=runs(self.text, span, self.mark, signs=signs),
            level=level,
        )

    def faint(self, span: Span) -> Piece:
        return Piece(
            kind=PieceKind.TEXT,
            start=span[0],
            end=span[1],
            runs=runs(self.text, span, self.mark, signs=[span]),
        )


def pieces_of(
    text: str, span: Span, passages: Sequence[Passage], *, style: Style, mark: Span
) -> list[Piece]:
    """Return a stretch of a stored text in pieces, in order; only white space is left out of it.

    Signs between the cells of a row, and the line under a table's header, are left out too.

    Args:
        text: The stored text.
        span: The stretch.
        passages: Those that it touches, in their order.
        style: How its format writes.
        mark: The quote.
    """
    cutting = _Cutting(text, style, mark)
    found: list[Piece] = []
    at, end = span
    for passage in passages:
        first, until = max(passage.start, at), min(passage.end, end)
        if passage.place == ASKED_AS or first >= until:
            continue
        found += _between(cutting, (at, first), passage.heading)
        found += _body(cutting, (first, until))
        at = until
    found += _between(cutting, (at, end), ())
    return found


def _body(cutting: _Cutting, span: Span) -> Iterator[Piece]:
    """Yield the pieces of a passage."""
    if cutting.style is Style.LAYOUT:
        line = cutting.text.rfind("\n", 0, span[0]) + 1
        # A list of YAML or JSON stands on its dash, which belongs to no passage.
        indented = not cutting.text[line : span[0]].strip(" \t-")
        yield cutting.piece(PieceKind.TEXT, (line if indented else span[0], span[1]))
        return
    for paragraph in _split(cutting.text, span, _EMPTY_LINES):
        yield from _paragraph(cutting, paragraph)


def _paragraph(cutting: _Cutting, span: Span) -> Iterator[Piece]:
    """Yield a paragraph, or the items and rows that stand together without an empty line."""
    begin: int | None = None
    end, kind = span[0], PieceKind.TEXT
    lines = list(_lines(cutting.text, span))
    for line in lines:
        starts = _starts(cutting, line)
        if starts is None and cutting.style is Style.LINES and len(lines) > 1:
            starts = PieceKind.ITEM
        if begin is not None and starts:
            yield _prose(cutting, (begin, end), kind)
            begin = None
        if starts is PieceKind.ROW:
            yield from _row(cutting, line)
            continue
        if begin is None:
            begin, kind = line[0], starts or PieceKind.TEXT
        end = line[1]
    if begin is not None:
        yield _prose(cutting, (begin, end), kind)


def _starts(cutting: _Cutting, line: Span) -> PieceKind | None:
    """Say what a line begins, if it does not go on with what stands above it."""
    written = cutting.text[slice(*line)]
    if cutting.style is Style.MARKDOWN:
        if written.lstrip().startswith("|"):
            return PieceKind.ROW
        if _HASHES.match(written):
            return PieceKind.HEADING
    elif _BETWEEN.search(written):
        return PieceKind.ROW
    return PieceKind.ITEM if _BULLET.match(written) else None


def _prose(cutting: _Cutting, span: Span, kind: PieceKind) -> Piece:
    written = cutting.text[slice(*span)]
    if kind is PieceKind.HEADING and (hashes := _HASHES.match(written)):
        return cutting.piece(kind, span, level=len(hashes[1]), skip=len(hashes[0]))
    bullet = _BULLET.match(written) if kind is PieceKind.ITEM else None
    return cutting.piece(kind, span, skip=len(bullet[0]) if bullet else 0)


def _row(cutting: _Cutting, line: Span) -> Iterator[Piece]:
    start, end = line
    written = cutting.text[start:end]
    markdown = cutting.style is Style.MARKDOWN
    if markdown and _SEPARATOR.fullmatch(written):
        return
    bars = [start + bar.start() for bar in (_BAR if markdown else _BETWEEN).finditer(written)]
    # The bar of prose has a space before it, which the pattern has too.
    bars = [bar if cutting.text[bar] == "|" else bar + 1 for bar in bars]
    cells = list(zip([start - 1, *bars], [*bars, end], strict=True))
    if markdown:
        cells = cells[1:] if written.lstrip().startswith("|") else cells
        cells = cells[:-1] if written.rstrip().endswith("|") else cells
    yield Piece(
        kind=PieceKind.ROW,
        start=start,
        end=end,
        cells=tuple(
            runs(cutting.text, _trimmed(cutting.text, (first + 1, last)), cutting.mark)
            for first, last in cells
        ),
    )


def _between(cutting: _Cutting, span: Span, headings: Sequence[str]) -> Iterator[Piece]:
    """Yield what stands between two passages: headings, and what no passage is made of."""
    for line in _lines(cutting.text, span):
        written = cutting.text[slice(*line)]
        hashes = _HASHES.match(written) if cutting.style is Style.MARKDOWN else None
        name = " ".join(_DECORATION.sub(" ", written).split())
        if hashes:
            yield cutting.piece(PieceKind.HEADING, line, level=len(hashes[1]), skip=len(hashes[0]))
        elif name and name in headings:
            yield cutting.piece(PieceKind.HEADING, line, level=headings.index(name) + 1)
        elif cutting.style in {Style.WRAPPED, Style.LINES}:
            yield cutting.piece(PieceKind.HEADING, line, level=max(1, len(headings)))
        elif not _UNDERLINE.fullmatch(written) and not _SEPARATOR.fullmatch(written):
            yield cutting.faint(line)


def _lines(text: str, span: Span) -> Iterator[Span]:
    """Yield the lines of a stretch that are not empty, without white space around them."""
    at, end = span
    while at < end:
        until = text.find("\n", at, end)
        until = end if until < 0 else until
        for first in range(at, until, _LONGEST):
            line = _trimmed(text, (first, min(until, first + _LONGEST)))
            if line[0] < line[1]:
                yield line
        at = until + 1


def _split(text: str, span: Span, between: re.Pattern[str]) -> Iterator[Span]:
    at = span[0]
    for match in between.finditer(text, *span):
        if match.start() > at:
            yield at, match.start()
        at = match.end()
    if at < span[1]:
        yield at, span[1]


def _trimmed(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end
