"""Which encoder made an index, which one is wanted, and the texts that an encoder has yet to see."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.domain.documents import CATALOG_PARTITION
from copilot.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from copilot.domain.indexing import TextHash
    from copilot.ports import Encoder, Truth, VectorCache
    from copilot.retrieval.generations import State

_LOG: Final = logging.getLogger(__name__)

_BATCH: Final = 256
"""Texts that are encoded before they are stored: what a kill loses at most."""

BUNDLED: Final = "the bundled encoder"


class NoEncoder:
    """Stands where no encoder can be used: what is asked is searched by its words only."""

    name = ""
    dimensions = 0
    remote = False

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a row without numbers for each text; nothing is near it."""
        return np.zeros((len(texts), 0), dtype=np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far the index is from the encoder that is configured."""

    index: str
    """The encoder that made the index; empty if there is no index."""
    index_usable: bool
    """Whether that encoder can be opened here, so that questions are searched by meaning."""
    configured: str
    texts: int
    left: int
    """Texts that the configured encoder has yet to see."""
    kept_back: int
    """Texts that it never sees, since their audience is not to be sent anywhere."""

    @property
    def changes(self) -> bool:
        """Say whether the next ingest changes the index's encoder."""
        return bool(self.index) and self.index != self.configured


class Encoding:
    """The encoders of one workspace, and what they have seen of its texts."""

    def __init__(
        self,
        truth: Truth,
        encoder: Encoder,
        *,
        origin: str = "",
        open_other: Callable[[State], Encoder] | None = None,
        kept_back: Collection[str] = (),
        cache: Callable[[str], VectorCache] | None = None,
    ) -> None:
        """Name the parts.

        Args:
            truth: Where texts and vectors are stored.
            encoder: The one that is configured.
            origin: The settings it came from, as they are noted beside an index.
            open_other: Opens the encoder that made an index; raises `EncoderUnavailable`.
            kept_back: Partitions whose texts a remote encoder must not see.
            cache: Returns the vectors of the catalog's texts that an encoder has made elsewhere.
        """
        self.configured = encoder
        self.origin = origin
        self._truth = truth
        self._open_other = open_other
        self._kept_back = frozenset(kept_back)
        self._cache = cache
        self._others: dict[tuple[str, str], Encoder] = {}
        self._reasons: dict[tuple[str, str], str] = {}
        self._said: set[str] = set()

    def made(self, state: State) -> bool:
        """Say whether the configured encoder made an index."""
        return state.origin == self.origin and state.encoder == self.configured.name

    def of(self, state: State) -> Encoder | None:
        """Return the encoder that made an index, or nothing if it cannot be used here."""
        if self.made(state):
            return self.configured
        key = (state.origin, state.encoder)
        if key not in self._others and key not in self._reasons:
            try:
                self._others[key] = self._opened(state)
            except EncoderUnavailable as exc:
                self._reasons[key] = str(exc)
        return self._others.get(key)

    def _opened(self, state: State) -> Encoder:
        if self._open_other is None:
            raise EncoderUnavailable("nothing is known of it")
        encoder = self._open_other(state)
        if encoder.name != state.encoder:
            raise EncoderUnavailable(f"{state.origin or BUNDLED} is another one by now")
        return encoder

    def for_reading(self, state: State) -> Encoder:
        """Return what questions to an index are encoded with, and say what is not as it should be."""
        encoder = self.of(state)
        until = f"until `copilot ingest` has encoded all of it with {self.origin or BUNDLED}"
        if encoder is None:
            why = self._reasons[state.origin, state.encoder]
            self._say(
                f"searching by words only {until}: the index was made by {state.encoder}, which "
                f"cannot be used ({why})"
            )
            return NoEncoder()
        if not self.made(state):
            self._say(f"the index was made by {state.encoder}, which is used {until}")
        elif state.waiting:
            self._say(
                f"{state.waiting:,} texts have not been encoded yet, and are found by their words "
                "only until `copilot ingest` has run"
            )
        return encoder

    def _say(self, what: str) -> None:
        """Say something once; a process that reads all day says it no more often."""
        if what not in self._said:
            self._said.add(what)
            _LOG.warning("%s", what)

    def missing(self, encoder: Encoder) -> Mapping[TextHash, str]:
        """Return the texts that an encoder has yet to see."""
        kept_back = self._kept_back if encoder.remote else frozenset[str]()
        return self._truth.unencoded(encoder.name, kept_back=kept_back)

    def encode(
        self,
        encoder: Encoder,
        texts: Mapping[TextHash, str],
        told: Callable[[str, int, int], None],
    ) -> None:
        """Encode texts and keep their vectors; what is kept stays, whatever happens next."""
        cache = self._cache(encoder.name) if self._cache else None
        keys = list(texts)
        for first in range(0, len(keys), _BATCH):
            some = keys[first : first + _BATCH]
            vectors = dict(cache.get(some)) if cache else {}
            fresh = [key for key in some if key not in vectors]
            made = encoder.encode([texts[key] for key in fresh])
            vectors.update(zip(fresh, made, strict=True))
            self._truth.store_vectors(vectors, encoder.name)
            if cache and fresh:
                shared = self._truth.held(CATALOG_PARTITION, fresh)
                cache.put({key: vectors[key] for key in shared})
            told("encode", first + len(some), len(keys))

    def waiting(self, state: State, lacking: Collection[TextHash]) -> int:
        """Return how many of the texts without a vector are still to be encoded."""
        encoder = self.of(state) if lacking else None
        if encoder is None or not encoder.remote:
            return len(lacking)
        return len(self.missing(encoder).keys() & set(lacking))

    def standing(self, state: State) -> Standing:
        """Return how far an index is from the configured encoder.

        Raises:
            EncoderUnavailable: The configured one cannot be made ready.
        """
        texts = {key for part in self._truth.partitions().values() for key in part.values()}
        left = len(self.missing(self.configured))
        unseen = len(self._truth.unencoded(self.configured.name))
        return Standing(
            index=state.encoder,
            index_usable=bool(state.encoder) and self.of(state) is not None,
            configured=self.configured.name,
            texts=len(texts),
            left=left,
            kept_back=unseen - left,
        )
