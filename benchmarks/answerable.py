"""Fit and judge the score that tells an answerable question from one that only comes near.

`python -m benchmarks.answerable` prints how often each kind of question is answered or refused at
each threshold, in ten-fold cross-validation, and the weights that `copilot/answering/support.py`
carries. The questions are those of `tests/golden`, and with a small weight the answerable ones with
their sources taken away, which are the nearest misses that there can be.
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
import yaml
from rich.console import Console
from rich.table import Table
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from copilot import bootstrap, config
from copilot.answering.questions import read_question
from copilot.answering.support import FEATURES, features, judge
from copilot.wording import Vocabulary
from copilot.catalog.loading import load_common_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from copilot.retrieval.search import Search

_ROOT = Path(__file__).parents[1]
_TAKEN_AWAY = 0.15
"""Weight of a question whose sources were taken away: other sources may well answer it."""
_NEAR_MISS = 2.0
_THRESHOLDS = (0.2, 0.25, 0.3, 0.33, 0.4, 0.5)


@dataclass(frozen=True, slots=True)
class _Case:
    values: tuple[float, ...]
    kind: str
    weight: float

    @property
    def answerable(self) -> bool:
        return self.kind == "answerable"


def _cases(copilot: bootstrap.Copilot, search: Search) -> Iterator[_Case]:
    golden = yaml.safe_load((_ROOT / "tests" / "golden" / "harbourlight.yaml").read_text())
    words = load_common_words(config.data_folder("knowledge"))
    vocabulary = Vocabulary(copilot.catalog.terms, words)
    for entry in (*golden["answerable"], *golden["unanswerable"]):
        kind = entry.get("why", "answerable")
        expected = {path for path in entry.get("expect", ()) if not path.startswith("knowledge/")}
        # Proof is answered from the catalog whatever the company holds, and general questions too.
        if kind == "personal_data" or (
            kind == "answerable" and (not expected or entry["intent"] == "prove")
        ):
            continue
        yield from _judged(copilot, search, vocabulary, (entry["question"], kind, expected))


def _judged(
    copilot: bootstrap.Copilot,
    search: Search,
    vocabulary: Vocabulary,
    case: tuple[str, str, set[str]],
) -> Iterator[_Case]:
    text, kind, expected = case
    asker = copilot.principal(None)
    question = read_question(text)
    vector = search.encode(text)
    words = " ".join((text.replace('"', " "), *vocabulary.other_words(text)))
    asked = vocabulary.asked(question.timeless)
    hits = search.search(words, principal=asker, limit=40, vector=vector)
    nearest = max(
        hit.cosine or 0.0
        for hit in search.search(words, principal=asker, limit=40, vector=vector, catalog=True)
    )
    judged = sorted(
        (judge(hit, text, asked, vocabulary) for hit in hits), key=lambda one: -one.score
    )
    weight = _NEAR_MISS if kind == "no_record" else 1.0
    yield _Case(features(judged, asked, nearest), kind, weight)
    left = [one for one in judged if one.hit.passage.source.path not in expected]
    if expected and left:
        yield _Case(features(left, asked, nearest), "sources taken away", _TAKEN_AWAY)


def _fit(cases: list[_Case]) -> dict[str, Any]:
    values = np.array([case.values for case in cases])
    labels = np.array([case.answerable for case in cases])
    weights = np.array([case.weight for case in cases])
    mean, spread = values.mean(0), values.std(0) + 1e-9
    scaled = (values - mean) / spread
    scores = np.zeros(len(cases))
    for train, held in StratifiedKFold(10, shuffle=True, random_state=0).split(scaled, labels):
        model = LogisticRegression(C=0.5).fit(scaled[train], labels[train], weights[train])
        scores[held] = model.predict_proba(scaled[held])[:, 1]
    model = LogisticRegression(C=0.5).fit(scaled, labels, weights)
    raw = model.coef_[0] / spread
    bias = float(model.intercept_[0] - (model.coef_[0] * mean / spread).sum())
    real = np.array([case.kind != "sources taken away" for case in cases])
    return {
        "area_under_curve": float(roc_auc_score(labels[real], scores[real])),
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
                result = _fit(list(_cases(copilot, search)))
    table = Table("threshold", *next(iter(result["answered"].values())), title="share answered")
    for threshold, shares in result["answered"].items():
        table.add_row(threshold, *(f"{share:.2f}" for share in shares.values()))
    console = Console()
    console.print(table)
    console.print(f"area under the curve {result['area_under_curve']:.3f}")
    console.print(f"weights {result['weights']}, bias {result['bias']}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
