"""Pages of PDFs as pictures, and where a quote stands on them; drawn in child processes with limits.

Run as a module this is the child. What comes back from it is data: numbers, and a picture whose
signature and size the parent checks before anybody is given it.
"""

from __future__ import annotations

import base64
import contextlib
import json
import queue
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from copilot.adapters.parsing import Limits, ParsingChild, serve
from copilot.domain.views import Rectangle, SeenPage
from copilot.errors import OverLimits, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MODULE: Final = "copilot.adapters.pdf_pages"
_CHILDREN: Final = 2
"""How many pages are drawn at the same time."""
_PATIENCE: Final = 30.0
"""Seconds to wait for a child that is free."""

SCALES: Final = (1, 2, 3)
"""How large a page may be asked for; 1 is 96 dots an inch."""
_DOTS: Final = 96 / 72
_LONGEST_SIDE: Final = 3_400
"""Dots; a page that claims to be as large as a house is drawn smaller."""
_MOST_BYTES: Final = 16_000_000
_LONGEST_QUOTE: Final = 6_000
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_FRACTIONS: Final = 100_000

DRAWING: Final = Limits(seconds=20.0, megabytes=1_500)
"""What one page may cost."""


class PdfPages:
    """Looks at pages with a few children, each of which is replaced when a file ended it."""

    def __init__(self, limits: Limits = DRAWING) -> None:
        self._all = [ParsingChild(limits, _MODULE) for _ in range(_CHILDREN)]
        self._free: queue.LifoQueue[ParsingChild] = queue.LifoQueue()
        for child in reversed(self._all):
            self._free.put(child)

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
        asked = {"page": page, "quote": quote[:_LONGEST_QUOTE], "near": near}
        said = self._answer(file, asked)
        return SeenPage(
            count=int(said["count"]),
            width=float(said["width"]),
            height=float(said["height"]),
            rectangles=tuple(_rectangle(one) for one in said["rectangles"]),
        )

    def draw(self, file: Path, page: int, *, scale: int) -> bytes:
        """Return a page as a PNG.

        Args:
            file: A PDF.
            page: Counted from 1.
            scale: One of `SCALES`.

        Raises:
            UnreadableFile: There is no such page, or it cannot be drawn.
            OverLimits: It takes too long or too much memory.
        """
        said = self._answer(file, {"page": page, "scale": scale})
        picture = base64.b64decode(said["picture"])
        if not picture.startswith(_PNG) or len(picture) > _MOST_BYTES:
            raise OverLimits("the page makes no picture of a reasonable size")
        return picture

    def close(self) -> None:
        """End every child."""
        for child in self._all:
            child.close()

    def _answer(self, file: Path, asked: dict[str, Any]) -> dict[str, Any]:
        with self._child() as child:
            try:
                return child.answer(file, json.dumps(asked))
            except OverLimits as exc:
                raise OverLimits(
                    "drawing it takes too much time or memory", hint="Read the text of the page."
                ) from exc

    @contextlib.contextmanager
    def _child(self) -> Iterator[ParsingChild]:
        try:
            child = self._free.get(timeout=_PATIENCE)
        except queue.Empty:
            raise OverLimits(
                "too many pages are being drawn at the moment", hint="Try again in a minute."
            ) from None
        try:
            yield child
        finally:
            self._free.put(child)


def _rectangle(sides: list[float]) -> Rectangle:
    left, top, right, bottom = (min(1.0, max(0.0, float(side))) for side in sides)
    return Rectangle(
        left=round(left, 5),
        top=round(top, 5),
        width=round(max(0.0, right - left), 5),
        height=round(max(0.0, bottom - top), 5),
    )


# The child


def answering() -> Callable[[Path, str], dict[str, Any]]:
    """Return what the child does: from a file and a question in JSON to an answer that is JSON."""
    import pypdfium2

    def answer(path: Path, name: str) -> dict[str, Any]:
        asked = json.loads(name)
        number = int(asked["page"])
        try:
            pdf = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as exc:
            raise UnreadableFile(f"the PDF cannot be opened: {exc}") from exc
        with contextlib.closing(pdf):
            if not 1 <= number <= len(pdf):
                raise UnreadableFile(f"it has {len(pdf):,} pages, and no page {number:,}")
            pdf.init_forms()
            try:
                page = pdf[number - 1]
            except pypdfium2.PdfiumError as exc:
                raise UnreadableFile(f"page {number} is damaged") from exc
            with contextlib.closing(page):
                if "scale" in asked:
                    return {"picture": base64.b64encode(_drawn(page, asked["scale"])).decode()}
                return _seen(page, asked) | {"count": len(pdf)}

    return answer


def _drawn(page: Any, scale: int) -> bytes:
    dots = min(scale * _DOTS, _LONGEST_SIDE / max(1.0, *page.get_size()))
    bitmap = page.render(scale=dots, rev_byteorder=True, prefer_bgrx=False)
    try:
        return _png(bitmap)
    finally:
        bitmap.close()


def _png(bitmap: Any) -> bytes:
    """Return an RGB bitmap as a PNG, without a program that reads pictures too."""
    if bitmap.n_channels != 3:
        raise UnreadableFile("the page was drawn in colours that cannot be written")
    buffer = memoryview(bitmap.buffer).cast("B")
    width = bitmap.width * 3
    lines = (buffer[at * bitmap.stride : at * bitmap.stride + width] for at in range(bitmap.height))
    packed = zlib.compress(b"".join(b"\0" + bytes(line) for line in lines), 6)
    header = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", packed), (b"IEND", b""))
    return _PNG + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def _seen(page: Any, asked: dict[str, Any]) -> dict[str, Any]:
    import pypdfium2.raw as pdfium

    from copilot.adapters.pdf_places import places_of

    rectangles: list[tuple[float, ...]] = []
    textpage = page.get_textpage()
    try:
        if asked["quote"].strip():
            codes = (
                pdfium.FPDFText_GetUnicode(textpage.raw, at) for at in range(textpage.count_chars())
            )
            characters = [chr(code) if code < 0x110000 else "\0" for code in codes]
            for first, count in places_of(characters, asked["quote"], near=asked["near"]):
                boxes = range(textpage.count_rects(first, count))
                rectangles += [_fractions(page, textpage.get_rect(at)) for at in boxes]
    finally:
        textpage.close()
    width, height = page.get_size()
    seen = [one for one in rectangles if one[2] > one[0] and one[3] > one[1]]
    return {"width": width, "height": height, "rectangles": seen}


def _fractions(page: Any, box: tuple[float, float, float, float]) -> tuple[float, ...]:
    """Return left, top, right and bottom of a box as shares of the page as it is turned and cut."""
    import ctypes

    import pypdfium2.raw as pdfium

    left, bottom, right, top = box
    across, down = [], []
    for x, y in ((left, bottom), (right, top)):
        at_x, at_y = ctypes.c_int(), ctypes.c_int()
        size = (0, 0, _FRACTIONS, _FRACTIONS, 0)
        pdfium.FPDF_PageToDevice(page.raw, *size, x, y, ctypes.byref(at_x), ctypes.byref(at_y))
        across.append(at_x.value / _FRACTIONS)
        down.append(at_y.value / _FRACTIONS)
    return min(across), min(down), max(across), max(down)


if __name__ == "__main__":
    serve(lambda _: answering())
