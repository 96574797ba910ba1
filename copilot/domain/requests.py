"""What an auditor asks for, and what the company has provided for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from copilot.domain.criteria import CriterionId


class RequestState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    """The company has yet to provide something, or more."""
    PROVIDED = "provided"
    """The company has provided what it has; the auditor looks at it."""
    CLOSED = "closed"
    """The auditor has what was asked for."""
    WITHDRAWN = "withdrawn"
    """It is no longer asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """A source or an approved item that was provided for a request."""

    id: int
    what: str
    """The path of a source, or the id of an item: `evidence/q3.xlsx`, `policy/access-control`."""
    note: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Something that an auditor, or compliance for one, asks for."""

    id: int
    """Counts from 1; 0 until it is kept."""
    title: str
    detail: str = ""
    criterion: CriterionId | None = None
    due: date | None = None
    state: RequestState = RequestState.OPEN
    who: str
    at: datetime
    provided: tuple[Provided, ...] = ()
    """Oldest first."""
