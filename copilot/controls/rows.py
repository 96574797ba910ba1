"""Rows with named columns, out of the cells of a sheet or the records of a tree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from copilot.controls.columns import (
    CONTROL_ITSELF,
    CONTROL_NAMES,
    OUR_OWN,
    SYSTEM_NAMES,
    Columns,
    folded,
    recognise,
)
from copilot.domain.controls import ControlKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from copilot.controls.problems import Problems
    from copilot.domain.controls import Place
    from copilot.domain.grids import Grid

    Record = tuple[int | None, Mapping[str, Any]]
    """The line of a record and its fields."""

_LOOKED_AT: Final = 40
"""How many rows are looked at for a header; above it stand titles, dates and logos."""

_LIST_NAMES: Final = frozenset("controls systems findings items records data results rows".split())
_SYSTEM: Final = frozenset({"system", "system name", "application", "asset", "component"})
_FINDING_NAMES: Final = {
    "id": ("check id", "check", "event code"),
    "status": ("status", "status code", "result"),
    "title": ("check title", "title"),
    "description": ("description",),
    "risk": ("risk",),
    "provider": ("provider",),
    "service": ("service name", "service"),
    "muted": ("muted",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row or record: its values in the order of the columns."""

    place: Place
    values: Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose columns are known."""

    kind: ControlKind
    columns: Columns
    rows: tuple[Row, ...]

    def value(self, row: Row, field: str) -> Any:
        """Return what a row says of a field; nothing if it says nothing."""
        at = self.columns.at.get(field)
        return row.values[at] if at is not None and at < len(row.values) else None

    def others(self, row: Row) -> dict[str, Any]:
        """Return what a row says in the columns that are no field."""
        return {
            self.columns.names[at]: row.values[at]
            for at in self.columns.unused
            if at < len(row.values) and row.values[at] not in (None, "")
        }


def from_grid(
    grid: Grid,
    problems: Problems,
    *,
    given: Mapping[str, str] | None = None,
    kind: ControlKind | None = None,
) -> Table | None:
    """Return the table of a sheet; nothing if no row of it is a header.

    Cells that are merged, hold a formula without a result or an error are problems where they stand
    in a column that is read, below the header.
    """
    heads = [
        (len(columns.at), -at, found, columns)
        for at, (_, cells) in enumerate(grid.rows[:_LOOKED_AT])
        for found, columns in [recognised(cells, given, kind)]
        if found
    ]
    if not heads:
        return None
    _, at, found, columns = max(heads, key=lambda head: head[:2])
    number = grid.rows[-at][0]
    read = {column + 1 for column in columns.at.values()}
    if found is ControlKind.SYSTEM:
        read |= {column + 1 for column in columns.unused}
    for fault in grid.faults:
        columns_hit = read & set(range(fault.column, fault.last_column + 1))
        if fault.last_row > number and columns_hit:
            name = columns.names[min(columns_hit) - 1]
            place = problems.place(max(fault.row, number + 1), grid.sheet)
            problems.add(fault.what, place, column=name)
    rows = tuple(
        Row(place=problems.place(row, grid.sheet), values=cells)
        for row, cells in grid.rows[-at + 1 :]
        if not _is_header_again(cells, columns)
    )
    return Table(kind=found, columns=columns, rows=rows)


def from_records(
    records: Sequence[Record],
    problems: Problems,
    *,
    given: Mapping[str, str] | None = None,
    kind: ControlKind | None = None,
) -> Table | None:
    """Return a table of records, each with its line; nothing if their keys name no fields."""
    names = list(dict.fromkeys(key for _, record in records for key in record))
    found, columns = recognised(names, given, kind)
    if not found:
        return None
    own: dict[tuple[str, ...], dict[str, str]] = {}
    for _, record in records:
        keys = tuple(record)
        if keys not in own:
            at = recognised(keys, given, kind)[1].at
            own[keys] = {field: keys[place] for field, place in at.items()}
    rows = tuple(
        Row(place=problems.place(line), values=_valued(record, names, columns, own[tuple(record)]))
        for line, record in records
    )
    used = {name for fields in own.values() for name in fields.values()}
    unused = tuple(at for at in columns.unused if names[at] not in used)
    return Table(kind=found, columns=replace(columns, unused=unused), rows=rows)


def _valued(
    record: Mapping[str, Any], names: Sequence[str], columns: Columns, own: Mapping[str, str]
) -> list[Any]:
    """Return the values of a record in the order of the columns.

    Records of one list may call a field by different names.
    """
    values = [record.get(name) for name in names]
    for field, place in columns.at.items():
        if names[place] not in record and field in own:
            values[place] = record[own[field]]
    return values


def recognised(
    header: Sequence[str],
    given: Mapping[str, str] | None = None,
    kind: ControlKind | None = None,
) -> tuple[ControlKind | None, Columns]:
    """Return what a header is the header of, and its columns; no kind if it is none."""
    controls = _named_by_id(_without_ours(recognise(header, CONTROL_NAMES, given)))
    complete = all(field in controls for field in given or ())
    says = "id" in controls and ("title" in controls or "description" in controls)
    systems = recognise(header, SYSTEM_NAMES, given)
    set_up = bool({"holds", "settings"} & set(systems.at))
    typed = "type" in systems and folded(systems.name("name")) in _SYSTEM
    is_system = "name" in systems and (set_up or typed)
    findings = recognise(header, _FINDING_NAMES)
    is_finding = "id" in findings and "status" in findings and _names_checks(findings)
    like_control = {"description", "criteria", "frequency", "kind"} & set(controls.at)
    match kind:
        case ControlKind.FINDING:
            return (kind if "id" in findings and "status" in findings else None), findings
        case ControlKind.SYSTEM:
            return (kind if "name" in systems else None), systems
        case None if is_finding and not given:
            return ControlKind.FINDING, findings
        case None if (
            is_system
            and all(field in systems for field in given or ())
            and (not says or (set_up and not like_control))
        ):
            return ControlKind.SYSTEM, systems
        case _:
            return (ControlKind.CONTROL if says and complete else None), controls


def lists_in(
    tree: Any, lines: Mapping[str, int], problems: Problems
) -> list[tuple[str, list[Record]]]:
    """Return the lists of records in a tree: itself, those under a name, or its records by id."""
    found: list[tuple[str, list[Record]]] = []
    for name, items in _lists(tree):
        records: list[Record] = []
        for key, item in items:
            line = lines.get(key)
            if isinstance(item, dict):
                records.append((line, item))
            elif item is not None:
                problems.add("here stands no record with fields", problems.place(line))
        if records:
            found.append((folded(name), records))
    return found


def _lists(tree: Any) -> Iterator[tuple[str, Iterable[tuple[str, Any]]]]:
    if isinstance(tree, list):
        yield "", ((str(at), item) for at, item in enumerate(tree))
    if not isinstance(tree, dict):
        return
    lists = {key: value for key, value in tree.items() if isinstance(value, list)}
    chosen = [key for key in lists if folded(key) in _LIST_NAMES]
    if not chosen:
        chosen = [key for key, value in lists.items() if any(isinstance(v, dict) for v in value)]
    for key in chosen:
        yield key, [(f"{key}/{at}", item) for at, item in enumerate(lists[key])]
    if not chosen and tree and all(isinstance(value, dict) for value in tree.values()):
        yield "", ((key, {"id": key, **value}) for key, value in tree.items())


def _names_checks(columns: Columns) -> bool:
    """Say whether it is checks that have a status, and not controls."""
    return folded(columns.name("id")) in _FINDING_NAMES["id"]


def _without_ours(columns: Columns) -> Columns:
    """Return the columns without those that we add when we write."""
    unused = tuple(at for at in columns.unused if folded(columns.names[at]) not in OUR_OWN)
    return replace(columns, unused=unused)


def _named_by_id(columns: Columns) -> Columns:
    """Return the columns with `Control` as the id, where nothing else can be: `Control, Activity`."""
    named = folded(columns.name("title"))
    if "id" in columns or "description" not in columns or named not in CONTROL_ITSELF:
        return columns
    at = {"id" if field == "title" else field: place for field, place in columns.at.items()}
    return replace(columns, at=at)


def _is_header_again(cells: Sequence[Any], columns: Columns) -> bool:
    """Say whether a row repeats the header, as printed tables do at the top of each page."""
    here = [str(cell).strip() for cell in cells]
    wanted = [columns.names[at] for at in columns.at.values()]
    return [here[at] if at < len(here) else "" for at in columns.at.values()] == wanted
