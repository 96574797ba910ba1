"""Where the company's files stand in a workspace; nothing outside its four folders is ever touched."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from copilot.domain.documents import SourcePath
from copilot.errors import BadInput
from copilot.ingestion.folders import SIDECARS, WORKSPACE_FOLDERS, is_ours

FOLDERS = tuple(WORKSPACE_FOLDERS)
"""What files can be put into."""


def parse_folder(text: str) -> str:
    """Read the name of one of the four folders.

    Raises:
        BadInput: It is none of them.
    """
    folder = text.strip().strip("/").lower()
    if folder not in FOLDERS:
        raise BadInput(
            f"{text[:80]!r} is no folder that files are put into",
            hint=f"The folders are {', '.join(FOLDERS)}.",
        )
    return folder


def is_place(path: str) -> bool:
    """Say whether a path is one that a file of the workspace's folders may have."""
    parts = path.split("/")
    return (
        len(parts) > 1
        and parts[0] in FOLDERS
        and all(part and not part.startswith(".") and "\0" not in part for part in parts)
        and not is_ours(parts[-1])
        and str(PurePosixPath(path)) == path
    )


def file_at(root: Path, path: SourcePath) -> Path | None:
    """Return the file that stands at a path; nothing if there is none, or a link leads to it.

    Through a link, what is written could come to stand outside the workspace.
    """
    if not is_place(path):
        return None
    file = root
    for part in path.split("/"):
        file = file / part
        try:
            if file.is_symlink():
                return None
        except OSError:  # a name that no file can have
            return None
    return file if file.is_file() else None


def check_folder(root: Path, folder: str) -> None:
    """Let files be put into a folder of the workspace, which need not be there yet.

    Raises:
        BadInput: It is a link, or no folder.
    """
    place = root / folder
    if place.is_symlink() or (os.path.lexists(place) and not place.is_dir()):
        raise BadInput(
            f"{folder} is not a folder of the workspace but a link or a file",
            hint="Put a folder in its place.",
        )


def sidecars_of(file: Path) -> list[Path]:
    """Return what there is beside a file that says something about it and nothing else."""
    beside = [file.with_name(f"{file.name}{ending}") for ending in SIDECARS]
    return [one for one in beside if os.path.lexists(one)]
