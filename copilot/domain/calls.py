"""Calls of language models, as they are logged: ids and figures, never a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a language model."""

    at: datetime
    model: str
    prompt: str
    """The prompt that was used, as `name@version`."""
    principal: str
    """The id of whoever asked."""
    sources: tuple[str, ...] = ()
    """The passages that were sent, as `path:start-end`."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    """Nothing where the price of the model is not known."""
    seconds: float = 0.0
    outcomes: Mapping[str, int] = field(default_factory=dict)
    failure: str = ""
    """The class of the error, if the call failed."""
