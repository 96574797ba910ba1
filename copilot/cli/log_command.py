"""`copilot log`: who did what, whether the log is as it was written, and the log as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from copilot import bootstrap, config
from copilot.bootstrap import review
from copilot.cli.console import print_json, print_note, shown, write
from copilot.cli.help import Commands
from copilot.cli.options import As, AsJson
from copilot.domain.event_log import Unreadable
from copilot.domain.tampering import check
from copilot.errors import BadInput, NotPermitted
from copilot.review.log_files import (
    entry_json,
    read_log,
    read_seal,
    report_json,
    seal_json,
    write_log,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.event_log import Entry, Seal
    from copilot.domain.tampering import Damage

_DAMAGED = 1

app = Commands(help="Who did what, and whether the log of it is as it was written.")


@app.callback(invoke_without_command=True)
def list_(
    context: typer.Context,
    as_json: AsJson = False,
    about: Annotated[
        str | None, typer.Option(metavar="ITEM", help="Only what was done to this item.")
    ] = None,
    last: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the newest N of them.")
    ] = None,
    principal: As = None,
) -> None:
    """List what was done, the newest last; see also `verify` and `export`."""
    if context.invoked_subcommand is not None:
        return
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        _check_reader(copilot, principal)
        log = review.event_log(copilot)
        entries, seal = log.entries(), log.seal()
    chosen = [
        one
        for one in entries
        if about is None or (not isinstance(one, Unreadable) and one.happening.about == about)
    ]
    chosen = chosen[-last:] if last else chosen
    if as_json:
        print_json({"entries": [entry_json(one) for one in chosen], **seal_json(seal)})
    else:
        _print(chosen, about or "")


@app.command()
def verify(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="An exported log; by default the workspace's own."),
    ] = None,
    seal: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="An earlier export, kept elsewhere: its seal shows if the end was cut.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check that nothing was changed, taken out, slipped in or moved; exit with 1 if it was."""
    sealed = read_seal(seal) if seal else None
    contradictions: list[str] = []
    if file is not None:
        entries, own = read_log(file)
        contradictions += [] if own else ["the file does not end with a seal: its end may be cut"]
        damages = check(entries, own)
    else:
        with bootstrap.Copilot(config.find_workspace()) as copilot:
            entries = review.event_log(copilot).entries()
            own = review.event_log(copilot).seal()
            contradictions += review.contradictions(copilot, entries)
        damages = check(entries)
    if sealed is not None:
        damages = [*damages, *(one for one in check(entries, sealed) if one not in damages)]
    if as_json:
        print_json(report_json(entries, own, damages, contradictions))
    else:
        _print_report(entries, own, damages, contradictions)
    if damages or contradictions:
        raise typer.Exit(_DAMAGED)


@app.command()
def export(
    out: Annotated[Path, typer.Option(metavar="FILE.jsonl", help="Where to write it.")],
    principal: As = None,
) -> None:
    """Write the log and its newest seal into a file of JSON lines."""
    if out.suffix.lower() != ".jsonl":
        raise BadInput(f"{out} is no file of JSON lines", hint="Name a file that ends in .jsonl.")
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        _check_reader(copilot, principal)
        entries = review.whole_log(copilot)
    seal = write_log(out, entries)
    print_note(f"Written to {out}: {seal.entries:,} entries.")
    write(f"{seal.entries} {seal.hash}")
    print_note("Keep this seal, or the file, where nobody who can change the log can change it.")


def _check_reader(copilot: bootstrap.Copilot, named: str | None) -> None:
    principal = copilot.principal(named)
    # It names drafts and people that an auditor does not see; they get what is exported for them.
    if not principal.reviews:
        raise NotPermitted(
            f"{principal.id} may not read the log: the role is {principal.role}",
            hint="Compliance and admins may.",
        )


def _print_report(
    entries: Sequence[Entry | Unreadable],
    seal: Seal | None,
    damages: Sequence[Damage],
    contradictions: Sequence[str],
) -> None:
    for said in (*map(str, damages), *contradictions):
        write(f"[red]✗[/] {shown(said[:1].upper() + said[1:])}.", hang=2)
    if not (damages or contradictions):
        write(f"[green]✓[/] {len(entries):,} entries, each as it was written.")
        if seal is not None:
            write(f"[dim]The seal is {seal.entries} {seal.hash}[/]", indent=2)


def _print(entries: Sequence[Entry | Unreadable], about: str) -> None:
    if not entries:
        write(f"Nothing was logged about {shown(about)}." if about else "Nothing was logged yet.")
    for one in entries:
        if isinstance(one, Unreadable):
            write(f"[red]{one.number:>6}  unreadable: {shown(one.why)}[/]")
            continue
        said = one.happening
        version = f", version {said.version}" if said.version is not None else ""
        write(
            f"[dim]{one.number:>6}  {one.at:%Y-%m-%d %H:%M}[/]  [bold]{shown(said.who)}[/] "
            f"{shown(said.action)}: {shown(said.about)}{version}",
            hang=26,
        )
        if reason := said.detail.get("reason"):
            write(f"[dim]{shown(reason)}[/]", indent=26)
