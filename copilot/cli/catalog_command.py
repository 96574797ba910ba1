"""`copilot catalog`: what the product knows about the criteria."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from copilot import bootstrap
from copilot.cli.console import print_json, stdout
from copilot.domain.criteria import parse_criterion

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copilot.domain.criteria import Catalog, Criterion


def catalog(
    criterion: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="One criterion, such as CC6.1.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    folder: Annotated[
        Path | None,
        typer.Option(help="Read and check this knowledge folder in place of the one shipped."),
    ] = None,
) -> None:
    """Show the criteria: what each asks, how it is audited, what proves it."""
    loaded = bootstrap.load_catalog(folder)
    chosen = [loaded[parse_criterion(criterion)]] if criterion else list(loaded)
    if as_json:
        print_json({"criteria": [criterion_json(one) for one in chosen]})
    elif criterion:
        _print_one(chosen[0], loaded)
    else:
        _print_all(loaded)


def criterion_json(criterion: Criterion) -> dict[str, Any]:
    """Return one criterion as the JSON contract of `copilot catalog --json` has it."""
    return {
        "id": criterion.id,
        "title": criterion.title,
        "category": criterion.category.value,
        "statement": criterion.statement,
        "why": criterion.why,
        "prove": criterion.prove,
        "asked_as": list(criterion.asked_as),
        "points_of_focus": [
            {"id": one.id, "name": one.name, "text": one.text, "only_for": list(one.only_for)}
            for one in criterion.points_of_focus
        ],
        "audit": {
            "inquiry": criterion.audit.inquiry,
            "questions": list(criterion.audit.questions),
            "observation": criterion.audit.observation,
            "inspection": criterion.audit.inspection,
            "requests": list(criterion.audit.requests),
            "reperformance": criterion.audit.reperformance,
            "population": criterion.audit.population,
            "sample": criterion.audit.sample,
        },
        "evidence": [
            {
                "record": one.record,
                "system": one.system,
                "frequency": one.frequency.value,
                "good": one.good,
                "weak": one.weak,
            }
            for one in criterion.evidence
        ],
        "example_controls": [
            {
                "text": one.text,
                "owner": one.owner,
                "frequency": one.frequency.value,
                "style": one.style.value,
                "criteria": [criterion.id, *one.also],
            }
            for one in criterion.example_controls
        ],
        "gaps": [{"gap": one.gap, "first_step": one.first_step} for one in criterion.gaps],
        "policies": list(criterion.policies),
        "neighbours": [
            {"criterion": one.criterion, "difference": one.difference}
            for one in criterion.neighbours
        ],
    }


def _print_all(loaded: Catalog) -> None:
    for series in loaded.series:
        stdout.print(f"\n[bold]{series.id}  {escape(series.title)}[/]  [dim]{series.category}[/]")
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
        table.add_column(no_wrap=True, style="cyan")
        table.add_column()
        table.add_column(justify="right", style="dim", no_wrap=True)
        for one in loaded:
            if loaded.series_of(one.id) == series:
                count = len(one.points_of_focus)
                table.add_row(one.id, escape(one.title), f"{count} point{'s' * (count > 1)}")
        stdout.print(table)
    points = sum(len(one.points_of_focus) for one in loaded)
    stdout.print(
        f"\n[dim]{len(loaded.criteria)} criteria, {points} points of focus. "
        "`copilot catalog CC6.1` shows one of them whole.[/]"
    )


def _print_one(one: Criterion, loaded: Catalog) -> None:
    stdout.print(
        f"\n[bold cyan]{one.id}[/]  [bold]{escape(one.title)}[/]  [dim]{one.category}[/]\n"
    )
    _paragraph("What it asks", one.statement)
    _paragraph("Why it matters", one.why)
    _paragraph("How to prove it", one.prove)
    _print_points(one)
    _paragraph("Inquiry", one.audit.inquiry)
    _bullets("Questions asked", one.audit.questions)
    _paragraph("Observation", one.audit.observation)
    _paragraph("Inspection", one.audit.inspection)
    _bullets("Documents requested", one.audit.requests)
    _paragraph("Re-performance", one.audit.reperformance)
    _paragraph("Population", one.audit.population)
    _paragraph("Sample", one.audit.sample)
    _print_evidence(one)
    _print_controls(one)
    _bullets("Common gaps", (f"{gap.gap}. First: {gap.first_step}" for gap in one.gaps))
    titles = {kind.id: kind.title for kind in loaded.policy_kinds}
    _bullets("Policies that usually cover it", (titles[kind] for kind in one.policies))
    _bullets("Not to be confused with", (f"{n.criterion}: {n.difference}" for n in one.neighbours))


def _print_points(one: Criterion) -> None:
    _heading("Points of focus")
    for point in one.points_of_focus:
        only = (
            f" [dim](only with {', '.join(point.only_for)} in scope)[/]" if point.only_for else ""
        )
        stdout.print(Padding(f"[cyan]{point.id}[/] [bold]{escape(point.name)}[/]{only}", (0, 2)))
        stdout.print(Padding(escape(point.text), (0, 2, 1, 4)))


def _print_evidence(one: Criterion) -> None:
    _heading("Evidence")
    for item in one.evidence:
        about = f"[dim]{escape(item.system)}, {item.frequency}[/]"
        stdout.print(Padding(f"[bold]{escape(item.record)}[/]  {about}", (0, 2)))
        stdout.print(Padding(f"[green]good[/] {escape(item.good)}", (0, 2, 0, 4)))
        stdout.print(Padding(f"[yellow]weak[/] {escape(item.weak)}", (0, 2, 1, 4)))


def _print_controls(one: Criterion) -> None:
    _heading("Example controls")
    for control in one.example_controls:
        also = f", also {', '.join(control.also)}" if control.also else ""
        stdout.print(Padding(escape(control.text), (0, 2)))
        stdout.print(
            Padding(f"[dim]{escape(control.owner)}, {control.frequency}{also}[/]", (0, 2, 1, 4))
        )


def _heading(text: str) -> None:
    stdout.print(f"[bold underline]{text}[/]")


def _paragraph(heading: str, text: str) -> None:
    _heading(heading)
    stdout.print(Padding(escape(text), (0, 2, 1, 2)))


def _bullets(heading: str, items: Iterable[str]) -> None:
    lines = [f"• {escape(item)}" for item in items]
    if lines:
        _heading(heading)
        stdout.print(Padding("\n".join(lines), (0, 2, 1, 2)))
