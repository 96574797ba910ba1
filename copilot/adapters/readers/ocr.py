"""Read the picture of a page with tesseract, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any, Final

from copilot.errors import UnreadableFile

_DOTS_PER_POINT: Final = 300 / 72
"""300 dots an inch, which tesseract's own guide asks for."""
_SECONDS: Final = 60


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
    page.render(scale=_DOTS_PER_POINT, grayscale=True).to_pil().save(picture, format="PNG")
    try:
        done = subprocess.run(
            ["tesseract", "stdin", "stdout", "--psm", "3"],  # noqa: S607
            input=picture.getvalue(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
        )
    except (subprocess.SubprocessError, OSError) as exc:
        raise UnreadableFile(
            f"OCR failed: {exc}", hint="Try `tesseract` on the file by hand."
        ) from exc
    return done.stdout.decode("utf-8", "replace")
