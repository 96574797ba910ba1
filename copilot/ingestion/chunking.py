"""Cut a parsed document into passages: short enough to quote, whole enough to understand."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import BlockKind, NewPassage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.domain.documents import Block, ParsedDocument

LONGEST: Final = 900
"""Characters in a passage. The default encoder sees 256 tokens, about 1,000 characters of English
with its context; benchmarks/quality.py compares sizes."""

_ROWS: Final = 600
"""Characters of rows in a passage."""

_RECORD: Final = 150
"""A row of so many characters is a record that can be found and quoted on its own; shorter ones say
little alone and stand together."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?;:])[\"')\]”’]*\s+|\n[ \t]*\n\s*")
_LINE_END: Final = re.compile(r"\n+")
"""The next best: in a PDF a line ends where the page does, in the middle of what is said."""
_DECORATION: Final = re.compile(r"[#*_`|>]+")


@dataclass(slots=True)
class _Pending:
    blocks: list[Block] = field(default_factory=list)

    @property
    def start(self) -> int:
        return self.blocks[0].start

    @property
    def end(self) -> int:
        return self.blocks[-1].end


def cut(document: ParsedDocument, *, title: str) -> Iterator[NewPassage]:
    """Yield the passages of a document in order.

    A passage never crosses a heading or a page, and never mixes rows with prose. Blocks longer than
    `LONGEST` are cut at sentence ends. Every character of every block but headings is in exactly one
    passage; a heading without text of its own under it is a passage, so that nothing is lost.
    """
    headings: list[tuple[int, str]] = []
    unused: Block | None = None
    pending = _Pending()
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            yield from _flush(pending, document.text, title, headings)
            if unused is not None and unused.level >= block.level:
                yield from _flush(_Pending([unused]), document.text, title, headings[:-1])
            headings = [one for one in headings if one[0] < block.level]
            headings.append((block.level, _clean(document.text[block.start : block.end])))
            unused = block
            continue
        unused = None
        if pending.blocks and not _fits(pending, block):
            yield from _flush(pending, document.text, title, headings)
        pending.blocks.append(block)
    yield from _flush(pending, document.text, title, headings)
    if unused is not None:
        yield from _flush(_Pending([unused]), document.text, title, headings[:-1])


def _fits(pending: _Pending, block: Block) -> bool:
    last = pending.blocks[-1]
    rows = BlockKind.ROW in {block.kind, last.kind}
    if rows and block.kind != last.kind:
        return False
    if rows and block.context != last.context and last.context:
        return False
    if rows and max(block.end - block.start, last.end - last.start) > _RECORD:
        return False
    limit = _ROWS if rows else LONGEST
    return block.page == last.page and block.end - pending.start <= limit


def _flush(
    pending: _Pending, text: str, title: str, headings: list[tuple[int, str]]
) -> Iterator[NewPassage]:
    if not pending.blocks:
        return
    first, last = pending.blocks[0], pending.blocks[-1]
    heading = tuple(name for _, name in headings)
    above = [title, *(name for name in heading if name != title)]
    context = " > ".join(one for one in above if one)
    if last.context:
        context = f"{context}\n{last.context}"
    for start, end in _pieces(text, pending.start, pending.end):
        yield NewPassage(
            start=start,
            end=end,
            page=first.page,
            place=_place(first, last),
            heading=heading,
            text=text[start:end],
            context=context,
        )
    pending.blocks.clear()


def _place(first: Block, last: Block) -> str:
    if first.place == last.place or not last.place:
        return first.place
    if not first.place:
        return last.place
    what, _, number = first.place.rpartition(" ")
    same, _, until = last.place.rpartition(" ")
    if what != same:
        return f"{first.place} to {last.place}"
    several = f"{what}s" if what and number.isdecimal() else what
    return f"{several} {number} to {until}".strip()


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield stretches of at most `LONGEST` characters, cut where a sentence ends if possible."""
    while end - start > LONGEST:
        window = text[start : start + LONGEST]
        cut_at = _last(_SENTENCE_END, window) or _last(_LINE_END, window)
        if not cut_at:
            space = window.rfind(" ", LONGEST // 3)
            cut_at = space + 1 if space > 0 else LONGEST
        piece_end = start + len(window[:cut_at].rstrip())
        yield start, piece_end
        start += cut_at
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _last(end: re.Pattern[str], window: str) -> int:
    """Return where the last such end in a window is, if that is far enough in; else 0."""
    stops = (match.end() for match in end.finditer(window) if match.end() > LONGEST // 3)
    return max(stops, default=0)


def _clean(heading: str) -> str:
    return " ".join(_DECORATION.sub(" ", heading).split())
