"""`copilot draft check`: what an existing policy leaves out, promises without record, or contradicts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from copilot import bootstrap, config
from copilot.bootstrap.checking import check_policy
from copilot.checking.plain import check_json
from copilot.cli.console import heading, print_json, print_note, shown, working, write
from copilot.cli.options import As, AsJson, AuditPeriod
from copilot.domain.remarks import RemarkKind
from copilot.errors import BadInput
from copilot.replacing import replacing

if TYPE_CHECKING:
    from copilot.domain.answers import Citation
    from copilot.domain.remarks import CheckedPolicy

_HEADINGS = {
    RemarkKind.CONFLICT: "Conflicts",
    RemarkKind.STALE_DATE: "Dates",
    RemarkKind.MISSING_APPROVAL: "Approval",
    RemarkKind.POINT_NOT_ADDRESSED: "Points of focus that it does not address",
    RemarkKind.COMMITMENT_WITHOUT_EVIDENCE: "Promises without a record",
    RemarkKind.NAME: "Names",
}
_LONGEST_QUOTE = 300
_DIFFS = (".diff", ".patch")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as exc:
        raise BadInput(f"{text!r} is no day", hint="Write it as 2026-03-15.") from exc


def check(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The policy, in any format that is read.")
    ],
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="The kind of policy: access-control, or “Access control policy”. By default what its title says.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.diff", help="Write the proposed changes to a file, as a unified diff."
        ),
    ] = None,
    as_json: AsJson = False,
    principal: As = None,
    period: AuditPeriod = None,
    on: Annotated[
        date | None,
        typer.Option(
            parser=_day, metavar="DAY", help="Compare dates with this day in place of today."
        ),
    ] = None,
) -> None:
    """Check a policy: conflicts, old dates, approval, points of focus, promises without a record."""
    if not file.is_file():
        raise BadInput(f"{file} is no file", hint="Name the policy that is to be checked.")
    if out is not None and out.suffix.lower() not in _DIFFS:
        # A policy named by mistake would be lost under its own differences.
        raise BadInput(
            f"{out} is no name for a diff", hint=f"Name a file that ends in {' or '.join(_DIFFS)}."
        )
    with bootstrap.Copilot(config.find_workspace()) as copilot, working("Checking"):
        found = check_policy(
            copilot,
            file,
            principal=copilot.principal(principal),
            kind=kind or "",
            period=period,
            on=on,
        )
    if out is not None:
        with replacing(out) as new:
            new.write_text(found.diff, encoding="utf-8")
        said = "Proposed changes" if found.diff else "There is no change to propose; an empty diff"
        print_note(f"{said} written to {out}. The policy was not touched.")
    if as_json:
        print_json(check_json(found.policy, found.diff))
    else:
        _print(found.policy)


def _print(found: CheckedPolicy) -> None:
    write()
    write(f"[bold]{shown(found.title)}[/]  [dim]{shown(found.path)}, as {shown(found.kind)}[/]")
    counted = f"{len(found.remarks)} remark{'s' * (len(found.remarks) != 1)}"
    points = f"{found.addressed} of {found.points} points of focus seem addressed"
    if not found.points:
        points = "no point of focus that its kind answers is in scope"
    others = f"{found.compared} other polic{'y' if found.compared == 1 else 'ies'}"
    write(f"{counted}; {points}; compared with {others}.")
    for kind, title in _HEADINGS.items():
        remarks = found.of(kind)
        if remarks:
            heading(title)
        for number, one in enumerate(remarks, start=1):
            write(f"{number:2}. {shown(one.text)}", hang=4)
            for cited in one.citations:
                write(f"[dim]{shown(_cited(cited))}[/]", indent=4, hang=2)
            if one.hint and one.hint != (remarks[number - 2].hint if number > 1 else ""):
                write(f"→ {shown(one.hint)}", indent=4, hang=2)
    for note in found.notes:
        print_note(note)
    write()


def _cited(cited: Citation) -> str:
    quote = " ".join(cited.quote.split())
    if len(quote) > _LONGEST_QUOTE:
        quote = f"{quote[:_LONGEST_QUOTE]}…"
    where = f", page {cited.page}" if cited.page else f", {cited.place}" if cited.place else ""
    return f"“{quote}” — {cited.source}{where}, characters {cited.start} to {cited.end}"
