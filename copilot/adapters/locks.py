"""Locks between processes, held by the kernel: a killed process leaves none behind."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Final

from copilot.errors import WorkspaceBusy, WorkspaceNotWritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVING: Final = "serving.json"
"""The file beside the locks in which a service says where it is reached, and which process it is."""

_PAUSE: Final = 0.02
_NONE: Final = -1
_FORBIDDEN: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


class FileLock:
    """One file that several may hold to read and one alone to write."""

    def __init__(self, path: Path, *, what: str, passing: bool = False) -> None:
        """Name the lock; nothing is taken yet.

        Args:
            path: The lock file; its folder is made when the lock is first taken.
            what: What the holder does with it, for the message to others: `writing this workspace`.
            passing: The file goes when it has been held alone: what it guarded is gone too.
        """
        self._path = path
        self._passing = passing
        self._what = what

    def named(self, name: str) -> FileLock:
        """Return another lock beside this one, for something that passes."""
        path = self._path.with_name(f"{self._path.stem}-{name}.lock")
        return FileLock(path, what=self._what, passing=True)

    @contextlib.contextmanager
    def reading(self, *, wait: float) -> Iterator[None]:
        """Hold the lock together with other readers.

        Where the file is not there and cannot be made, nothing is held: whoever could write may then
        take away what is read, which shows as an error.

        Args:
            wait: Seconds to wait for a writer to finish.

        Raises:
            WorkspaceBusy: A writer has not finished by then.
        """
        with self._held(fcntl.LOCK_SH, wait):
            yield

    @contextlib.contextmanager
    def writing(self, *, wait: float) -> Iterator[None]:
        """Hold the lock alone, and leave word of who holds it.

        Raises:
            WorkspaceBusy: Somebody else holds it longer than `wait` seconds; their id is named.
            WorkspaceNotWritable: The file may not be written, or not be made.
        """
        with self._held(fcntl.LOCK_EX, wait) as descriptor:
            command = " ".join(os.path.basename(part) for part in sys.argv[:2])
            about = {"pid": os.getpid(), "command": command, "since": time.strftime("%H:%M:%S")}
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(about).encode(), 0)
            try:
                yield
            finally:
                os.ftruncate(descriptor, 0)
                if self._passing:
                    self._path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _held(self, mode: int, wait: float) -> Iterator[int]:
        try:
            descriptor = self._opened()
        except OSError as exc:
            if exc.errno not in _FORBIDDEN:
                raise
            if mode == fcntl.LOCK_EX:
                raise WorkspaceNotWritable(
                    f"{self._path.parent} cannot be written: {exc.strerror}",
                    hint="Questions are answered from it as long as its index is up to date: run "
                    "`copilot ingest` where it can be written, as a user who may.",
                ) from exc
            descriptor = self._opened_to_read()
        try:
            deadline = time.monotonic() + wait
            while descriptor != _NONE and not _take(descriptor, mode):
                if time.monotonic() >= deadline:
                    raise self._busy(descriptor)
                time.sleep(_PAUSE)
            yield descriptor
        finally:
            if descriptor != _NONE:
                os.close(descriptor)  # closing lets go of the lock

    def _opened(self) -> int:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _opened_to_read(self) -> int:
        try:
            return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return _NONE

    def _busy(self, descriptor: int) -> WorkspaceBusy:
        try:
            about = json.loads(os.pread(descriptor, 1_000, 0))
            holder = f"process {about['pid']} ({about['command']}, since {about['since']})"
        except (ValueError, KeyError):
            holder = "another process"
        hint = "Wait for it to finish, then try again."
        if url := _served_at(self._path.with_name(SERVING)):
            hint += (
                f" A service runs here too: `copilot --server {url} …` has it carry a command out."
            )
        return WorkspaceBusy(f"{holder} is {self._what}", hint=hint)


def _served_at(file: Path) -> str:
    """Return where the service of this workspace is reached; nothing if none runs."""
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
        os.kill(int(about["pid"]), 0)
        return str(about["url"])
    except PermissionError:
        return ""  # another user's process has the number by now
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _take(descriptor: int, mode: int) -> bool:
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
    except OSError as exc:
        if exc.errno in {errno.EWOULDBLOCK, errno.EACCES}:
            return False
        raise
    return True
