"""Facts in a model's words: what it says of each section, as far as it passes the gate of answers.

A model adds facts and nothing else. The rules of a policy are the outline's own text, which it is never
given and cannot change, so whatever it invents has no way into a draft but through a checked quote.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from copilot.domain.answers import Released
from copilot.domain.drafts import Statement
from copilot.drafting import marks
from copilot.drafting.facts import MOST
from copilot.generation.instructions import find_instructions
from copilot.generation.numbering import MOST_SOURCES, number
from copilot.generation.writing import Task, Written

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from copilot.domain.access import Audience, Principal
    from copilot.domain.answers import Refused
    from copilot.domain.documents import Passage
    from copilot.domain.outlines import Decision, OutlineSection
    from copilot.drafting.facts import FactFinder, Facts

PROMPT: Final = "section"
"""The prompt that asks for the facts of a section."""


class Passages(Protocol):
    """Finds passages that a model may find facts in."""

    def passages(
        self, questions: Sequence[str], *, principal: Principal, most: int
    ) -> Sequence[Passage]:
        """Return passages that the principal may read, the likeliest first."""


class Writes(Protocol):
    """Lets a model make claims, and releases those that pass the gate."""

    def write(self, task: Task) -> Iterator[Released | Refused | Written]:
        """Yield claims as they pass, what was withheld, and the result."""


@dataclass(slots=True)
class _Said:
    """What a model came to for one section."""

    facts: tuple[Statement, ...] = ()
    withheld: tuple[str, ...] = ()
    failure: str = ""
    notes: tuple[str, ...] = ()


class FactWriter:
    """Has the facts of a policy written by a model; what it does not say is quoted."""

    def __init__(
        self,
        finder: FactFinder,
        *,
        passages: Passages,
        writer: Writes,
        period: str,
        seconds: float,
        never_send: Collection[Audience] = (),
    ) -> None:
        """Name the parts.

        Args:
            finder: Finds facts without a model, which stand where it fails.
            passages: What the model is given is found here.
            writer: The model behind its gate.
            period: The audit period in words.
            seconds: How long one section may take.
            never_send: Audiences whose sources never go to this model.
        """
        self._finder = finder
        self._passages = passages
        self._writer = writer
        self._period = period
        self._seconds = seconds
        self._never_send = never_send

    def facts(
        self,
        sections: Sequence[OutlineSection],
        decisions: Sequence[Decision],
        *,
        principal: Principal,
    ) -> Facts:
        """Return what the sources that the principal may read state, in the model's words.

        Figures on decisions are never a model's: they are quoted. Notes say what was withheld, in full
        only to somebody who reviews.
        """
        found = self._finder.facts(sections, decisions, principal=principal)
        by_section = dict(found.by_section)
        notes: dict[str, None] = {}
        for section in sections:
            if not section.looks_for:
                continue
            said = self._said(section, principal)
            quoted = found.by_section.get(section.heading, ())
            by_section[section.heading] = (*said.facts, *_completing(said, quoted))[:MOST]
            notes.update(dict.fromkeys(_told(section.heading, said, principal)))
        return replace(found, by_section=by_section, notes=(*notes, *found.notes))

    def _said(self, section: OutlineSection, principal: Principal) -> _Said:
        passages = self._passages.passages(
            section.looks_for, principal=principal, most=2 * MOST_SOURCES
        )
        given = number(
            (one for one in passages if not marks.find(one.text)), withheld=self._never_send
        )
        if not given:
            return _Said()
        task = Task(
            question=f"{section.heading}. {' '.join(section.looks_for)}",
            given=given,
            principal=principal,
            period=self._period,
            deadline=time.monotonic() + self._seconds,
            prompt=PROMPT,
        )
        said, claims = _Said(), []
        for event in self._writer.write(task):
            if isinstance(event, Released) and not find_instructions(event.claim.text):
                claims.append(event.claim)
            elif isinstance(event, Written):
                refused = event.generation.withheld
                said.withheld = tuple(f"“{one.text}”: {one.why}" for one in refused)
                said.failure, said.notes = event.failure, event.notes
        said.facts = tuple(
            Statement(text=marks.literal(one.text), citations=one.citations)
            for one in claims[:MOST]
        )
        return said


def _completing(said: _Said, quoted: Iterable[Statement]) -> Iterator[Statement]:
    """Yield quoted facts that the model's do not replace: all where it said nothing or broke off."""
    if said.facts and not said.withheld and not said.failure:
        return
    cited = {one.source for fact in said.facts for one in fact.citations}
    for fact in quoted:
        if not cited & {one.source for one in fact.citations}:
            yield fact


def _told(heading: str, said: _Said, principal: Principal) -> Iterator[str]:
    if said.failure:
        yield f"The model did not finish: {said.failure}. Quotes stand in its place."
    yield from said.notes
    if said.withheld and not principal.reviews:
        yield f"Statements of the model withheld for “{heading}”: {len(said.withheld)}."
    elif said.withheld:
        yield from (f"Withheld for “{heading}”: {one}" for one in said.withheld)
