"""The rate of the whole ingestion against the bare encoder and against a langchain pipeline."""

from __future__ import annotations

import statistics
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import contenders
from benchmarks.common import SHARED, Bound, Outcome, Row, options, publish, spread
from benchmarks.texts import write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.contenders import Run

_OURS: Final = "whole ingestion"
_BARE: Final = "bare int8 encoder"
_THEIRS: Final = "langchain-chroma, HuggingFaceEmbeddings"

_OF_BARE: Final = 0.85
_OF_THEIRS: Final = 2.5

Contender = "Callable[[], Run]"


def measure(files: Path, *, repetitions: int) -> dict[str, list[Run]]:
    """Run the three in turn, each in its own process, the order changing with each repetition."""
    runs: dict[str, list[Run]] = {_OURS: [], _BARE: [], _THEIRS: []}
    context = get_context("spawn")
    with ExitStack() as stack:
        pools = {
            name: stack.enter_context(ProcessPoolExecutor(1, mp_context=context)) for name in runs
        }
        texts = pools[_OURS].submit(contenders.texts_of, files).result()
        # Everything is loaded before anything is measured.
        pools[_BARE].submit(contenders.bare_encoder, texts[:1]).result()
        pools[_THEIRS].submit(contenders.langchain, texts[:1]).result()
        calls: dict[str, Callable[[], Run]] = {
            _OURS: lambda: pools[_OURS].submit(contenders.whole_ingestion, files).result(),
            _BARE: lambda: pools[_BARE].submit(contenders.bare_encoder, texts).result(),
            _THEIRS: lambda: pools[_THEIRS].submit(contenders.langchain, texts).result(),
        }
        for repetition in range(repetitions):
            turn = repetition % len(calls)
            for name in [*list(calls)[turn:], *list(calls)[:turn]]:
                runs[name].append(calls[name]())
    return runs


def summary(runs: dict[str, list[Run]]) -> list[Row]:
    """Return a row for each contender."""
    rows: list[Row] = []
    for name, some in runs.items():
        row: Row = {"what": name, "texts": some[0].texts}
        row |= spread("texts a second", [run.rate for run in some])
        row["CPU s"] = statistics.median(run.cpu_seconds for run in some)
        row["peak MB"] = max(run.peak_megabytes for run in some)
        parts = [
            f"{part} {statistics.median(run.parts[part] for run in some):.2f} s"
            for part in some[0].parts
        ]
        row["parts"] = "; ".join(parts)
        rows.append(row)
    return rows


def paired(ours: Sequence[Run], other: Sequence[Run]) -> list[float]:
    """Return how many times the other's rate ours was, repetition by repetition."""
    return [one.rate / two.rate for one, two in zip(ours, other, strict=True)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write JSON if asked."""
    parser = options("ingest", __doc__ or "")
    parser.add_argument("--files", type=Path, help="a folder to ingest (default: see README.md)")
    parser.add_argument("--repetitions", type=int, default=0, help="default 5; 1 with --quick")
    given = parser.parse_args(arguments)
    repetitions = given.repetitions or (1 if given.quick else 5)
    shared = SHARED / "corpus" / "sourcegraph"
    with tempfile.TemporaryDirectory() as scratch:
        if given.files is not None:
            files, called = given.files, "the folder given"
        elif shared.is_dir() and not given.quick:
            files, called = shared, "sourcegraph's handbook"
        else:
            files, called = Path(scratch), "generated"
            write_files(files, files=4 if given.quick else 60, passages=10, seed=1)
        outcome = Outcome(
            benchmark="ingest",
            quick=given.quick,
            parameters={"texts": called, "repetitions": repetitions},
        )
        runs = measure(files, repetitions=repetitions)
    outcome.rows = summary(runs)
    for other, least in ((_BARE, _OF_BARE), (_THEIRS, _OF_THEIRS)):
        ratios = paired(runs[_OURS], runs[other])
        row: Row = {"what": f"{_OURS} / {other}"}
        outcome.rows.append(row | spread("ratio", ratios))
        best = max(run.rate for run in runs[_OURS]) / max(run.rate for run in runs[other])
        outcome.bounds += [
            Bound(
                what=f"times the rate of {other}, median of the repetitions",
                measured=statistics.median(ratios),
                at_least=least,
            ),
            Bound(what="the same, best run against best run", measured=best, at_least=least),
        ]
    publish(outcome, given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
