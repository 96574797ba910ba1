"""The part of a source that is shown: around the quote, or the next one when paging through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.domain.views import Window
from copilot.viewing.marking import NOWHERE, touches
from copilot.viewing.pieces import Style, pieces_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from copilot.domain.documents import Passage
    from copilot.domain.views import Piece
    from copilot.viewing.marking import Span

_BEFORE: Final = 1_200
"""Characters before a quote that are shown with it."""
_WHOLE: Final = 5_000
"""Characters that are shown at a time, and more only where the quote is longer."""
_AROUND: Final = 2 * _WHOLE
"""Characters on each side that are cut into pieces to find where a window begins."""


def window_of(
    text: str,
    passages_between: Callable[[int, int], Sequence[Passage]],
    *,
    style: Style,
    mark: Span = NOWHERE,
    at: int | None = None,
    within: Span | None = None,
    floor: int = 0,
) -> Window:
    """Return a part of a text, cut at its pieces.

    Args:
        text: The stored text.
        passages_between: Returns the passages that a stretch of it touches.
        style: How its format writes.
        mark: The quote; it is in the window unless `at` leads elsewhere.
        at: Where the window begins; around the quote if not given.
        within: Nothing outside of this is shown, and all of it is, such as a page.
        floor: Nothing before this is shown.
    """
    layout = style is Style.LAYOUT
    if within is not None:
        pieces = pieces_of(text, within, passages_between(*within), style=style, mark=mark)
        return Window(
            pieces=tuple(pieces),
            start=within[0],
            end=within[1],
            length=len(text),
            layout=layout,
        )
    focus = at if at is not None else max(0, mark[0])
    focus = min(focus, len(text))
    reach = max(focus, mark[1] if at is None else focus)
    low, high = max(floor, focus - _AROUND), min(len(text), reach + _AROUND)
    passages = passages_between(low, high)
    low = max(floor, _snapped(text, low, passages))
    pieces = pieces_of(text, (low, high), passages, style=style, mark=mark)
    first, last = _chosen(pieces, mark if at is None else NOWHERE, focus)
    shown = pieces[first:last]
    start = shown[0].start if shown else 0
    end = shown[-1].end if shown else len(text)
    return Window(
        pieces=tuple(shown),
        start=start,
        end=end,
        length=len(text),
        earlier=_earlier(pieces[:first], floor) if text[floor:start].strip() else None,
        later=pieces[last].start if last < len(pieces) else None,
        layout=layout,
    )


def _snapped(text: str, low: int, passages: Sequence[Passage]) -> int:
    """Return where to begin such that no passage and no line is cut."""
    if low == 0:
        return 0
    if passages and passages[0].start <= low:
        return passages[0].start
    return text.rfind("\n", 0, low) + 1


def _chosen(pieces: Sequence[Piece], mark: Span, focus: int) -> tuple[int, int]:
    """Return which pieces are shown, as the first and the one after the last."""
    quoted = [n for n, one in enumerate(pieces) if touches((one.start, one.end), mark)]
    if quoted:
        first, last = quoted[0], quoted[-1] + 1
        while first and pieces[quoted[0]].start - pieces[first - 1].start <= _BEFORE:
            first -= 1
    else:
        first = next((n for n, one in enumerate(pieces) if one.end > focus), len(pieces) - 1)
        first = max(0, first)
        last = min(first + 1, len(pieces))
    while last < len(pieces) and pieces[last].end - pieces[first].start <= _WHOLE:
        last += 1
    return first, last


def _earlier(before: Sequence[Piece], floor: int) -> int:
    """Return where the window before this one begins."""
    if not before:
        return floor
    until = before[-1].end
    return next(one.start for one in before if until - one.start <= _WHOLE)
