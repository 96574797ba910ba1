"""What people were told and need not be told again: for longer than a request is remembered."""

from __future__ import annotations

import contextlib
import hashlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bots.slack_once import begin, finish

if TYPE_CHECKING:
    from collections.abc import Callable

    from copilot.replies import ReplyDesk

_KEPT: Final = 400 * 86_400.0
"""Seconds; an item waits for no longer than a year."""


class Told:
    """Remembers in a folder what was said, and lets several processes say it once between them.

    The database knows for a day what is being said and was. Something that waits for a week is therefore
    noted in a file as well.
    """

    def __init__(self, once: ReplyDesk, folder: Path) -> None:
        """Take what knows for a day, and the folder for what has to be known for longer."""
        self._once = once
        self._folder = folder
        self._said: set[str] = set()

    def once(self, key: str, tell: Callable[[], bool]) -> None:
        """Say something if nobody has; `tell` says whether it was heard, and if not it is tried again."""
        if key in self._said or self._file(key).exists() or not begin(self._once, key):
            return
        heard = False
        try:
            heard = tell()
        finally:
            if heard:
                self._note(key)
            finish(self._once, key, done=heard)

    def _note(self, key: str) -> None:
        self._said.add(key)
        # Where nothing can be written, it is known for as long as the process lives.
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file(key).touch()
            for old in self._folder.iterdir():
                if time.time() - old.stat().st_mtime > _KEPT:
                    old.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self._folder / hashlib.sha256(key.encode()).hexdigest()[:32]
