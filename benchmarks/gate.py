"""What the gate lets through and withholds, and what it costs.

`python -m benchmarks.gate` puts every case of `tests/gate` through the gate, on the sample company and,
where it is present, on the shared corpus; and it times answers of eight claims in a warm process. With
`--fit` it prints the weights that `copilot/citations/content.py` carries, fitted on the half of the
corpus that is for fitting and on `tests/citations/honest_pairs.py`.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.common import ROOT, SHARED, Bound, Outcome, options, percentile, publish
from copilot import bootstrap, config
from copilot.__main__ import COLLECTING
from copilot.citations.support import Support
from tests.citations.honest_pairs import PAIRS
from tests.gate import altering, corpus, measuring
from tests.gate.drafting import Case, GivenSource
from tests.gate.overreaching import overreaching

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.citations.content import Heard
    from tests.gate.measuring import Judged

_CLAIMS: Final = 8
_MILLISECONDS: Final = 25.0
_ALWAYS: Final = ("fabricated_source", "unreadable", "altered_number")


def _cases(copilot: bootstrap.Copilot) -> list[Case]:
    every = list(corpus.of_sample(copilot))
    if (SHARED / "corpus").is_dir():
        every += corpus.of_shared(SHARED / "corpus")
    return every


def _times(cases: Sequence[Case], judge: measuring.Judge) -> list[float]:
    """Return the milliseconds of processor time for each eight honest claims, none of which was read before.

    Garbage is looked for as rarely as in a process of the product.
    """
    honest = [one for one in cases if one.kind == "honest"]
    answers = [honest[at : at + _CLAIMS] for at in range(0, len(honest) - _CLAIMS, _CLAIMS)]
    times = []
    before = gc.get_threshold()
    gc.set_threshold(*COLLECTING)
    try:
        for answer in answers:
            checks = [judge.ready(case) for case in answer]
            began = time.process_time()
            for check in checks:
                check()
            times.append(1000 * (time.process_time() - began))
    finally:
        gc.set_threshold(*before)
    return times[1:]


def _bounds(judged: Sequence[Judged], times: Sequence[float]) -> list[Bound]:
    def share(kinds: Sequence[str]) -> float:
        right = [one.right for one in judged if one.case.kind in kinds]
        return 100.0 * sum(right) / len(right)

    wrong = {one.case.kind for one in judged} - {"honest"}
    middle = percentile(times, 0.5)
    return [
        Bound(what="honest released, %", measured=share(["honest"]), at_least=90.0),
        Bound(what="wrong withheld, %", measured=share(sorted(wrong)), at_least=99.0),
        *(
            Bound(what=f"{kind} withheld, %", measured=share([kind]), at_least=100.0)
            for kind in _ALWAYS
        ),
        Bound(
            what="8 claims, p50 ms of processor time",
            measured=middle,
            lowest=min(times),
            highest=max(times),
            at_most=_MILLISECONDS,
        ),
    ]


def _apart(name: str, judged: Sequence[Judged]) -> list[Bound]:
    """Return how many claims of a set are judged rightly that was written without looking at the gate."""
    honest = [one.right for one in judged if one.case.kind == "honest"]
    wrong = [one.right for one in judged if one.case.kind != "honest"]
    return [
        Bound(
            what=f"{name} honest released, %",
            measured=100.0 * sum(honest) / len(honest),
            at_least=85.0,
        ),
        Bound(
            what=f"{name} wrong withheld, %",
            measured=100.0 * sum(wrong) / len(wrong),
            at_least=95.0,
        ),
    ]


class _Listening(Support):
    """Judges all but the content of claims, and remembers what it would judge that by."""

    def __init__(self, copilot: bootstrap.Copilot) -> None:
        super().__init__(copilot.vocabulary, copilot.encoder.encode, company="Harbourlight")
        self.heard: list[Heard] = []

    def _beyond(self, case: Any) -> str:
        self.heard.append(self._heard(case))
        return ""


def _fit(cases: Sequence[Case], copilot: bootstrap.Copilot) -> None:
    """Print weights for the features of the content of a claim, from those that pass all rules."""
    support = _Listening(copilot)
    judge = measuring.Judge(support)
    honest = [one for one in cases if one.kind == "honest" and one.half == "fit"]
    honest += [_alone(claim, quote) for claim, quote in PAIRS]
    values, released = [], []
    wrong = [one for one in cases if one.kind != "honest" and one.half == "fit"]
    for case in (*honest, *wrong, *(other for one in honest for other in _changed(one))):
        support.heard.clear()
        judge([case])
        values += [one.features() for one in support.heard]
        released += [case.released for _ in support.heard]
    model = LogisticRegression(class_weight="balanced", max_iter=5000)
    model.fit(np.array(values), released)
    sys.stdout.write(f"{sum(released)} honest, {len(released) - sum(released)} wrong\n")
    sys.stdout.write(f"WEIGHTS = {np.round(model.coef_[0], 2).tolist()}\n")
    sys.stdout.write(f"BIAS = {float(model.intercept_[0]):.2f}\n")


def _alone(claim: str, quote: str) -> Case:
    source = GivenSource(number=1, path="policies/pair.md", text=quote, start=0, title="Policy")
    return Case(
        id=claim,
        kind="honest",
        variant="pair",
        released=True,
        claim=claim,
        quotes=((1, quote),),
        sources=(source,),
        principal="asker",
        half="fit",
        origin="written",
    )


def _changed(case: Case) -> Iterator[Case]:
    """Yield everything that the rules of the corpus make of an honest claim."""
    evidence = " ".join(words for _, words in case.quotes)
    changed = (
        *altering.numbers(case.claim, evidence=evidence),
        *altering.negations(case.claim),
        *overreaching(case.claim, evidence=evidence),
    )
    for variant, claim in changed:
        yield replace(case, kind="wrong", variant=variant, claim=claim, released=False)


def _rows(name: str, judged: Sequence[Judged]) -> list[dict[str, str | int | float | None]]:
    return [
        {
            "kind": f"{name}{kind}",
            "half": half,
            "cases": sum((one.case.kind, one.case.half) == (kind, half) for one in judged),
            "right %": rate,
        }
        for (kind, half), rate in sorted(measuring.rates(judged).items())
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options("gate", __doc__ or "")
    parser.add_argument(
        "--workspace", type=Path, help="an ingested sample company; else it is made"
    )
    parser.add_argument("--fit", action="store_true", help="print the weights of the features")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        home = given.workspace or Path(made) / "sample"
        if given.workspace is None:
            subprocess.run([sys.executable, ROOT / "examples" / "build.py", home], check=True)  # noqa: S603  our own script
        with bootstrap.Copilot(config.find_workspace(home)) as copilot:
            if given.workspace is None:
                copilot.ingest()
            return _run(copilot, given)


def _run(copilot: bootstrap.Copilot, given: Any) -> int:
    cases = _cases(copilot)
    if given.quick:
        cases = cases[::8]
    if given.fit:
        _fit(cases, copilot)
        return 0
    judge = measuring.Judge(
        Support(copilot.vocabulary, copilot.encoder.encode, company="Harbourlight")
    )
    times = _times(cases, judge)
    outcome = Outcome(
        benchmark="gate", quick=given.quick, parameters={"cases": len(cases), "claims": _CLAIMS}
    )
    judged = judge(cases)
    outcome.rows += _rows("", judged)
    outcome.bounds = _bounds(judged, times)
    for name, made in (("fresh", corpus.fresh), ("by property", corpus.by_property)):
        apart = judge(made(copilot)[:: 8 if given.quick else 1])
        outcome.rows += _rows(f"{name} ", apart)
        outcome.bounds += _apart(name, apart)
    publish(outcome, given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
