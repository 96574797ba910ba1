"""What was learned, kept on disk so that the next start takes a moment; a cache, and never code."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import BadZipFile

import numpy as np

import copilot
from copilot.mapping.calibration import Calibration
from copilot.mapping.features import Fitted, Linear
from copilot.mapping.learning import Model, nearby
from copilot.mapping.statements import EXAMPLE, Statement
from copilot.mapping.telling import Telling
from copilot.mapping.words import Words
from copilot.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_LOG: Final = logging.getLogger(__name__)

_FORM: Final = 2
"""Raised when what is learned, or how, changes."""


@dataclass(frozen=True, slots=True)
class Learned:
    """The statements of the catalog and what was learned from them."""

    statements: Sequence[Statement]
    vectors: NDArray[np.float32]
    model: Model
    telling: Telling


class Kept:
    """One file for each knowledge folder and encoder."""

    def __init__(self, cache: Path, folder: Path, encoder: str) -> None:
        named = f"{os.fspath(folder.resolve())}\n{encoder}"
        self._path = cache / f"mapping-{sha256(os.fsencode(named)).hexdigest()[:12]}.npz"
        self._encoder = encoder

    def read(self, knowledge: str) -> Learned | None:
        """Return what was learned from that knowledge, or nothing if it is absent or another's."""
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                about = json.loads(stored["about"].tobytes())
                if about.pop("key") != self._key(knowledge):
                    return None
                return _restored(about, stored)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as exc:
            _LOG.warning("%s cannot be read and is made anew: %s", self._path, exc)
            return None

    def write(self, knowledge: str, learned: Learned) -> None:
        """Keep it; a folder that cannot be written costs only time."""
        model = learned.model
        about = {
            "key": self._key(knowledge),
            "statements": [asdict(one) for one in learned.statements],
            "terms": model.words.terms,
            "calibration": asdict(model.calibration),
            "telling": learned.telling.start,
        }
        arrays: dict[str, NDArray[Any]] = {
            "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
            "vectors": learned.vectors,
            "rarity": model.words.rarity,
            "apart": model.fitted.apart,
            "vector_weights": model.fitted.by_vector.weights,
            "vector_start": model.fitted.by_vector.start,
            "word_weights": model.fitted.by_words.weights,
            "word_start": model.fitted.by_words.start,
            "weights": model.weights,
            "telling": learned.telling.weights,
        }
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._path, private=True) as new, new.open("wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
        except OSError as exc:
            _LOG.warning("what the mapper learned cannot be kept: %s", exc)

    def _key(self, knowledge: str) -> str:
        return f"{_FORM} {copilot.__version__} {self._encoder} {knowledge}"


def _restored(about: dict[str, Any], stored: Any) -> Learned:
    statements = [
        Statement(**{**one, "also": tuple(one["also"])}) for one in about.pop("statements")
    ]
    vectors = stored["vectors"]
    words = Words(about["terms"], stored["rarity"])
    examples = [one.text if one.kind == EXAMPLE else "" for one in statements]
    fitted = Fitted(
        nearby=nearby(statements, vectors, words.matrix(examples)),
        apart=stored["apart"],
        by_vector=Linear(stored["vector_weights"], stored["vector_start"]),
        by_words=Linear(stored["word_weights"], stored["word_start"]),
    )
    model = Model(words, fitted, stored["weights"], Calibration(**about["calibration"]))
    return Learned(statements, vectors, model, Telling(stored["telling"], about["telling"]))
