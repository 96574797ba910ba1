"""Folders outside the workspace that were ingested once, and are followed from then on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import SourceKind
from copilot.ingestion.folders import WORKSPACE_FOLDERS, Root
from copilot.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_TAKEN: Final = frozenset({*WORKSPACE_FOLDERS, "knowledge"})
"""Labels that a folder elsewhere cannot have: its sources would be taken for the workspace's own."""


class Elsewhere:
    """The list of such folders, kept in one file of the workspace."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def roots(self) -> list[Root]:
        """Return every folder of the list, whether it is there at the moment or not."""
        if not self._file.exists():
            return []
        return [
            Root(
                label=label,
                path=Path(entry["path"]),
                kind=SourceKind(entry["kind"]) if entry["kind"] else None,
                audience=entry["audience"],
            )
            for label, entry in json.loads(self._file.read_text()).items()
        ]

    def add(self, path: Path, kind: SourceKind | None, audience: str | None) -> Root:
        """Put a folder or file on the list and return it.

        What was said of it before and is not said now stays: a folder that was ingested for `hr` does
        not open up because the option was left out the second time.
        """
        path = path.resolve()
        listed = {root.label: root for root in self.roots()}
        before = next((root for root in listed.values() if root.path == path), None)
        if before is not None:
            root = replace(before, kind=kind or before.kind, audience=audience or before.audience)
        else:
            label = _label(path, _TAKEN | listed.keys())
            root = Root(label=label, path=path, kind=kind, audience=audience)
        listed[root.label] = root
        self._write(listed.values())
        return root

    def remove(self, labels: Collection[str]) -> None:
        """Take folders and files off the list."""
        listed = self.roots()
        kept = [root for root in listed if root.label not in labels]
        if len(kept) < len(listed):
            self._write(kept)

    def _write(self, roots: Iterable[Root]) -> None:
        entries = {
            one.label: {"path": str(one.path), "kind": one.kind, "audience": one.audience}
            for one in roots
        }
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: half a list would let go of folders that nobody named.
        with replacing(self._file, private=True) as new:
            new.write_text(json.dumps(entries, indent=2), encoding="utf-8")


def _label(path: Path, taken: Collection[str]) -> str:
    """Return the folder's name, with its parent's or a number where that is taken."""
    label, number = path.name, 1
    while label in taken:
        number += 1
        label = f"{path.parent.name}-{path.name}" if number == 2 else f"{path.name}-{number}"
    return label
