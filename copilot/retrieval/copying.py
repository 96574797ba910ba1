"""Read indexes whose folder cannot be written: from a copy, since opening them writes to it."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from copilot.errors import IndexUnavailable
from copilot.retrieval.generations import Indexes

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class _Copied(Indexes):
    """Indexes in a folder that goes with them."""

    folder: Path | None = None

    def close(self) -> None:
        """Let go of the indexes and delete the copy."""
        super().close()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def open_anywhere(folder: Path, open_indexes: Callable[[Path], Indexes]) -> Indexes:
    """Open the indexes in a folder, or in a copy of it that only this user can read.

    Args:
        folder: A generation.
        open_indexes: Opens the indexes of a folder that can be written.

    Raises:
        IndexUnavailable: They cannot be opened, or were taken away meanwhile.
        OSError: There is no room for a copy.
    """
    there = [folder, *folder.rglob("*")] if folder.exists() else []
    if all(os.access(path, os.W_OK) for path in there):
        return open_indexes(folder)
    scratch = Path(tempfile.mkdtemp(prefix="copilot-index-"))
    try:
        # Not `copytree`, which copies rights too, and so what kept the original from being written.
        for file in filter(Path.is_file, there):
            copy = scratch / file.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        indexes = open_indexes(scratch)
    except BaseException as exc:
        shutil.rmtree(scratch, ignore_errors=True)
        if isinstance(exc, FileNotFoundError):
            raise IndexUnavailable(f"the index in {folder} was taken away meanwhile") from exc
        if isinstance(exc, OSError):
            # Named is where room is missing, not what was copied.
            raise OSError(exc.errno, exc.strerror, str(scratch.parent)) from exc
        raise
    return _Copied(dense=indexes.dense, lexical=indexes.lexical, folder=scratch)
