"""Tables that a Markdown file writes in HTML: their rows, at their own places in the file."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROW: Final = re.compile(r"<tr\b(?:(?!<tr\b).)*?</tr\s*>", re.DOTALL | re.IGNORECASE)
_CELL: Final = re.compile(r"<t[dh]\b[^>]*>(.*?)</t[dh]\s*>", re.DOTALL | re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]+>")
_TABLE: Final = re.compile(r"<table\b", re.IGNORECASE)


class HtmlTables:
    """Takes the HTML of one file block by block, since a table goes on after an empty line."""

    def __init__(self) -> None:
        self._header = ""

    def blocks(self, text: str, start: int, end: int) -> Iterator[Block] | None:
        """Return the rows of a stretch of HTML and what stands between them; none if it has no rows.

        The first row of a table names the columns of the others.

        Args:
            text: The file's text.
            start: Where the stretch begins.
            end: Where it ends.
        """
        rows = list(_ROW.finditer(text, start, end))
        if not rows:
            return None
        return self._blocks(text, (start, end), rows)

    def _blocks(
        self, text: str, stretch: tuple[int, int], rows: list[re.Match[str]]
    ) -> Iterator[Block]:
        at, end = stretch
        for row in rows:
            yield from _between(text, at, row.start())
            if _TABLE.search(text, at, row.start()):
                self._header = ""
            cells = [_shown(cell) for cell in _CELL.findall(row[0])]
            self._header = self._header or " | ".join(cells)
            if any(cells):
                yield Block(
                    kind=BlockKind.ROW, start=row.start(), end=row.end(), context=self._header
                )
            at = row.end()
        yield from _between(text, at, end)


def _between(text: str, start: int, end: int) -> Iterator[Block]:
    stretch = text[start:end]
    if _shown(stretch):
        begin = start + len(stretch) - len(stretch.lstrip())
        yield Block(kind=BlockKind.TEXT, start=begin, end=begin + len(stretch.strip()))


def _shown(markup: str) -> str:
    """Return what a page shows of some HTML, on one line; a bar would look like an edge of a cell."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).replace("|", "/").split())
