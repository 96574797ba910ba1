"""Make `knowledge/alike-words.txt`: which common words mean nearly the same, by the default encoder.

`python -m benchmarks.alike` encodes each common word and each word of the knowledge folder on its own, and
writes for every stem the nearest other stems with their cosine in hundredths. It takes a minute, and is
run again when the encoder or the list of common words changes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot import bootstrap, config
from copilot.adapters.encoders import OnnxEncoder
from copilot.catalog.loading import load_common_words
from copilot.wording import carries_meaning, stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

_LEAST: Final = 0.58
"""Least cosine. Below, words share a subject ("tape" and "paper"), not a meaning."""
_MOST: Final = 10
_SLICE: Final = 1_000
_ENUMERATED: Final = frozenset(
    stem(word)
    for word in (
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million "
        "billion first second third fourth fifth sixth seventh eighth ninth tenth half quarter dozen "
        "monday tuesday wednesday thursday friday saturday sunday january february march april may june july "
        "august september october november december spring summer autumn winter north south east west "
        "northern southern eastern western left right red blue green yellow white black"
    ).split()
)
"""Words of a series: near to each other in meaning, and never the same."""


def _words(folder: Path) -> list[str]:
    """Return the common words, then those that only the knowledge folder has."""
    words = [word for word in load_common_words(folder) if len(word) > 2 and word.isalpha()]
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".yaml", ".md"})
    more = {word for path in files for word in re.findall(r"\b[a-z]{3,20}\b", path.read_text())}
    return [*dict.fromkeys(words), *sorted(more - set(words))]


def _near(words: Sequence[str], vectors: NDArray[np.float32]) -> dict[str, dict[str, float]]:
    """Return for each stem the stems near to it, with the best cosine of any two of their words."""
    roots = [stem(word) for word in words]
    telling = np.array([carries_meaning(root) and root not in _ENUMERATED for root in roots])
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for first in range(0, len(words), _SLICE):
        likeness = vectors[first : first + _SLICE] @ vectors.T
        for row, column in zip(*np.nonzero(likeness >= _LEAST), strict=True):
            one, other = roots[first + row], roots[column]
            if one != other and telling[first + row] and telling[column]:
                best = max(found[one].get(other, 0.0), float(likeness[row, column]))
                found[one][other] = best
    return found


def _lines(near: dict[str, dict[str, float]]) -> Iterator[str]:
    for one, others in sorted(near.items()):
        nearest = sorted(others.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
        yield " ".join((one, *(f"{other}:{cosine * 100:.0f}" for other, cosine in nearest)))


def main() -> None:
    """Encode, compare, write."""
    folder = config.data_folder("knowledge")
    words = _words(folder)
    encoder = OnnxEncoder(bootstrap.prepare_encoder())
    slices = (words[first : first + _SLICE] for first in range(0, len(words), _SLICE))
    vectors = np.concatenate([encoder.encode(some) for some in slices])
    lines = list(_lines(_near(words, vectors)))
    (folder / "alike-words.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines):,} stems with others near to them, from {len(words):,} words")  # noqa: T201  a command


if __name__ == "__main__":
    main()
