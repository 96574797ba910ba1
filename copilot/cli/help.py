"""What `--help` shows beside the options: examples; and no types that only a programmer knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

if TYPE_CHECKING:
    from collections.abc import Iterable

EXAMPLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "init": ("init our-audit", "init our-audit --guided"),
        "ingest": ("ingest", "ingest ../exports --kind evidence --audience compliance"),
        "ask": (
            'ask "How do I prove that we review access?"',
            'ask "Do we use MFA?" --period 2026-Q1 --json',
        ),
        "search": ('search "restore test" --kind evidence -k 3', "search CC6.2 --catalog"),
        "catalog": ("catalog", "catalog CC6.1"),
        "map": (
            "map controls/controls.csv",
            "map list.xlsx --columns id=Ref,description=Activity --out mapped.xlsx",
        ),
        "readiness": ("readiness", "readiness --out readiness.html"),
        "draft policy": ("draft policy access-control --out access-control.docx",),
        "draft response": (
            "draft response --template",
            "draft response findings/late-access-removal.yaml --out response.docx",
        ),
        "draft check": (
            "draft check policies/access-control.md",
            "draft check new.docx --kind backup --out changes.diff",
        ),
        "draft description": ("draft description --out description.docx",),
        "review list": ("review list", "review list --kind mapping --state suggested"),
        "review show": ("review show policy/access-control", "review show mapping/AC-01/CC6.2"),
        "review diff": ("review diff policy/access-control 1 3",),
        "review save": ("review save policy/access-control access-control.md --base 2",),
        "review submit": ("review submit policy/access-control --as mara.lindqvist",),
        "review comment": (
            'review comment policy/access-control "Which system is this?" --as mara.lindqvist',
        ),
        "review request-changes": (
            'review request-changes policy/access-control --reason "name the owner"',
        ),
        "review answer": ('review answer policy/access-control --question 1 "the ticket system"',),
        "review confirm": (
            "review confirm policy/access-control --all",
            'review confirm policy/access-control --question 2 --with "each month"',
        ),
        "review waive": (
            'review waive policy/access-control --question 3 --reason "decided next year"',
        ),
        "review approve": (
            "review approve policy/access-control --as simon.ekdahl",
            "review approve mapping --above 0.8",
        ),
        "review reject": ('review reject mapping/AC-07/CC7.1 --reason "it is about visitors"',),
        "review replace": (
            'review replace mapping/AC-01/CC6.2 --with CC6.3 --reason "it takes access away"',
        ),
        "review export": ("review export policy/access-control --out access-control.pdf",),
        "log": ("log --last 20", "log --about policy/access-control"),
        "log verify": ("log verify", "log verify --seal log-2026-03.jsonl"),
        "log export": ("log export --out log-2026-03.jsonl",),
        "serve": ("serve --open", "serve --port 8080"),
        "slack": ("slack",),
        "doctor": ("doctor", "doctor --mend"),
    }
)
"""For each command, how it is often used."""


def _with_examples(command: TyperCommand | TyperGroup, path: str) -> None:
    """Put a command's examples below its options; rich keeps a line for each paragraph."""
    examples = EXAMPLES.get(path.partition(" ")[2])
    if examples:
        lines = (f"  copilot {one}" for one in examples)
        command.epilog = "\n\n".join(("For example:", *lines))


def _shown(params: Iterable[Any]) -> list[Any]:
    """Return parameters that show a name of what to write, if anything, and no type."""
    shown = list(params)
    for one in shown:
        if isinstance(one, TyperOption) and one.is_flag and one.metavar is None:
            one.metavar = ""
        elif isinstance(one, TyperArgument):
            # Its name stands in the column before; typer asks each parameter, and has no setting.
            one.display_type_rich = _nothing  # type: ignore[method-assign]
    return shown


def _nothing(ctx: Any) -> None:
    return None


class Command(TyperCommand):
    """A command whose help has examples."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, as they are to be shown."""
        return _shown(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _with_examples(self, ctx.command_path)
        super().format_help(ctx, formatter)


class Group(TyperGroup):
    """A group of commands; a command itself, where it does something without another word."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return the parameters, as they are to be shown."""
        return _shown(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help."""
        _with_examples(self, ctx.command_path)
        super().format_help(ctx, formatter)


class Commands(typer.Typer):
    """A `Typer` whose commands and groups show themselves in this way."""

    def __init__(self, **settings: Any) -> None:
        """Take the settings of `Typer`."""
        super().__init__(cls=Group, **settings)

    def command(self, name: str | None = None, **settings: Any) -> Callable[[Any], Any]:
        """Register a command, as `Typer.command` does."""
        return super().command(name, cls=Command, **settings)
