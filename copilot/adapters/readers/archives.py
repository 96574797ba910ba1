"""Guards for formats that are ZIP files inside."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

from copilot.errors import UnreadableFile

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST: Final = 300_000_000
"""Bytes that a file may unpack to; the largest honest workbooks stay below a third of it."""

_RATIO: Final = 200
"""How many times its size a member may unpack to. Office XML packs about 10 to 1, bombs 1000 to 1."""

_SMALL: Final = 5_000_000
_KINDS: Final = {
    "word/": "a Word document",
    "xl/": "a workbook",
    "ppt/": "a presentation",
    "content.xml": "an OpenDocument file",
}


def refuse_bombs(path: Path, *, must_hold: str) -> None:
    """Look at the directory of a ZIP file before anything is unpacked.

    Args:
        path: The file.
        must_hold: The folder that its format has inside, such as `word/`.

    Raises:
        UnreadableFile: It is no ZIP file, is of another format, or would unpack to far more than it
            should.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as exc:
        raise UnreadableFile(
            f"the file is damaged: {exc}", hint="Save it again from the program that made it."
        ) from exc
    total = sum(member.file_size for member in members)
    swollen = any(
        member.file_size > _SMALL and member.file_size > _RATIO * max(1, member.compress_size)
        for member in members
    )
    if total > _LARGEST or swollen:
        raise UnreadableFile(
            f"it would unpack to {total / 1e6:,.0f} MB, which looks like an attack",
            hint="If it is genuine, export the part that matters as CSV or PDF.",
        )
    names = [member.filename.replace("\\", "/").lower() for member in members]
    if not any(name.startswith(must_hold) for name in names):
        kinds = (what for mark, what in _KINDS.items() if any(n.startswith(mark) for n in names))
        raise UnreadableFile(
            f"it is named {path.suffix.lower()} and is {next(kinds, 'a ZIP file')}",
            hint="Rename it to what it is, or save it in the format that its name says.",
        )
