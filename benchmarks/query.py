"""How long a search takes in a warm process, with an audience, at two sizes of index."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.common import (
    Bound,
    Outcome,
    Row,
    Told,
    default_folder,
    options,
    percentile,
    publish,
)
from benchmarks.texts import QUESTIONS, VariantEncoder, write_files
from benchmarks.wiring import open_workspace, store
from copilot import bootstrap
from copilot.adapters.encoders import OnnxEncoder
from copilot.adapters.sql import tables
from copilot.domain.access import principal
from copilot.domain.documents import SourceKind, partition_of
from copilot.ingestion import planning
from copilot.ingestion.folders import Root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from copilot.bootstrap import Copilot
    from copilot.domain.access import Principal
    from copilot.retrieval.generations import Indexes
    from copilot.retrieval.search import Hit, Search

_AUDIENCES: Final = ("everyone", "compliance", "engineering", "finance", "hr", "legal")
_HELD: Final = ("everyone", "compliance")
_A_FILE: Final = 20
_LIMIT: Final = 10

_P50: Final = 12.0
_P95: Final = 40.0
_GROWTH: Final = 2.0

_FORM: Final = f"1 {planning.FORM} {tables.REVISION}"
"""Differs when what is built changes, so that an older build is not used."""


def built(folder: Path, passages: int, encoder: VariantEncoder) -> Path:
    """Return a workspace of so many passages in six audiences, built if it is not there yet.

    Reading, cutting, storing and indexing are the product's own; only the vectors are made up (see
    `texts.VariantEncoder`). A build that was interrupted is continued, as any ingestion is.
    """
    home = folder / f"query-{passages}"
    done, begun = home / "built", home / "begun"
    if done.is_file() and done.read_text() == _FORM:
        return home
    if not begun.is_file() or begun.read_text() != _FORM:
        shutil.rmtree(home, ignore_errors=True)
        files = passages // _A_FILE // len(_AUDIENCES) + 1
        for number, audience in enumerate(_AUDIENCES):
            write_files(home / "policies" / audience, files=files, passages=_A_FILE, seed=number)
        begun.write_text(_FORM)
    roots = [
        Root(
            label=f"policies/{audience}",
            path=home / "policies" / audience,
            kind=SourceKind.POLICY,
            audience=audience,
        )
        for audience in _AUDIENCES
    ]
    told = Told()
    with open_workspace(home, encoder=encoder) as copilot:
        store(copilot, roots, progress=told)
        copilot.follower.catch_up(told.step)
    done.write_text(_FORM)
    return home


Times = dict[str, list[float]]


def measure(homes: Sequence[Path], *, rounds: int) -> dict[int, Times]:
    """Return, by how many passages there are, the milliseconds of each part for each question.

    The workspaces take turns, question by question, so that other load on the machine weighs on all
    of them alike.
    """
    encoder = OnnxEncoder(bootstrap.prepare_encoder())
    found: dict[int, Times] = {}
    calls: list[tuple[Callable[[str], object], list[float]]] = []
    with ExitStack() as stack:
        for home in homes:
            copilot = stack.enter_context(open_workspace(home, encoder=encoder))
            times: Times = {}
            for name, call in _calls(copilot, stack).items():
                times[name] = []
                calls.append((call, times[name]))
            found[sum(map(len, copilot.truth.partitions().values()))] = times
        for question in QUESTIONS:
            for call, _ in calls:
                call(question)  # warm
        for question in QUESTIONS * rounds:
            for call, milliseconds in calls:
                begin = time.perf_counter()
                call(question)
                milliseconds.append((time.perf_counter() - begin) * 1000)
    return found


def _calls(copilot: Copilot, stack: ExitStack) -> dict[str, Callable[[str], object]]:
    """Return what is timed on one workspace: the whole search, and its parts alone."""
    asker = principal("asker", audiences=_HELD)
    held = frozenset(partition_of(SourceKind.POLICY, one) for one in asker.audiences)
    search = stack.enter_context(copilot.searching())
    indexes = stack.enter_context(copilot.follower.reading(writer=copilot.writer_lock))
    return {
        "search": lambda asked: _found(search, asked, asker),
        **_parts(search, indexes, held),
    }


def _found(search: Search, question: str, asker: Principal) -> list[Hit]:
    hits = search.search(question, principal=asker, limit=_LIMIT)
    if len(hits) != _LIMIT:
        raise RuntimeError(f"{question!r} found {len(hits)} passages, not {_LIMIT}")
    return hits


def _parts(
    search: Search, indexes: Indexes, held: frozenset[str]
) -> dict[str, Callable[[str], object]]:
    """Return what a search is made of, each to be timed alone."""
    vectors = dict(zip(QUESTIONS, search.encode_all(QUESTIONS), strict=True))
    return {
        "encode": search.encode,
        "dense": lambda asked: indexes.dense.search(vectors[asked], partitions=held, limit=50),
        "lexical": lambda asked: indexes.lexical.search(asked, partitions=held, limit=50),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Build if need be, measure, print, and write JSON if asked."""
    parser = options("query", __doc__ or "")
    parser.add_argument("--folder", type=Path, default=default_folder(), help="keeps the indexes")
    parser.add_argument("--rounds", type=int, default=0, help="times that each question is asked")
    parser.add_argument("--passages", type=int, nargs=2, metavar=("SMALL", "LARGE"))
    given = parser.parse_args(arguments)
    sizes = given.passages or ((120, 240) if given.quick else (10_000, 100_000))
    rounds = given.rounds or (2 if given.quick else 20)
    made_up = VariantEncoder(bootstrap.prepare_encoder())
    homes = [built(given.folder, size, made_up) for size in sizes]
    outcome = Outcome(
        benchmark="query",
        quick=given.quick,
        parameters={
            "questions": len(QUESTIONS),
            "rounds": rounds,
            "audiences held": f"{len(_HELD)} of {len(_AUDIENCES)}",
        },
    )
    found = measure(homes, rounds=rounds)
    for passages, times in found.items():
        for name, values in times.items():
            row: Row = {"passages": passages, "part": name}
            row |= {"p50 ms": percentile(values, 0.5), "p95 ms": percentile(values, 0.95)}
            row["best ms"] = min(values)
            outcome.rows.append(row)
    small, large = (times["search"] for times in found.values())
    middle = percentile(large, 0.5)
    outcome.bounds = [
        Bound(what="p50 ms", measured=middle, at_most=_P50),
        Bound(what="p95 ms", measured=percentile(large, 0.95), at_most=_P95),
        Bound(
            what="p50, large against small",
            measured=middle / percentile(small, 0.5),
            at_most=_GROWTH,
        ),
    ]
    publish(outcome, given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
