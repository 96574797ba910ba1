"""Tell whether the files of a generation are as they were written."""

from __future__ import annotations

from hashlib import blake2b, file_digest
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ALIVE: Final = (".tantivy-", "chroma.sqlite3")
"""Files that change when they are read: locks, and a table where Chroma notes each opening."""


def seal_of(folder: Path) -> str:
    """Return what changes when somebody else touches the files of a generation."""
    digest = blake2b(digest_size=16)
    for name, file in _files(folder):
        about = file.stat()
        digest.update(f"{name}\n{about.st_size}\n{about.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def content_of(folder: Path) -> str:
    """Return what changes when a byte of a generation does; 0.2 s for 100,000 passages."""
    digest = blake2b(digest_size=16)
    for name, file in _files(folder):
        with file.open("rb") as content:
            digest.update(f"{name}\n{file_digest(content, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.startswith(_ALIVE):
            yield file.relative_to(folder).as_posix(), file
