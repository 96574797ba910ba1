"""Write down a call of a language model: figures and ids, never a text."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from copilot.domain.calls import Call

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from copilot.domain.access import Principal
    from copilot.domain.prompting import Completion
    from copilot.errors import ModelUnavailable
    from copilot.ports import CallLog


@dataclass(slots=True, kw_only=True)
class Recording:
    """One call that is under way; `close` logs it, however it ended."""

    model: str
    prompt: str
    principal: Principal
    sources: Sequence[str] = ()
    last: Completion | None = None
    """What the model said, once it is whole."""
    problem: ModelUnavailable | None = None
    started: float = field(default_factory=time.monotonic)

    def close(self, calls: CallLog, outcomes: Mapping[str, int] | None = None) -> None:
        """Append the call to the log."""
        calls.record(
            Call(
                at=datetime.now(UTC),
                model=self.model,
                prompt=self.prompt,
                principal=self.principal.id,
                sources=tuple(self.sources),
                prompt_tokens=self.last.prompt_tokens if self.last else None,
                completion_tokens=self.last.completion_tokens if self.last else None,
                seconds=round(time.monotonic() - self.started, 3),
                outcomes=outcomes or {},
                failure=type(self.problem).__name__ if self.problem else "",
            )
        )
