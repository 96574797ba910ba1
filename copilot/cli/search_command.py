"""`copilot search`: the passages that a query finds."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.padding import Padding

from copilot import bootstrap, config
from copilot.cli.console import print_json, stdout
from copilot.domain.criteria import parse_criterion
from copilot.domain.documents import SourceKind
from copilot.domain.periods import parse_period
from copilot.errors import BadInput
from copilot.ports import Filters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.domain.access import Principal
    from copilot.retrieval.search import Hit, Search


def search(
    query: Annotated[str | None, typer.Argument(help="Words, ids, quoted phrases.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    limit: Annotated[int, typer.Option("-k", min=1, max=200, help="How many results.")] = 10,
    queries: Annotated[
        Path | None,
        typer.Option(
            help="A file of queries, one a line; one JSON line out for each. - reads stdin."
        ),
    ] = None,
    principal: Annotated[str | None, typer.Option("--as", help="Search as this person.")] = None,
    kind: Annotated[
        list[SourceKind] | None, typer.Option(help="Only sources of this kind.")
    ] = None,
    criterion: Annotated[
        list[str] | None, typer.Option(help="Only sources labelled with this criterion.")
    ] = None,
    period: Annotated[
        str | None, typer.Option(metavar="FROM..TO", help="Only evidence that speaks for it.")
    ] = None,
    catalog: Annotated[
        bool, typer.Option("--catalog", help="Search the criteria and guidance instead.")
    ] = False,
) -> None:
    """Find passages in the company's own files, or in the catalog."""
    if (query is None) == (queries is None):
        raise BadInput("give either a query or --queries FILE")
    filters = Filters(
        kinds=frozenset(kind or ()),
        criteria=frozenset(parse_criterion(one) for one in criterion or ()),
        period=parse_period(period) if period else None,
    )
    with bootstrap.Copilot(config.find_workspace()) as copilot:
        asker = copilot.principal(principal)
        with copilot.searching() as searcher:
            run = _Run(searcher, asker, filters, limit=limit, catalog=catalog)
            _show(run, query or "", queries, as_json=as_json)


def _show(run: _Run, query: str, queries: Path | None, *, as_json: bool) -> None:
    if queries is not None:
        for line in _lines(queries):
            print(json.dumps(run.document(line), ensure_ascii=False), flush=True)
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
        return {"query": query, "results": [_result(hit) for hit in self.hits(query)]}


def _lines(file: Path) -> Iterator[str]:
    if str(file) == "-":
        yield from (line.strip() for line in sys.stdin if line.strip())
        return
    try:
        with file.open(encoding="utf-8") as lines:
            yield from (line.strip() for line in lines if line.strip())
    except (OSError, UnicodeDecodeError) as exc:
        raise BadInput(f"{file} cannot be read: {exc}") from exc


def _result(hit: Hit) -> dict[str, Any]:
    passage = hit.passage
    return {
        "source": passage.source.path,
        "title": passage.source.metadata.title,
        "kind": passage.source.metadata.kind.value,
        "page": passage.page,
        "place": passage.place,
        "heading": list(passage.heading),
        "start": passage.start,
        "end": passage.end,
        "score": round(hit.score, 4),
        "text": passage.text,
    }


def _print(hits: Sequence[Hit]) -> None:
    if not hits:
        stdout.print("Nothing found.")
        return
    for number, hit in enumerate(hits, start=1):
        passage = hit.passage
        where = f"page {passage.page}" if passage.page else passage.place
        about = " · ".join(filter(None, (passage.source.path, where, " > ".join(passage.heading))))
        stdout.print(f"[bold]{number}[/] [cyan]{escape(about)}[/] [dim]{hit.score:.2f}[/]")
        text = " ".join(passage.text.split())
        shown = text if len(text) <= 400 else f"{text[:400]} …"
        stdout.print(Padding(escape(shown), (0, 0, 1, 2)))
