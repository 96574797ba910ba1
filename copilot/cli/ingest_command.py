"""`copilot init` and `copilot ingest`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table

from copilot import bootstrap, config
from copilot.cli.console import print_json, stderr, stdout
from copilot.domain.documents import SourceKind
from copilot.errors import BadInput
from copilot.ingestion.folders import WORKSPACE_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.documents import Refusal
    from copilot.ingestion.reporting import Report

_TEMPLATE: Final = """\
# Settings of this workspace. Each is also an environment variable: COPILOT_ and the key in capitals.
company = ""
# period = "2026-01-01..2026-12-31"
categories = ["security"]
audit_type = "type II"
"""


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the workspace is made.")],
) -> None:
    """Make a workspace: settings, and folders for policies, evidence, controls and findings."""
    file = folder / config.SETTINGS_FILE
    if file.exists():
        raise BadInput(f"{folder} is a workspace already", hint="Nothing was changed.")
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is a file", hint="Name a folder.")
    for name in WORKSPACE_FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    file.write_text(_TEMPLATE, encoding="utf-8")
    stdout.print(f"Made a workspace in [bold]{escape(str(folder))}[/].")
    stdout.print(
        "Put policies and evidence into its folders, then run [bold]copilot ingest[/] there "
        'and ask: [bold]copilot ask "How do I prove that we review access?"[/]'
    )


def ingest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Only these; by default the whole workspace."),
    ] = None,
    kind: Annotated[
        SourceKind | None, typer.Option(help="What the files of PATH are, unless they say so.")
    ] = None,
    audience: Annotated[
        str | None, typer.Option(help="Who may read the files of PATH, unless they say so.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Bring the index in line with the folders: what is new, changed, moved and gone."""
    started = time.monotonic()
    with bootstrap.Copilot(config.find_workspace()) as copilot, _Watcher() as watcher:
        report = copilot.ingest(paths or (), kind=kind, audience=audience, progress=watcher)
    if as_json:
        print_json(_json(report))
    else:
        _print(report, time.monotonic() - started)


class _Watcher:
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

    def __enter__(self) -> _Watcher:
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
        elapsed = max(time.monotonic() - began, 1e-3)
        self._bar.update(number, completed=done, total=total, rate=f"{done / elapsed:,.0f}/s")  # type: ignore[arg-type]


def _json(report: Report) -> dict[str, object]:
    return {
        "added": report.added,
        "changed": report.changed,
        "moved": [{"from": old, "to": new} for old, new in report.moved],
        "removed": report.removed,
        "unchanged": report.unchanged,
        "refused": [_refusal(one) for one in report.refused],
        "stale": [_refusal(one) for one in report.stale],
        "notes": [{"path": path, "note": note} for path, note in report.notes],
        "passages": report.passages,
        "encoded": report.encoded,
    }


def _refusal(one: Refusal) -> dict[str, str]:
    return {"path": one.path, "reason": one.reason, "hint": one.hint}


def _print(report: Report, seconds: float) -> None:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right", style="bold")
    table.add_column()
    rows = [
        (len(report.added), "added"),
        (len(report.changed), "changed"),
        (len(report.moved), "moved"),
        (len(report.removed), "removed"),
        (report.unchanged, "unchanged"),
        (len(report.refused), "refused"),
        (len(report.stale), "kept in their last readable version"),
    ]
    for count, what in rows:
        if count or what in {"added", "unchanged"}:
            table.add_row(f"{count:,}", what)
    stdout.print(table)
    if report.passages:
        rate = f", {report.passages / seconds:,.0f} passages a second" if report.encoded else ""
        stdout.print(f"[dim]{report.passages:,} passages in {seconds:.1f} s{rate}[/]")
    _print_refusals("Refused", report.refused)
    _print_refusals("Stale", report.stale)
    if report.notes:
        stdout.print("\n[bold]Notes[/]")
        for path, note in report.notes:
            stdout.print(f"  {escape(path)}: {escape(note)}")


def _print_refusals(title: str, listed: Sequence[Refusal]) -> None:
    if listed:
        stdout.print(f"\n[bold yellow]{title}[/]")
    for one in listed:
        stdout.print(f"  {escape(one.path)}: {escape(one.reason)}")
        if one.hint:
            stdout.print(f"    [dim]{escape(one.hint)}[/]")
