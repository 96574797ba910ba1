"""An answer on the terminal, as a person likes to read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.answering.records import read_records
from copilot.cli.console import bullets, count, heading, shown, write
from copilot.domain.answers import Abstained, Answered, Basis, Mode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.answering.records import Record
    from copilot.domain.answers import Answer, Citation, Generation

_HEADINGS: Final = {
    Basis.CATALOG: "What SOC 2 asks",
    Basis.POLICY: "What we say we do",
    Basis.EVIDENCE: "What we hold",
}


_SAID: Final = {
    Mode.COMPOSED: "Composed from quotes, because",
    Mode.GENERATED: "The model did not finish:",
}


def print_answer(answer: Answer) -> None:
    """Print an answer or a refusal."""
    write()
    if answer.asked_as:
        write(f"[dim]Asked as: {shown(answer.asked_as)}[/]")
        write()
    match answer:
        case Abstained():
            write(f"[bold yellow]No answer.[/] {shown(answer.explanation)}")
            _listed("Next", answer.next_steps)
        case Answered():
            _print_answered(answer)
    write()


def _print_answered(answer: Answered) -> None:
    _print_head(answer)
    citations: list[Citation] = []
    for basis in dict.fromkeys(claim.basis for claim in answer.claims):
        claims = [claim for claim in answer.claims if claim.basis is basis]
        heading(_HEADINGS[basis])
        for number, claim in enumerate(claims):
            first = len(citations) + 1
            citations += claim.citations
            marks = " ".join(f"[cyan]\\[{n}][/]" for n in range(first, len(citations) + 1))
            if number:
                write()
            _print_claim(claim.text, marks)
    if answer.generation is not None:
        _print_withheld(answer.generation)
    _listed("Missing", answer.missing)
    _listed("Next", answer.next_steps)
    heading("Sources")
    for number, citation in enumerate(citations, start=1):
        mark = f"\\[{number}]".ljust(5 + (len(citations) > 9))
        write(f"[cyan]{mark}[/]{_where(citation)}", indent=2, hang=len(mark) - 1)
    write()
    write(
        f"[dim]{count(len(citations), 'citation')} checked against the sources; "
        f"{count(answer.searched, 'source')} searched; {_written(answer)}.[/]"
    )
    for note in answer.notes:
        write(f"[yellow]Note:[/] {shown(note)}")


def _print_claim(text: str, marks: str) -> None:
    """Print a claim; where it tells rows of a table, each as a record."""
    lead, records = read_records(text)
    if not records:
        write(f"{shown(lead)} {marks}", indent=2)
        return
    if lead:
        write(shown(lead), indent=2)
    for one in records:
        begin, *others = _lines(one, marks if one is records[-1] else "")
        write(f"• {begin}" if lead else begin, indent=2, hang=2 if lead else 0)
        for line in others:
            write(line, indent=4 if lead else 2)


def _lines(record: Record, marks: str) -> Iterator[str]:
    """Yield a record's lines as markup, the marks of its citations behind the last."""
    fields = " [dim]·[/] ".join(
        f"[dim]{shown(name)}:[/] {shown(value)}" for name, value in record.fields
    )
    headline = f"[bold]{shown(record.headline)}[/]" if record.headline else ""
    *before, last = filter(None, (headline, shown(record.text), fields))
    yield from before
    yield f"{last} {marks}".rstrip()


def _print_head(answer: Answered) -> None:
    """Print what the answer is about, and why it is not whole."""
    for one in answer.criteria:
        write(f"[bold cyan]{one.id}[/]  [bold]{shown(one.title)}[/]", hang=7)
        write(f"[dim]{shown(one.why)}[/]", indent=7)
    if answer.reason:
        write()
        write(f"[yellow]In part.[/] {shown(answer.reason)}")
    if answer.mode_reason:
        write()
        write(f"[yellow]{_SAID[answer.mode]}[/] {shown(answer.mode_reason)}.")


def _written(answer: Answered) -> str:
    generation = answer.generation
    if answer.mode is Mode.GENERATED and generation is not None:
        return f"written by {shown(generation.model)} with prompt {shown(generation.prompt)}"
    return "composed without a language model"


def _print_withheld(generation: Generation) -> None:
    """Print what failed its check, struck through; only reviewers are given its words."""
    withheld = [one for one in generation.withheld if one.text]
    if withheld:
        heading("Withheld, for reviewers")
    for one in withheld:
        write(f"[strike]{shown(one.text)}[/]", indent=2)
        write(f"[dim]{one.outcome.value}: {shown(one.why)}[/]", indent=4)


def _where(citation: Citation) -> str:
    place = f"page {citation.page}" if citation.page else citation.place
    at = ", ".join(filter(None, (place, f"characters {citation.start}–{citation.end}")))
    return f"{shown(citation.title)} [dim]({shown(citation.source)}, {shown(at)})[/]"


def _listed(title: str, items: tuple[str, ...]) -> None:
    if items:
        heading(title)
        bullets(items)
