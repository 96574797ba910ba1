"""Answers that were given lately, so that what is passed on is what somebody has read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.recently import Recent

if TYPE_CHECKING:
    from copilot.domain.answers import Answer
    from copilot.domain.asking import Asked

_MOST: Final = 500
"""Answers that are kept: some 10 kB each."""


class RecentAnswers:
    """The last answers by who asked what; those of others are never given."""

    def __init__(self) -> None:
        self._kept: Recent[tuple[str, Asked], Answer] = Recent(_MOST)

    def keep(self, who: str, asked: Asked, answer: Answer) -> None:
        """Remember an answer; one that was wanted longest ago is forgotten for it."""
        self._kept.keep({(who, asked): answer})

    def find(self, who: str, asked: Asked) -> Answer | None:
        """Return what somebody was answered last to a question."""
        return self._kept.get((who, asked))
