"""The files that sources were read from, found again and compared with what was ingested."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from copilot.domain.views import Stored


class FolderOriginals:
    """Files under the folders that are ingested, by the labels that paths of sources begin with."""

    def __init__(self, roots: Callable[[], Mapping[str, Path]]) -> None:
        """Take what returns each folder or file that is ingested by its label."""
        self._roots = roots

    def file(self, stored: Stored) -> Path | None:
        """Return the file of a source if it is there and is what was ingested; otherwise nothing."""
        found = self._find(stored.source.path)
        if found is None:
            return None
        try:
            about = found.stat()
            if (about.st_size, about.st_mtime_ns) == (stored.size, stored.mtime_ns):
                return found
            with found.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError:
            return None
        return found if digest == stored.content_hash else None

    def _find(self, path: str) -> Path | None:
        """Return the file that a path names, if it lies under the root that its label names."""
        parts = PurePosixPath(path).parts
        if ".." in parts or path.startswith("/"):
            return None
        for label, root in self._roots().items():
            named = PurePosixPath(label).parts
            if parts[: len(named)] != named:
                continue
            file = root.joinpath(*parts[len(named) :])
            inside = root.resolve() if root.is_dir() else root.resolve().parent
            if file.is_file() and file.resolve().is_relative_to(inside):
                return file
        return None
