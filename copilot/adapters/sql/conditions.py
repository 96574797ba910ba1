"""What the statements of the truth have in common: who may read, which sources pass, short lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import sqlalchemy as sa

from copilot.adapters.sql.tables import labels, sources

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from copilot.domain.access import Principal
    from copilot.domain.indexing import Filters

T = TypeVar("T")

_SLICE: Final = 500
"""Values in one `IN (…)`; SQLite allows 32,766, and short lists plan faster."""


def readable(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that `principal` may read a source."""
    return sources.c.audience.in_(sorted(principal.audiences))


def passing(
    *, principal: Principal, partitions: Collection[str], filters: Filters | None
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions that `principal` may read a source of the partitions and that it passes."""
    yield readable(principal)
    yield sources.c.partition.in_(sorted(partitions))
    if filters:
        yield from _conditions(filters)


def _conditions(filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
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
        yield naming(filters.criteria | filters.controls)


def naming(ids: Collection[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a source is labelled with one of these criteria or controls."""
    # Not `id IN (SELECT …)`: of that SQLite tries every pair with a list of texts, 250 ms.
    return sa.exists().where(labels.c.source_id == sources.c.id, labels.c.label.in_(sorted(ids)))


def slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield a long list in pieces that fit into one statement."""
    for first in range(0, len(values), _SLICE):
        yield values[first : first + _SLICE]
