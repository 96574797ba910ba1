"""`copilot review answer` and `confirm`: what is open in a draft, closed without an editor."""

from __future__ import annotations

from typing import Annotated

import typer

from copilot import bootstrap, config
from copilot.bootstrap import review
from copilot.cli.options import As, ItemName
from copilot.cli.review_printing import print_item
from copilot.domain.review import parse_item
from copilot.errors import BadInput

Base = Annotated[
    int | None,
    typer.Option(
        metavar="N", min=1, help="The version whose questions you saw; by default the newest."
    ),
]


def answer(
    item: ItemName,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The answer, in plain words.")],
    question: Annotated[
        int, typer.Option(metavar="N", min=1, help="Its number in `copilot review show`.")
    ],
    base: Base = None,
    principal: As = None,
) -> None:
    """Answer an open question wherever it stands, as a new version."""
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        closing = review.closing(copilot)
        who = copilot.principal(principal)
        print_item(closing.answer(parse_item(item), question, text, principal=who, base=base))


def confirm(
    item: ItemName,
    question: Annotated[
        list[int] | None,
        typer.Option(
            metavar="N", min=1, help="Its number in `copilot review show`. May be repeated."
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every decision of the version, as it stands.")
    ] = False,
    instead: Annotated[
        str | None,
        typer.Option("--with", metavar="TEXT", help="What was decided instead, in plain words."),
    ] = None,
    base: Base = None,
    principal: As = None,
) -> None:
    """Confirm decisions that a draft takes for the company, as a new version."""
    if bool(question) is everything:
        raise BadInput(
            "say which decisions are confirmed",
            hint="--question N names one of them, as `copilot review show` numbers it; --all means all.",
        )
    if instead is not None and not instead.strip():
        raise BadInput("--with is empty", hint="Leave it out to confirm what is proposed.")
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        closing = review.closing(copilot)
        confirmed = closing.confirm(
            parse_item(item),
            question or (),
            principal=copilot.principal(principal),
            instead=instead or "",
            base=base,
        )
        print_item(confirmed)
