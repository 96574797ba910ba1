"""Vectors of the catalog's texts, kept for all workspaces of a user."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile

import numpy as np

from copilot.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

_LOG: Final = logging.getLogger(__name__)


class FileVectorCache:
    """One file of hashes and vectors for each encoder; a cache, so nothing is lost with it."""

    def __init__(self, folder: Path, encoder: str) -> None:
        name = "".join(c if c.isalnum() or c in "-." else "-" for c in encoder)
        self._path = folder / f"vectors-{name}.npz"
        self._known: dict[bytes, NDArray[np.float32]] | None = None

    def get(self, keys: Collection[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Return those that are known."""
        if not keys:
            return {}
        known = self._load()
        return {key: known[key] for key in keys if key in known}

    def put(self, encoded: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Keep more of them; a folder that cannot be written costs only time."""
        if not encoded:
            return
        known = {**self._load(), **encoded}
        self._known = known
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._path, private=True) as new, new.open("wb") as file:
                np.savez(
                    file,
                    keys=np.frombuffer(b"".join(known), np.uint8).reshape(-1, 16),
                    vectors=np.stack(list(known.values())).astype(np.float16),
                )
        except OSError as exc:
            _LOG.warning("vectors cannot be kept in %s: %s", self._path.parent, exc)

    def _load(self) -> dict[bytes, NDArray[np.float32]]:
        if self._known is None:
            self._known = {}
            try:
                with self._path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                    vectors = stored["vectors"].astype(np.float32)
                    keys = [row.tobytes() for row in stored["keys"]]
                self._known = dict(zip(keys, vectors, strict=True))
            except FileNotFoundError:
                pass
            except (OSError, ValueError, KeyError, BadZipFile) as exc:
                _LOG.warning("%s cannot be read and is made anew: %s", self._path, exc)
        return self._known
