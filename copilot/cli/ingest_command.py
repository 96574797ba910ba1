"""`copilot ingest`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from copilot import bootstrap, config
from copilot.cli.console import heading, print_json, print_note, shown, stderr, write
from copilot.cli.options import AsJson, Kind
from copilot.errors import BadInput
from copilot.ingestion.reporting import report_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.documents import Refusal
    from copilot.ingestion.reporting import Report

_SETTLED: Final = 1.0
"""Seconds before a rate says anything."""

_MOST: Final = 20
"""Paths of one list that are shown on the terminal."""


def ingest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Only these; by default the whole workspace."),
    ] = None,
    kind: Kind = None,
    audience: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who may read the files of PATH, unless they say so."),
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Try every file again that was refused.")
    ] = False,
    forget: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="PATH",
            help="Drop what was ingested from this place outside the workspace, whether it is still "
            "there or not, and follow it no more. May be repeated.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the index in line with the folders: what is new, changed, moved and gone."""
    if forget and (paths or kind or audience or retry):
        raise BadInput(
            "--forget goes with no PATH and no other option", hint="Run `copilot ingest` twice."
        )
    started = time.monotonic()
    try:
        with bootstrap.Copilot(config.find_workspace()) as copilot, Watcher() as watcher:
            if forget:
                report = copilot.forget(forget, progress=watcher)
            else:
                report = copilot.ingest(
                    paths or (), kind=kind, audience=audience, retry=retry, progress=watcher
                )
    except KeyboardInterrupt:
        print_note("What was stored stays; the next `copilot ingest` goes on from there.")
        raise
    if as_json:
        print_json(report_json(report))
    else:
        _print(report, time.monotonic() - started)


class Watcher:
    """Shows a bar on a terminal, and nothing elsewhere."""

    def __init__(self) -> None:
        self._bar = Bar(
            TextColumn("{task.description:<8}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=stderr,
            transient=True,
            disable=not stderr.is_terminal,
        )
        self._tasks: dict[str, tuple[int, float]] = {}

    def __enter__(self) -> Watcher:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def step(self, what: str, done: int, total: int) -> None:
        """Move the bar of `what`."""
        if what not in self._tasks:
            task = self._bar.add_task(what, total=total, rate="")
            self._tasks[what] = (int(task), time.monotonic())
        number, began = self._tasks[what]
        elapsed = time.monotonic() - began
        rate = f"{done / elapsed:,.0f}/s" if elapsed > _SETTLED else ""
        self._bar.update(TaskID(number), completed=done, total=total, rate=rate)


def _print(report: Report, seconds: float) -> None:
    catalog = sum(path.startswith("knowledge/") for path in report.added)
    counts = [
        (len(report.added) - catalog, "added"),
        (catalog, "added from the catalog that ships with the product"),
        (len(report.changed), "changed"),
        (len(report.moved), "moved"),
        (len(report.removed), "removed"),
        (report.unchanged, "unchanged"),
        (len(report.refused), "refused"),
        (len(report.stale), "kept in their last readable version"),
    ]
    write()
    for label, place in report.forgotten:
        write(f"Forgotten [bold]{shown(label)}[/] [dim]({shown(str(place))})[/]")
    always = {"removed"} if report.forgotten else {"added", "unchanged"}
    for count, what in counts:
        if count or what in always:
            write(f"[bold]{count:>7,}[/]  {what}")
    if report.passages:
        rate = f", {report.passages / seconds:,.0f} a second" if report.encoded else ""
        write()
        write(f"[dim]{report.passages:,} passages in {seconds:.1f} s{rate}[/]", indent=2)
    _print_listed("Removed", report.removed)
    _print_listed("Moved", [f"{old} → {new}" for old, new in report.moved])
    _print_refusals("Refused", report.refused)
    _print_refusals("Kept in their last readable version", report.stale)
    if report.notes:
        heading("Notes")
        for path, note in report.notes:
            write(f"{shown(path)}: {shown(note)}", indent=2, hang=2)
    write()


def _print_listed(title: str, paths: Sequence[str]) -> None:
    if paths:
        heading(title)
    for path in paths[:_MOST]:
        write(shown(path), indent=2, hang=2)
    if len(paths) > _MOST:
        write(f"[dim]and {len(paths) - _MOST:,} more; --json lists them all[/]", indent=2)


def _print_refusals(title: str, listed: Sequence[Refusal]) -> None:
    if listed:
        heading(title)
    for one in listed:
        write(f"[yellow]{shown(one.path)}[/]: {shown(one.reason)}", indent=2, hang=2)
        if one.hint:
            write(f"[dim]{shown(one.hint)}[/]", indent=4)
