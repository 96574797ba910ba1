"""Cut text into runs: what belongs to the quote, and what is only a sign of the format."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from copilot.domain.views import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from copilot.domain.views import Runs

Span = tuple[int, int]
"""Where something begins and ends, as offsets into the stored text."""

NOWHERE: Span = (-1, -1)


def runs(text: str, span: Span, mark: Span, *, signs: Iterable[Span] = ()) -> Runs:
    """Return a stretch of a text as runs.

    Args:
        text: The stored text.
        span: The stretch.
        mark: The quote, wherever it stands.
        signs: What is a sign of the format, not overlapping.
    """
    start, end = span
    faint = [one for one in signs if one[0] < end and start < one[1]]
    edges = {start, end, *mark, *(edge for one in faint for edge in one)}
    cuts = sorted(edge for edge in edges if start <= edge <= end)
    return tuple(
        Run(
            text[first:last],
            marked=mark[0] <= first and last <= mark[1],
            faint=any(one[0] <= first and last <= one[1] for one in faint),
        )
        for first, last in pairwise(cuts)
    )


def mapped_runs(shown: str, origins: Sequence[int], mark: Span) -> Runs:
    """Return characters as runs, each of which comes from an offset of the stored text."""
    found: list[Run] = []
    begin = 0
    flags = [mark[0] <= origin < mark[1] for origin in origins]
    for at in range(1, len(shown) + 1):
        if at == len(shown) or flags[at] != flags[begin]:
            found.append(Run(shown[begin:at], marked=flags[begin]))
            begin = at
    return tuple(found) if shown else ()


def touches(span: Span, mark: Span) -> bool:
    """Say whether two stretches have a character in common."""
    return span[0] < mark[1] and mark[0] < span[1]
