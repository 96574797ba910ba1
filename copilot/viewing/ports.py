"""The seams of the viewer: where stored texts, their files and pictures of pages come from.

Adapters fit these without inheriting from them, as they do those of `copilot.ports`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from copilot.domain.access import Principal
    from copilot.domain.documents import Passage, SourcePath
    from copilot.domain.views import SeenPage, Stored


class StoredSources(Protocol):
    """Reads what is stored, with the audience applied to every statement."""

    def stored(self, path: SourcePath, *, principal: Principal) -> Stored | None:
        """Return a source, or nothing if it is absent or may not be read."""

    def passages_between(
        self, path: SourcePath, start: int, end: int, *, principal: Principal
    ) -> list[Passage]:
        """Return the passages that a stretch of a source touches, in their order."""

    def page_span(
        self, path: SourcePath, page: int, *, principal: Principal
    ) -> tuple[int, int] | None:
        """Return where the text of a page begins and ends; nothing for a page without text."""

    def last_page(self, path: SourcePath, *, principal: Principal) -> int:
        """Return the number of the last page that has text; 0 if no page has."""


class Originals(Protocol):
    """Finds the files that sources were read from."""

    def file(self, stored: Stored) -> Path | None:
        """Return the file of a source if it is there and is what was ingested; otherwise nothing."""


class PagePictures(Protocol):
    """Draws pages of PDFs, such that no PDF can harm who asks for it."""

    def look(self, file: Path, page: int, *, quote: str = "", near: float = 0.0) -> SeenPage:
        """Return how large a page is and where a quote stands on it.

        Args:
            file: A PDF.
            page: Counted from 1.
            quote: Words of the page as they are stored.
            near: Of several places, the one nearest to this share of the page's text is meant.

        Raises:
            UnreadableFile: There is no such page, or it cannot be drawn.
            OverLimits: It takes too long or too much memory.
        """

    def draw(self, file: Path, page: int, *, scale: int) -> bytes:
        """Return a page as a PNG; a scale of 1 is 96 dots an inch.

        Raises:
            UnreadableFile: There is no such page, or it cannot be drawn.
            OverLimits: It takes too long or too much memory.
        """


class PictureCache(Protocol):
    """Keeps pictures of pages, as many as fit."""

    def get(self, content_hash: str, page: int, scale: int) -> bytes | None:
        """Return a picture that was kept."""

    def put(self, content_hash: str, page: int, scale: int, picture: bytes) -> None:
        """Keep a picture; one that cannot be kept is drawn again next time."""
