"""Options that several commands share, and what each of them accepts."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from copilot.domain.criteria import Category
from copilot.domain.documents import SourceKind
from copilot.domain.periods import Period, parse_period
from copilot.errors import BadInput


def _category(text: str) -> Category:
    words = " ".join(text.replace("-", " ").replace("_", " ").lower().split())
    if words not in set(Category):
        raise BadInput(f"{text!r} is not a category", hint=f"Categories are {', '.join(Category)}.")
    return Category(words)


_KINDS: Final = tuple(one for one in SourceKind if one is not SourceKind.CATALOG)
"""What a company's own file can be."""


def _kind(text: str) -> SourceKind:
    word = text.strip().lower()
    if word not in _KINDS:
        raise BadInput(f"{text!r} is not a kind", hint=f"Kinds are {', '.join(_KINDS)}.")
    return SourceKind(word)


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="PRINCIPAL",
        help="Who asks: an id or e-mail address of people.yaml, or audience:NAME. "
        "By default you, who may read everything.",
    ),
]

ItemName = Annotated[
    str,
    typer.Argument(metavar="ITEM", help="Kind and name, such as policy/access-control."),
]

Categories = Annotated[
    list[Category] | None,
    typer.Option(
        parser=_category,
        metavar="CATEGORY",
        help=f"In scope, in place of the setting: {', '.join(Category)}. May be repeated.",
    ),
]

OfCategories = Annotated[
    list[Category] | None,
    typer.Option(
        "--category",
        parser=_category,
        metavar="CATEGORY",
        help=f"Only sources labelled with a criterion of it: {', '.join(Category)}. May be repeated.",
    ),
]

AuditPeriod = Annotated[
    Period | None,
    typer.Option(
        parser=parse_period,
        metavar="FROM..TO",
        help="The audit period, in place of the setting.",
    ),
]

Kind = Annotated[
    SourceKind | None,
    typer.Option(
        parser=_kind,
        metavar="KIND",
        help=f"What the files of PATH are, unless they say so: {', '.join(_KINDS)}.",
    ),
]

Kinds = Annotated[
    list[SourceKind] | None,
    typer.Option(
        parser=_kind,
        metavar="KIND",
        help=f"Only these: {', '.join(_KINDS)}. May be repeated.",
    ),
]
