"""Read the picture of a page with tesseract, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import Any, Final, Protocol

from copilot.errors import UnreadableFile

_DOTS_PER_POINT: Final = 300 / 72
"""300 dots an inch, which tesseract's own guide asks for."""
_LONGEST_SIDE: Final = 10_000
"""Dots; a page that claims to be as large as a house must not be drawn at full size."""
_SECONDS: Final = 60


class Pulse(Protocol):
    """Is told after every page, since a long scan may take minutes and is not stuck."""

    def beat(self) -> None:
        """Note that a page is done."""


class _NoPulse:
    def beat(self) -> None:
        pass


pulse: Pulse = _NoPulse()
"""Replaced by the process that reads under a limit of time."""


def available() -> bool:
    """Say whether tesseract can be run."""
    return shutil.which("tesseract") is not None


def read_page(page: Any) -> str:
    """Return the text on a page as OCR reads it.

    Raises:
        UnreadableFile: tesseract failed or took too long.
    """
    import io

    picture = io.BytesIO()
    scale = min(_DOTS_PER_POINT, _LONGEST_SIDE / max(1.0, *page.get_size()))
    page.render(scale=scale, grayscale=True).to_pil().save(picture, format="PNG")
    try:
        done = subprocess.run(
            ["tesseract", "stdin", "stdout", "--psm", "3"],  # noqa: S607  found by PATH
            input=picture.getvalue(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            # More threads than one make it slower on a page.
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except (subprocess.SubprocessError, OSError) as exc:
        raise UnreadableFile(
            f"OCR failed: {exc}", hint="Try `tesseract` on the file by hand."
        ) from exc
    pulse.beat()
    return done.stdout.decode("utf-8", "replace")
