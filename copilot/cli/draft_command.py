"""`copilot draft`: documents for a person to approve."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from copilot import bootstrap, config
from copilot.bootstrap import drafting
from copilot.cli.console import count, print_json, print_note, working
from copilot.cli.help import Commands
from copilot.cli.options import As, AsJson

if TYPE_CHECKING:
    from copilot.domain.access import Principal
    from copilot.domain.drafts import Draft
    from copilot.domain.marked import Marked

app = Commands(
    help="Draft documents: what is not known is asked for, and a person approves.",
    no_args_is_help=True,
)

Out = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.md|.docx|.pdf", help="Write the draft to a file, in the form it is named for."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file of --out if it exists.")]


@app.callback()
def _draft() -> None:
    """Keep `draft` a group, however many documents it can draft."""


@app.command("policy")
def policy(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="The kind of policy: access-control, or “Access control policy”."
        ),
    ],
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
    principal: As = None,
) -> None:
    """Draft a policy from the company's profile and what its own documents say."""
    if out is not None:
        drafting.check_target(out, replace=force)
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        drafter = copilot.principal(principal)
        with working("Drafting"):
            draft = drafting.draft_policy(copilot, name, principal=drafter)
        deliver(copilot, draft, drafter, out=out, force=force, as_json=as_json)


def deliver(
    copilot: bootstrap.Copilot,
    draft: Draft,
    principal: Principal,
    *,
    out: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Save a draft for review, write it where it was asked for, and say what it leaves open.

    Raises:
        NotPermitted: The principal may not write.
        BadInput: The file exists and may not be replaced, or has a form that drafts do not have.
        CannotExport: A program that makes the form is missing or fails.
    """
    from copilot.drafting import markup
    from copilot.drafting.plain import draft_json

    text = markup.write(draft)
    read = markup.read(text)
    before = drafting.kept_before(copilot, draft, principal=principal)
    item = drafting.save_draft(copilot, draft, text, principal=principal)
    if out is not None:
        export = drafting.export_item(copilot, item.id, principal=principal)
        with working("Writing"):
            drafting.write_draft(out, export, replace=force)
    if as_json:
        print_json(draft_json(draft, item=item))
    elif out is None:
        print(text, end="", flush=True)
    _print_notes(draft, read)
    print_note(f"Kept as {item.id}, version {item.latest.number} ({item.state}).")
    if before is not None and before.latest.number != item.latest.number:
        print_note(
            f"Version {before.latest.number} was {before.state}; `copilot review diff {item.id}` shows "
            "what is new."
        )
    if out is not None:
        print_note(f"Written to {out}.")


def _print_notes(draft: Draft, read: Marked) -> None:
    for note in draft.notes:
        print_note(note)
    questions, decisions = len(read.questions), len(read.decisions)
    print_note(
        f"{count(questions, 'open question')}, {count(decisions, 'decision')} to confirm, "
        f"{count(len(read.citations), 'citation')}."
    )
