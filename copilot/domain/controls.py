"""Controls: what a company does to meet criteria, and which criteria they are suggested to serve."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from copilot.domain.criteria import CriterionId, Frequency
    from copilot.domain.documents import SourcePath

ControlId = NewType("ControlId", str)
"""As the company writes it, such as `AC-01`."""


class ControlKind(StrEnum):
    """What a control was read from."""

    CONTROL = "control"
    """A line of the company's list of controls."""
    SYSTEM = "system"
    """A system and how it is set up."""
    FINDING = "finding"
    """A check that a scanner of cloud accounts makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something was read, for messages and for opening it again."""

    file: str
    row: int | None = None
    """Counts from 1, the header included; nothing where the form has no rows."""
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """What the company does to meet criteria."""

    id: ControlId
    title: str = ""
    description: str = ""
    owner: str = ""
    frequency: Frequency | None = None
    system: str = ""
    criteria: tuple[CriterionId, ...] = ()
    """Those that the company itself names for it; not a suggestion of ours."""
    kind: ControlKind = ControlKind.CONTROL
    place: Place | None = None

    @property
    def text(self) -> str:
        """Everything that says what it does."""
        return ". ".join(one.strip(" .") for one in (self.title, self.description) if one.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """A statement of the catalog that speaks for a suggestion, cited."""

    kind: str
    """`point of focus`, `example control` or `criterion`."""
    source: SourcePath
    title: str
    quote: str
    start: int
    end: int
    likeness: float
    """From 0 to 1."""
    point: int | None = None
    """Which point of focus of the criterion it is, counted from 1; nothing for other kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A criterion that a control may serve."""

    criterion: CriterionId
    confidence: float
    """From 0 to 1, calibrated: of suggestions with .8 about 8 in 10 are right."""
    reason: str = ""
    """One line for whoever decides."""
    because: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """What is suggested for one control."""

    control: ControlId
    ranked: tuple[Suggestion, ...]
    """At least ten, best first, however low their confidence."""
    decided: tuple[CriterionId, ...]
    """Those that would be proposed; none for text that is no control."""
