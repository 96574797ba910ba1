"""Show that a process lives by a file that it holds: the kernel lets go of it whatever ends it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from copilot.adapters.locks import FileLock
from copilot.errors import WorkspaceBusy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path


class HeldFiles:
    """A folder with a file for each runner of this machine that lives, held by it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def showing(self, runner: str) -> Iterator[None]:
        """Show that a runner lives, as long as the block is open and its process lives.

        Raises:
            WorkspaceNotWritable: The folder cannot be written.
        """
        with self._lock(runner).writing(wait=0):
            yield

    def gone(self, runners: Collection[str]) -> frozenset[str]:
        """Return those that lived here and do so no more; of the others nothing is known.

        A runner of another machine has no file here, so of that one nothing is known.
        """
        return frozenset(one for one in runners if self._ended(one))

    def _ended(self, runner: str) -> bool:
        if not self._file(runner).exists():
            return False
        try:
            with self._lock(runner).writing(wait=0):
                return True  # and with the end of the block the file goes
        except WorkspaceBusy:
            return False

    def _file(self, runner: str) -> Path:
        return self._folder / f"{runner}.lock"

    def _lock(self, runner: str) -> FileLock:
        return FileLock(self._file(runner), what="running the jobs of this workspace", passing=True)
