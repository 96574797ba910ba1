"""Systems: what each is, what it holds and how it is set up, as text that a control is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copilot.controls.texts import is_empty, many_lines, one_line, said
from copilot.domain.controls import Control, ControlId, ControlKind

if TYPE_CHECKING:
    from copilot.controls.problems import Problems
    from copilot.controls.rows import Row, Table


def read_systems(table: Table, problems: Problems) -> list[Control]:
    """Return a control for each system; columns that have no other meaning are settings."""
    names = [table.columns.names[at] for at in table.columns.unused]
    if names:
        problems.note(f"read as settings: {', '.join(names)}")
    return [control for row in table.rows if (control := _system(table, row, problems))]


def _system(table: Table, row: Row, problems: Problems) -> Control | None:
    name = one_line(table.value(row, "name"))
    if is_empty(name):
        problems.add("the system has no name", row.place, column=table.columns.name("name"))
        return None
    description = describe(
        name,
        type_=one_line(table.value(row, "type")),
        holds=_list(table.value(row, "holds")),
        settings=_settings(table, row),
    )
    about = many_lines(table.value(row, "description"))
    return Control(
        id=ControlId(one_line(table.value(row, "id")) or name),
        title=name,
        description=" ".join(filter(None, (about, description))),
        owner=one_line(table.value(row, "owner")),
        system=name,
        kind=ControlKind.SYSTEM,
        place=row.place,
    )


def describe(name: str, *, type_: str, holds: str, settings: str) -> str:
    """Return sentences that say what a system is, what it holds and how it is set up."""
    sentences = []
    if type_ and not is_empty(type_):
        sentences.append(f"{name} is of the type {type_}.")
    if holds and not is_empty(holds):
        sentences.append(f"{name} holds {holds}.")
    if settings and not is_empty(settings):
        sentences.append(f"It is set up with {settings}.")
    return " ".join(sentences)


def _settings(table: Table, row: Row) -> str:
    stated = table.value(row, "settings")
    parts = list(said(stated)) if isinstance(stated, dict) else [_list(stated)]
    return "; ".join(filter(None, (*parts, *said(table.others(row))))).rstrip(".")


def _list(value: Any) -> str:
    lines = (line.strip(" .;,") for line in many_lines(value).split("\n"))
    return one_line(", ".join(filter(None, lines)))
