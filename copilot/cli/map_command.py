"""`copilot map`: which criteria each control of a list may serve, with reasons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from copilot.bootstrap.mapping import map_controls
from copilot.cli.console import count, print_json, print_note, shown, working, write
from copilot.cli.options import AsJson
from copilot.controls.writing import suggestion_json
from copilot.errors import BadInput

if TYPE_CHECKING:
    from copilot.bootstrap.mapping import Mapped
    from copilot.domain.controls import Control, Suggestions

_SHOWN: Final = 3
"""Suggestions for a control that fit on a screen; --json has all."""


def map_(
    controls: Annotated[
        Path,
        typer.Argument(metavar="CONTROLS", help="CSV, XLSX, YAML, JSON, JSON lines or OSCAL."),
    ],
    as_json: AsJson = False,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=COLUMN",
            help="Which column is which, where its name does not tell: id=Ref,description=Activity.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write to FILE.csv, .xlsx, .json or .oscal.json."),
    ] = None,
) -> None:
    """Suggest criteria for each control; a person decides which of them it serves."""
    _check_target(controls, out)
    with working("Mapping"):
        mapped = map_controls(controls, columns=tuple(columns or ()), out=out)
    for note in mapped.notes:
        print_note(note)
    if as_json:
        print_json(mapped_json(mapped))
    elif out is None:
        _print(mapped)
    if out is not None:
        print_note(f"Written to {out}.")


def _check_target(controls: Path, out: Path | None) -> None:
    """Refuse what is surely a mistake, before any work."""
    if controls.is_dir():
        raise BadInput(f"{controls} is a folder", hint="Name a file that lists controls.")
    if out is not None and out.exists() and out.samefile(controls):
        # Sheets, columns and comments that are not read as controls would be gone.
        raise BadInput(
            f"--out names {controls} itself, which would be replaced", hint="Name another file."
        )


def mapped_json(mapped: Mapped) -> dict[str, Any]:
    """Return the JSON contract of `copilot map --json`."""
    pairs = zip(mapped.controls, mapped.suggestions, strict=True)
    return {"controls": [_control_json(one, suggested) for one, suggested in pairs]}


def _control_json(control: Control, suggested: Suggestions) -> dict[str, Any]:
    return {
        "id": control.id,
        "title": control.title,
        "declared": list(control.criteria),
        "suggestions": [suggestion_json(one) for one in suggested.ranked],
        "decided": list(suggested.decided),
    }


def _print(mapped: Mapped) -> None:
    write()
    for control, suggested in zip(mapped.controls, mapped.suggestions, strict=True):
        name = control.title or control.text
        # A system is called what it is listed as.
        beside = f"  {shown(name)}" if name != control.id else ""
        write(f"[bold]{shown(control.id)}[/]{beside}", hang=2)
        if not suggested.decided:
            write("[yellow]none: this does not read like a control[/]", indent=4)
        decided = [one for one in suggested.ranked if one.criterion in suggested.decided]
        for one in decided[:_SHOWN]:
            percent = round(100 * one.confidence)
            write(
                f"[cyan]{one.criterion:6}[/] {percent:3} %  {shown(one.reason)}", indent=4, hang=14
            )
    write()
    write(
        f"[dim]{count(len(mapped.controls), 'control')}. These are suggestions: name the criteria that a "
        "control serves in your list, in the column `criteria`.[/]"
    )
    write()
