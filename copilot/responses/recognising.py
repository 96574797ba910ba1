"""Tell which kind a finding is of, by the words that it is written with and by its meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.responses.kinds import GENERAL
from copilot.wording import stems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.domain.findings import Finding, FindingKind, FindingKindId

    Encode = Callable[[Sequence[str]], NDArray[np.float32]]
    """Returns unit vectors of texts as rows."""

SURE: Final = 0.7
"""Score from which on a finding is of a kind, however near the next one comes."""

LIKELY: Final = 0.6
"""The same for a kind of which the finding uses a word."""

_LEAST: Final = 0.4
_LEAD: Final = 0.1
"""From `_LEAST` on this lead over the next kind is enough: few findings use our very words."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")
_SHORTEST: Final = 25
_WORD: Final = 0.12
"""What a phrase adds, and what each word of it beyond the first adds."""
_MOST_WORDS: Final = 0.5
_CRITERION: Final = 0.06
"""What it adds that a finding stands under a criterion under which its kind usually stands."""


def recognise(
    finding: Finding, kinds: Mapping[FindingKindId, FindingKind], *, encode: Encode
) -> FindingKind:
    """Return the kind of a finding: what it says it is about, or else the likeliest.

    Args:
        finding: What the auditor wrote.
        kinds: Those that are known; the general one is among them.
        encode: Returns unit vectors of texts as rows.
    """
    if finding.about is not None:
        return kinds[finding.about]
    known = [one for one in kinds.values() if one.id != GENERAL]
    ranked = sorted(_scored(finding, known, encode), key=lambda one: -one.score)
    if not ranked:
        return kinds[GENERAL]
    best, second = ranked[0], ranked[1].score if len(ranked) > 1 else 0.0
    sure = (
        best.score >= SURE
        or (best.score >= LIKELY and best.spoken)
        or (best.score >= _LEAST and best.score - second >= _LEAD)
    )
    return best.kind if sure else kinds[GENERAL]


@dataclass(frozen=True, slots=True)
class _Scored:
    kind: FindingKind
    score: float
    spoken: bool
    """Whether the finding uses a word of the kind."""


def _scored(finding: Finding, kinds: Sequence[FindingKind], encode: Encode) -> Iterator[_Scored]:
    # What was tested is said at length and often names neighbours of what failed.
    said = [one for one in _SENTENCE_END.split(finding.words) if len(one) >= _SHORTEST]
    said = [finding.words, *said]
    examples = [like for kind in kinds for like in kind.like]
    vectors = encode([*said, *examples])
    likeness = (vectors[: len(said)] @ vectors[len(said) :].T).max(axis=0)
    words = " ".join(stems(" ".join((finding.words, finding.test))))
    at = 0
    for kind in kinds:
        meaning = float(likeness[at : at + len(kind.like)].max(initial=0.0))
        at += len(kind.like)
        usual = _CRITERION if finding.criterion in kind.criteria else 0.0
        spoken = _spoken(words, kind)
        yield _Scored(kind, meaning + spoken + usual, spoken > 0)


def _spoken(words: str, kind: FindingKind) -> float:
    text = f" {words} "
    found = {phrase for phrase in (tuple(stems(one)) for one in kind.words) if phrase}
    weights = (
        _WORD * (1 + 0.5 * (len(phrase) - 1)) for phrase in found if f" {' '.join(phrase)} " in text
    )
    return min(_MOST_WORDS, sum(weights))
