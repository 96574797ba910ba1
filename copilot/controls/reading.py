"""Read a file of controls, systems or cloud findings: all of it, or nothing and every reason why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from copilot.controls import findings, oscal, rows, systems
from copilot.controls.cells import read_criteria, read_frequency
from copilot.controls.columns import ALL_FIELDS, folded
from copilot.controls.problems import Problems
from copilot.controls.texts import is_empty, many_lines, one_line
from copilot.domain.controls import Control, ControlId, ControlKind
from copilot.errors import InvalidControls, OverLimits, UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from copilot.controls.rows import Record, Row, Table
    from copilot.domain.grids import FileContent
    from copilot.ports import ControlFiles

MOST_CONTROLS: Final = 20_000
LONGEST_TEXT: Final = 30_000
"""Characters of one field: what a cell of a spreadsheet can hold, with room for a few marks."""

_LINED: Final = frozenset({".json", ".jsonl", ".ndjson", ".yaml", ".yml"})
_SHOWN_COLUMNS: Final = 30
_SMALLER: Final = "Split it, save it as CSV, or raise the limits in copilot.toml."
_HOW: Final = (
    "Say which column is which: --columns id=Ref,description=Activity. An id and a title or a "
    "description are needed; owner, frequency, system and criteria are welcome."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What a file holds, and what its owner may want to know about how it was read."""

    controls: tuple[Control, ...]
    notes: tuple[str, ...] = ()


def read_controls(
    path: Path,
    *,
    files: ControlFiles,
    columns: Mapping[str, str] | None = None,
    kind: ControlKind | None = None,
) -> list[Control]:
    """Return the controls of a file; see `import_controls`.

    Raises:
        InvalidControls: With every problem of the file.
    """
    return list(import_controls(path, files=files, columns=columns, kind=kind).controls)


def import_controls(
    path: Path,
    *,
    files: ControlFiles,
    columns: Mapping[str, str] | None = None,
    kind: ControlKind | None = None,
) -> Imported:
    """Return the controls of a file, with notes.

    Args:
        path: CSV, XLSX, YAML, JSON, JSON lines, or OSCAL as JSON.
        files: Reads the file.
        columns: The name of the column for each field, where names are not recognised.
        kind: What the file lists, where its columns do not tell.

    Raises:
        InvalidControls: With every problem of the file; nothing of it is imported.
    """
    problems = Problems(path, rows="line" if path.suffix.lower() in _LINED else "row")
    _check_fields(columns, problems)
    try:
        content = files.read(path)
    except OverLimits as exc:
        raise InvalidControls([f"{path.name}: {exc}"], hint=_SMALLER) from exc
    except UnreadableFile as exc:
        raise InvalidControls([f"{path.name}: {exc}"], hint=exc.hint) from exc
    problems.notes += (f"{path.name}: {note}" for note in content.notes)
    controls = (
        _from_grids(content, problems, columns, kind)
        if content.grids
        else _from_tree(content, problems, columns, kind)
    )
    if not controls and not problems.found:
        problems.add("it holds no controls")
    _check_all(controls, problems)
    problems.raise_if_any()
    return Imported(controls=tuple(controls), notes=tuple(problems.notes))


def _check_fields(columns: Mapping[str, str] | None, problems: Problems) -> None:
    for field in columns or ():
        if field not in ALL_FIELDS:
            problems.add(f"{field!r} is no field")
            problems.hint = f"Fields are {', '.join(ALL_FIELDS)}."
    problems.raise_if_any()


def _from_grids(
    content: FileContent,
    problems: Problems,
    columns: Mapping[str, str] | None,
    kind: ControlKind | None,
) -> list[Control]:
    tables: list[Table] = []
    without: list[tuple[str, Sequence[str]]] = []
    for grid in content.grids:
        if not grid.rows:
            continue
        table = rows.from_grid(grid, problems, given=columns, kind=kind)
        if table:
            tables.append(table)
        else:
            header = next((c for _, c in grid.rows if sum(map(bool, c)) > 1), grid.rows[0][1])
            without.append((grid.sheet, header))
    if not any(grid.rows for grid in content.grids):
        problems.add("it is empty")
    elif not tables:
        for sheet, cells in without:
            _no_header(cells, sheet, columns, problems)
    else:
        for sheet, _ in without:
            problems.note("left out: no header of a list of controls", problems.place(None, sheet))
    _refuse_many(sum(len(table.rows) for table in tables if _one_each(table)), problems)
    return [control for table in tables for control in _from_table(table, problems)]


def _from_tree(
    content: FileContent,
    problems: Problems,
    columns: Mapping[str, str] | None,
    kind: ControlKind | None,
) -> list[Control]:
    if oscal.root_of(content.tree):
        return _complete(oscal.read_oscal(content.tree, problems), problems)
    lists = rows.lists_in(content.tree, content.lines, problems)
    if not lists and not problems.found:
        problems.add("it holds no list of records")
        problems.hint = "Write a list of records, each with an id and a description."
    return [
        control
        for name, records in lists
        for control in _from_records(
            records, problems, columns, kind or (ControlKind.SYSTEM if name == "systems" else None)
        )
    ]


