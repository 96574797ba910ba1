"""`copilot readiness`: how far the criteria in scope are covered, and what to do first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from copilot import bootstrap, config
from copilot.bootstrap.readiness import assess_workspace, write_readiness
from copilot.cli.console import count, heading, print_json, print_note, shown, working, write
from copilot.cli.options import As, AsJson, AuditPeriod, Categories
from copilot.readiness.coverage import CoverageStatus
from copilot.readiness.plain import readiness_json
from copilot.readiness.reporting import form_of
from copilot.readiness.scoring import FORMULA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.readiness.assessing import Readiness
    from copilot.readiness.coverage import CriterionCoverage
    from copilot.readiness.scoring import Score

_COLOURS: Final = {
    CoverageStatus.MET: "green",
    CoverageStatus.PARTLY: "yellow",
    CoverageStatus.GAP: "red",
    CoverageStatus.NOT_IN_SCOPE: "dim",
}
_SHOWN: Final = 10
"""Tasks that fit on a screen; the rest is counted."""


def readiness(
    as_json: AsJson = False,
    principal: As = None,
    category: Categories = None,
    period: AuditPeriod = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a report: FILE.html to look at, .xlsx, .csv, .json or .oscal.json.",
        ),
    ] = None,
) -> None:
    """Say how ready the company is: score, gaps, and what to do first."""
    if out is not None:
        form_of(out)  # before the work, not after it
    with bootstrap.Copilot(config.find_workspace()) as copilot, working("Assessing"):
        found = assess_workspace(
            copilot,
            principal=copilot.principal(principal),
            period=period,
            categories=tuple(category or ()),
        )
    if out is not None:
        write_readiness(out, found)
        print_note(f"Written to {out}.")
    if as_json:
        print_json(readiness_json(found))
    elif out is None:
        _print(found)


def _print(found: Readiness) -> None:
    write()
    if not found.controls:
        write(
            "[yellow]No controls are listed.[/] Put a list of them into controls/, as CSV or XLSX."
        )
        write()
    whole, *categories = found.scores
    write(f"[bold]Readiness {round(100 * whole.value)} %[/]  {_counts(whole)}")
    for one in categories:
        name = one.category.value if one.category else ""
        write(f"{name}: {round(100 * one.value)} %  [dim]{_counts(one)}[/]", indent=2)
    write(f"[dim]{shown(FORMULA)}.[/]")
    if found.scope.period is None:
        write("[yellow]No audit period is set, so every record counts and none is missing.[/]")
    for doubtful in found.in_doubt:
        write(
            f"[yellow]{shown(doubtful.control)} says something else than when {doubtful.criterion} was "
            "accepted for it; it still counts.[/]",
            hang=2,
        )
    _print_lacking([one for one in found.in_scope if one.status is not CoverageStatus.MET])
    if found.tasks:
        heading("What to do first")
    for number, task in enumerate(found.tasks[:_SHOWN], start=1):
        owner = task.owner or "owner to be named"
        write(f"{number:2}. {shown(task.what)}", hang=4)
        about = f"{owner}, due {task.due:%-d %B %Y}; risk {task.risk.name.lower()}, effort "
        write(f"[dim]{shown(about)}{task.effort.name.lower()}[/]", indent=4)
    if len(found.tasks) > _SHOWN:
        write(f"[dim]and {len(found.tasks) - _SHOWN} more: --json or --out FILE has all.[/]")
    write()


def _print_lacking(lacking: Sequence[CriterionCoverage]) -> None:
    if lacking:
        heading("Not met")
    for one in lacking:
        write(
            f"[{_COLOURS[one.status]}]{one.id:6} {one.status.value}[/]  {shown(one.title)}", hang=7
        )
        write(f"[dim]{shown(one.rule)}[/]", indent=7)


def _counts(score: Score) -> str:
    gaps = count(score.gaps, "gap")
    return f"{score.met} met, {score.partly} partly, {gaps} of {score.in_scope} criteria"
