"""Wire the company's own controls: the lists of a workspace's folder `controls/`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from copilot.domain.controls import Control
from copilot.errors import InvalidControls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.bootstrap import Copilot
    from copilot.ports import Encoder

_FOLDER: Final = "controls"

MAPPING: Final = "mapping"
"""The folder, within a workspace's state, of what is made of its controls."""
_FORMS: Final = frozenset({".csv", ".tsv", ".xlsx", ".yaml", ".yml", ".json", ".jsonl"})

_Stamp = tuple[int, int, int]
_READ: Final[dict[Path, tuple[_Stamp, list[Control]]]] = {}
"""What was read in this process, with the file's number, size and time of its last change then."""


def read_workspace_controls(copilot: Copilot) -> list[Control]:
    """Return the controls that the files of the folder `controls/` list.

    A file that has not changed since this process read it is not read again.

    Raises:
        InvalidControls: One of them cannot be read, or two list the same id.
    """
    listed: dict[str, tuple[Control, Path]] = {}
    lists = _lists(copilot.workspace.root / _FOLDER)
    _read(copilot, [path for path in lists if _READ.get(path, (None,))[0] != _stamp(path)])
    for path in lists:
        for control in _READ[path][1]:
            _, before = listed.setdefault(control.id, (control, path))
            if before != path:
                raise InvalidControls(
                    [f"{path.name}: {control.id} stands in {before.name} as well"],
                    hint="Keep each control in one list.",
                )
    return [control for control, _ in listed.values()]


def control_encoder(copilot: Copilot) -> Encoder:
    """Return the bundled encoder, which remembers what controls' texts came to."""
    from copilot.adapters.vector_cache import FileVectorCache
    from copilot.mapping.remembering import RememberingEncoder

    bundled = copilot.bundled_encoder
    folder = copilot.workspace.state / MAPPING
    # Not in the user's cache: what is made of the company's texts stays in its workspace.
    return RememberingEncoder(bundled, FileVectorCache(folder, bundled.name))


def _read(copilot: Copilot, changed: Sequence[Path]) -> None:
    from copilot.adapters.control_files import BoundedControlFiles
    from copilot.controls.reading import read_controls

    if changed:
        with BoundedControlFiles(copilot.limits) as files:
            for path in changed:
                stamp = _stamp(path)
                _READ[path] = (stamp, read_controls(path, files=files))


def _stamp(path: Path) -> _Stamp:
    about = path.stat()
    return about.st_ino, about.st_size, about.st_mtime_ns


def _lists(folder: Path) -> list[Path]:
    """Return the files that list controls; a manifest and a sidecar say something about files."""
    return sorted(
        path
        for path in folder.glob("*")
        if path.suffix.lower() in _FORMS
        and path.stem != "manifest"
        and not path.stem.endswith(".meta")
        and path.is_file()
    )
