"""Find the files of a workspace, and say why some of them are left out."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import Refusal, SourceKind, SourcePath

if TYPE_CHECKING:
    from collections.abc import Sequence

WORKSPACE_FOLDERS: Final = {
    "policies": SourceKind.POLICY,
    "evidence": SourceKind.EVIDENCE,
    "controls": SourceKind.CONTROL,
    "findings": SourceKind.FINDING,
}
"""The folders of a workspace, and what the files in each are unless they say otherwise."""

MANIFEST: Final = "manifest.yaml"
SIDECAR: Final = ".meta.yaml"
_OURS: Final = frozenset({MANIFEST, "manifest.yml", "copilot.toml", "people.yaml", "company.yaml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A folder that is ingested."""

    label: str
    """What the paths of its sources begin with: `policies`, or the name of a folder elsewhere."""
    path: Path
    kind: SourceKind | None = None
    """What its files are; nothing when each file's own place decides."""
    audience: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file that may be read."""

    path: SourcePath
    file: Path
    root: Root
    size: int
    mtime_ns: int


@dataclass(slots=True)
class Walked:
    """What a walk came across."""

    found: list[Found] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    manifests: dict[SourcePath, Path] = field(default_factory=dict)
    """Manifests by the folder that they speak for."""
    sidecars: dict[SourcePath, Path] = field(default_factory=dict)
    """Sidecars by the file that they speak for."""


def walk(roots: Sequence[Root]) -> Walked:
    """Walk the roots in the order of names; hidden files and the product's own are passed over.

    Links to folders are not followed and links out of a root are refused: a link could otherwise
    pull any file of the machine into an index that others search.
    """
    walked = Walked()
    for root in roots:
        if root.path.is_file():
            _file(root.path, SourcePath(root.label), root, walked)
        elif root.path.is_dir():
            _folder(root.path, root.label, root, walked)
    return walked


def _folder(folder: Path, label: str, root: Root, walked: Walked) -> None:
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as exc:
        walked.refused.append(
            Refusal(
                path=label,
                reason=f"the folder cannot be opened: {exc.strerror}",
                hint="Give the copilot's user the right to read it.",
            )
        )
        return
    for entry in listed:
        if entry.name.startswith("."):
            continue
        path = SourcePath(f"{label}/{entry.name}")
        if _refused_name(entry, path, walked):
            continue
        if entry.is_dir(follow_symlinks=False):
            _folder(Path(entry.path), path, root, walked)
        else:
            _file(Path(entry.path), path, root, walked)


def _refused_name(entry: os.DirEntry[str], path: SourcePath, walked: Walked) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        walked.refused.append(
            Refusal(path=shown, reason="its name is not UTF-8", hint="Rename it.")
        )
        return True
    if entry.is_symlink() and entry.is_dir():
        walked.refused.append(
            Refusal(
                path=path,
                reason="it is a link to a folder, and those are not followed",
                hint="Copy the folder here, or ingest it by its own path.",
            )
        )
        return True
    return False


def _file(file: Path, path: SourcePath, root: Root, walked: Walked) -> None:
    parent, _, name = path.rpartition("/")
    if name in _OURS:
        if name.startswith("manifest."):
            walked.manifests[SourcePath(parent)] = file
        return
    if name.endswith(SIDECAR):
        walked.sidecars[SourcePath(path.removesuffix(SIDECAR))] = file
        return
    reason = _unfit(file, root)
    if reason is not None:
        walked.refused.append(Refusal(path=path, reason=reason[0], hint=reason[1]))
        return
    status = file.stat()
    walked.found.append(
        Found(path=path, file=file, root=root, size=status.st_size, mtime_ns=status.st_mtime_ns)
    )


def _unfit(file: Path, root: Root) -> tuple[str, str] | None:
    """Return why a file cannot even be opened, with a hint; nothing if it can."""
    try:
        if file.is_symlink():
            inside = root.path.resolve() if root.path.is_dir() else root.path.resolve().parent
            target = file.resolve(strict=True)
            if not target.is_relative_to(inside):
                return "it is a link to a file outside the folder", "Copy the file here."
        status = file.stat()
    except OSError as exc:
        return f"it cannot be opened: {exc.strerror}", "Mend or remove it."
    if not stat.S_ISREG(status.st_mode):
        return "it is not a file but a device, pipe or socket", "Remove it."
    if not os.access(file, os.R_OK):
        return "it may not be read", "Give the copilot's user the right to read it."
    return None
