"""HTML: what a reader of the page sees, with headings, lists and tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.adapters.readers.decoding import read_text
from copilot.domain.documents import ParsedDocument

if TYPE_CHECKING:
    from pathlib import Path

_DECLARED: Final = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{2,40})", re.IGNORECASE)


class HtmlReader:
    """A saved page, a wiki export, the HTML part of a mail."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return what the page shows."""
        text, notes = read_text(path, declared=_DECLARED)
        document = parse_html(text)
        return ParsedDocument(
            text=document.text, blocks=document.blocks, title=document.title, notes=notes
        )


def parse_html(markup: str) -> ParsedDocument:
    """Return what a piece of HTML shows; what a browser would hide is left out."""
    # Its parser takes half the start of a child, which most folders never need.
    from copilot.adapters.readers.html_blocks import blocks_of

    return blocks_of(markup)
