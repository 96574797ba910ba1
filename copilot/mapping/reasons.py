"""Why a criterion is suggested: the statements that speak for it, cited, and one line in plain words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from copilot.domain.controls import Because
from copilot.mapping.features import rows_for
from copilot.mapping.statements import CRITERION, EXAMPLE, POINT
from copilot.wording import carries_meaning, stem, stems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from copilot.domain.criteria import CriterionId
    from copilot.mapping.statements import Statement
    from copilot.mapping.words import Words

_SAME: Final = 0.7
"""A cosine at which two statements say the same in other words."""

_CLEAR: Final = 0.55
_FAINT: Final = 0.35
_NAMED: Final = 3
_FIRST_WORDS: Final = 9
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'’-]*")


class Reasons:
    """Finds what to cite for a suggestion."""

    def __init__(self, statements: Sequence[Statement], words: Words) -> None:
        self._statements = statements
        self._words = words
        self._known: dict[str, frozenset[str]] = {}
        self._kinds = [
            rows_for(statements, lambda one, c: one.kind == POINT and one.criterion == c),
            rows_for(statements, lambda one, c: one.kind == EXAMPLE and c in one.speaks_for),
            rows_for(statements, lambda one, c: one.kind == CRITERION and one.criterion == c),
        ]

    def nearest(self, cosines: NDArray[np.float32]) -> list[NDArray[np.int64]]:
        """Return for each text and criterion its nearest statement of each kind that is cited."""
        found = []
        for rows in self._kinds:
            spread = np.where(rows < 0, -1.0, cosines[:, rows])
            best = spread.argmax(2)
            found.append(rows[np.arange(len(rows)), best])
        return found

    def because(self, cosines: NDArray[np.float32], rows: Sequence[int]) -> tuple[Because, ...]:
        """Return the citations of one suggestion, the most alike first, then the criterion itself."""
        cited = [(float(cosines[row]), self._statements[row]) for row in rows if row >= 0]
        point_and_example, criterion = cited[:-1], cited[-1]
        point_and_example.sort(key=lambda one: -one[0])
        return tuple(
            _cited(statement, cosine) for cosine, statement in (*point_and_example, criterion)
        )

    def said(self, text: str) -> dict[str, str]:
        """Return the stems of a control that can be named in a reason, as the control writes them."""
        written: dict[str, str] = {}
        for word in _WORD.findall(text):
            root = stem(word)
            if root not in written and self._words.weight(root) and carries_meaning(root):
                written[root] = word if word.isupper() else word.lower()
        return written

    def line(
        self, said: Mapping[str, str], criterion: CriterionId, because: Sequence[Because]
    ) -> str:
        """Return the reason in one line.

        Args:
            said: What `said` returned for the control.
            criterion: The one that is suggested.
            because: What is cited for it.
        """
        near = max(one.likeness for one in because)
        shared = self._shared(said, because)
        words = f" (both say {_listed(shared)})" if shared else ""
        point = next((one for one in because if one.kind == POINT), None)
        example = next((one for one in because if one.kind == EXAMPLE), None)
        if near < _FAINT or point is None:
            return f"Nothing under {criterion} comes close{words}."
        about = f"the point of focus “{point.title}”"
        if example is not None and example.likeness > point.likeness:
            like = "It reads like" if example.likeness >= _CLEAR else "It is a little like"
            return f"{like} the example control “{_opening(example.quote)}”; nearest is {about}{words}."
        speaks = "It speaks to" if point.likeness >= _CLEAR else "It comes near"
        return f"{speaks} {about} of {criterion}{words}."

    def _shared(self, said: Mapping[str, str], because: Sequence[Because]) -> list[str]:
        """Return the rarest words of a control that stand in what is cited first."""
        cited = frozenset().union(*(self._roots(one.quote) for one in because[:2]))
        both = sorted(said.keys() & cited, key=lambda one: (-self._words.weight(one), one))
        return [said[root] for root in both[:_NAMED]]

    def _roots(self, quote: str) -> frozenset[str]:
        # The same few hundred statements are cited again and again.
        if quote not in self._known:
            self._known[quote] = frozenset(stems(quote))
        return self._known[quote]


def _cited(statement: Statement, cosine: float) -> Because:
    assert statement.source is not None  # noqa: S101  only what is quotable is in the three kinds
    return Because(
        kind=statement.kind,
        source=statement.source,
        title=statement.title,
        quote=statement.quote,
        start=statement.start,
        end=statement.end,
        likeness=round(min(1.0, max(0.0, cosine) / _SAME), 3),
        point=statement.point,
    )


def _opening(quote: str) -> str:
    words = quote.split()
    opening = " ".join(words[:_FIRST_WORDS]).rstrip(".,;:")
    return f"{opening} …" if len(words) > _FIRST_WORDS else opening


def _listed(words: Sequence[str]) -> str:
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} and {words[-1]}"
