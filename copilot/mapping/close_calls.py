"""Controls whose first suggestions are close to each other, and what a model is given of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.citations.given import GivenSource
from copilot.domain.access import EVERYONE
from copilot.domain.documents import (
    Metadata,
    Passage,
    PassageId,
    Source,
    SourceKind,
    SourcePath,
    may_read,
)
from copilot.generation.instructions import find_instructions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from copilot.domain.access import Principal
    from copilot.domain.controls import Control, Suggestion, Suggestions
    from copilot.domain.criteria import CriterionId

FARTHEST: Final = 15
"""Suggestions of a control among which its candidates are; what the mapper lists later is none."""

MOST_CANDIDATES: Final = 6
_CLOSE: Final = 0.5
"""From which part of the first one's confidence on another is a candidate. On held-out examples of the
catalog it holds for half of them; in these the first is right in 55 of 100 and one of the candidates in 86."""


@dataclass(frozen=True, slots=True)
class CloseCall:
    """A control and the suggestions among which the mapper hardly tells."""

    control: Control
    suggestions: Suggestions
    candidates: tuple[Suggestion, ...]
    """The first of the ranked ones, two at least."""

    @property
    def nearness(self) -> float:
        """How near the second comes to the first, from `_CLOSE` to 1."""
        first, second = self.candidates[:2]
        return second.confidence / first.confidence

    @property
    def gives_orders(self) -> bool:
        """Whether the control's text speaks to a language model."""
        texts = (self.control.id, self.control.title, self.control.text)
        return any(find_instructions(one) for one in texts)


def close_call(control: Control, suggestions: Suggestions) -> CloseCall | None:
    """Return a control that a model may have a say on, or nothing if the mapper is clear about it."""
    ranked = suggestions.ranked[:FARTHEST]
    if not suggestions.decided or not ranked or ranked[0].confidence <= 0:
        return None
    least = _CLOSE * ranked[0].confidence
    near: list[Suggestion] = []
    for one in ranked[:MOST_CANDIDATES]:
        if one.confidence < least or not one.because:
            break
        near.append(one)
    return CloseCall(control, suggestions, tuple(near)) if len(near) > 1 else None


@dataclass(frozen=True, slots=True)
class Shown:
    """A close call as a model is given it."""

    number: int
    """By which the model names the control."""
    call: CloseCall
    own: GivenSource
    """The control's text."""
    cited: Mapping[CriterionId, tuple[GivenSource, ...]]
    """For each candidate the statements of the catalog that speak for it."""

    @property
    def given(self) -> tuple[GivenSource, ...]:
        """All sources of it, each once."""
        every = (one for some in self.cited.values() for one in some)
        return (self.own, *dict.fromkeys(every))

    @property
    def told(self) -> str:
        """The control and its candidates in one line, by numbers and criteria alone."""
        candidates = "; ".join(
            f"{criterion} (sources {', '.join(str(one.number) for one in sources)})"
            for criterion, sources in self.cited.items()
        )
        return f"Control {self.number}: its text is source {self.own.number}. Candidates: {candidates}."


class ShownTexts:
    """The texts of what a model is given: each source is one passage, and there are no others."""

    def __init__(self, shown: Sequence[Shown]) -> None:
        self._passages = {
            one.passage.source.path: one.passage for each in shown for one in each.given
        }

    def text_of(self, path: SourcePath, *, principal: Principal) -> str | None:
        """Return the text of a source, or nothing if it is absent or not readable."""
        found = self._passage(path, principal)
        return found.text if found else None

    def pages_of(
        self, path: SourcePath, start: int, end: int, *, principal: Principal
    ) -> Sequence[int | None]:
        """Return the page of the one passage of a source, if the stretch lies in it."""
        found = self._passage(path, principal)
        return [found.page] if found and found.start < end and start < found.end else []

    def _passage(self, path: SourcePath, principal: Principal) -> Passage | None:
        passage = self._passages.get(path)
        readable = passage and may_read(principal, passage.source.metadata)
        return passage if readable else None


def show(calls: Sequence[CloseCall]) -> tuple[Shown, ...]:
    """Return close calls with numbers for their controls and sources, both from 1 on."""
    numbered: dict[tuple[int, str], GivenSource] = {}

    def given(at: int, path: str, about: Metadata, text: str) -> GivenSource:
        # The same statement is another source for another control: a reason quotes its own only.
        if (at, path) not in numbered:
            number = len(numbered) + 1
            source = Source(path=SourcePath(path), metadata=about)
            numbered[at, path] = GivenSource(number, _passage(number, source, text))
        return numbered[at, path]

    shown: list[Shown] = []
    for at, call in enumerate(calls, start=1):
        # By a number: an id is the company's word for it, and may be an order too.
        name = f"control {at}"
        own = given(at, name, _about(SourceKind.CONTROL, name), call.control.text)
        cited = {
            candidate.criterion: tuple(
                given(
                    at,
                    f"{one.source}:{one.start}-{one.end}",
                    _about(SourceKind.CATALOG, f"{one.kind}: {one.title}"),
                    " ".join(
                        one.quote.split()
                    ),  # what the catalog wraps over lines is one sentence
                )
                for one in candidate.because
            )
            for candidate in call.candidates
        }
        shown.append(Shown(at, call, own, cited))
    return tuple(shown)


def _about(kind: SourceKind, title: str) -> Metadata:
    return Metadata(kind=kind, title=title, audience=EVERYONE)


def _passage(number: int, source: Source, text: str) -> Passage:
    return Passage(
        id=PassageId(number),
        source=source,
        start=0,
        end=len(text),
        text=text,
        page=None,
        place="",
        heading=(),
    )
