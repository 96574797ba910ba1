"""What a search found as plain values: the one form in which the CLI and the API give it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copilot.retrieval.search import Hit


def found_json(query: str, hits: Iterable[Hit]) -> dict[str, Any]:
    """Return what a query found as the JSON contract of `copilot search --json` has it."""
    return {"query": query, "results": [_result(hit) for hit in hits]}


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
