"""`copilot ask`: a cited answer on the terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from copilot import bootstrap, config
from copilot.answering.plain import answer_json, event_json
from copilot.bootstrap import review
from copilot.cli.answer_printing import print_answer
from copilot.cli.console import NOTHING_YET, print_json, shown, stderr, write
from copilot.cli.options import As, AsJson, AuditPeriod, Categories
from copilot.domain.answers import Abstained, Finished, Progressed, Released
from copilot.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.domain.answers import Answer, Event
    from copilot.review.passing_on import Passed

_ABSTAINED: Final = 3
_NO_END: Final = "an answer ended without its last event"


def ask(
    question: Annotated[
        list[str],
        typer.Argument(metavar="QUESTION", help="In your own words; quotes may be left out."),
    ],
    as_json: AsJson = False,
    principal: As = None,
    category: Categories = None,
    period: AuditPeriod = None,
    after: Annotated[
        list[str] | None,
        typer.Option(
            metavar="QUESTION",
            help="A question asked before this one, for a follow-up. May be repeated, oldest first.",
        ),
    ] = None,
    as_events: Annotated[
        bool,
        typer.Option(
            "--events", help="Print one JSON line for each claim as soon as it is checked."
        ),
    ] = False,
    pass_on: Annotated[
        bool,
        typer.Option(
            "--pass-on", help="Pass the question on to compliance, with what was answered."
        ),
    ] = False,
    note: Annotated[
        str, typer.Option(metavar="TEXT", help="What compliance should know; with --pass-on.")
    ] = "",
) -> None:
    """Answer a question with citations that were checked, or say why there is no answer."""
    text = _question(question)
    if note and not pass_on:
        raise BadInput("--note goes with --pass-on", hint="Without it nobody is told.")
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        asker = copilot.principal(principal)
        with copilot.answering() as answering:
            events = answering.events(
                text,
                principal=asker,
                period=period or copilot.settings.period,
                scope=tuple(category or copilot.settings.categories),
                earlier=tuple(after or ()),
            )
            answer = _print_events(events) if as_events else _wait(events)
        if not as_json and not as_events:
            print_answer(answer)
        passed = None
        if pass_on:
            passed = review.pass_on(copilot, answer, principal=asker, note=note)
    about = {} if passed is None else {"passed_on": _passed_json(passed)}
    if as_events:
        done = event_json(Finished(answer))
        print_json(done | {"answer": done["answer"] | about}, indent=None)
    elif as_json:
        print_json(answer_json(answer) | about)
    elif passed is not None:
        _print_passed(passed)
    if isinstance(answer, Abstained):
        raise typer.Exit(_ABSTAINED)


def _passed_json(passed: Passed) -> dict[str, Any]:
    return {"item": passed.item.id, "again": passed.again}


def _print_passed(passed: Passed) -> None:
    item = shown(passed.item.id)
    if passed.again:
        write(f"This waits as [bold]{item}[/] already; a comment was added.")
    else:
        write(f"Passed on to compliance as [bold]{item}[/].")
    write(f"[dim]`copilot review show {item}` shows what becomes of it.[/]")
    write()


def _finished(event: Finished) -> Finished:
    """Tell someone with an empty workspace what to do about it."""
    answer = event.answer
    if isinstance(answer, Abstained) and not answer.searched:
        return Finished(replace(answer, next_steps=(NOTHING_YET,)))
    return event


def _print_events(events: Iterator[Event]) -> Answer:
    """Print each event but the last as one line of JSON as it comes; return the answer."""
    for event in events:
        if isinstance(event, Finished):
            return _finished(event).answer
        print_json(event_json(event), indent=None)
    raise RuntimeError(_NO_END)


def _wait(events: Iterator[Event]) -> Answer:
    """Return the answer; on a terminal, say meanwhile what is going on."""
    released = 0
    with stderr.status("") as status:
        for event in events:
            match event:
                case Progressed(said=said):
                    status.update(f"{said} …")
                case Released():
                    released += 1
                    status.update(f"{released} claim{'s' * (released != 1)} checked …")
                case Finished():
                    return _finished(event).answer
                case _:
                    pass
    raise RuntimeError(_NO_END)


def _question(words: list[str]) -> str:
    text = " ".join(words).strip()
    if not text:
        raise BadInput(
            "the question is empty",
            hint='For example: copilot ask "How do I prove that we review access?"',
        )
    return text
