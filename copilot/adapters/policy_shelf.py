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
_BESIDE: Final = ".approved-"
"""What files begin with that are not in their place; hidden files are not ingested."""


class FolderShelf:
    """A folder with a Markdown file for each policy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, id_: ItemId) -> Path:
        """Return where the file of a policy stands or would stand."""
        return self._folder / f"{name_of(id_)}.md"

    def found(self, id_: ItemId) -> str:
        """Return the SHA-256 of the file that stands there; empty if none does."""
        return _hash_of(self.path(id_))

    def prepare(self, id_: ItemId, content: str) -> FileBeside:
        """Write a file that nobody sees yet, beside the place where it will stand.

        Raises:
            WorkspaceNotWritable: The folder cannot be written.
        """
        written = content.encode()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(prefix=_BESIDE, dir=self._folder)
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

    def left(self) -> list[FileLeft]:
        """Return the files that `prepare` wrote and that are neither in their place nor thrown away."""
        return [FileLeft(one, self) for one in sorted(self._folder.glob(f"{_BESIDE}*"))]


class FileBeside:
    """A file that is written and not yet in its place."""

    def __init__(self, written: Path, place: Path, digest: str) -> None:
        self._written = written
        self._place = place
        self.sha256: str = digest

    def put(self) -> None:
        """Put it into its place, in one step, over the file that stands there.

        Raises:
            WorkspaceNotWritable: It cannot be put there.
        """
        try:
            self._written.replace(self._place)
        except OSError as exc:
            # Somebody who looked for what was left may have put it there.
            if _hash_of(self._place) != self.sha256:
                raise WorkspaceNotWritable(
                    f"{self._place} cannot be written: {exc.strerror}",
                    hint="The version is approved; the next start of the service writes its file.",
                ) from exc

    def drop(self) -> None:
        """Throw it away, if it is not in its place."""
        self._written.unlink(missing_ok=True)


class FileLeft:
    """A file that somebody prepared who did not come to put it into its place."""

    def __init__(self, written: Path, shelf: FolderShelf) -> None:
        self._written = written
        self._shelf = shelf
        self.sha256: str = _hash_of(written)

    def put(self, id_: ItemId) -> None:
        """Put it where the file of a policy stands."""
        self._written.replace(self._shelf.path(id_))

    def drop(self) -> None:
        """Throw it away."""
        self._written.unlink(missing_ok=True)


def _hash_of(file: Path) -> str:
    try:
        return sha256(file.read_bytes()).hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return ""
