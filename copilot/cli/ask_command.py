"""`copilot ask`: a cited answer on the terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final

import typer

from copilot import bootstrap, config
from copilot.cli.answer_json import answer_json, event_json
from copilot.cli.answer_printing import print_answer
from copilot.cli.console import NOTHING_YET, print_json, stderr
from copilot.cli.options import As, AsJson, AuditPeriod, Categories
from copilot.domain.answers import Abstained, Finished, Progressed, Released
from copilot.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.domain.answers import Answer, Event

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
) -> None:
    """Answer a question with citations that were checked, or say why there is no answer."""
    text = _question(question)
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
    if as_json and not as_events:
        print_json(answer_json(answer))
    elif not as_events:
        print_answer(answer)
    if isinstance(answer, Abstained):
        raise typer.Exit(_ABSTAINED)


def _finished(event: Finished) -> Finished:
    """Tell someone with an empty workspace what to do about it."""
    answer = event.answer
    if isinstance(answer, Abstained) and not answer.searched:
        return Finished(replace(answer, next_steps=(NOTHING_YET,)))
    return event


def _print_events(events: Iterator[Event]) -> Answer:
    """Print each event as one line of JSON as it comes."""
    for event in events:
        last = _finished(event) if isinstance(event, Finished) else event
        print_json(event_json(last), indent=None)
        if isinstance(last, Finished):
            return last.answer
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
