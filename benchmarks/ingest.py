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
    from collections.abc import Iterator, Sequence

    from benchmarks.contenders import Run

_OURS: Final = "ingestion"
_BARE: Final = "bare encoder"
_THEIRS: Final = "langchain"

_OF_BARE: Final = 0.85
_OF_THEIRS: Final = 2.5


def measure(files: Path, *, repetitions: int, langchain: bool = True) -> dict[str, list[Run]]:
    """Run the contenders in turn, each in its own process, another first in each repetition."""
    names = [_OURS, _BARE, *([_THEIRS] if langchain else [])]
    runs: dict[str, list[Run]] = {name: [] for name in names}
    context = get_context("spawn")
    with ExitStack() as stack:
        pools = {
            name: stack.enter_context(ProcessPoolExecutor(1, mp_context=context)) for name in names
        }
        texts = pools[_OURS].submit(contenders.texts_of, files).result()
        functions = {_BARE: contenders.bare_encoder, _THEIRS: contenders.langchain}

        def run(name: str, some: Sequence[str]) -> Run:
            if name == _OURS:
                return pools[_OURS].submit(contenders.whole_ingestion, files).result()
            return pools[name].submit(functions[name], some).result()

        for name in names[1:]:
            run(name, texts[:1])  # everything is loaded before anything is measured
        for repetition in range(repetitions):
            first = repetition % len(names)
            for name in [*names[first:], *names[:first]]:
                runs[name].append(run(name, texts))
    return runs


def summary(runs: dict[str, list[Run]]) -> list[Row]:
    """Return a row for each contender, medians of its runs."""
    rows: list[Row] = []
    for name, some in runs.items():
        row: Row = {"what": name, "texts": some[0].texts}
        row |= spread("texts a second", [run.rate for run in some])
        row["CPU s"] = statistics.median(run.cpu_seconds for run in some)
        row["peak MB"] = max(run.peak_megabytes for run in some)
        for part in some[0].parts:
            row[f"{part} s"] = statistics.median(run.parts[part] for run in some)
        rows.append(row)
    return rows


def paired(ours: Sequence[Run], other: Sequence[Run]) -> list[float]:
    """Return how many times the other's rate ours was, repetition by repetition."""
    return [one.rate / two.rate for one, two in zip(ours, other, strict=True)]


def _bounds(
    ours: Sequence[Run], theirs: Sequence[Run], against: tuple[str, float]
) -> Iterator[Bound]:
    other, least = against
    ratios = paired(ours, theirs)
    yield Bound(
        what=f"rate against {other}, median",
        measured=statistics.median(ratios),
        lowest=min(ratios),
        highest=max(ratios),
        at_least=least,
    )
    yield Bound(
        what=f"rate against {other}, best run of each",
        measured=max(run.rate for run in ours) / max(run.rate for run in theirs),
        at_least=least,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write JSON if asked."""
    parser = options("ingest", __doc__ or "")
    parser.add_argument("--files", type=Path, help="a folder to ingest (default: see README.md)")
    parser.add_argument("--repetitions", type=int, default=0, help="default 5; 1 with --quick")
    parser.add_argument("--no-langchain", action="store_true", help="leave the slow one out")
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
        runs = measure(files, repetitions=repetitions, langchain=not given.no_langchain)
    outcome.rows = summary(runs)
    for other, least in ((_BARE, _OF_BARE), (_THEIRS, _OF_THEIRS)):
        if other in runs:
            outcome.bounds += _bounds(runs[_OURS], runs[other], (other, least))
    publish(outcome, given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
