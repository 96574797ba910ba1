"""`copilot readiness`: how far the criteria in scope are covered, and what to do first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from copilot import bootstrap, config
from copilot.bootstrap_readiness import assess_workspace
from copilot.cli.console import heading, print_json, print_note, shown, write
from copilot.cli.options import As, AsJson, AuditPeriod, Categories
from copilot.errors import BadInput
from copilot.readiness.coverage import CoverageStatus
from copilot.readiness.page import page
from copilot.readiness.scoring import FORMULA

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.readiness.assessing import Readiness
    from copilot.readiness.coverage import CriterionCoverage
    from copilot.readiness.scoring import Score
    from copilot.readiness.tasks import Task

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
        Path | None, typer.Option(metavar="FILE.html", help="Write a report instead.")
    ] = None,
) -> None:
    """Say how ready the company is: score, gaps, and what to do first."""
    if out is not None and out.suffix.lower() not in {".html", ".htm"}:
        raise BadInput(f"{out} is no HTML file", hint="Name a file that ends in .html.")
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        found = assess_workspace(
            copilot,
            principal=copilot.principal(principal),
            period=period,
            categories=tuple(category or ()),
        )
    if out is not None:
        out.write_text(page(found), encoding="utf-8")
        print_note(f"Written to {out}.")
    if as_json:
        print_json(readiness_json(found))
    elif out is None:
        _print(found)


def readiness_json(found: Readiness) -> dict[str, Any]:
    """Return readiness as `copilot readiness --json` prints it."""
    return {
        "company": found.company,
        "audit_type": found.scope.audit_type.value,
        "period": str(found.scope.period) if found.scope.period else None,
        "categories": sorted(one.value for one in found.scope.categories),
        "formula": FORMULA,
        "score": found.scores[0].value,
        "scores": [_score_json(one) for one in found.scores],
        "criteria": [_criterion_json(one) for one in found.covered],
        "tasks": [_task_json(one) for one in found.tasks],
        "controls": found.controls,
        "unmapped": [one.id for one in found.unmapped],
    }


def _score_json(score: Score) -> dict[str, Any]:
    return {
        "category": score.category.value if score.category else None,
        "score": score.value,
        "met": score.met,
        "partly": score.partly,
        "gaps": score.gaps,
    }


def _criterion_json(one: CriterionCoverage) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "category": one.category.value,
        "status": one.status.value,
        "rule": one.rule,
        "controls": [
            {
                "id": control.control.id,
                "evidence": [source.path for source in control.evidence],
                "outside": [source.path for source in control.outside],
                "missing": [str(period) for period in control.missing],
            }
            for control in one.controls
        ],
        "policies": [source.path for source in one.policies],
        "evidence": [source.path for source in one.evidence],
    }


def _task_json(task: Task) -> dict[str, Any]:
    return {
        "what": task.what,
        "why": task.why,
        "criteria": list(task.criteria),
        "control": task.control,
        "owner": task.owner or None,
        "due": task.due.isoformat(),
        "risk": task.risk.name.lower(),
        "effort": task.effort.name.lower(),
    }


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
    _print_lacking([one for one in found.in_scope if one.status is not CoverageStatus.MET])
    if found.tasks:
        heading("What to do first")
    for number, task in enumerate(found.tasks[:_SHOWN], start=1):
        owner = task.owner or "owner to be named"
        write(f"{number:2}. {shown(task.what)}", hang=4)
        about = f"{owner}, due {task.due:%-d %B %Y}; risk {task.risk.name.lower()}, effort "
        write(f"[dim]{shown(about)}{task.effort.name.lower()}[/]", indent=4)
    if len(found.tasks) > _SHOWN:
        write(f"[dim]and {len(found.tasks) - _SHOWN} more: --json or --out FILE.html has all.[/]")
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
    return f"{score.met} met, {score.partly} partly, {score.gaps} gaps of {score.in_scope} criteria"
