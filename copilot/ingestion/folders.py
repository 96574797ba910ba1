"""Find the files of a workspace, and say why some of them are left out."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import Refusal, SourceKind, SourcePath

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

WORKSPACE_FOLDERS: Final = {
    "policies": SourceKind.POLICY,
    "evidence": SourceKind.EVIDENCE,
    "controls": SourceKind.CONTROL,
    "findings": SourceKind.FINDING,
}
"""The folders of a workspace, and what the files in each are unless they say otherwise."""

MANIFEST: Final = "manifest.yaml"
SIDECAR: Final = ".meta.yaml"
_MANIFESTS: Final = (MANIFEST, "manifest.yml")
SIDECARS: Final = (SIDECAR, ".meta.yml")
"""What the names of files end in that say something about one other file."""
_OURS: Final = frozenset({"copilot.toml", "people.yaml", "company.yaml"})
_DEEPEST: Final = 64


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
    manifests: dict[SourcePath, list[Path]] = field(default_factory=dict)
    """Manifests by the folder that they speak for; more than one is a mistake."""
    sidecars: dict[SourcePath, Path] = field(default_factory=dict)
    """Sidecars by the file that they speak for."""


def walk(roots: Sequence[Root]) -> Walked:
    """Walk the roots in the order of names; hidden files and the product's own are passed over.

    Links to folders are not followed and links out of a root are refused: a link could otherwise
    pull any file of the machine into an index that others search.
    """
    walked = Walked()
    for root in roots:
        _statements_above(root, walked)
        if root.path.is_file():
            _file(root.path, SourcePath(root.label), root, walked)
        elif root.path.is_dir():
            _folder(root.path, root.label, root, walked)
    return walked


def _statements_above(root: Root, walked: Walked) -> None:
    """Find what is said of a root in the folders that it stands in.

    Whoever ingests a part of a workspace must get the same audiences as who ingests the whole.
    """
    folder, label = root.path.parent, PurePosixPath(root.label).parent
    for at in (label, *label.parents):
        # A file from elsewhere has no folder in its label; what stands beside it counts all the same.
        if at.name or (at == label and root.path.is_file()):
            found = [folder / name for name in _MANIFESTS if (folder / name).exists()]
            if found:
                walked.manifests.setdefault(SourcePath(str(at)), found)
        folder = folder.parent
    for ending in SIDECARS if root.path.is_file() else ():
        sidecar = root.path.with_name(f"{root.path.name}{ending}")
        if sidecar.is_file():
            walked.sidecars[SourcePath(root.label)] = sidecar


def _folder(folder: Path, label: str, root: Root, walked: Walked) -> None:
    if label.count("/") > _DEEPEST:
        reason = f"folders are nested more than {_DEEPEST} deep"
        walked.refused.append(Refusal(path=label, reason=reason, hint="Move its files up."))
        return
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
        link_to_folder = entry.is_symlink() and entry.is_dir()
    except UnicodeEncodeError:
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        walked.refused.append(
            Refusal(path=shown, reason="its name is not UTF-8", hint="Rename it.")
        )
        return True
    except OSError as exc:  # a link that leads to itself
        reason = f"it cannot be opened: {exc.strerror}"
        walked.refused.append(Refusal(path=path, reason=reason, hint="Mend or remove it."))
        return True
    if link_to_folder:
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
    if name in _MANIFESTS:
        listed = walked.manifests.setdefault(SourcePath(parent), [])
        listed += [file] if file not in listed else []
        return
    if name in _OURS:
        return
    if ending := next((one for one in SIDECARS if name.endswith(one)), ""):
        walked.sidecars[SourcePath(path.removesuffix(ending))] = file
        return
    status = _status(file, root)
    if not isinstance(status, os.stat_result):  # which is a tuple too
        walked.refused.append(Refusal(path=path, reason=status[0], hint=status[1]))
        return
    walked.found.append(
        Found(path=path, file=file, root=root, size=status.st_size, mtime_ns=status.st_mtime_ns)
    )


def _status(file: Path, root: Root) -> tuple[str, str] | os.stat_result:
    """Return a file's size and dates, or why it cannot even be opened, with a hint."""
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
    return status


def is_ours(name: str) -> bool:
    """Say whether a file of this name says something about others and so is no source, in any case."""
    lowered = name.lower()
    return lowered in _OURS or lowered in _MANIFESTS or lowered.endswith(SIDECARS)


def within(path: str, scope: Collection[str]) -> bool:
    """Say whether a path is one of `scope` or stands under one of them."""
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in scope)


def content_hash_of(found: Found) -> str:
    """Return the sha256 of a file's bytes."""
    with found.file.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
