"""Approved policies as files of the workspace's folder `policies/`."""

from __future__ import annotations

import os
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

from copilot.domain.review import name_of
from copilot.errors import WorkspaceNotWritable

if TYPE_CHECKING:
    from copilot.domain.review import ItemId

_RIGHTS: Final = 0o644


class FolderShelf:
    """A folder with a Markdown file for each policy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, id_: ItemId) -> Path:
        """Return where the file of a policy stands or would stand."""
        return self._folder / f"{name_of(id_)}.md"

    def found(self, id_: ItemId) -> str:
        """Return the SHA-256 of the file that stands there; empty if none does."""
        try:
            return sha256(self.path(id_).read_bytes()).hexdigest()
        except (FileNotFoundError, NotADirectoryError):
            return ""

    def prepare(self, id_: ItemId, content: str) -> FileBeside:
        """Write a file that nobody sees yet, beside the place where it will stand.

        Raises:
            WorkspaceNotWritable: The folder cannot be written.
        """
        written = content.encode()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Hidden files are not ingested.
            descriptor, name = tempfile.mkstemp(prefix=".approved-", dir=self._folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(written)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(_RIGHTS)
        except OSError as exc:
            raise WorkspaceNotWritable(
                f"{self._folder} cannot be written: {exc.strerror}; nothing was approved",
                hint="An approved policy is written there, so that it can be ingested.",
            ) from exc
        return FileBeside(Path(name), self.path(id_), sha256(written).hexdigest())


class FileBeside:
    """A file that is written and not yet in its place."""

    def __init__(self, written: Path, place: Path, digest: str) -> None:
        self._written = written
        self._place = place
        self.sha256: str = digest

    def put(self) -> None:
        """Put it into its place, in one step, over the file that stands there."""
        self._written.replace(self._place)

    def drop(self) -> None:
        """Throw it away, if it is not in its place."""
        self._written.unlink(missing_ok=True)
