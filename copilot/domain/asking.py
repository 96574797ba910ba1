"""A question, with all that decides on its answer besides who asks and what is indexed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copilot.domain.criteria import Category
    from copilot.domain.periods import Period


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to know."""

    question: str
    period: Period | None
    """The audit period."""
    scope: tuple[Category, ...]
    """The categories in scope."""
    earlier: tuple[str, ...] = ()
    """The questions before it in the same conversation, oldest first."""
