"""The command `copilot`: gather the commands, turn errors into exit statuses."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.markup import escape

import copilot
from copilot.cli import ask_command, catalog_command, ingest_command, search_command
from copilot.cli.console import stderr
from copilot.errors import BadInput, CopilotError

app = typer.Typer(
    name="copilot",
    help="A SOC 2 copilot: it cites, every citation is checked, and a person approves.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
)
app.command("init")(ingest_command.init)
app.command("ingest")(ingest_command.ingest)
app.command("ask")(ask_command.ask)
app.command("search")(search_command.search)
app.command("catalog")(catalog_command.catalog)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(copilot.__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Options that stand before a command."""


def run() -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 used wrongly, 3 abstained."""
    try:
        app()
    except CopilotError as exc:
        stderr.print(f"[bold red]error[/] {escape(str(exc))}")
        if exc.hint:
            stderr.print(f"[dim]{escape(exc.hint)}[/]")
        sys.exit(2 if isinstance(exc, BadInput) else 1)
    except KeyboardInterrupt:
        stderr.print("stopped")
        sys.exit(130)
