"""Long lists in pages: what is left is named by a cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from copilot.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

One = TypeVar("One")


_FARTHEST: Final = 1_000_000_000
"""More than any list has, and less than a database cannot count to."""


class Page(BaseModel, Generic[One]):
    """A part of a list."""

    items: list[One]
    next: str | None = Field(
        default=None, description="The cursor of the next part; null after the last."
    )
    total: int = Field(description="How many there are in all.")


class Window:
    """Which part of a list is asked for."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=200, description="The most items to return.")] = 50,
        cursor: Annotated[
            str | None,
            Query(max_length=20, description="`next` of the part before; left out for the first."),
        ] = None,
    ) -> None:
        self.limit = limit
        try:
            self.start = int(cursor) if cursor else 0
        except ValueError:
            self.start = -1
        if not 0 <= self.start <= _FARTHEST:
            raise BadInput("the cursor is none of ours", hint="Take `next` of the part before.")

    def of(self, items: Sequence[One]) -> tuple[list[One], str | None, int]:
        """Return the part, the cursor of the next one, and how many items there are in all."""
        end = self.start + self.limit
        return list(items[self.start : end]), str(end) if end < len(items) else None, len(items)


WindowOf = Annotated[Window, Depends()]
