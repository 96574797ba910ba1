"""What the statements of the truth have in common: who may read, which sources pass, short lists.

To make a statement takes longer than to run it, and so does a list whose length is known only when it runs.
So statements are made once, with a place for each value of a list, and lists are filled up.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

import sqlalchemy as sa

from copilot.adapters.sql.tables import labels, sources
from copilot.domain.documents import SourceKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from copilot.domain.access import Principal
    from copilot.domain.indexing import Filters
    from copilot.domain.periods import Period

T = TypeVar("T")

_SLICE: Final = 500
"""Values in one `IN (…)`; SQLite allows 32,766, and short lists plan faster."""

_SIZES: Final = (1, 8, 32, 64, 128, 256, _SLICE)
"""How long a list may be; a shorter one says its last value again."""

_READERS: Final = 1_000
"""People of whom it is kept what decides on what they may read; .5 kB each."""


@lru_cache(maxsize=_READERS)
def reader(principal: Principal) -> Principal:
    """Return what decides on what somebody may read, without who it is: the same for many people."""
    return replace(principal, id="", name="")


def among(column: sa.ColumnElement[Any], values: Collection[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of a few values, which stay those of the statement."""
    return column.in_([sa.bindparam(None, one, type_=column.type) for one in sorted(values)])


def listed(column: sa.ColumnElement[Any], size: int) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of the values that `filled` gives to the statement."""
    places = (sa.bindparam(f"one_{at}", type_=column.type) for at in range(size))
    return column.in_(list(places))


def size_for(values: Sequence[object]) -> int:
    """Return for how many values a statement is made, of which one takes these."""
    return next(size for size in _SIZES if size >= len(values))


def filled(values: Sequence[object]) -> dict[str, object]:
    """Return values of a list, at least one of them, by the names of their places in a statement."""
    wanted = (*values, *[values[-1]] * (size_for(values) - len(values)))
    return {f"one_{at}": value for at, value in enumerate(wanted)}


def readable(principal: Principal) -> sa.ColumnElement[bool]:
    """Return the condition that `principal` may read a source, as `may_read` of the domain says it."""
    held = among(sources.c.audience, principal.audiences)
    if not principal.audits:
        return held
    timeless = sources.c.period_start.is_(None) & (sources.c.kind != SourceKind.EVIDENCE.value)
    return held & (timeless | _overlapping(principal.within) if principal.within else timeless)


def passing(
    *, principal: Principal, partitions: Collection[str], filters: Filters | None
) -> Iterator[sa.ColumnElement[bool]]:
    """Yield the conditions that `principal` may read a source of the partitions and that it passes."""
    yield readable(principal)
    yield among(sources.c.partition, partitions)
    if filters:
        yield from _conditions(filters)


def _conditions(filters: Filters) -> Iterator[sa.ColumnElement[bool]]:
    if filters.kinds:
        yield among(sources.c.kind, [kind.value for kind in filters.kinds])
    if filters.paths:
        yield among(sources.c.path, filters.paths)
    if filters.period:
        # A source without a period speaks for no time in particular: policies, above all.
        yield sources.c.period_start.is_(None) | _overlapping(filters.period)
    if filters.criteria or filters.controls:
        yield naming(filters.criteria | filters.controls)


def _overlapping(period: Period) -> sa.ColumnElement[bool]:
    return (sources.c.period_start <= period.end) & (sources.c.period_end >= period.start)


def naming(ids: Collection[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a source is labelled with one of these criteria or controls."""
    # Not `id IN (SELECT …)`: of that SQLite tries every pair with a list of texts, 250 ms.
    return sa.exists().where(labels.c.source_id == sources.c.id, among(labels.c.label, ids))


def slices(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield a long list in pieces that fit into one statement."""
    for first in range(0, len(values), _SLICE):
        yield values[first : first + _SLICE]
