"""Values that pass between the truth, the encoder and the derived indexes."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.domain.documents import PassageId, SourceKind
    from copilot.domain.periods import Period


TextHash = bytes
"""16 bytes that stand for what an encoder saw."""


def text_hash(indexed: str) -> TextHash:
    """Return the 16 bytes under which the vector of a text is kept."""
    return blake2b(indexed.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to; an empty one lets everything through."""

    kinds: frozenset[SourceKind] = frozenset()
    criteria: frozenset[str] = frozenset()
    controls: frozenset[str] = frozenset()
    """With `criteria`: a source that names any of either passes."""
    period: Period | None = None
    paths: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        """Say whether anything is narrowed."""
        return bool(self.kinds or self.criteria or self.controls or self.period or self.paths)


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    """A passage as the word index takes it."""

    id: PassageId
    partition: str
    kind: SourceKind
    text: str
    context: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What tells whether a file has to be read again."""

    size: int
    mtime_ns: int
    content_hash: str
    about_hash: str
    """Changes with the metadata, the reader's version and the cutting into passages."""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A passage that came or went, numbered in the order of the truth."""

    seq: int
    passage: PassageId
    partition: str
    text: TextHash
    added: bool
