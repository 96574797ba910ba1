"""What the statements of the truth have in common: who may read, which sources pass, short lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import sqlalchemy as sa

from copilot.adapters.sql.tables import sources

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.domain.access import Principal
    from copilot.ports import Filters

T = TypeVar("T")

_SLICE: Final = 500
"""Values in one `IN (…)`; SQLite allows 32,766, and short lists plan faster."""


def readable(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that `principal` may read a source."""
    return sources.c.audience.in_(sorted(principal.audiences))


def conditions(filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions that filters put on a source."""
    if filters.kinds:
        yield sources.c.kind.in_([kind.value for kind in filters.kinds])
    if filters.paths:
        yield sources.c.path.in_(sorted(filters.paths))
    if filters.period:
        # A source without a period speaks for no time in particular: policies, above all.
        inside = (sources.c.period_start <= filters.period.end) & (
            sources.c.period_end >= filters.period.start
        )
        yield sources.c.period_start.is_(None) | inside
    if filters.criteria or filters.controls:
        # The lists are stored as JSON text, where a whole id stands between quotation marks.
        listed = sa.cast(sources.c.about, sa.Text)
        named = sorted(filters.criteria | filters.controls)
        yield sa.or_(*(listed.contains(f'"{one}"', autoescape=True) for one in named))


def slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield a long list in pieces that fit into one statement."""
    for first in range(0, len(values), _SLICE):
        yield values[first : first + _SLICE]
