"""Sources that a model is given, and the claims that it makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.domain.documents import Passage


@dataclass(frozen=True, slots=True)
class GivenSource:
    """A passage under the number by which a model names it."""

    number: int
    passage: Passage


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words that a model says stand in a source."""

    source: int
    words: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """A claim as a model made it: nothing of it is true yet."""

    text: str
    quotes: tuple[Quoted, ...]
