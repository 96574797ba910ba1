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
