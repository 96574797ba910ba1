"""Pictures of pages, kept on disk for their owner alone, as many as fit; the oldest make room."""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from typing import TYPE_CHECKING, Final

from copilot.adapters.rights import FOLDER
from copilot.replacing import replacing

if TYPE_CHECKING:
    from pathlib import Path

_LOG: Final = logging.getLogger(__name__)
_HASH: Final = re.compile(r"[0-9a-f]{16,64}")
_MEGABYTES: Final = 200
_LESS: Final = 0.8
"""How full the folder is after room was made, so that it is not made for every picture."""


class FolderPictureCache:
    """A folder of pictures by the file's hash, the page and the scale."""

    def __init__(self, folder: Path, *, megabytes: float = _MEGABYTES) -> None:
        self._folder = folder
        self._most = int(megabytes * 1_000_000)
        self._size: int | None = None
        self._lock = threading.Lock()

    def get(self, content_hash: str, page: int, scale: int) -> bytes | None:
        """Return a picture that was kept."""
        file = self._file(content_hash, page, scale)
        try:
            picture = file.read_bytes()
            file.touch()  # the newest are the ones that were looked at last
        except OSError:
            return None
        return picture

    def put(self, content_hash: str, page: int, scale: int, picture: bytes) -> None:
        """Keep a picture; one that cannot be kept is drawn again next time."""
        file = self._file(content_hash, page, scale)
        try:
            self._folder.mkdir(mode=FOLDER, parents=True, exist_ok=True)
            with replacing(file, private=True) as new:
                new.write_bytes(picture)
            self._make_room(len(picture))
        except OSError as exc:
            _LOG.warning("a page's picture cannot be kept: %s", exc.strerror)

    def _file(self, content_hash: str, page: int, scale: int) -> Path:
        if not _HASH.fullmatch(content_hash):
            raise ValueError(f"{content_hash!r} is no hash")
        return self._folder / f"{content_hash}-{int(page)}-{int(scale)}.png"

    def _make_room(self, added: int) -> None:
        with self._lock:
            self._size = None if self._size is None else self._size + added
            if self._size is not None and self._size <= self._most:
                return
            kept = sorted(self._listed(), reverse=True)
            size = sum(length for _, length, _ in kept)
            while kept and size > (self._most if self._size is None else self._most * _LESS):
                _, length, file = kept.pop()
                with contextlib.suppress(OSError):
                    file.unlink()
                size -= length
            self._size = size

    def _listed(self) -> list[tuple[int, int, Path]]:
        found = []
        for file in self._folder.glob("*.png"):
            with contextlib.suppress(FileNotFoundError):  # another process made room too
                about = file.stat()
                found.append((about.st_mtime_ns, about.st_size, file))
        return found
