"""A second model as judge of whether quotes carry a claim: it can only say no."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from copilot.domain.prompting import Completion
from copilot.errors import ModelUnavailable
from copilot.generation.numbering import draw_mark
from copilot.generation.recording import Recording
from copilot.generation.replies import JUDGEMENT_SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable

    from copilot.domain.access import Principal
    from copilot.domain.answers import Claim
    from copilot.generation.persistence import Patient
    from copilot.generation.placeholders import Placeholders
    from copilot.generation.prompts import Prompts
    from copilot.ports import CallLog

_TOKENS: Final = 120
_SECONDS: Final = 10.0


class Judge:
    """Asks a model about claims that passed every other check."""

    def __init__(
        self, chat: Patient, prompts: Prompts, *, hiding: Callable[[], Placeholders], calls: CallLog
    ) -> None:
        """Name the model, its prompts, what makes placeholders, and where calls are logged."""
        self._chat = chat
        self._prompts = prompts
        self._hiding = hiding
        self._calls = calls

    @property
    def remote(self) -> bool:
        """Whether the quotes that it reads leave this machine."""
        return self._chat.remote

    def objection(self, claim: Claim, *, principal: Principal, deadline: float) -> str:
        """Return why the quotes do not carry the claim; nothing if they do.

        Raises:
            ModelUnavailable: The judge could not be asked, or not within the answer's deadline.
        """
        said, *quotes = self._hiding().hide_all(
            [claim.text, *(one.quote for one in claim.citations)]
        )
        mark = draw_mark((said, *quotes))
        prompt = self._prompts.load("judge").render(
            {"mark": mark, "claim": said, "quotes": "\n\n".join(f"{mark}\n{q}" for q in quotes)}
        )
        call = Recording(
            model=self._chat.name,
            prompt=prompt.source,
            principal=principal,
            sources=[f"{one.source}:{one.start}-{one.end}" for one in claim.citations],
        )
        try:
            for part in self._chat.stream(
                prompt,
                schema=JUDGEMENT_SCHEMA,
                max_tokens=_TOKENS,
                deadline=min(deadline, time.monotonic() + _SECONDS),
            ):
                call.last = part if isinstance(part, Completion) else None
        except ModelUnavailable as exc:
            call.problem = exc
            raise
        finally:
            call.close(self._calls)
        if call.last is None or call.last.value.get("supported") is not False:
            return ""
        return "the judge finds that the quote does not carry the claim"
