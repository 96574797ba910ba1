"""Change the company's files such that a file and the event log never tell two stories.

A change is made ready beside, under names that nobody reads; then its entry is added to the event log,
which is the moment from which it holds; then everything is put into its place. Whatever ends the process
in between, whoever changes something next first carries out what the log holds and drops what it does
not. One lock is held meanwhile, by one process of all that there are.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import secrets
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from copilot.domain.event_log import Entry, Happening
from copilot.errors import WorkspaceNotWritable
from copilot.ingestion.folders import SIDECARS, WORKSPACE_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from copilot.domain.documents import SourcePath
    from copilot.ports import Lock
    from copilot.review.ports import EventLog

_LOG: Final = logging.getLogger(__name__)

_MARK: Final = ".change-"
"""What the names of files begin with that are not in their places; hidden files are not ingested."""

_PART, _FILE, _ABOUT, _GONE = ".part", ".file", ".about", ".gone"
"""Their endings: what is being received; a file; what is said about one; that one has to go."""

_ABANDONED: Final = 3600.0
"""Seconds after which what is being received will not be finished any more."""

_WAIT: Final = 30.0
"""Seconds to wait for another change; one takes milliseconds."""

_CHANGE: Final = "change"
"""The detail of an entry that has the id of its change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of one file."""

    path: SourcePath
    file: Path | None = None
    """What takes its place, received by `Changing.receiving`; nothing if it stays."""
    about: str | None = None
    """What its sidecar will say, empty for no sidecar; nothing if that stays."""
    gone: bool = False
    """Whether it is put away, with its sidecar."""


class Changing:
    """Changes the files of one workspace."""

    def __init__(
        self,
        root: Path,
        *,
        removed: Path,
        lock: Lock,
        log: EventLog,
        now: Callable[[], datetime],
    ) -> None:
        """Take the parts.

        Args:
            root: The workspace.
            removed: The folder that what is replaced or removed is put away in.
            lock: Held while something changes.
            log: The event log.
            now: The time, in UTC.
        """
        self._root = root
        self._removed = removed
        self._lock = lock
        self._log = log
        self._now = now

    @contextlib.contextmanager
    def receiving(self, folder: str) -> Iterator[Path]:
        """Yield a new, empty file beside those of a folder; what is left of it at the end goes.

        Raises:
            WorkspaceNotWritable: The folder cannot be written.
        """
        place = self._root / folder
        part = place / f"{_MARK}{secrets.token_hex(8)}{_PART}"
        with self._writable():
            place.mkdir(exist_ok=True)
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            try:
                yield part
            finally:
                part.unlink(missing_ok=True)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep everybody else from changing files; what a process left half done is settled first.

        Raises:
            WorkspaceBusy: Somebody else does not finish.
            WorkspaceNotWritable: The workspace can only be read.
        """
        with self._lock.writing(wait=_WAIT), self._writable():
            self._settle()
            yield

    def carry_out(self, change: Change, happening: Happening) -> None:
        """Make a change and log it, both or neither; within `alone`.

        Raises:
            WorkspaceNotWritable: The workspace can only be read; nothing was changed.
        """
        id_ = secrets.token_hex(8)
        detail = {**happening.detail, _CHANGE: id_}
        try:
            self._make_ready(change, id_)
            logged = Happening(
                who=happening.who,
                action=happening.action,
                about=happening.about,
                version=happening.version,
                detail=detail,
            )
            self._log.append(logged, at=self._now())
        except BaseException:
            self._drop(change.path, id_)
            raise
        self._finish(change.path, id_)

    # Beside

    def _ready(self, path: str, id_: str, ending: str) -> Path:
        # In the folder of the workspace, however deep the file is, so that it is found again.
        return self._root / path.partition("/")[0] / f"{_MARK}{id_}{ending}"

    def _make_ready(self, change: Change, id_: str) -> None:
        if change.about is not None:
            ready = self._ready(change.path, id_, _ABOUT)
            with ready.open("x", encoding="utf-8") as file:
                file.write(change.about)
                file.flush()
                os.fsync(file.fileno())
        if change.gone:
            self._ready(change.path, id_, _GONE).touch(exist_ok=False)
        if change.file is not None:
            with change.file.open("rb") as file:
                os.fsync(file.fileno())
            change.file.chmod(0o644)
            change.file.rename(self._ready(change.path, id_, _FILE))

    def _drop(self, path: str, id_: str) -> None:
        for ending in (_FILE, _ABOUT, _GONE):
            self._ready(path, id_, ending).unlink(missing_ok=True)

    # Into place; every step may be the last before the process ends, and is then taken again

    def _finish(self, path: str, id_: str) -> None:
        """Put what is ready into its place.

        In this order a file never stands there for a moment with what is said about another, which
        might show it to more people than may read it.
        """
        place = self._root / path
        sidecars = [place.with_name(f"{place.name}{ending}") for ending in SIDECARS]
        file, about, gone = (self._ready(path, id_, one) for one in (_FILE, _ABOUT, _GONE))
        if gone.exists() or (file.exists() and about.exists()):
            self._put_away(place, id_)
        if gone.exists() or about.exists():
            for sidecar in sidecars:
                self._put_away(sidecar, id_)
        if about.exists():
            if about.stat().st_size:
                _move(about, sidecars[0])
            about.unlink(missing_ok=True)
        if file.exists():
            self._put_away(place, id_, stays=True)
            _move(file, place)
        gone.unlink(missing_ok=True)

    def _put_away(self, file: Path, id_: str, *, stays: bool = False) -> None:
        """Keep a file where what was removed is; with `stays` it can still be read in its place."""
        if not os.path.lexists(file):
            return
        self._removed.mkdir(mode=0o700, parents=True, exist_ok=True)
        stamp = self._now().strftime("%Y%m%dT%H%M%SZ")
        kept = self._removed / f"{stamp}-{id_[:6]}-{file.name}"
        if not stays:
            _move(file, kept)
            return
        with contextlib.suppress(FileExistsError):
            try:
                os.link(file, kept, follow_symlinks=False)
            except PermissionError:  # a file system without links
                shutil.copy2(file, kept, follow_symlinks=False)
            except OSError as exc:
                if exc.errno != errno.EXDEV:
                    raise
                shutil.copy2(file, kept, follow_symlinks=False)

    # After another process

    def _settle(self) -> None:
        """Carry out what the log holds and drop what it does not, of changes that were cut off."""
        left: dict[str, set[str]] = {}
        for folder in WORKSPACE_FOLDERS:
            for file in (self._root / folder).glob(f"{_MARK}*"):
                if file.suffix != _PART:
                    left.setdefault(file.stem.removeprefix(_MARK), set()).add(folder)
                elif _is_abandoned(file):
                    file.unlink(missing_ok=True)
        if not left:
            return
        logged = {
            one.happening.detail.get(_CHANGE): one.happening.about
            for one in self._log.entries()
            if isinstance(one, Entry)
        }
        for id_, folders in left.items():
            path = logged.get(id_)
            _LOG.warning("a change that was cut off is %s", "finished" if path else "dropped")
            if path is not None:
                self._finish(path, id_)
            for folder in folders if path is None else ():
                self._drop(folder, id_)

    @contextlib.contextmanager
    def _writable(self) -> Iterator[None]:
        try:
            yield
        except PermissionError as exc:
            raise self._unwritable(exc) from exc
        except OSError as exc:
            if exc.errno not in {errno.EROFS, errno.ENOSPC, errno.EDQUOT}:
                raise
            raise self._unwritable(exc) from exc

    def _unwritable(self, exc: OSError) -> WorkspaceNotWritable:
        return WorkspaceNotWritable(
            f"the files of this workspace cannot be written: {exc.strerror}",
            hint="The copilot's user needs the right to write its folders, and its disk room.",
        )


def _is_abandoned(part: Path) -> bool:
    """Say whether nobody receives this any more; whoever does is not held up by a change of another."""
    try:
        return time.time() - part.stat().st_mtime > _ABANDONED
    except FileNotFoundError:
        return False


def _move(file: Path, place: Path) -> None:
    """Move a file, to another disk as well; it stands in its new place whole or not at all."""
    try:
        file.replace(place)
    except OSError as exc:
        if exc.errno != errno.EXDEV:
            raise
        beside = place.with_name(f"{_MARK}{secrets.token_hex(8)}{_PART}")
        shutil.copy2(file, beside, follow_symlinks=False)
        beside.replace(place)
        file.unlink()
