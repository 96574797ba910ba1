"""`copilot search`: the passages that a query finds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from copilot import bootstrap, config
from copilot.cli.console import print_json, shown, write
from copilot.cli.options import As, AsJson, Kinds, OfCategories
from copilot.domain.criteria import CRITERION_IDS, category_of, parse_criterion
from copilot.domain.indexing import Filters
from copilot.domain.periods import parse_period
from copilot.errors import BadInput
from copilot.retrieval.plain import found_json

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from copilot.domain.access import Principal
    from copilot.domain.criteria import Category, CriterionId
    from copilot.retrieval.search import Hit, Search


_EXCERPT: Final = 400
"""Characters of a passage that are shown on the terminal."""


def search(
    query: Annotated[
        list[str] | None, typer.Argument(metavar="QUERY", help="Words, ids, “quoted phrases”.")
    ] = None,
    as_json: AsJson = False,
    limit: Annotated[
        int, typer.Option("-k", metavar="N", min=1, max=200, help="How many results.")
    ] = 10,
    queries: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="One query a line; for each, one line of JSON is printed. - reads stdin.",
        ),
    ] = None,
    principal: As = None,
    kind: Kinds = None,
    criterion: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only sources labelled with it. May be repeated."),
    ] = None,
    category: OfCategories = None,
    period: Annotated[
        str | None, typer.Option(metavar="FROM..TO", help="Only evidence that speaks for it.")
    ] = None,
    catalog: Annotated[
        bool, typer.Option("--catalog", help="Search the criteria and guidance instead.")
    ] = False,
) -> None:
    """Find passages in the company's own files, or in the catalog."""
    text = " ".join(query or ()).strip()
    if bool(text) == (queries is not None):
        raise BadInput(
            "give either a query or --queries FILE",
            hint='For example: copilot search "access review" -k 5',
        )
    lines = _lines(queries) if queries else None
    filters = Filters(
        kinds=frozenset(kind or ()),
        criteria=_criteria(criterion or (), category or ()),
        period=parse_period(period) if period else None,
    )
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        asker = copilot.principal(principal)
        with copilot.searching() as searcher:
            run = _Run(searcher, asker, filters, limit=limit, catalog=catalog)
            _show(run, text, lines, as_json=as_json)


def _criteria(named: Iterable[str], categories: Collection[Category]) -> frozenset[CriterionId]:
    """Return the criteria to narrow a search to: those named, of the categories, or of both."""
    criteria = frozenset(parse_criterion(one) for one in named)
    if not categories:
        return criteria
    within = frozenset(one for one in CRITERION_IDS if category_of(one) in categories)
    if criteria and criteria.isdisjoint(within):
        raise BadInput(
            f"{', '.join(sorted(criteria))} is not of the category {', '.join(categories)}",
            hint="Leave out --criterion or --category.",
        )
    return criteria & within if criteria else within


def _show(run: _Run, query: str, queries: Iterable[str] | None, *, as_json: bool) -> None:
    if queries is not None:
        for line in queries:
            print_json(run.document(line), indent=None)
    elif as_json:
        print_json(run.document(query))
    else:
        _print(run.hits(query))


class _Run:
    """The same search for one query or many."""

    def __init__(
        self, searcher: Search, asker: Principal, filters: Filters, *, limit: int, catalog: bool
    ) -> None:
        self._searcher = searcher
        self._asker = asker
        self._filters = filters
        self._limit = limit
        self._catalog = catalog

    def hits(self, query: str) -> list[Hit]:
        return self._searcher.search(
            query,
            principal=self._asker,
            limit=self._limit,
            filters=self._filters,
            catalog=self._catalog,
        )

    def document(self, query: str) -> dict[str, Any]:
        return found_json(query, self.hits(query))


def _lines(file: Path) -> Iterable[str]:
    """Return the queries of a file, or those of stdin as they arrive; a blank line is none."""
    if str(file) == "-":
        sys.stdin.reconfigure(errors="replace")  # type: ignore[union-attr]
        return (line.strip() for line in sys.stdin if line.strip())
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BadInput(f"{file} is not UTF-8", hint="Save it as UTF-8.") from exc
    except OSError as exc:
        raise BadInput(f"{file} cannot be read: {exc.strerror}") from exc
    return [line.strip() for line in text.splitlines() if line.strip()]


def _print(hits: Sequence[Hit]) -> None:
    if not hits:
        write("Nothing found. `copilot doctor` lists what is ingested and what was refused.")
    for number, hit in enumerate(hits, start=1):
        passage = hit.passage
        where = f"page {passage.page}" if passage.page else passage.place
        about = " · ".join(filter(None, (where, " > ".join(passage.heading))))
        write(f"[bold]{number}[/]  [cyan]{shown(passage.source.path)}[/]  [dim]{hit.score:.2f}[/]")
        write(f"[dim]{shown(about)}[/]", indent=3)
        text = " ".join(passage.text.split())
        write(shown(_excerpt(text)), indent=3)
        write()


def _excerpt(text: str) -> str:
    """Return the beginning of a text, which ends with a whole word where it has any."""
    if len(text) <= _EXCERPT:
        return text
    whole = text[: _EXCERPT + 1].rpartition(" ")[0] or text[:_EXCERPT]
    return f"{whole} …"
