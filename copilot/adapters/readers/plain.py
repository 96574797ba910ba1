"""Plain text and Markdown: the file's text is the text, so offsets are those of the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from copilot.adapters.readers import front_matter
from copilot.adapters.readers.decoding import read_text
from copilot.adapters.readers.markdown_tables import HtmlTables
from copilot.domain.documents import Block, BlockKind, ParsedDocument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from markdown_it.token import Token

_PARAGRAPH: Final = re.compile(r"\S(?:.|\n(?![ \t]*\n))*")
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": True}).enable("table")
_LEAVES: Final = {"paragraph_open", "fence", "code_block", "html_block"}
_UNSEEN: Final = re.compile(r"<!--.*?-->|<[^>]+>|!\[[^\]]*\]\([^)]*\)|[-*_=\s]+", re.DOTALL)
"""What a page shows no words for: comments, tags, pictures, rules."""

_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s[^)]*)?\)")
_HASHES: Final = re.compile(r"^#+\s+|\s+#+$")


class TextReader:
    """Plain text: paragraphs stand between empty lines."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return the file's text in paragraphs."""
        text, notes = read_text(path)
        blocks = tuple(
            Block(
                kind=BlockKind.TEXT, start=match.start(), end=match.start() + len(match[0].rstrip())
            )
            for match in _PARAGRAPH.finditer(text)
        )
        return ParsedDocument(text=text, blocks=blocks, notes=notes)


class MarkdownReader:
    """Markdown: headings, paragraphs, list items and table rows, with front matter."""

    def read(self, path: Path, *, name: str) -> ParsedDocument:
        """Return the file's text with its structure.

        Raises:
            UnreadableFile: The front matter cannot be read.
        """
        text, notes = read_text(path)
        metadata, begin = front_matter.split(text)
        body = text[begin:]
        lines = [begin]
        # Not `splitlines`: Markdown ends lines at line feeds only, and so do its line numbers.
        for line in body.split("\n"):
            lines.append(lines[-1] + len(line) + 1)
        lines[-1] = len(text)
        blocks = tuple(_blocks(_MARKDOWN.parse(body), text, lines))
        title = next(
            (_plain(text[b.start : b.end]) for b in blocks if b.kind is BlockKind.HEADING), ""
        )
        return ParsedDocument(
            text=text,
            blocks=blocks,
            title=str(metadata.get("title") or title),
            metadata=metadata,
            notes=notes,
        )


def _blocks(tokens: Sequence[Token], text: str, lines: Sequence[int]) -> Iterator[Block]:
    depth, header = 0, ""
    tables = HtmlTables()
    for at, token in enumerate(tokens):
        if token.type in {"bullet_list_open", "ordered_list_open"}:
            depth += 1
        elif token.type in {"bullet_list_close", "ordered_list_close"}:
            depth -= 1
        elif token.type == "thead_open":
            header = " | ".join(_cells(tokens[at:]))
        start, end = _trimmed(text, *(lines[line] for line in token.map or (0, 0)))
        if token.map is None or start == end:
            continue
        if token.type == "heading_open":
            # The inline content leaves out the underline of a heading that has one.
            first, last = tokens[at + 1].map or token.map
            start, end = _trimmed(text, lines[first], lines[last])
            yield Block(kind=BlockKind.HEADING, start=start, end=end, level=int(token.tag[1]))
        elif token.type == "tr_open":
            yield Block(kind=BlockKind.ROW, start=start, end=end, context=header)
        elif token.type in _LEAVES and _UNSEEN.sub("", text[start:end]):
            kind = BlockKind.ITEM if depth else BlockKind.TEXT
            in_rows = tables.blocks(text, start, end) if token.type == "html_block" else None
            yield from in_rows or (Block(kind=kind, start=start, end=end),)


def _cells(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "thead_close":
            return
        if token.type == "inline":
            yield token.content


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[end - 1].isspace():
        end -= 1
    while start < end and text[start].isspace():
        start += 1
    return start, end


def _plain(heading: str) -> str:
    shown = _LINK.sub(r"\1", _HASHES.sub("", " ".join(heading.split())))
    return re.sub(r"\*+|`+|(?<!\w)_+|_+(?!\w)", "", shown).strip()
