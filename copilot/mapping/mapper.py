"""The mapper: for each control all criteria in order, how likely each is right, and why."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.domain.controls import ControlKind, Suggestion, Suggestions
from copilot.domain.criteria import CRITERION_IDS
from copilot.mapping import statements as reading
from copilot.mapping.calibration import AGREEMENT, LISTED, MOST_DECIDED
from copilot.mapping.keeping import Kept, Learned
from copilot.mapping.reasons import Reasons
from copilot.mapping.telling import is_control, signs_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from copilot.domain.controls import Control
    from copilot.mapping.adapting import Adaptation, Decided
    from copilot.ports import Encoder

_TOGETHER: Final = 256
_REMEMBERED: Final = 20_000

_LEARNING: Final = Lock()
"""Held while a process learns: of two that want it at once, the second reads what the first has kept."""
"""Vectors of controls kept in memory: 30 MB."""


class Mapper:
    """Suggests criteria for controls."""

    def __init__(self, learned: Learned, encoder: Encoder) -> None:
        """Take what was learned from the catalog; `open_mapper` learns it or reads it back."""
        self._encoder = encoder
        self._statements = learned.statements
        self._model = learned.model
        self._telling = learned.telling
        self._reasons = Reasons(learned.statements, learned.model.words)
        self._examples = np.array(
            [at for at, one in enumerate(learned.statements) if one.kind == reading.EXAMPLE]
        )
        self._adaptation: Adaptation | None = None
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def suggest(self, controls: Sequence[Control], *, explained: int = LISTED) -> list[Suggestions]:
        """Return what is suggested for each control, in the order given.

        Args:
            controls: What the company does; also its systems and a scanner's findings.
            explained: Suggestions of each that come with a reason and citations; the rest are
                ranked only.
        """
        found: list[Suggestions] = []
        vectors = self._encoded([one.text for one in controls])
        for at in range(0, len(controls), _TOGETHER):
            some = controls[at : at + _TOGETHER]
            found += self._suggested(some, vectors[at : at + _TOGETHER], explained)
        return found

    def learn(self, decisions: Sequence[Decided]) -> None:
        """Adapt to what this company's reviewers decided; what was learned before is replaced.

        Give all decisions each time: with few of them, or none, the catalog alone speaks.
        """
        # Only a workspace with decisions needs it.
        from copilot.mapping.adapting import FEWEST, Adaptation  # noqa: PLC0415  only with decisions

        useful = [one for one in decisions if one.right or one.wrong]
        if len(useful) < FEWEST:
            self._adaptation = None
            return
        texts = [one.control.text for one in useful]
        vectors = self._encoded(texts)
        shares = np.vstack(
            [
                self._shares(self._model.fitted.nearby.cosines(part), part, some)
                for part, some in _batches(vectors, texts)
            ]
        )
        self._adaptation = Adaptation(useful, vectors, shares, self._model.calibration)

    def _suggested(
        self, controls: Sequence[Control], vectors: NDArray[np.float32], explained: int
    ) -> Iterator[Suggestions]:
        texts = [one.text for one in controls]
        cosines = self._model.fitted.nearby.cosines(vectors)
        shares = self._shares(cosines, vectors, texts)
        agreement = AGREEMENT
        if self._adaptation is not None:
            agreement = self._adaptation.agreement
            shares = self._adaptation.moved([one.id for one in controls], vectors, shares)
        signs = signs_of(texts, cosines[:, self._examples], self._model.words)
        likely = self._telling.of(vectors, signs)
        confidences = self._model.calibration.of(np.exp(shares), agreement=agreement)
        nearest = self._reasons.nearest(cosines)
        order = np.argsort(-shares, axis=1, kind="stable")
        for row, control in enumerate(controls):
            taken = _taken(control, float(likely[row]))
            sure = confidences[row, order[row]] * (1.0 if taken else float(likely[row]))
            # Plain numbers: there are 61 of them for each control.
            columns, rounded = order[row].tolist(), sure.astype(np.float64).round(4).tolist()
            said = self._reasons.said(control.text)
            ranked = []
            for column, confidence in zip(columns[:explained], rounded, strict=False):
                criterion = CRITERION_IDS[column]
                rows = [int(kind[row, column]) for kind in nearest]
                because = self._reasons.because(cosines[row], rows)
                reason = self._reasons.line(said, criterion, because)
                ranked.append(
                    Suggestion(
                        criterion=criterion, confidence=confidence, reason=reason, because=because
                    )
                )
            ranked += [
                Suggestion(criterion=CRITERION_IDS[column], confidence=confidence)
                for column, confidence in zip(columns[explained:], rounded[explained:], strict=True)
            ]
            decided = self._how_many(sure) if taken else 0
            yield Suggestions(
                control=control.id,
                ranked=tuple(ranked),
                decided=tuple(one.criterion for one in ranked[:decided]),
            )

    def _how_many(self, confidences: NDArray[np.float32]) -> int:
        """Return how many of the ranked criteria are proposed: one, and others that are likely."""
        enough = int((confidences >= self._model.calibration.propose).sum())
        return max(1, min(enough, MOST_DECIDED))

    def _shares(
        self,
        cosines: NDArray[np.float32],
        vectors: NDArray[np.float32],
        texts: Sequence[str],
    ) -> NDArray[np.float32]:
        words = self._model.words.matrix(texts)
        return self._model.shares(self._model.fitted.parts_from(cosines, vectors, words))

    def _encoded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts; those seen lately are remembered."""
        missing = [one for one in dict.fromkeys(texts) if one not in self._vectors]
        if missing:
            self._vectors.update(zip(missing, self._encoder.encode(missing), strict=True))
        rows = [self._vectors[one] for one in texts]
        for one in texts:
            self._vectors.move_to_end(one)
        while len(self._vectors) > _REMEMBERED:
            self._vectors.popitem(last=False)
        return np.array(rows, dtype=np.float32).reshape(len(texts), self._encoder.dimensions)


