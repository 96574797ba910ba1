"""Word documents as PDF, by LibreOffice where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from copilot.errors import CannotExport

_PROGRAMS: Final = ("soffice", "libreoffice")
_SECONDS: Final = 120
_INSTALL: Final = (
    "Install LibreOffice (Debian: `apt install libreoffice-writer`), or name a .docx file."
)


def convert_to_pdf(document: Path) -> bytes:
    """Return a Word document as PDF.

    Raises:
        CannotExport: LibreOffice is not installed, or fails.
    """
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise CannotExport("PDF is made by LibreOffice, which is not installed", hint=_INSTALL)
    with tempfile.TemporaryDirectory() as folder:
        # A profile of its own: with the user's, a running LibreOffice would take the work and say nothing.
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", folder]
        try:
            done = subprocess.run(  # noqa: S603  no shell, and a path that is ours
                [*command, str(document)], capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as exc:
            raise CannotExport(
                f"LibreOffice did not finish within {_SECONDS} s", hint="Name a .docx file instead."
            ) from exc
        made = Path(folder) / f"{document.stem}.pdf"
        if not made.is_file():
            said = done.stderr.decode("utf-8", "replace").strip()[:300]
            raise CannotExport(
                f"LibreOffice made no PDF: {said or f'exit status {done.returncode}'}",
                hint="Name a .docx file instead.",
            )
        return made.read_bytes()
