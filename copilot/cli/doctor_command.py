"""`copilot doctor`: what is configured, reachable, stale or broken, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from copilot import bootstrap, config
from copilot.bootstrap.controls import examined_controls
from copilot.cli.console import print_json, shown, write
from copilot.cli.ingest_command import Watcher
from copilot.cli.options import AsJson
from copilot.errors import EncoderUnavailable, IndexUnavailable, TruthUnavailable
from copilot.health import Finding, Health, broken, examine
from copilot.model_health import examine_models

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKS: Final = {
    Health.GOOD: "[green]✓[/]",
    Health.NOTE: "[yellow]![/]",
    Health.BROKEN: "[red]✗[/]",
}


def doctor(
    as_json: AsJson = False,
    mend: Annotated[
        bool,
        typer.Option(
            "--mend",
            help="Build the index anew if it differs from the truth or is another encoder's.",
        ),
    ] = False,
) -> None:
    """Examine the workspace; exit 1 if something is broken."""
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        try:
            with Watcher() as watcher:
                seen = copilot.examination(mend=mend, progress=watcher)
            findings = [*examine(seen), examined_controls(copilot)]
        except (EncoderUnavailable, IndexUnavailable, TruthUnavailable) as exc:
            findings = list(broken(str(copilot.workspace.root), exc))
        findings += examine_models(copilot.models.examination())
    if as_json:
        print_json({"findings": [_json(one) for one in findings]})
    else:
        _print(findings)
    if any(one.health is Health.BROKEN for one in findings):
        raise typer.Exit(1)


def _json(one: Finding) -> dict[str, object]:
    return {
        "what": one.what,
        "health": one.health.value,
        "said": one.said,
        "details": list(one.details),
        "hint": one.hint,
    }


def _print(findings: Sequence[Finding]) -> None:
    write()
    for one in findings:
        write(f"{_MARKS[one.health]} [bold]{shown(one.what)}:[/] {shown(one.said)}", hang=2)
        for line in one.details:
            write(f"• {shown(line)}", indent=4, hang=2)
        if one.hint:
            write(f"[dim]{shown(one.hint)}[/]", indent=4)
    write()
    wrong = sum(one.health is Health.BROKEN for one in findings)
    notes = sum(one.health is Health.NOTE for one in findings)
    said = f"[bold red]{wrong} broken[/]" if wrong else "[bold green]Nothing is broken[/]"
    write(f"{said}; {notes or 'nothing'} to look at." if notes or wrong else f"{said}.")
    write()
