"""`copilot review export`: a version of what is reviewed, as a document for others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from copilot import bootstrap, config
from copilot.bootstrap import drafting
from copilot.cli.console import print_note, working
from copilot.cli.draft_command import Force
from copilot.cli.options import As, ItemName
from copilot.domain.review import parse_item


def export(
    item: ItemName,
    out: Annotated[
        Path,
        typer.Option(metavar="FILE.md|.docx|.pdf", help="Where to, in the form it is named for."),
    ],
    version: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="This version; by default the newest.")
    ] = None,
    force: Force = False,
    principal: As = None,
) -> None:
    """Write a version to a file, with its versions and a block for approval."""
    drafting.check_target(out, replace=force)
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        made = drafting.export_item(
            copilot, parse_item(item), principal=copilot.principal(principal), number=version
        )
        with working("Writing"):
            drafting.write_draft(out, made, replace=force)
    print_note(f"Written to {out}.")
