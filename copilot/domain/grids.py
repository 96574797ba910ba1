"""What a file of controls holds before it is read as controls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """Something in a table that a reader must not pass over in silence."""

    row: int
    """Counts from 1, as everything here."""
    column: int
    last_row: int
    last_column: int
    what: str
    """A sentence about the cells from the first to the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Cells as they stand in a file, before anybody looks for a header among them."""

    sheet: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """Number and cells of each row that is not empty; numbers count from 1."""
    faults: tuple[CellFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """What a file holds: grids if it is a table, otherwise nested lists and mappings."""

    grids: tuple[Grid, ...] = ()
    tree: Any = None
    """Mappings, lists, texts, booleans and nothing; numbers as they were written."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """On which line a record of the tree starts, by its place: `3` or `controls/3`, from 0."""
    notes: tuple[str, ...] = ()
