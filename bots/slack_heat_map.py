"""The heat map of criteria as a picture, for places that show no SVG."""

from __future__ import annotations

import io
from itertools import groupby
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont

from copilot.readiness.heat_map import COLOURS, SIGNS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.readiness.coverage import CriterionCoverage

_CELL: Final = (110, 56)
_GAP: Final = 8
_EDGE: Final = 16
_TYPE: Final = 20


def png(covered: Sequence[CriterionCoverage]) -> bytes:
    """Return the heat map as a PNG: a row for each series, a cell with its sign for each criterion."""
    rows = [list(group) for _, group in groupby(covered, key=lambda one: one.id.partition(".")[0])]
    across = max((len(row) for row in rows), default=1)
    size = (
        2 * _EDGE + across * (_CELL[0] + _GAP) - _GAP,
        2 * _EDGE + max(1, len(rows)) * (_CELL[1] + _GAP) - _GAP,
    )
    picture = Image.new("RGB", size, "#ffffff")
    draw = ImageDraw.Draw(picture)
    letters = ImageFont.load_default(_TYPE)
    for down, row in enumerate(rows):
        for right, one in enumerate(row):
            back, front = COLOURS[one.status]
            left, top = _EDGE + right * (_CELL[0] + _GAP), _EDGE + down * (_CELL[1] + _GAP)
            box = (left, top, left + _CELL[0], top + _CELL[1])
            draw.rounded_rectangle(box, radius=8, fill=back)
            middle = top + _CELL[1] // 2
            draw.text((left + 12, middle), one.id, fill=front, font=letters, anchor="lm")
            draw.text(
                (box[2] - 12, middle), SIGNS[one.status], fill=front, font=letters, anchor="rm"
            )
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()
