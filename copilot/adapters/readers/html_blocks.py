"""What a piece of HTML shows, block by block."""

from __future__ import annotations

import re
from typing import Final

from bs4 import BeautifulSoup
from bs4.element import Comment, NavigableString, Tag

from copilot.adapters.readers.building import TextBuilder
from copilot.domain.documents import BlockKind, ParsedDocument

_UNSEEN: Final = ("script", "style", "noscript", "template", "svg", "nav", "iframe", "object")
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_BLOCKS: Final = frozenset(
    "address article aside blockquote body dd details div dl dt figcaption figure footer form "
    "header hr html li main ol p pre section summary table ul".split()
)


def blocks_of(markup: str) -> ParsedDocument:
    """Return what a piece of HTML shows; what a browser would hide is left out."""
    soup = BeautifulSoup(markup, "lxml")
    for unseen in soup(_UNSEEN):
        unseen.decompose()
    for tag in soup.find_all(True):
        if not tag.decomposed and (
            tag.has_attr("hidden") or _HIDDEN.search(str(tag.get("style", "")))
        ):
            tag.decompose()
    title = soup.title.get_text(" ", strip=True) if soup.title else ""
    builder = TextBuilder()
    _walk(soup.body or soup, builder)
    return ParsedDocument(text=builder.text, blocks=tuple(builder.blocks), title=title)


def _walk(parent: Tag, builder: TextBuilder, kind: BlockKind = BlockKind.TEXT) -> None:
    """Add each block in turn; inline content between blocks is a paragraph of its own."""
    inline: list[str] = []

    def flush() -> None:
        builder.add(kind, _folded("".join(inline)))
        inline.clear()

    for child in parent.children:
        if isinstance(child, Comment):
            continue
        if isinstance(child, NavigableString):
            inline.append(str(child))
        elif isinstance(child, Tag):
            if (
                child.name in _HEADINGS
                or child.name in _BLOCKS
                or child.find(_BLOCKS | _HEADINGS.keys())
            ):
                flush()
                _block(child, builder)
            else:
                inline.append(_inline(child))
    flush()


def _block(tag: Tag, builder: TextBuilder) -> None:
    if tag.name in _HEADINGS:
        builder.add(BlockKind.HEADING, _folded(_inline(tag)), level=_HEADINGS[tag.name])
    elif tag.name == "table":
        _table(tag, builder)
    elif tag.name == "li":
        _walk(tag, builder, BlockKind.ITEM)
    elif tag.name == "pre":
        builder.add(BlockKind.TEXT, tag.get_text())
    else:
        _walk(tag, builder)


def _table(table: Tag, builder: TextBuilder) -> None:
    header = ""
    if caption := table.find("caption"):
        builder.add(BlockKind.TEXT, _folded(_inline(caption)))
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    for at, row in enumerate(rows):
        cells = [_folded(_inline(cell)) for cell in row.find_all(["th", "td"], recursive=False)]
        line = " | ".join(cells)
        # Bars alone are the frame of a page that is laid out by tables.
        line = line if line.strip("| ") else ""
        builder.add(BlockKind.ROW, line, place=f"row {at + 1}", context=header)
        if not header and row.find("th"):
            header = line


def _inline(tag: Tag) -> str:
    if tag.name == "br":
        return "\n"
    return "".join(
        _inline(child) if isinstance(child, Tag) else str(child)
        for child in tag.children
        if not isinstance(child, Comment)
    )


def _folded(text: str) -> str:
    return "\n".join(line for part in text.split("\n") if (line := " ".join(part.split())))
