"""What was suggested for a workspace's controls, and the vectors of their texts, kept beside it.

Both are caches: without them the same comes out, later. The vectors outlive the suggestions, which
change with every decision.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

import copilot
from copilot.domain.controls import Because, ControlId, Suggestion, Suggestions
from copilot.domain.criteria import CriterionId
from copilot.domain.documents import SourcePath
from copilot.domain.indexing import text_hash
from copilot.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from copilot.domain.controls import Control
    from copilot.ports import Encoder, VectorCache

_LOG: Final = logging.getLogger(__name__)
_FORM: Final = 3


class RememberingEncoder:
    """An encoder that runs a text once, ever."""

    def __init__(self, encoder: Encoder, cache: VectorCache) -> None:
        self._encoder = encoder
        self._cache = cache
        self.name = encoder.name
        self.remote = encoder.remote

    @property
    def dimensions(self) -> int:
        """How long a vector is."""
        return self._encoder.dimensions

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one vector for each text, rounded as they are kept, so that it is always the same."""
        keys = [text_hash(one) for one in texts]
        known = dict(self._cache.get(keys))
        missing = {key: one for key, one in zip(keys, texts, strict=True) if key not in known}
        if missing:
            rows = self._encoder.encode(list(missing.values()))
            rounded = rows.astype(np.float16).astype(np.float32)
            new = dict(zip(missing, rounded, strict=True))
            self._cache.put(new)
            known |= new
        return np.array([known[key] for key in keys], dtype=np.float32).reshape(
            len(texts), self.dimensions
        )


class KeptSuggestions:
    """One file with what was suggested for a list of controls."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self, key: str) -> dict[ControlId, Suggestions] | None:
        """Return what was suggested in the state that `key` stands for, or nothing."""
        try:
            stored = json.loads(self._file.read_bytes())
            if stored["key"] != key:
                return None
            return {one.control: one for one in map(_restored, stored["suggestions"])}
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as exc:
            _LOG.warning("%s cannot be read and is made anew: %s", self._file, exc)
            return None

    def write(self, key: str, suggestions: Sequence[Suggestions]) -> None:
        """Keep it; a folder that cannot be written costs only time."""
        written = json.dumps({"key": key, "suggestions": [_plain(one) for one in suggestions]})
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._file, private=True) as new:
                new.write_text(written, encoding="utf-8")
        except OSError as exc:
            _LOG.warning("what was suggested cannot be kept: %s", exc)


def key_of(controls: Sequence[Control], *, knowledge: str, decisions: int) -> str:
    """Return what changes whenever something else might be suggested.

    Args:
        controls: Those of the workspace.
        knowledge: The digest of what the mapper learns from.
        decisions: A number that changes with every decision.
    """
    said = [_FORM, copilot.__version__, knowledge, decisions]
    said += [[one.id, one.text, one.kind.value] for one in controls]
    return sha256(json.dumps(said).encode()).hexdigest()


def _plain(one: Suggestions) -> dict[str, Any]:
    return {
        "control": one.control,
        "decided": list(one.decided),
        # Most of the ranking has no reason: two values are enough there.
        "ranked": [
            asdict(each) if each.because else [each.criterion, each.confidence]
            for each in one.ranked
        ],
    }


def _restored(stored: Mapping[str, Any]) -> Suggestions:
    return Suggestions(
        control=ControlId(stored["control"]),
        ranked=tuple(_suggestion(one) for one in stored["ranked"]),
        decided=tuple(CriterionId(one) for one in stored["decided"]),
    )


def _suggestion(stored: Any) -> Suggestion:
    if isinstance(stored, list):
        criterion, confidence = stored
        return Suggestion(criterion=CriterionId(criterion), confidence=confidence)
    because = tuple(
        Because(**{**one, "source": SourcePath(one["source"])}) for one in stored["because"]
    )
    return Suggestion(**{**stored, "because": because})
