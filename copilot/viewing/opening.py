"""Open a source at a citation, as far as whoever asks may read it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import SourceKind, may_read
from copilot.domain.views import (
    Body,
    MailBody,
    Opened,
    PageBody,
    TextBody,
    check_of,
)
from copilot.errors import BadInput, CopilotError, NotThere
from copilot.viewing import mail, tables
from copilot.viewing.criteria import criterion_of
from copilot.viewing.marking import NOWHERE
from copilot.viewing.pieces import Style
from copilot.viewing.windows import window_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from copilot.domain.access import Principal
    from copilot.domain.documents import Passage, SourcePath
    from copilot.domain.views import SeenPage, Spot, Stored
    from copilot.viewing.marking import Span
    from copilot.viewing.ports import Originals, PagePictures, PictureCache, StoredSources

SCALES: Final = (1, 2, 3)
"""How large the picture of a page may be; 1 is 96 dots an inch."""

LONGEST_PART: Final = 100_000
"""Characters of a stored text that are given at once."""

_STYLES: Final = {
    ".md": Style.MARKDOWN,
    ".markdown": Style.MARKDOWN,
    ".docx": Style.LINES,
    ".htm": Style.LINES,
    ".html": Style.LINES,
    ".pdf": Style.WRAPPED,
}
_DELIMITED: Final = frozenset({".csv", ".tsv"})
_NEAR: Final = 4_000
"""Characters around a row in which some passage knows the header."""

_CHANGED: Final = (
    "The file is not there or has changed since it was ingested. This is the text that was ingested "
    "and quoted."
)
_STALE: Final = (
    "The file has changed and its new version could not be read. This is its last good version."
)
_MOVED: Final = (
    "The source has changed since it was cited: other words stand where the quote stood."
)
_NOT_FOUND: Final = (
    "The quote could not be found in the picture of the page; it is marked in the page's text."
)


class Viewing:
    """Opens sources for readers; a source that may not be read is as absent as one that never was."""

    def __init__(
        self,
        sources: StoredSources,
        *,
        originals: Originals,
        pages: PagePictures,
        cache: PictureCache,
    ) -> None:
        """Take what is stored, the files, what draws pages, and what keeps the pictures."""
        self._sources = sources
        self._originals = originals
        self._pages = pages
        self._cache = cache

    def open(self, spot: Spot, *, principal: Principal) -> Opened:
        """Return a source as it is shown at a spot.

        Raises:
            NotThere: It is absent, or may not be read.
            BadInput: The spot is none: a quote without an end, or beyond the text.
        """
        stored = self._stored(spot.path, principal)
        mark, notes = _mark(spot, stored)
        near = (
            (spot.at or 0, (spot.at or 0) + 1) if spot.at is not None or mark == NOWHERE else mark
        )
        passages = self._sources.passages_between(spot.path, *near, principal=principal)
        body, said = self._body(stored, spot, mark, principal)
        if stored.source.stale:
            notes.append(_STALE)
        notes += said
        about = stored.source.metadata
        quoted = mark != NOWHERE
        return Opened(
            path=spot.path,
            title=passages[0].title if passages and quoted else about.title,
            kind=about.kind,
            heading=passages[0].heading if passages else (),
            place=_place(passages, about.kind) if quoted else "",
            start=mark[0] if quoted else None,
            end=mark[1] if quoted else None,
            quote=stored.text[slice(*mark)] if quoted else "",
            notes=tuple(dict.fromkeys(notes)),
            body=body,
        )

    def picture(
        self, path: SourcePath, page: int, *, scale: int, principal: Principal
    ) -> tuple[bytes, str]:
        """Return a page of a PDF as a PNG, and what tells this picture from any other.

        Raises:
            NotThere: It is absent, or may not be read; it is no PDF, or its file has changed since it
                was ingested.
            UnreadableFile: There is no such page, or it cannot be drawn.
            OverLimits: Drawing it takes too long or too much memory.
            BadInput: The scale is none of `SCALES`.
        """
        stored = self._stored(path, principal)
        if scale not in SCALES:
            raise BadInput(f"a page is not drawn at the scale {scale}", hint="Take 1, 2 or 3.")
        known = f"{stored.content_hash[:32]}-{page}-{scale}"
        kept = self._cache.get(stored.content_hash, page, scale)
        if kept is not None:
            return kept, known
        file = self._originals.file(stored) if _suffix(path) == ".pdf" else None
        if file is None:
            raise NotThere(
                f"there is no picture of page {page} of {path}",
                hint="It is no PDF, or the file has changed since it was ingested.",
            )
        picture = self._pages.draw(file, page, scale=scale)
        # A file that was put in its place meanwhile must not be kept under this one's name.
        if self._originals.file(stored) is not None:
            self._cache.put(stored.content_hash, page, scale, picture)
        return picture, known

    def text(
        self, path: SourcePath, *, start: int = 0, principal: Principal
    ) -> tuple[str, int | None, int]:
        """Return a part of a stored text, where the next begins, and the length of the whole.

        Raises:
            NotThere: It is absent, or may not be read.
        """
        text = self._stored(path, principal).text
        start = min(max(0, start), len(text))
        end = min(len(text), start + LONGEST_PART)
        return text[start:end], end if end < len(text) else None, len(text)

    def original(self, path: SourcePath, *, principal: Principal) -> bytes:
        """Return the file that a source was read from, for keeping.

        Raises:
            NotThere: It is absent, or may not be read; its file is gone, or is another by now.
        """
        file = self._originals.file(self._stored(path, principal))
        if file is None:
            raise NotThere(
                f"the file of {path} is not there or has changed since it was ingested",
                hint="Ingest it again.",
            )
        return file.read_bytes()

    def _stored(self, path: SourcePath, principal: Principal) -> Stored:
        # Some databases refuse a NUL where others find nothing.
        stored = None if "\0" in path else self._sources.stored(path, principal=principal)
        if stored is None or not may_read(principal, stored.source.metadata):
            raise NotThere(f"there is no source {path}", hint="Look it up in the library.")
        return stored

    def _body(
        self, stored: Stored, spot: Spot, mark: Span, principal: Principal
    ) -> tuple[Body, list[str]]:
        """Return what is shown of a source, and what is to be said about it."""
        path, suffix = spot.path, _suffix(spot.path)

        def between(start: int, end: int) -> list[Passage]:
            return self._sources.passages_between(path, start, end, principal=principal)

        if suffix == ".pdf":
            return self._page(stored, spot, mark, principal)
        said = [] if self._originals.file(stored) else [_CHANGED]
        if stored.source.metadata.kind is SourceKind.CATALOG and suffix == ".yaml":
            return criterion_of(stored.text, between(0, len(stored.text)), mark=mark), []
        if suffix in _DELIMITED:
            place = max(0, mark[0]) if spot.at is None else spot.at
            near = between(max(0, place - _NEAR), place + _NEAR)
            return tables.delimited(stored.text, near, mark=mark, at=spot.at), said
        if suffix == ".xlsx":
            return tables.sheet(stored.text, between, mark=mark, at=spot.at), said
        style = _STYLES.get(suffix, Style.LAYOUT)
        if suffix == ".eml":
            return _mail(stored.text, between, mark, spot.at), said
        return TextBody(
            window=window_of(stored.text, between, style=style, mark=mark, at=spot.at)
        ), said

    def _page(
        self, stored: Stored, spot: Spot, mark: Span, principal: Principal
    ) -> tuple[PageBody, list[str]]:
        path = spot.path
        number = self._page_number(spot, mark, principal)
        span = self._sources.page_span(path, number, principal=principal) or (0, 0)
        here = (max(mark[0], span[0]), min(mark[1], span[1]))
        here = here if here[0] < here[1] else NOWHERE
        seen, said = self._seen(stored, number, span, here)
        window = window_of(
            stored.text,
            lambda start, end: self._sources.passages_between(
                path, start, end, principal=principal
            ),
            style=Style.WRAPPED,
            mark=mark,
            within=span,
        )
        last = self._sources.last_page(path, principal=principal)
        count = seen.count if seen else max(last, 1)
        if number > count:
            raise NotThere(f"{path} has no page {number}")
        return PageBody(number=number, count=count, picture=seen, window=window), said

    def _page_number(self, spot: Spot, mark: Span, principal: Principal) -> int:
        """Return the page that a quote is on; that of the spot only where the quote reaches it."""
        if mark == NOWHERE:
            return spot.page or 1
        # A quote of a heading is in no passage, and on the page of the passage below.
        found = self._sources.passages_between(
            spot.path, mark[0], mark[1] + _NEAR, principal=principal
        )
        touched = [one.page for one in found if one.page and one.start < mark[1]]
        pages = touched or [one.page for one in found if one.page]
        if spot.page in pages or not pages:
            return spot.page or 1
        return pages[0]

    def _seen(
        self, stored: Stored, number: int, span: Span, here: Span
    ) -> tuple[SeenPage | None, list[str]]:
        """Return what a page looks like, or what is to be said where that cannot be told."""
        file = self._originals.file(stored)
        if file is None:
            return None, [_CHANGED]
        quote = stored.text[slice(*here)] if here != NOWHERE else ""
        near = (here[0] - span[0]) / max(1, span[1] - span[0]) if quote else 0.0
        try:
            seen = self._pages.look(file, number, quote=quote, near=near)
        except CopilotError as exc:
            return None, [f"The page cannot be shown as a picture: {exc}."]
        return seen, [_NOT_FOUND] if quote and not seen.rectangles else []


def _mail(
    text: str, between: Callable[[int, int], list[Passage]], mark: Span, at: int | None
) -> MailBody:
    fields, begin = mail.header_of(text, mark)
    if at is None and mark[1] <= begin:
        at = begin
    window = window_of(text, between, style=Style.LAYOUT, mark=mark, at=at, floor=begin)
    return MailBody(fields=fields, window=window)


def _mark(spot: Spot, stored: Stored) -> tuple[Span, list[str]]:
    """Return the quote's place, and what is to be said if it is not what it was."""
    if spot.start is None and spot.end is None:
        return NOWHERE, []
    if spot.start is None or spot.end is None or not 0 <= spot.start < spot.end:
        raise BadInput("a quote has a start and, after it, an end")
    if spot.end > len(stored.text):
        return NOWHERE, [_MOVED]
    changed = spot.check and check_of(stored.text[spot.start : spot.end]) != spot.check
    return (spot.start, spot.end), [_MOVED] if changed else []


def _place(passages: Sequence[Passage], kind: SourceKind) -> str:
    """Return where in a file the first of some passages stands, as a reader of the file would say it."""
    return passages[0].place if passages and kind is not SourceKind.CATALOG else ""


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
