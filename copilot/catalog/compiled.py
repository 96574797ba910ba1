"""The compiled form of `knowledge/`: one JSON file that is good until a source file changes.

Parsing and checking the YAML takes about a quarter of a second, this takes fifteen milliseconds. JSON
rather than pickle: a cache folder that someone else can write must not become code.
"""

from __future__ import annotations

import json
import logging
import os
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import copilot
from copilot.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping

_LOG: Final = logging.getLogger(__name__)

_FORM: Final = 1
"""Raised when the compiled form changes, so that an older file is not misread."""


def read(folder: Path, cache: Path) -> Mapping[str, Any] | None:
    """Return the compiled knowledge, or nothing if it is absent, damaged or out of date."""
    path = _path(folder, cache)
    try:
        stored = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as exc:
        _LOG.warning("compiled knowledge at %s cannot be read and is made anew: %s", path, exc)
        return None
    if not isinstance(stored, dict) or stored.get("fingerprint") != fingerprint(folder):
        return None
    knowledge: Mapping[str, Any] = stored["knowledge"]
    return knowledge


def write(folder: Path, cache: Path, knowledge: Mapping[str, Any]) -> None:
    """Store the compiled form in one step; a folder that cannot be written costs only speed."""
    path = _path(folder, cache)
    content = json.dumps({"fingerprint": fingerprint(folder), "knowledge": knowledge})
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, private=True) as new:
            new.write_text(content, encoding="utf-8")
    except OSError as exc:
        _LOG.warning("compiled knowledge cannot be kept in %s: %s", cache, exc)


def fingerprint(folder: Path) -> str:
    """Return a digest that changes with any file's name, size or modification time."""
    digest = sha256(f"{_FORM} {copilot.__version__}".encode())
    for path in sorted(folder.rglob("*")):
        if path.suffix in {".yaml", ".md"}:
            status = path.stat()
            name = os.fsencode(path.relative_to(folder))
            digest.update(name + f" {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _path(folder: Path, cache: Path) -> Path:
    # One file for each knowledge folder: two checkouts must not undo each other's cache.
    return cache / f"knowledge-{sha256(os.fsencode(folder.resolve())).hexdigest()[:12]}.json"
