"""Hold what a search can reach against what the truth holds."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from copilot.domain.documents import PassageId
    from copilot.domain.indexing import TextHash
    from copilot.ports import Truth
    from copilot.retrieval.generations import Indexes

T = TypeVar("T")

_UNREACHED: Final = 0.01
"""Share of texts that a sound graph of neighbours may fail to reach: of 3,000 that differ in a word
only, up to 9 (measured). The word index still finds them; a damaged graph loses far more."""


def differences(indexes: Indexes, truth: Truth, *, seq: int, lacking: Collection[TextHash]) -> str:
    """Return in words how indexes differ from the truth; nothing if they do not.

    Args:
        indexes: What is looked at.
        truth: What it should hold.
        seq: The change up to which it should hold that.
        lacking: Texts that have no vector, and so can be in the word index only.
    """
    expected: dict[str, dict[PassageId, TextHash]] = defaultdict(dict)
    expected |= {part: dict(one) for part, one in truth.partitions().items()}
    for change in reversed(truth.changes_after(seq)):
        if change.added:
            expected[change.partition].pop(change.passage, None)
        else:
            expected[change.partition][change.passage] = change.text
    without = frozenset(lacking)
    texts = {part: frozenset(one.values()) - without for part, one in expected.items()}
    ids = {part: frozenset(one) for part, one in expected.items()}
    return "; ".join(
        (
            *_differences("dense", indexes.dense.reachable(), texts, tolerance=_UNREACHED),
            *_differences("word", indexes.lexical.reachable(), ids, tolerance=0.0),
        )
    )


def _differences(
    name: str,
    reachable: Mapping[str, frozenset[T]],
    expected: Mapping[str, frozenset[T]],
    *,
    tolerance: float,
) -> Iterator[str]:
    nothing: frozenset[T] = frozenset()
    for part in sorted({*reachable, *expected}):
        wanted, found = expected.get(part, nothing), reachable.get(part, nothing)
        missing, surplus = len(wanted - found), len(found - wanted)
        if surplus or missing > tolerance * len(wanted):
            yield (
                f"the {name} index of {part} misses {missing} of {len(wanted)} and has {surplus} "
                "too many"
            )
