"""Fit and judge the score that tells an answerable question from one that only comes near.

`python -m benchmarks.answerable` prints how often each kind of question is answered or refused at
each threshold, in seven-fold cross-validation, and the weights that `copilot/answering/support.py`
carries. The questions are the golden ones, the tuned half of the stranger's and the fitted half of the
third set (`tests/golden/sets.py`); the stranger's count twice, since their words are farther from the
sources. The other halves are not read: only the area under the curve on the third set's is counted.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from copilot import bootstrap, config
from copilot.answering.finding import Finder
from copilot.answering.questions import read_question
from copilot.answering.support import FEATURES, features
from tests.golden.sets import COUNTED, FITTED, GOLDEN, TUNED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_ROOT = Path(__file__).parents[1]
_STRANGERS = 2.0
_FOLDS = 7
_THRESHOLDS = (0.33, 0.4, 0.5, 0.58, 0.62, 0.66, 0.7)


@dataclass(frozen=True, slots=True)
class _Case:
    values: tuple[float, ...]
    kind: str
    weight: float

    @property
    def answerable(self) -> bool:
        return self.kind.endswith("answerable")


_FIT_ON = (("golden", GOLDEN, 1.0), ("stranger's", TUNED, _STRANGERS), ("third", FITTED, 1.0))
_COUNT_ON = (("counted", COUNTED, 1.0),)


def _cases(
    copilot: bootstrap.Copilot, finder: Finder, parts: Sequence[tuple[str, Any, float]]
) -> Iterator[_Case]:
    asker = copilot.principal(None)
    year = copilot.settings.period.end.year if copilot.settings.period else None
    for name, part, weight in parts:
        for entry in (*part["answerable"], *part["unanswerable"]):
            kind = entry.get("why", "answerable")
            expected = [path for path in entry.get("expect", ()) if path[:10] != "knowledge/"]
            question = read_question(entry["question"], year=year)
            # Proof is answered from the catalog whatever the company holds, and general questions too.
            if kind == "personal_data" or (
                kind == "answerable" and (not expected or question.intent == "prove")
            ):
                continue
            _, hits, hearing, own = finder.found(question, asker)
            nearest = max((hit.cosine or 0.0 for hit in hits), default=0.0)
            yield _Case(features(own, hearing.asked, nearest), f"{name} {kind}", weight)


def _fit(cases: list[_Case], counted: list[_Case]) -> dict[str, Any]:
    values = np.array([case.values for case in cases])
    labels = np.array([case.answerable for case in cases])
    weights = np.array([case.weight for case in cases])
    mean, spread = values.mean(0), values.std(0) + 1e-9
    scaled = (values - mean) / spread
    scores = np.zeros(len(cases))
    kinds = [case.kind for case in cases]
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    for train, held in folds.split(scaled, kinds):
        model = LogisticRegression(C=0.5).fit(scaled[train], labels[train], weights[train])
        scores[held] = model.predict_proba(scaled[held])[:, 1]
    model = LogisticRegression(C=0.5).fit(scaled, labels, weights)
    raw = model.coef_[0] / spread
    bias = float(model.intercept_[0] - (model.coef_[0] * mean / spread).sum())
    return {
        "area_under_curve": float(roc_auc_score(labels, scores)),
        "area_on_counted": float(
            roc_auc_score(
                [case.answerable for case in counted],
                [float(np.dot(raw, case.values)) for case in counted],
            )
        ),
        "answered": {str(at): _answered(cases, scores, at) for at in _THRESHOLDS},
        "weights": {name: round(float(one), 2) for name, one in zip(FEATURES, raw, strict=True)},
        "bias": round(bias, 2),
    }


def _answered(
    cases: list[_Case], scores: NDArray[np.float64], threshold: float
) -> dict[str, float]:
    kinds = dict.fromkeys(case.kind for case in cases)
    shares = {}
    for kind in kinds:
        of_kind = [
            score >= threshold
            for case, score in zip(cases, scores, strict=True)
            if case.kind == kind
        ]
        shares[kind] = round(sum(of_kind) / len(of_kind), 3)
    return shares


def main() -> None:
    """Build the sample company, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="also write the result there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "harbourlight"
        build = [sys.executable, str(_ROOT / "examples" / "build.py"), str(folder)]
        subprocess.run(build, check=True, capture_output=True)  # noqa: S603  our own script
        with bootstrap.Copilot(config.find_workspace(folder)) as copilot:
            copilot.ingest()
            with copilot.searching() as search:
                finder = Finder(truth=copilot.truth, search=search, vocabulary=copilot.vocabulary)
                fitted, counted = (
                    list(_cases(copilot, finder, parts)) for parts in (_FIT_ON, _COUNT_ON)
                )
                result = _fit(fitted, counted)
    table = Table("threshold", *next(iter(result["answered"].values())), title="share answered")
    for threshold, shares in result["answered"].items():
        table.add_row(threshold, *(f"{share:.2f}" for share in shares.values()))
    console = Console()
    console.print(table)
    console.print(f"area under the curve {result['area_under_curve']:.3f}")
    console.print(f"on questions that were not fitted {result['area_on_counted']:.3f}")
    console.print(f"weights {result['weights']}, bias {result['bias']}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
