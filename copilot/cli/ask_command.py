"""`copilot ask`: a cited answer on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.markup import escape
from rich.padding import Padding

from copilot import bootstrap, config
from copilot.cli.console import print_json, stdout
from copilot.domain.answers import Abstained, Answered, Basis, Status
from copilot.domain.criteria import Category
from copilot.domain.periods import parse_period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.answers import Answer, Citation, Claim

_ABSTAINED: Final = 3

_HEADINGS: Final = {
    Basis.CATALOG: "What SOC 2 asks",
    Basis.POLICY: "What we say we do",
    Basis.EVIDENCE: "What we hold",
}


def ask(
    question: Annotated[str, typer.Argument(help="In your own words.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    principal: Annotated[
        str | None, typer.Option("--as", metavar="PRINCIPAL", help="Ask as this person.")
    ] = None,
    category: Annotated[
        list[Category] | None, typer.Option(help="Categories in scope, in place of the setting.")
    ] = None,
    period: Annotated[
        str | None,
        typer.Option(metavar="FROM..TO", help="The audit period, in place of the setting."),
    ] = None,
) -> None:
    """Answer a question with citations that were checked, or say why there is no answer."""
    audit = parse_period(period) if period else None
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        asker = copilot.principal(principal)
        with copilot.answering() as answering:
            answer = answering.ask(
                question,
                principal=asker,
                period=audit or copilot.settings.period,
                scope=tuple(category or copilot.settings.categories),
            )
    if as_json:
        print_json(answer_json(answer))
    else:
        _print(answer)
    if isinstance(answer, Abstained):
        raise typer.Exit(_ABSTAINED)


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as the JSON contract of `copilot ask --json` has it."""
    match answer:
        case Answered():
            return {
                "status": answer.status.value,
                "question": answer.question,
                "mode": answer.mode.value,
                "criteria": [
                    {"id": one.id, "title": one.title, "why": one.why} for one in answer.criteria
                ],
                "claims": [_claim_json(claim) for claim in answer.claims],
                "missing": list(answer.missing),
                "next_steps": list(answer.next_steps),
                "searched": answer.searched,
                "reason": answer.reason,
            }
        case Abstained():
            return {
                "status": Status.ABSTAINED.value,
                "question": answer.question,
                "mode": answer.mode.value,
                "criteria": [],
                "claims": [],
                "missing": [answer.explanation],
                "next_steps": list(answer.next_steps),
                "searched": answer.searched,
                "reason": answer.reason.value,
            }


def _claim_json(claim: Claim) -> dict[str, Any]:
    return {
        "text": claim.text,
        "basis": claim.basis.value,
        "citations": [
            {
                "source": one.source,
                "title": one.title,
                "page": one.page,
                "place": one.place,
                "start": one.start,
                "end": one.end,
                "quote": one.quote,
                "verified": one.verified,
            }
            for one in claim.citations
        ],
    }


def _print(answer: Answer) -> None:
    stdout.print()
    match answer:
        case Abstained():
            stdout.print("[bold yellow]No answer.[/]", end=" ")
            stdout.print(escape(answer.explanation))
            _print_list("Next", answer.next_steps)
        case Answered():
            _print_answered(answer)
    stdout.print()


def _print_answered(answer: Answered) -> None:
    for one in answer.criteria:
        stdout.print(
            f"[bold cyan]{one.id}[/] [bold]{escape(one.title)}[/] [dim]{escape(one.why)}[/]"
        )
    citations: list[Citation] = []
    for basis, heading in _HEADINGS.items():
        claims = [claim for claim in answer.claims if claim.basis is basis]
        if not claims:
            continue
        stdout.print(f"\n[bold underline]{heading}[/]")
        for claim in claims:
            marks = []
            for citation in claim.citations:
                citations.append(citation)
                marks.append(f"[cyan]\\[{len(citations)}][/]")
            stdout.print(Padding(f"{escape(claim.text)} {' '.join(marks)}", (0, 0, 1, 2)))
    _print_list("Missing", answer.missing)
    _print_list("Next", answer.next_steps)
    stdout.print("\n[bold underline]Sources[/]")
    for number, citation in enumerate(citations, start=1):
        stdout.print(f"  [cyan]\\[{number}][/] {escape(_where(citation))}")
    total = len(citations)
    stdout.print(
        f"\n[dim]{total} citation{'s' * (total != 1)} checked against the sources; "
        f"{answer.searched} sources searched; {answer.mode.value} without a language model.[/]"
    )


def _where(citation: Citation) -> str:
    place = f"page {citation.page}" if citation.page else citation.place
    at = f"characters {citation.start}–{citation.end}"
    return ", ".join(filter(None, (f"{citation.title} ({citation.source})", place, at)))


def _print_list(heading: str, items: Sequence[str]) -> None:
    if items:
        stdout.print(f"\n[bold underline]{heading}[/]")
        for item in items:
            stdout.print(Padding(f"• {escape(item)}", (0, 0, 0, 2)))
