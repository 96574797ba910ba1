"""Retrieval quality: how much of the gold span is among the first ten passages."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from benchmarks import gold
from benchmarks.common import SHARED, Outcome, Row, Told, options, publish
from benchmarks.gold import Span, covered
from benchmarks.wiring import open_workspace, store
from copilot import bootstrap
from copilot.adapters.encoders import OnnxEncoder
from copilot.domain.access import principal
from copilot.ingestion import chunking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.bootstrap import Copilot
    from copilot.retrieval.search import Hit

_FIRST: Final = 10
_BUDGET: Final = 5_000
"""Characters that a reader or a model is given; ten long passages are more text than ten short."""

_ALL: Final = 100
"""More than a search ever fuses, so that both rankings can be read off its hits."""

_SETS: Final = {"policyqa": gold.policy_qa, "chunk_eval": gold.chunk_eval}


def measure(
    name: str, length: int, *, encoder: OnnxEncoder, shared: Path, quick: bool
) -> list[Row]:
    """Ingest one set with passages of so many characters, ask all its questions, rate each ranking."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        asked = _SETS[name](shared, home / "texts", quick=quick)
        with (
            patch.object(chunking, "LONGEST", length),
            open_workspace(home, encoder=encoder) as copilot,
        ):
            begin = time.perf_counter()
            report = store(copilot, asked.roots, progress=Told())
            copilot.follower.catch_up(Told().step)
            seconds = time.perf_counter() - begin
            if report.refused:
                raise RuntimeError(f"refused: {report.refused[0].path}: {report.refused[0].reason}")
            rows = _rated(copilot, asked)
    about: Row = {"set": name, "longest": length, "passages": report.passages}
    return [{**about, **row, "ingest s": seconds, "lost": asked.lost} for row in rows]


def _rated(copilot: Copilot, asked: gold.GoldSet) -> list[Row]:
    texts = sorted({question.text for question in asked.questions})
    vectors = dict(zip(texts, copilot.encoder.encode(texts), strict=True))
    found: dict[tuple[str, str], dict[str, list[Span]]] = {}
    with copilot.searching() as search:
        for question in asked.questions:
            key = (question.text, question.audience)
            if key not in found:
                asker = principal("asker", audiences=[question.audience])
                found[key] = _rankings(
                    search.search(
                        question.text,
                        principal=asker,
                        limit=_ALL,
                        vector=vectors[question.text],
                    )
                )
    return [
        {
            "ranking": name,
            **_scores([(q.spans, found[q.text, q.audience][name]) for q in asked.questions]),
        }
        for name in ("dense", "lexical", "fused")
    ]


def _rankings(hits: Sequence[Hit]) -> dict[str, list[Span]]:
    """Take a fused ranking apart: each hit says what it scored by meaning and by words."""
    dense = [hit for hit in hits if hit.cosine is not None]
    lexical = [hit for hit in hits if hit.words is not None]
    return {
        "dense": _spans(sorted(dense, key=lambda hit: -(hit.cosine or 0))),
        "lexical": _spans(sorted(lexical, key=lambda hit: -(hit.words or 0))),
        "fused": _spans(hits),
    }


def _spans(hits: Sequence[Hit]) -> list[Span]:
    return [Span(hit.passage.source.path, hit.passage.start, hit.passage.end) for hit in hits]


def _scores(results: Sequence[tuple[tuple[Span, ...], list[Span]]]) -> Row:
    """Rate one ranking: what was looked for, and what was found, for each question."""
    first = [covered(spans, ranked[:_FIRST]) for spans, ranked in results]
    within = [covered(spans, _affordable(ranked)) for spans, ranked in results]
    return {
        "questions": len(results),
        f"recall@{_FIRST}": statistics.mean(first),
        f"whole span@{_FIRST}": statistics.mean(share == 1.0 for share in first),
        f"recall in {_BUDGET} chars": statistics.mean(within),
    }


def _affordable(ranked: Sequence[Span]) -> list[Span]:
    """Return the first passages up to the budget, the last one cut to fit."""
    left, found = _BUDGET, []
    for span in ranked:
        if left <= 0:
            break
        end = min(span.end, span.start + left)
        found.append(Span(span.path, span.start, end))
        left -= end - span.start
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write JSON if asked."""
    parser = options("quality", __doc__ or "")
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder with gold/qa")
    parser.add_argument("--sets", nargs="+", choices=list(_SETS), default=list(_SETS))
    parser.add_argument(
        "--longest",
        type=int,
        nargs="+",
        default=[chunking.LONGEST],
        metavar="CHARACTERS",
        help="lengths of a passage to compare (default: the product's)",
    )
    given = parser.parse_args(arguments)
    shared = given.shared / "gold" / "qa"
    if not shared.is_dir():
        parser.error(f"there is no {shared}; the gold data is not part of the project")
    outcome = Outcome(
        benchmark="quality",
        quick=given.quick,
        parameters={"sets": " ".join(given.sets), "longest": " ".join(map(str, given.longest))},
    )
    encoder = OnnxEncoder(bootstrap.prepare_encoder())
    for name in given.sets:
        for length in given.longest:
            outcome.rows += measure(name, length, encoder=encoder, shared=shared, quick=given.quick)
    publish(outcome, given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
