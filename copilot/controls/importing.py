"""What would come of taking a file in as one of a workspace's lists of controls, before it is taken in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from copilot.controls.differing import difference
from copilot.controls.reading import import_controls
from copilot.controls.writing import tidy, write_controls
from copilot.errors import BadInput, InvalidControls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from copilot.controls.differing import Difference
    from copilot.domain.controls import Control, ControlId
    from copilot.ports import ControlFiles

LISTS: Final = frozenset({".csv", ".tsv", ".xlsx", ".yaml", ".yml", ".json", ".jsonl"})
"""What the names of a workspace's lists end in."""

_WRITTEN: Final = (".csv", ".xlsx", ".json")
"""The forms in which a list can be written anew, the usual one first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a file brings, and what would be kept of it."""

    name: str
    """What the list will be called."""
    replaces: str
    """The list whose place it takes; empty if it is a new one."""
    content: bytes
    """What will stand in the list: the file as it came, if it can be read back without being told how."""
    rewritten: bool
    """Whether that is another form of it."""
    brings: Difference
    notes: tuple[str, ...] = ()


def planned(
    file: Path,
    *,
    lists: Mapping[str, Sequence[Control]],
    files: ControlFiles,
    columns: Mapping[str, str] | None = None,
    in_place_of: str = "",
    hidden: Sequence[Control] = (),
) -> Plan:
    """Return what would come of taking a file in; nothing but `file`'s own folder is written.

    Args:
        file: In a folder of its own, called as it is called elsewhere.
        lists: The controls of the lists that whoever asks may read, by name.
        files: Reads and writes files.
        columns: The name of the column for each field, where names are not recognised.
        in_place_of: The list whose place it takes. If nothing is said, that is the one of its name, or the
            only one that has some of its controls.
        hidden: The controls of the other lists; none may stand in two.

    Raises:
        BadInput: There is no such list, or the file cannot be brought into its form.
        InvalidControls: With every problem of the file.
    """
    read = import_controls(file, files=files, columns=columns)
    replaces = _replaced(file.name, read.controls, lists, in_place_of)
    others = dict.fromkeys((one.id for one in hidden), "another list")
    others |= {one.id: name for name, had in lists.items() if name != replaces for one in had}
    _check_apart(file.name, read.controls, others)
    name = replaces or _new_name(file)
    content, rewritten = _content(file, name, read.controls, files=files, told=bool(columns))
    return Plan(
        name=name,
        replaces=replaces,
        content=content,
        rewritten=rewritten,
        brings=difference(lists.get(replaces, ()), read.controls),
        notes=read.notes,
    )


def _replaced(
    name: str,
    controls: Sequence[Control],
    lists: Mapping[str, Sequence[Control]],
    in_place_of: str,
) -> str:
    if in_place_of:
        if in_place_of not in lists:
            raise BadInput(
                f"there is no list {in_place_of!r}",
                hint=f"The lists are {', '.join(sorted(lists))}."
                if lists
                else "There is none yet.",
            )
        return in_place_of
    if name in lists:
        return name
    ids = {one.id for one in controls}
    alike = [known for known, listed in lists.items() if any(one.id in ids for one in listed)]
    return alike[0] if len(alike) == 1 else ""


def _check_apart(name: str, controls: Sequence[Control], others: Mapping[ControlId, str]) -> None:
    twice = [
        f"{name}{_row(one)}: {one.id} stands in {others[one.id]} as well"
        for one in controls
        if one.id in others
    ]
    if twice:
        raise InvalidControls(
            twice,
            hint="Keep each control in one list, or say which list this one takes the place of.",
        )


def _row(control: Control) -> str:
    return f", row {control.place.row}" if control.place and control.place.row else ""


def is_list(name: str) -> bool:
    """Say whether a file of this name lists controls; a manifest and a sidecar say something about files."""
    stem, dot, ending = name.rpartition(".")
    listing = f"{dot}{ending}".lower() in LISTS
    return listing and stem != "manifest" and not stem.endswith(".meta")


def _new_name(file: Path) -> str:
    name = file.name if file.suffix.lower() in LISTS else f"{file.stem}{_WRITTEN[0]}"
    if not is_list(name):
        raise BadInput(f"a list of controls is not called {name}", hint="Give it another name.")
    return name


def _content(
    file: Path, name: str, controls: Sequence[Control], *, files: ControlFiles, told: bool
) -> tuple[bytes, bool]:
    """Return what is kept of a file under a name, and whether that is another form of it."""
    place = file.with_name(name)
    ending = place.suffix.lower()
    if ending == file.suffix.lower() and not told:
        return file.read_bytes(), False
    if ending not in _WRITTEN:
        raise BadInput(
            f"{file.name} cannot take the place of {name}: lists are not written as {ending}",
            hint=f"Save it as {ending} with the usual names of columns, or put {name} away first.",
        )
    anew = file.with_name(f"anew{ending}")
    write_controls(anew, controls, files=files)
    back = import_controls(anew, files=files).controls
    if [_bare(one) for one in back] != [_bare(one) for one in controls]:
        raise BadInput(
            f"{file.name} cannot be written as {ending} without a loss",
            hint="Save it with the usual names of columns, such as id, title and description.",
        )
    return anew.read_bytes(), True


def _bare(control: Control) -> Control:
    return replace(tidy(control), place=None)
