"""How good the mapper is: against its parts, its confidences, what decisions add, how fast it is."""

from __future__ import annotations

import csv
import json
import math
import random
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from benchmarks.common import ROOT, SHARED, Bound, Outcome, Row, options, publish
from benchmarks.reliability_plot import reliability_svg
from copilot import bootstrap, config
from copilot.adapters.encoders import OnnxEncoder
from copilot.domain.controls import Control, ControlId
from copilot.domain.criteria import CRITERION_IDS, CriterionId
from copilot.mapping.adapting import Decided
from copilot.mapping.calibration import calibration_error, reliability
from copilot.mapping.features import Nearby
from copilot.mapping.mapper import Mapper, open_learned
from copilot.mapping.measuring import expected_error, quality, ranking, reliability_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from copilot.domain.controls import Suggestions
    from copilot.mapping.keeping import Learned

_GOLD: Final = SHARED / "gold" / "mapping"
_PROMISED: Final = {"chiaro": (0.78, 0.92, 0.90), "jupiterone": (0.66, 0.90, 0.76)}
_CALIBRATION: Final = 0.08
_LIFT: Final = 0.05
_SLOWDOWN: Final = 1.3
_NO_HARM: Final = -0.01
_DECIDED: Final = (10, 25, 50)
"""How many controls reviewers decide on; half of the set and three quarters of it come on top."""
_FUSED: Final = 60
_SPEED_TEXTS: Final = 1000


@dataclass(frozen=True, slots=True)
class Labelled:
    """Controls whose criteria are known."""

    name: str
    controls: list[Control]
    right: list[tuple[CriterionId, ...]]


