"""`copilot catalog`: what the product knows about the criteria."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from copilot import bootstrap
from copilot.catalog.plain import criterion_json
from copilot.cli.console import bullets, count, heading, print_json, shown, write
from copilot.cli.options import AsJson
from copilot.domain.criteria import parse_criterion
from copilot.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.criteria import Catalog, Criterion


def catalog(
    criterion: Annotated[
        str | None, typer.Argument(metavar="ID", help="One criterion, such as CC6.1.")
    ] = None,
    as_json: AsJson = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Read and check this knowledge folder in place of the one shipped."
        ),
    ] = None,
) -> None:
    """Show the criteria: what each asks, how it is audited, what proves it."""
    if folder is not None and not folder.is_dir():
        raise BadInput(
            f"{folder} is no folder", hint="knowledge/README.md describes such a folder."
        )
    loaded = bootstrap.load_catalog(folder)
    if folder is not None:
        _check_policies(folder / "policies", loaded)
    chosen = [loaded[parse_criterion(criterion)]] if criterion else list(loaded)
    if as_json:
        print_json({"criteria": [criterion_json(one) for one in chosen]})
    elif criterion:
        _print_one(chosen[0], loaded)
    else:
        _print_all(loaded)


def _check_policies(folder: Path, loaded: Catalog) -> None:
    """Refuse outlines of documents that break their form, which the catalog does without."""
    from copilot.drafting import description_outline, outlines

    if folder.is_dir():
        terms = outlines.load_terms(folder)
        outlines.load_outlines(folder, terms=terms, catalog=loaded)
        description_outline.load_description(folder, terms=terms)


def _print_all(loaded: Catalog) -> None:
    for series in loaded.series:
        write()
        # Of a category with one series, the title says it already.
        category = "" if series.title.lower() == series.category else f"  [dim]{series.category}[/]"
        write(f"[bold]{series.id}  {shown(series.title)}[/]{category}")
        for one in loaded:
            if loaded.series_of(one.id) == series:
                about = f"[dim]({count(len(one.points_of_focus), 'point')})[/]"
                write(f"[cyan]{one.id:<6}[/] {shown(one.title)} {about}", indent=2, hang=7)
    points = sum(len(one.points_of_focus) for one in loaded)
    write()
    write(
        f"[dim]{len(loaded.criteria)} criteria, {points} points of focus. "
        "`copilot catalog CC6.1` shows one of them whole.[/]"
    )


def _print_one(one: Criterion, loaded: Catalog) -> None:
    write()
    write(f"[bold cyan]{one.id}[/]  [bold]{shown(one.title)}[/]  [dim]{one.category}[/]", hang=7)
    _paragraph("What it asks", one.statement)
    _paragraph("Why it matters", one.why)
    _paragraph("How to prove it", one.prove)
    _print_points(one)
    heading("How it is audited")
    _labelled("Inquiry", one.audit.inquiry)
    _labelled("Questions", *one.audit.questions)
    _labelled("Observation", one.audit.observation)
    _labelled("Inspection", one.audit.inspection)
    _labelled("Requests", *one.audit.requests)
    _labelled("Re-performance", one.audit.reperformance)
    _labelled("Population", one.audit.population)
    _labelled("Sample", one.audit.sample)
    _print_evidence(one)
    _print_controls(one)
    _bullets("Common gaps", [f"{_ended(gap.gap)} First: {gap.first_step}" for gap in one.gaps])
    titles = {kind.id: kind.title for kind in loaded.policy_kinds}
    _bullets("Policies that usually cover it", [titles[kind] for kind in one.policies])
    _bullets("Not to be confused with", [f"{n.criterion}: {n.difference}" for n in one.neighbours])
    write()


def _print_points(one: Criterion) -> None:
    heading("Points of focus")
    for number, point in enumerate(one.points_of_focus):
        only = f" [dim](only with {', '.join(point.only_for)})[/]" if point.only_for else ""
        if number:
            write()
        write(f"[cyan]{point.id}[/]  [bold]{shown(point.name)}[/]{only}", indent=2)
        write(shown(point.text), indent=4)


def _print_evidence(one: Criterion) -> None:
    heading("Evidence")
    for number, item in enumerate(one.evidence):
        if number:
            write()
        about = f"[dim]{shown(item.system)}, {item.frequency}[/]"
        write(f"[bold]{shown(item.record)}[/]  {about}", indent=2)
        write(f"[green]good[/]  {shown(item.good)}", indent=4, hang=6)
        write(f"[yellow]weak[/]  {shown(item.weak)}", indent=4, hang=6)


def _print_controls(one: Criterion) -> None:
    heading("Example controls")
    for control in one.example_controls:
        also = f", also {', '.join(control.also)}" if control.also else ""
        write(f"• {shown(control.text)}", indent=2, hang=2)
        write(f"[dim]{shown(control.owner)}, {control.frequency}{also}[/]", indent=4)


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _paragraph(title: str, text: str) -> None:
    heading(title)
    write(shown(text), indent=2)


def _labelled(label: str, *texts: str) -> None:
    """Print a label beside its text, or above its items if there are several."""
    if len(texts) == 1:
        write(f"[bold]{label}:[/] {shown(texts[0])}", indent=2, hang=2)
    elif texts:
        write(f"[bold]{label}:[/]", indent=2)
        for text in texts:
            write(f"• {shown(text)}", indent=4, hang=2)


def _bullets(title: str, items: Sequence[str]) -> None:
    if items:
        heading(title)
        bullets(items)
