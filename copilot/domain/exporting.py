"""What a draft becomes outside the product: its text with the facts of its review around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedVersion:
    """A row of the version table."""

    number: int
    on: date
    author: str
    note: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A document as others will read it."""

    title: str
    company: str
    text: str
    """Markdown, with front matter, footnotes and marks as drafts have them."""
    status: str = ""
    """`draft`, `in review`, `approved`; empty where it is not under review."""
    owner: str = ""
    """The title of the role that keeps the document."""
    approver: str = ""
    """The title of the role that approves it."""
    approved_by: str = ""
    approved_on: date | None = None
    versions: tuple[ExportedVersion, ...] = ()
    """Oldest first."""
