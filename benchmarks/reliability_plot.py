"""A reliability diagram as SVG, written by hand: confidence to the right, truth upwards."""

from __future__ import annotations

from html import escape
from math import sqrt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from copilot.mapping.calibration import Bin

_SIDE: Final = 360
_MARGIN: Final = 56
_LEGEND: Final = 24
_COLOURS: Final = ("#1b6ca8", "#c2571a", "#3c8d40", "#7a4fa3")


def reliability_svg(sets: Mapping[str, Sequence[Bin]]) -> str:
    """Return the diagram of several sets, each in a colour of its own."""
    width = _SIDE + 2 * _MARGIN
    height = _SIDE + 2 * _MARGIN + _LEGEND * len(sets)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        'font-family="system-ui, sans-serif" font-size="13">',
        "<title>How often suggestions of each confidence were right</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        *_frame(),
    ]
    for at, (name, bins) in enumerate(sets.items()):
        lines += _curve(bins, _COLOURS[at % len(_COLOURS)])
        y = _SIDE + 2 * _MARGIN + _LEGEND * at
        many = sum(one.many for one in bins)
        colour = _COLOURS[at % len(_COLOURS)]
        lines.append(f'<circle cx="{_MARGIN + 6}" cy="{y - 4}" r="6" fill="{colour}"/>')
        lines.append(f'<text x="{_MARGIN + 20}" y="{y}">{escape(name)}, {many} suggestions</text>')
    return "\n".join([*lines, "</svg>", ""])


def _frame() -> Iterator[str]:
    for step in range(0, 11, 2):
        x, y = _at(step / 10, step / 10)
        left, bottom = _at(0, 0)
        right, top = _at(1, 1)
        yield f'<path d="M{x} {bottom}V{top}M{left} {y}H{right}" stroke="#e3e3e3"/>'
        yield f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{step / 10:.1f}</text>'
        yield f'<text x="{left - 8}" y="{y + 4}" text-anchor="end">{step / 10:.1f}</text>'
    (x1, y1), (x2, y2) = _at(0, 0), _at(1, 1)
    yield f'<path d="M{x1} {y1}L{x2} {y2}" stroke="#888888" stroke-dasharray="5 4"/>'
    middle = _MARGIN + _SIDE / 2
    yield f'<text x="{middle}" y="{y1 + 38}" text-anchor="middle">confidence</text>'
    yield (
        f'<text transform="translate(16 {middle}) rotate(-90)" text-anchor="middle">'
        "share that was right</text>"
    )


def _curve(bins: Sequence[Bin], colour: str) -> Iterator[str]:
    points = [_at(one.confidence, one.right) for one in bins]
    path = "L".join(f"{x} {y}" for x, y in points)
    yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for (x, y), one in zip(points, bins, strict=True):
        radius = round(3 + sqrt(one.many) / 3, 1)
        about = f"{one.confidence:.2f} said, {one.right:.2f} right, {one.many} suggestions"
        yield (
            f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{colour}" fill-opacity="0.55">'
            f"<title>{about}</title></circle>"
        )


def _at(confidence: float, right: float) -> tuple[float, float]:
    return (
        round(_MARGIN + confidence * _SIDE, 1),
        round(_MARGIN + (1 - right) * _SIDE, 1),
    )