def labelled_sets() -> list[Labelled]:
    """Return the gold sets that are there, and the sample company's controls."""
    found = []
    for file in sorted(_GOLD.glob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        found.append(_labelled(file.stem, [(r["id"], r["title"], r["text"]) for r in rows],
                               [r["criteria"] for r in rows]))  # fmt: skip
    sample = ROOT / "examples" / "harbourlight" / "controls" / "controls.csv"
    with sample.open(encoding="utf-8") as stream:
        listed = list(csv.DictReader(stream))
    texts = [(row["id"], row["title"], row["description"]) for row in listed]
    return [*found, _labelled("sample", texts, [row["criteria"].split(";") for row in listed])]


def _labelled(
    name: str, texts: Sequence[tuple[str, str, str]], right: Sequence[Sequence[str]]
) -> Labelled:
    controls = [Control(id=ControlId(i), title=t, description=d) for i, t, d in texts]
    return Labelled(name, controls, [tuple(CriterionId(one) for one in each) for each in right])


def ablation(learned: Learned, encoder: OnnxEncoder, labelled: Labelled) -> list[Row]:
    """Return how good each part is alone, and all together."""
    texts = [one.text for one in labelled.controls]
    vectors, words = encoder.encode(texts), learned.model.words.matrix(texts)
    statements = learned.model.words.matrix([one.text for one in learned.statements])
    nearby = Nearby(learned.statements, learned.vectors, None)
    by_words = nearby.pooled(np.asarray((words @ statements.T).todense()))
    parts = learned.model.fitted.parts(vectors, words)
    weights = learned.model.weights
    scores: dict[str, NDArray[np.floating[Any]]] = {
        "words": by_words,
        "vectors": parts[:, :, 1],
        "both, fused by rank": _fused([by_words, parts[:, :, 1]]),
        "learned, words": parts[:, :, (0, 4)] @ weights[[0, 4]],
        "learned, vectors": parts[:, :, (1, 3)] @ weights[[1, 3]],
        "learned, all (the mapper)": parts @ weights,
    }
    return [_row(labelled, what, _rankings(score)) for what, score in scores.items()]


def _row(labelled: Labelled, what: str, rankings: Sequence[Sequence[CriterionId]]) -> Row:
    found = quality(rankings, labelled.right)
    return {
        "set": labelled.name,
        "what": what,
        "hit@1": round(found.hit_at_1, 3),
        "hit@3": round(found.hit_at_3, 3),
        "recall@5": round(found.recall_at_5, 3),
        "note": "",
    }


def _fused(scores: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    ranks = [np.argsort(np.argsort(-one, axis=1), axis=1) for one in scores]
    return np.asarray(sum(1 / (_FUSED + rank) for rank in ranks))


def _rankings(scores: NDArray[np.floating[Any]]) -> list[list[CriterionId]]:
    order = np.argsort(-scores, axis=1, kind="stable")
    return [[CRITERION_IDS[at] for at in row] for row in order]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What decisions on some controls of a set did for the rest of it, over several draws."""

    lifts: list[float]
    """How much hit@1 rose, for each draw."""
    error: float
    """Expected calibration error of the first suggestions, of all draws together."""

    @property
    def mean(self) -> float:
        """Return the mean of the lifts."""
        return statistics.mean(self.lifts)

    @property
    def mean_error(self) -> float:
        """Return the standard error of that mean: other draws of the same set, not other sets."""
        return statistics.pstdev(self.lifts) / math.sqrt(len(self.lifts))


def learnt(mapper: Mapper, labelled: Labelled, *, many: int, repeats: int) -> Learnt:
    """Have reviewers decide on some controls of a set, and look at the rest of it."""
    lifts: list[float] = []
    rest: list[Suggestions] = []
    truth: list[tuple[CriterionId, ...]] = []
    mapper.learn([])
    unreviewed = _suggested(mapper, labelled, range(len(labelled.controls)))
    for seed in range(repeats):
        order = list(range(len(labelled.controls)))
        random.Random(seed).shuffle(order)  # noqa: S311  nothing secret
        right = [labelled.right[at] for at in order[many:]]
        mapper.learn(
            [
                Decided(control=labelled.controls[at], right=labelled.right[at])
                for at in order[:many]
            ]
        )
        suggested = _suggested(mapper, labelled, order[many:])
        before = _first_right([unreviewed[at] for at in order[many:]], right)
        lifts.append(_first_right(suggested, right) - before)
        rest += suggested
        truth += right
    mapper.learn([])
    return Learnt(lifts, expected_error(rest, truth, listed=1))


def _suggested(mapper: Mapper, labelled: Labelled, rows: Sequence[int]) -> list[Suggestions]:
    return mapper.suggest([labelled.controls[at] for at in rows], explained=0)


def _first_right(
    suggested: Sequence[Suggestions], right: Sequence[tuple[CriterionId, ...]]
) -> float:
    return quality([ranking(one) for one in suggested], right).hit_at_1


def by_chance(suggested: Sequence[Suggestions], *, draws: int = 500) -> tuple[float, float]:
    """Return the calibration error of the first suggestions if every confidence were exactly true.

    With so few controls some error remains by chance: its mean, and what one draw in ten exceeds.
    """
    chance = np.random.default_rng(0)
    sure = [one.ranked[0].confidence for one in suggested]
    errors = sorted(
        calibration_error(reliability(sure, list(chance.random(len(sure)) < sure)))
        for _ in range(draws)
    )
    return statistics.mean(errors), errors[-draws // 10]


def slowdown(learned: Learned, encoder: OnnxEncoder, texts: Sequence[str]) -> tuple[float, float]:
    """Return the seconds that encoding takes, and those of suggesting with encoding in it."""
    begin = time.perf_counter()
    encoder.encode(texts)
    encoded = time.perf_counter()
    controls = [Control(id=ControlId(str(at)), description=one) for at, one in enumerate(texts)]
    Mapper(learned, encoder).suggest(controls)
    return encoded - begin, time.perf_counter() - encoded


def _distinct(sets: Sequence[Labelled], many: int) -> list[str]:
    """Return texts as long as controls are, none of them twice."""
    base = [one.text for labelled in sets for one in labelled.controls]
    return [
        " ".join((*(words := base[at % len(base)].split())[at // len(base) :],
                  *words[: at // len(base)]))
        for at in range(many)
    ]  # fmt: skip


def _calibrated(
    mapper: Mapper, sets: Sequence[Labelled], outcome: Outcome, plot: Path | None
) -> None:
    plotted = {}
    for one in sets:
        suggested = mapper.suggest(one.controls, explained=0)
        listed, first = (expected_error(suggested, one.right, listed=n) for n in (10, 1))
        plotted[one.name] = reliability_of(suggested, one.right)
        chance, unlucky = by_chance(suggested)
        note = (
            f"ECE of the ten listed {listed:.3f}, of the first {first:.3f} "
            f"(by chance {chance:.3f}, 1 in 10 above {unlucky:.3f})"
        )
        outcome.rows.append(
            {**_row(one, "calibration", [ranking(s) for s in suggested]), "note": note}
        )
        if one.name in _PROMISED:
            outcome.bounds.append(
                Bound(what=f"{one.name}: calibration error", measured=listed, at_most=_CALIBRATION)
            )
    if plot:
        plot.write_text(reliability_svg(plotted), encoding="utf-8")


def _learning(mapper: Mapper, sets: Sequence[Labelled], outcome: Outcome, repeats: int) -> None:
    for one in sets:
        total = len(one.controls)
        half = total // 2
        for many in sorted({*_DECIDED, half, total * 3 // 4}):
            learned = learnt(mapper, one, many=many, repeats=repeats)
            note = (
                f"hit@1 on the rest {learned.mean:+.3f} (standard error {learned.mean_error:.3f}); "
                f"ECE of the first there, all draws, {learned.error:.3f}"
            )
            outcome.rows.append({"set": one.name, "what": f"{many} of {total} decided",
                                 "hit@1": None, "hit@3": None, "recall@5": None, "note": note})  # fmt: skip
            what = f"{one.name}: lift by {'half of it' if many == half else many}"
            outcome.bounds.append(
                Bound(what=what, measured=learned.mean, lowest=min(learned.lifts),
                      highest=max(learned.lifts), at_least=_LIFT if many == half else _NO_HARM)
            )  # fmt: skip


def _promised(outcome: Outcome, row: Row) -> None:
    if row["set"] in _PROMISED:
        for what, bound in zip(
            ("hit@1", "hit@3", "recall@5"), _PROMISED[str(row["set"])], strict=True
        ):
            measured = row[what]
            assert isinstance(measured, float)  # noqa: S101  measured just above
            outcome.bounds.append(
                Bound(what=f"{row['set']}: {what}", measured=measured, at_least=bound)
            )


def main() -> None:
    """Run the benchmark."""
    parser = options("mapping", __doc__ or "")
    parser.add_argument("--repetitions", type=int, default=24, metavar="N")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="write the reliability diagram")
    arguments = parser.parse_args()
    repeats = 1 if arguments.quick else arguments.repetitions
    encoder = OnnxEncoder(bootstrap.prepare_encoder())
    learned = open_learned(config.data_folder("knowledge"), encoder, cache=config.cache_folder())
    sets = labelled_sets()
    outcome = Outcome(
        benchmark="mapping", quick=arguments.quick,
        parameters={"repetitions": repeats, "statements": len(learned.statements)},
    )  # fmt: skip
    for one in sets:
        rows = ablation(learned, encoder, one)
        outcome.rows += rows
        _promised(outcome, rows[-1])
    mapper = Mapper(learned, encoder)
    _calibrated(mapper, sets, outcome, arguments.plot)
    _learning(mapper, [one for one in sets if one.name in _PROMISED], outcome, repeats)
    texts = _distinct(sets, 100 if arguments.quick else _SPEED_TEXTS)
    timed = [slowdown(learned, encoder, texts) for _ in range(min(repeats, 3))]
    ratios = [suggesting / encoding for encoding, suggesting in timed]
    outcome.bounds.append(
        Bound(what="time against encoding", measured=statistics.median(ratios),
              lowest=min(ratios), highest=max(ratios), at_most=_SLOWDOWN)
    )  # fmt: skip
    publish(outcome, arguments.json)


if __name__ == "__main__":
    main()
