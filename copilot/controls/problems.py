"""What is wrong with a file, all of it at once, and what is only worth saying."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from copilot.domain.controls import Place
from copilot.errors import InvalidControls

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Problems:
    """Collects the problems and the notes of one file."""

    path: Path
    rows: str = "row"
    """What the file has: rows, or lines."""
    found: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    hint: str = ""

    def place(self, row: int | None = None, sheet: str = "") -> Place:
        """Return a place in this file."""
        return Place(file=str(self.path), row=row, sheet=sheet)

    def add(self, what: str, place: Place | None = None, *, column: str = "") -> None:
        """Remember a problem; nothing of the file will be imported."""
        self.found.append(self._said(what, place, column))

    def note(self, what: str, place: Place | None = None, *, column: str = "") -> None:
        """Remember something that the owner of the file may want to know."""
        self.notes.append(self._said(what, place, column))

    def where(self, place: Place | None) -> str:
        """Return a place in words, without the file."""
        parts = []
        if place and place.sheet:
            parts.append(f"sheet {place.sheet}")
        if place and place.row:
            parts.append(f"{self.rows} {place.row}")
        return ", ".join(parts)

    def raise_if_any(self) -> None:
        """Raise `InvalidControls` with everything that was found, if anything was."""
        if self.found:
            self.refuse()

    def refuse(self) -> NoReturn:
        """Raise `InvalidControls` with everything that was found."""
        hint = self.hint or "Nothing was imported; correct the file and import it again."
        raise InvalidControls(self.found, hint=hint)

    def _said(self, what: str, place: Place | None, column: str) -> str:
        parts = [self.path.name, self.where(place), f"column {column}" if column else ""]
        return f"{', '.join(filter(None, parts))}: {what}"
