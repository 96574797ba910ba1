"""`copilot draft response`: a management response to an auditor's finding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from copilot import bootstrap, config
from copilot.bootstrap import drafting, responses
from copilot.cli.console import print_json, shown, working, write
from copilot.cli.draft_command import Force, Out, deliver
from copilot.cli.options import As, AsJson
from copilot.errors import BadInput

if TYPE_CHECKING:
    from copilot.responses.phrases import PhraseRemark


def response(
    finding: Annotated[
        Path | None,
        typer.Argument(metavar="FINDING", help="A YAML file that describes the finding."),
    ] = None,
    template: Annotated[
        bool, typer.Option("--template", help="Print such a file, with every field explained.")
    ] = False,
    check: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.md",
            help="Look through an edited response for phrases to avoid, and draft nothing.",
        ),
    ] = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
    principal: As = None,
) -> None:
    """Draft a management response: what records show is cited, what nobody said is asked for."""
    if template:
        print(responses.finding_template(), end="", flush=True)
        return
    if check is not None:
        _check(check, as_json=as_json)
        return
    if finding is None:
        raise BadInput(
            "there is no finding to answer",
            hint="Name its file. `copilot draft response --template > finding.yaml` begins one.",
        )
    if out is not None:
        drafting.check_target(out, replace=force)
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        drafter = copilot.principal(principal)
        with working("Drafting"):
            draft = responses.draft_response(copilot, finding, principal=drafter)
        deliver(copilot, draft, drafter, out=out, force=force, as_json=as_json)


def _check(path: Path, *, as_json: bool) -> None:
    """Print each phrase to avoid with its line; exit with 1 if there is one."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadInput(
            f"{path} is not UTF-8 text", hint="Save the response as Markdown and name that file."
        ) from exc
    except OSError as exc:
        raise BadInput(
            f"{path} cannot be read: {exc.strerror}", hint="Name the Markdown file of a response."
        ) from exc
    remarks = responses.response_phrases(text)
    if as_json:
        print_json({"remarks": [_remark_json(text, one) for one in remarks]})
    else:
        for one in remarks:
            said = shown(f"{path}:{_line(text, one)}: “{text[one.start : one.end]}”")
            write(f"{said}. {shown(one.phrase.why)}")
            write(shown(one.phrase.instead), indent=4)
        if not remarks:
            write("No phrase to avoid was found.")
    if remarks:
        raise typer.Exit(1)


def _remark_json(text: str, remark: PhraseRemark) -> dict[str, Any]:
    return {
        "phrase": remark.phrase.phrase,
        "words": text[remark.start : remark.end],
        "line": _line(text, remark),
        "start": remark.start,
        "end": remark.end,
        "why": remark.phrase.why,
        "instead": remark.phrase.instead,
    }


def _line(text: str, remark: PhraseRemark) -> int:
    return text.count("\n", 0, remark.start) + 1
