"""How long it takes until readiness is known again after somebody decided on one mapping."""

from __future__ import annotations

import csv
import random
import statistics
import tempfile
import time
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.common import Bound, Outcome, Row, Told, options, percentile, publish
from copilot import bootstrap, config
from copilot.bootstrap import review as bootstrap_review
from copilot.bootstrap.controls import read_workspace_controls
from copilot.bootstrap.readiness import assess_workspace
from copilot.config import SETTINGS_FILE
from copilot.domain.access import Audience
from copilot.domain.criteria import CRITERION_IDS, Frequency
from copilot.domain.documents import Metadata, SourceKind, SourcePath
from copilot.domain.indexing import Fingerprint
from copilot.domain.periods import Period
from copilot.review.mappings import MappingReview

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from copilot.bootstrap import Copilot
    from copilot.domain.access import Principal

_CONTROLS: Final = 1_000
_RECORDS: Final = 10_000
_MILLISECONDS: Final = 200.0
_YEAR: Final = date(2025, 1, 1)
_SETTINGS: Final = """\
company = "Benchmark"
period = "2025"
categories = ["security", "availability", "confidentiality"]
"""


def build(home: Path, *, controls: int, records: int) -> None:
    """Make a workspace with so many controls in a list and records in the truth."""
    chance = random.Random(1)  # noqa: S311  the same each time
    (home / "controls").mkdir(parents=True, exist_ok=True)
    (home / SETTINGS_FILE).write_text(_SETTINGS, encoding="utf-8")
    with (home / "controls" / "controls.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "title", "description", "owner", "frequency", "criteria"])
        for number in range(controls):
            criteria = chance.sample(CRITERION_IDS, chance.choice([0, 1, 1, 2, 3]))
            about = f"The owner of system {number} looks at its accounts and keeps a record."
            often = chance.choice(list(Frequency)).value
            writer.writerow(
                [f"C-{number:04}", f"Control {number}", about, "Owner", often, ";".join(criteria)]
            )
    told = Told()
    with bootstrap.Copilot(config.find_workspace(home)) as copilot:
        for number in range(records):
            copilot.truth.put(
                SourcePath(f"evidence/record-{number}.csv"),
                metadata=_record(number, controls, chance),
                fingerprint=Fingerprint(1, 1, "content", "about"),
                document=("A record.", ()),
                passages=[],
                encoded={},
                encoder="none",
            )
            told.step("records", number + 1, records)


def _record(number: int, controls: int, chance: random.Random) -> Metadata:
    start = _YEAR + timedelta(days=chance.randrange(-90, 365))
    return Metadata(
        kind=SourceKind.EVIDENCE,
        title=f"Record {number}",
        audience=Audience("compliance"),
        criteria=tuple(chance.sample(CRITERION_IDS, chance.choice([0, 0, 1]))),
        controls=(f"C-{chance.randrange(controls):04}",),
        period=Period(start, start + timedelta(days=chance.randrange(90))),
        frequency=chance.choice([None, *Frequency]),
    )


def measure(home: Path, *, repetitions: int) -> dict[str, list[float]]:
    """Return the milliseconds of each step, all of them in one process."""
    times: dict[str, list[float]] = {}

    def timed(name: str, call: Callable[[], object]) -> None:
        begin = time.perf_counter()
        call()
        times.setdefault(name, []).append(1000 * (time.perf_counter() - begin))

    with bootstrap.Copilot(config.find_workspace(home)) as copilot:
        operator = copilot.principal(None)
        timed(
            "first readiness of the process", lambda: assess_workspace(copilot, principal=operator)
        )
        for wanted in _undecided(copilot, repetitions):
            timed("one decision", partial(_decide, copilot, operator, wanted))
            timed("readiness after it", lambda: assess_workspace(copilot, principal=operator))
            timed("sources alone", lambda: copilot.truth.sources(principal=operator))
            timed("controls alone", lambda: read_workspace_controls(copilot))
    return times


def _undecided(copilot: Copilot, count: int) -> list[str]:
    controls = read_workspace_controls(copilot)
    return [f"mapping/{one.id}/CC6.1" for one in controls if "CC6.1" not in one.criteria][:count]


def _decide(copilot: Copilot, principal: Principal, mapping: str) -> None:
    review = MappingReview(
        bootstrap_review.mapping_store(copilot),
        controls=read_workspace_controls(copilot),
        suggest=dict,  # what is suggested is no part of this
        now=bootstrap_review.now,
    )
    review.accept([mapping], principal=principal)


def outcome(times: dict[str, list[float]], parameters: dict[str, int], *, quick: bool) -> Outcome:
    """Put rows and bounds together."""
    rows: list[Row] = [
        {
            "step": name,
            "median ms": statistics.median(values),
            "p95 ms": percentile(values, 0.95),
            "best ms": min(values),
        }
        for name, values in times.items()
    ]
    again: Sequence[float] = times["readiness after it"]
    first = times["first readiness of the process"][0]
    return Outcome(
        benchmark="readiness",
        quick=quick,
        parameters={**parameters},
        rows=rows,
        bounds=[
            Bound(
                what="readiness after one decision, ms",
                measured=statistics.median(again),
                lowest=min(again),
                highest=max(again),
                at_most=_MILLISECONDS,
            ),
            Bound(
                what="against the first of the process",
                measured=statistics.median(again) / first,
                lowest=min(again) / first,
                highest=max(again) / first,
                at_most=1.0,
            ),
        ],
    )


def main() -> None:
    """Run it."""
    parser = options("readiness", __doc__ or "")
    parser.add_argument("--repetitions", type=int, default=20)
    given = parser.parse_args()
    controls, records = (50, 200) if given.quick else (_CONTROLS, _RECORDS)
    repetitions = 3 if given.quick else given.repetitions
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        build(home, controls=controls, records=records)
        times = measure(home, repetitions=repetitions)
    parameters = {"controls": controls, "records": records, "decisions": repetitions}
    publish(outcome(times, parameters, quick=given.quick), given.json)


if __name__ == "__main__":
    main()