def _from_records(
    records: Sequence[Record],
    problems: Problems,
    columns: Mapping[str, str] | None,
    kind: ControlKind | None,
) -> list[Control]:
    if any(findings.is_ocsf(record) for _, record in records):
        return findings.read_ocsf(records, problems)
    table = rows.from_records(records, problems, given=columns, kind=kind)
    if table is None:
        names = list(dict.fromkeys(key for _, record in records for key in record))
        _no_header(names, "", columns, problems)
        return []
    if _one_each(table):
        _refuse_many(len(table.rows), problems)
    return _from_table(table, problems)


def _complete(controls: list[Control], problems: Problems) -> list[Control]:
    """Look for controls of an OSCAL document that lack an id or a text; it has no rows to name."""
    for number, control in enumerate(controls, start=1):
        if not control.id:
            problems.add(f"control {number} of the document has no id")
        elif not control.text:
            problems.add(f"control {control.id} has no text")
    return controls


def _one_each(table: Table) -> bool:
    """Say whether each row is a control; scanners write a row for each resource of a check."""
    return table.kind is not ControlKind.FINDING


def _refuse_many(count: int, problems: Problems) -> None:
    if count > MOST_CONTROLS:
        problems.add(f"it has {count:,} rows; at most {MOST_CONTROLS:,} controls are imported")
        problems.hint = "Split the list, or check that this is a list of controls."
        problems.refuse()


def _no_header(
    header: Sequence[str],
    sheet: str,
    columns: Mapping[str, str] | None,
    problems: Problems,
) -> None:
    names = [one_line(name) for name in header if one_line(name)]
    found = ", ".join(names[:_SHOWN_COLUMNS]) or "none"
    missing = [
        f"{name!r} for {field}"
        for field, name in (columns or {}).items()
        if folded(name) not in map(folded, names)
    ]
    what = f"there is no column {', '.join(missing)}" if missing else "no header is recognised"
    problems.add(f"{what}; the columns found are: {found}", problems.place(None, sheet))
    problems.hint = _HOW


def _from_table(table: Table, problems: Problems) -> list[Control]:
    if table.kind is ControlKind.FINDING:
        return findings.read_rows(table, problems)
    if table.kind is ControlKind.SYSTEM:
        return systems.read_systems(table, problems)
    unused = [table.columns.names[at] for at in table.columns.unused]
    if unused and table.rows:
        place = problems.place(None, table.rows[0].place.sheet)
        problems.note(f"columns that were not used: {', '.join(unused)}", place)
    return [_control(table, row, problems) for row in table.rows]


def _control(table: Table, row: Row, problems: Problems) -> Control:
    def said(field: str) -> Any:
        return table.value(row, field)

    id_, title, description = one_line(said("id")), one_line(said("title")), said("description")
    if not id_:
        problems.add("the id is missing", row.place, column=table.columns.name("id"))
    if is_empty(title) and is_empty(many_lines(description)):
        field = "description" if "description" in table.columns else "title"
        what = f"control {id_} has no text" if id_ else "there is no text"
        problems.add(what, row.place, column=table.columns.name(field))
    frequency = read_frequency(said("frequency"))
    if frequency is None and not is_empty(one_line(said("frequency"))):
        what = f"{one_line(said('frequency'))!r} is no frequency that is known; it was left out"
        problems.note(what, row.place, column=table.columns.name("frequency"))
    criteria, wrong, others = read_criteria(said("criteria"))
    column = table.columns.name("criteria")
    for exc in wrong:
        problems.add(f"{exc}. {exc.hint}", row.place, column=column)
    if others:
        problems.note(f"of another framework: {', '.join(others)}", row.place, column=column)
    return Control(
        id=ControlId(id_),
        title=title,
        description=many_lines(description),
        owner=one_line(said("owner")),
        frequency=frequency,
        system=one_line(said("system")),
        criteria=criteria,
        kind=_kind(said("kind")),
        place=row.place,
    )


def _kind(value: Any) -> ControlKind:
    """Return the kind that we wrote ourselves; another company's word for it means nothing here."""
    try:
        return ControlKind(one_line(value).lower())
    except ValueError:
        return ControlKind.CONTROL


def _check_all(controls: Sequence[Control], problems: Problems) -> None:
    """Look at what only shows when all controls are known: twins, and too much of anything."""
    _refuse_many(len(controls), problems)
    first: dict[ControlId, Control] = {}
    for control in controls:
        if not control.id:
            continue  # that it has none has been said
        twin = first.setdefault(control.id, control)
        if twin is not control:
            where = problems.where(twin.place) or "an earlier place"
            problems.add(f"the id {control.id} stands here again, after {where}", control.place)
        longest = max(map(len, (control.id, control.title, control.description, control.owner)))
        if longest > LONGEST_TEXT:
            what = f"control {control.id} has a text of {longest:,} characters; the most is "
            problems.add(f"{what}{LONGEST_TEXT:,}", control.place)
