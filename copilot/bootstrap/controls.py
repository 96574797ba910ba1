"""Wire the company's own controls: the lists of a workspace's folder `controls/`, read and written."""

from __future__ import annotations

import contextlib
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from copilot import people
from copilot.domain.controls import Control
from copilot.domain.documents import SourcePath
from copilot.errors import InvalidControls
from copilot.health import controls_listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from copilot.bootstrap.process import Copilot
    from copilot.controls.importing import Plan
    from copilot.domain.access import Principal
    from copilot.domain.controls import Suggestions
    from copilot.health import Finding
    from copilot.ports import Encoder

FOLDER: Final = "controls"
"""The folder of a workspace that has its lists of controls."""

MAPPING: Final = "mapping"
"""The folder, within a workspace's state, of what is made of its controls."""

_Stamp = tuple[int, int, int]
_READ: Final[dict[Path, tuple[_Stamp, list[Control]]]] = {}
"""What was read in this process, with the file's number, size and time of its last change then."""


def read_workspace_controls(copilot: Copilot) -> list[Control]:
    """Return the controls that the files of the folder `controls/` list.

    A file that has not changed since this process read it is not read again.

    Raises:
        InvalidControls: One of them cannot be read, or two list the same id.
    """
    return [control for control, _ in _listed(copilot)]


def examined_controls(copilot: Copilot) -> Finding:
    """Return what there is to say of the lists of controls when a workspace is examined."""
    try:
        return controls_listed(len(read_workspace_controls(copilot)))
    except InvalidControls as exc:
        return controls_listed(0, exc)


def readable_controls(copilot: Copilot, *, principal: Principal) -> list[Control]:
    """Return those of `read_workspace_controls` that stand in a list that somebody may read.

    Raises:
        InvalidControls: A list cannot be read, or two list the same id.
    """
    mine = readable_lists(copilot, principal=principal)
    return [control for control, name in _listed(copilot) if name in mine]


def readable_lists(copilot: Copilot, *, principal: Principal) -> frozenset[str]:
    """Return the names of the lists that somebody may read.

    Who may read a list is known when it has been ingested; until then those may who review.
    """
    names = [path.name for path in _lists(copilot)]
    mine = {one.path for one in copilot.truth.sources(principal=principal)}
    if principal.reviews:
        everybody = people.operator(copilot.truth.audiences())
        known = {one.path for one in copilot.truth.sources(principal=everybody)}
        mine |= {SourcePath(f"{FOLDER}/{name}") for name in names} - known
    return frozenset(name for name in names if f"{FOLDER}/{name}" in mine)


def lists_stamp(copilot: Copilot) -> tuple[tuple[str, _Stamp], ...]:
    """Return what is another whenever a list was added, changed or removed."""
    return tuple((path.name, stamp) for path, stamp in _lists(copilot).items())


def plan_import(
    copilot: Copilot,
    content: bytes,
    name: str,
    *,
    principal: Principal,
    columns: Sequence[str] = (),
    in_place_of: str = "",
) -> Plan:
    """Return what would come of taking a file in as a list of controls; nothing is written.

    Args:
        copilot: The workspace, wired.
        content: What the file holds.
        name: What it is called.
        principal: Who wants to know; of lists that they may not read they learn nothing.
        columns: Which column is which, as `id=Ref`.
        in_place_of: The list that it takes the place of; found by its name or its ids if nothing is said.

    Raises:
        BadInput: The name or the columns cannot be used, or there is no such list.
        InvalidControls: The file cannot be read as controls, or has some that another list has too; with
            every problem.
    """
    from copilot.adapters.control_files import BoundedControlFiles
    from copilot.controls.columns import parse_columns
    from copilot.controls.importing import planned
    from copilot.library.names import safe_name

    told = parse_columns(columns) if columns else None
    lists = _lists_that_can_be_read(copilot)
    mine = readable_lists(copilot, principal=principal)
    with BoundedControlFiles(copilot.limits) as files, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / safe_name(name)
        file.write_bytes(content)
        return planned(
            file,
            lists={name: had for name, had in lists.items() if name in mine},
            hidden=[one for name, had in lists.items() if name not in mine for one in had],
            files=files,
            columns=told,
            in_place_of=in_place_of,
        )


def controls_file(
    controls: Sequence[Control], suggestions: Iterable[Suggestions], *, form: str
) -> bytes:
    """Return controls, and what is suggested for them, as a file: `csv`, `xlsx`, `json` or `oscal`.

    Raises:
        BadInput: A text is too long for the form.
    """
    from copilot.adapters.control_files import BoundedControlFiles
    from copilot.controls.writing import write_controls

    ending = "json" if form == "oscal" else form
    with BoundedControlFiles() as files, tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"controls.{ending}"
        write_controls(file, controls, suggestions, files=files, form=form)
        return file.read_bytes()


def control_encoder(copilot: Copilot) -> Encoder:
    """Return the bundled encoder, which remembers what controls' texts came to."""
    from copilot.adapters.vector_cache import FileVectorCache
    from copilot.mapping.remembering import RememberingEncoder

    bundled = copilot.bundled_encoder
    folder = copilot.workspace.state / MAPPING
    # Not in the user's cache: what is made of the company's texts stays in its workspace.
    return RememberingEncoder(bundled, FileVectorCache(folder, bundled.name))


def _listed(copilot: Copilot) -> list[tuple[Control, str]]:
    """Return all controls, each with the name of its list."""
    lists = _lists(copilot)
    _read(copilot, lists)
    listed: dict[str, tuple[Control, str]] = {}
    for path in lists:
        for control in _READ[path][1]:
            _, before = listed.setdefault(control.id, (control, path.name))
            if before != path.name:
                raise InvalidControls(
                    [f"{path.name}: {control.id} stands in {before} as well"],
                    hint="Keep each control in one list.",
                )
    return list(listed.values())


def _lists_that_can_be_read(copilot: Copilot) -> dict[str, list[Control]]:
    """Return the controls of each list by its name; one that cannot be read has none, and may be replaced."""
    found: dict[str, list[Control]] = {}
    for path, stamp in _lists(copilot).items():
        try:
            _read(copilot, {path: stamp})
            found[path.name] = _READ[path][1]
        except InvalidControls:
            found[path.name] = []
    return found


def _read(copilot: Copilot, lists: Mapping[Path, _Stamp]) -> None:
    """Read those lists that are not as they were when this process read them."""
    from copilot.adapters.control_files import BoundedControlFiles
    from copilot.controls.reading import read_controls

    changed = [path for path, stamp in lists.items() if _READ.get(path, (None,))[0] != stamp]
    if changed:
        with BoundedControlFiles(copilot.limits) as files:
            for path in changed:
                _READ[path] = (lists[path], read_controls(path, files=files))


def _lists(copilot: Copilot) -> dict[Path, _Stamp]:
    """Return the files that list controls, by name, with what is another when one has changed."""
    from copilot.controls.importing import is_list

    found: dict[Path, _Stamp] = {}
    for path in sorted((copilot.workspace.root / FOLDER).glob("*")):
        # One that was just put away is no list any more.
        with contextlib.suppress(FileNotFoundError):
            about = path.stat()
            if is_list(path.name) and stat.S_ISREG(about.st_mode):
                found[path] = (about.st_ino, about.st_size, about.st_mtime_ns)
    return found