def open_mapper(folder: Path, encoder: Encoder, *, cache: Path | None = None) -> Mapper:
    """Return the mapper for a checked knowledge folder, learning first if that was not done.

    Args:
        folder: The knowledge.
        encoder: Turns statements and controls into vectors.
        cache: A folder for what was learned; it is good until the knowledge, the encoder or this
            code changes. Without it the mapper learns each time, which takes seconds.

    Raises:
        EncoderUnavailable: The encoder cannot be made ready, or does not answer.
    """
    return Mapper(open_learned(folder, encoder, cache=cache), encoder)


def open_learned(folder: Path, encoder: Encoder, *, cache: Path | None = None) -> Learned:
    """Return what a mapper is made of; the arguments are those of `open_mapper`.

    Raises:
        EncoderUnavailable: The encoder cannot be made ready, or does not answer.
    """
    kept = Kept(cache, folder, encoder.name) if cache else None
    knowledge = reading.digest(folder)
    with _LEARNING:
        learned = kept.read(knowledge) if kept else None
        if learned is None:
            learned = _learned(folder, encoder)
            if kept:
                kept.write(knowledge, learned)
    return learned


def _learned(folder: Path, encoder: Encoder) -> Learned:
    # What is only needed to learn: a mapper that is read back starts without it.
    from copilot.mapping.learning import Material, learn  # noqa: PLC0415  only to learn
    from copilot.mapping.telling import learn_telling, shortened  # noqa: PLC0415  only to learn

    found = reading.read_statements(folder)
    terse = shortened(found)
    others = reading.read_not_controls(folder)
    vectors = encoder.encode([*(one.text for one in found), *terse, *others])
    ends = (len(found), len(found) + len(terse))
    material = Material.of(found, vectors[: ends[0]])
    telling = learn_telling(
        found,
        material.vectors,
        material.words,
        terse=(terse, vectors[ends[0] : ends[1]]),
        others=(others, vectors[ends[1] :]),
    )
    return Learned(found, material.vectors, learn(material), telling)


def _taken(control: Control, likely: float) -> bool:
    if control.kind is not ControlKind.CONTROL:
        # A system, or a scanner's check, is what it is; only an empty one serves nothing.
        return any(one.isalpha() for one in control.text)
    return any(one.isalpha() for one in control.text) and is_control(likely)


def _batches(
    vectors: NDArray[np.float32], texts: Sequence[str]
) -> Iterator[tuple[NDArray[np.float32], Sequence[str]]]:
    for at in range(0, len(texts), _TOGETHER):
        yield vectors[at : at + _TOGETHER], texts[at : at + _TOGETHER]
