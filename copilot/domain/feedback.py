"""What people say of the answers that they got."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from copilot.domain.answers import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Whether an answer helped, and if not, why."""

    who: str
    """The principal's id."""
    question: str
    status: Status
    """How far the answer went."""
    helpful: bool
    reason: str
    at: datetime
    """In UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoughtFeedback:
    """Which feedback somebody looks for; what is empty lets everything pass."""

    helpful: bool | None = None
    who: str = ""
    words: str = ""
    """Stands in the question or in the reason; letter case does not count."""
