"""`copilot ask`: a cited answer on the terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from copilot import bootstrap, config
from copilot.cli.console import NOTHING_YET, bullets, heading, print_json, shown, write
from copilot.cli.options import As, AsJson, Categories
from copilot.domain.answers import Abstained, Answered, Basis, Status
from copilot.domain.periods import parse_period
from copilot.errors import BadInput

if TYPE_CHECKING:
    from copilot.domain.answers import Answer, Citation, Claim

_ABSTAINED: Final = 3

_HEADINGS: Final = {
    Basis.CATALOG: "What SOC 2 asks",
    Basis.POLICY: "What we say we do",
    Basis.EVIDENCE: "What we hold",
}


def ask(
    question: Annotated[
        list[str],
        typer.Argument(metavar="QUESTION", help="In your own words; quotes may be left out."),
    ],
    as_json: AsJson = False,
    principal: As = None,
    category: Categories = None,
    period: Annotated[
        str | None,
        typer.Option(metavar="FROM..TO", help="The audit period, in place of the setting."),
    ] = None,
) -> None:
    """Answer a question with citations that were checked, or say why there is no answer."""
    text = _question(question)
    audit = parse_period(period) if period else None
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        asker = copilot.principal(principal)
        with copilot.answering() as answering:
            answer = answering.ask(
                text,
                principal=asker,
                period=audit or copilot.settings.period,
                scope=tuple(category or copilot.settings.categories),
            )
    if isinstance(answer, Abstained) and not answer.searched:
        answer = replace(answer, next_steps=(NOTHING_YET,))
    if as_json:
        print_json(answer_json(answer))
    else:
        _print(answer)
    if isinstance(answer, Abstained):
        raise typer.Exit(_ABSTAINED)


def _question(words: list[str]) -> str:
    text = " ".join(words).strip()
    if not text:
        raise BadInput(
            "the question is empty",
            hint='For example: copilot ask "How do I prove that we review access?"',
        )
    return text


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
    write()
    match answer:
        case Abstained():
            write(f"[bold yellow]No answer.[/] {shown(answer.explanation)}")
            _listed("Next", answer.next_steps)
        case Answered():
            _print_answered(answer)
    write()


def _print_answered(answer: Answered) -> None:
    for one in answer.criteria:
        write(f"[bold cyan]{one.id}[/]  [bold]{shown(one.title)}[/]", hang=7)
        write(f"[dim]{shown(one.why)}[/]", indent=7)
    if answer.reason:
        write()
        write(f"[yellow]In part.[/] {shown(answer.reason)}")
    citations: list[Citation] = []
    for basis, title in _HEADINGS.items():
        claims = [claim for claim in answer.claims if claim.basis is basis]
        if claims:
            heading(title)
        for number, claim in enumerate(claims):
            first = len(citations) + 1
            citations += claim.citations
            marks = " ".join(f"[cyan]\\[{n}][/]" for n in range(first, len(citations) + 1))
            if number:
                write()
            write(f"{shown(claim.text)} {marks}", indent=2)
    _listed("Missing", answer.missing)
    _listed("Next", answer.next_steps)
    heading("Sources")
    for number, citation in enumerate(citations, start=1):
        mark = f"\\[{number}]".ljust(5 + (len(citations) > 9))
        write(f"[cyan]{mark}[/]{_where(citation)}", indent=2, hang=len(mark) - 1)
    write()
    write(
        f"[dim]{_count(len(citations), 'citation')} checked against the sources; "
        f"{_count(answer.searched, 'source')} searched; {answer.mode.value} without a language "
        "model.[/]"
    )


def _where(citation: Citation) -> str:
    place = f"page {citation.page}" if citation.page else citation.place
    at = ", ".join(filter(None, (place, f"characters {citation.start}–{citation.end}")))
    return f"{shown(citation.title)} [dim]({shown(citation.source)}, {shown(at)})[/]"


def _listed(title: str, items: tuple[str, ...]) -> None:
    if items:
        heading(title)
        bullets(items)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
