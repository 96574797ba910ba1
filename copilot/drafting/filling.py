"""Fill the places of an outline's text: with what the company says of itself, or with a mark.

A tool, a name or a service that the profile does not have becomes an open question, in full where the
draft asks it first and in its short form afterwards. A decision that the company has not taken stands
with a proposal, marked as one to confirm; where its sources contradict each other it is an open question.
No place is left.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from copilot.citations.quantities import agree, quantities
from copilot.domain.drafts import OpenQuestion, Statement, ToConfirm
from copilot.drafting import marks
from copilot.drafting.facts import NOTHING
from copilot.drafting.outline_checking import PLACE
from copilot.errors import InvalidKnowledge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from copilot.domain.answers import Citation
    from copilot.domain.companies import CompanyProfile
    from copilot.domain.outlines import Decision, Terms
    from copilot.drafting.facts import Facts, Figure

_ASKED_OF: Final = {
    "company": ("compliance", "What is the name of the company?"),
    "services": ("product", "Which services does the company sell?"),
    "customers": ("product", "Who are the customers of the company?"),
    "clouds": ("platform", "Which cloud providers does the service run on?"),
    "regions": ("platform", "In which regions is customers' data kept?"),
    "laws": ("legal", "Which laws and regulations on data bind the company?"),
}
"""For places that name no term: the role that can tell, and the question."""

_Term = TypeVar("_Term")

_SENTENCE_START: Final = re.compile(r"(?:\A|[.!?:]\s+)\Z")


class Filling:
    """Fills the texts of one draft, in the order in which they stand there."""

    def __init__(self, profile: CompanyProfile, terms: Terms, *, facts: Facts = NOTHING) -> None:
        """Take what is known.

        Args:
            profile: What the company says of itself; may be empty.
            terms: The roles, tools and decisions that texts name.
            facts: What its own sources say on decisions.
        """
        self._profile = profile
        self._terms = terms
        self._facts = facts
        self._asked: set[str] = set()
        self._questions = [
            *(one.asks for one in terms.tools.values()),
            *(one.asks for one in terms.decisions.values()),
            *(asks for _, asks in _ASKED_OF.values()),
        ]
        self.notes: dict[str, None] = {}
        """What the person who has it drafted should know, each once and in order."""

    def fill(self, text: str) -> Statement:
        """Return a text with every place filled.

        Raises:
            InvalidKnowledge: It names a role, tool or decision that there is not.
        """
        parts: list[str] = []
        citations: list[Citation] = []
        at = 0
        for place in PLACE.finditer(text):
            parts.append(marks.literal(text[at : place.start()]))
            filled = self._filled(place)
            said = filled.text
            if filled.begins and _SENTENCE_START.search(text[: place.start()]):
                said = f"{said[:1].upper()}{said[1:]}"
            parts.append(said)
            citations += [one for one in filled.citations if one not in citations]
            at = place.end()
        parts.append(marks.literal(text[at:]))
        return Statement(text="".join(parts), citations=tuple(citations))

    def line(self, text: str) -> tuple[Statement]:
        """Return a text as a line of its own."""
        return (self.fill(text),)

    def post(self, own: str) -> str:
        """Return what a role is called here, as it stands in a table or a mark.

        Raises:
            InvalidKnowledge: There is no such role.
        """
        title = self.role(own)
        return f"{title[:1].upper()}{title[1:]}"

    def role(self, own: str) -> str:
        """Return what a role is called here, as it stands within a sentence.

        Raises:
            InvalidKnowledge: There is no such role.
        """
        held = self._profile.roles.get(own)
        return held.title if held else _known(self._terms.roles, own, "role").title

    def holder(self, own: str) -> str:
        """Return who has a role, or nothing if the profile does not say."""
        held = self._profile.roles.get(own)
        return held.holder if held else ""

    def ask(self, role: str, asks: str) -> str:
        """Return the mark of a question to a role, in full the first time and short afterwards.

        Args:
            role: The id of the role.
            asks: The question.
        """
        short = asks in self._asked
        self._asked.add(asks)
        others = (one for one in self._questions if not asks.startswith(one))
        said = marks.shortened(asks, others) if short else asks
        return marks.open_question(OpenQuestion(role=self.post(role), asks=said))

    def _filled(self, place: re.Match[str]) -> _Filled:
        sort, own = place[1], place[2]
        if sort == "role":
            return _Filled(text=marks.literal(self.role(own)), begins=True)
        if sort == "tool":
            tool = _known(self._terms.tools, own, "tool")
            named = self._profile.tools.get(own, "")
            return _Filled(text=marks.literal(named) if named else self.ask(tool.role, tool.asks))
        if sort == "decide":
            return self._decided(_known(self._terms.decisions, own, "decision"))
        if own not in _ASKED_OF:
            raise InvalidKnowledge([f"{place[0]} is no place that a profile fills"])
        known = self._plain(own)
        if known:
            return _Filled(text=marks.literal(known), begins=own == "customers")
        return _Filled(text=self.ask(*_ASKED_OF[own]))

    def _plain(self, own: str) -> str:
        profile = self._profile
        listed: dict[str, Callable[[], Iterable[str]]] = {
            "company": lambda: [profile.name],
            "customers": lambda: [profile.customers],
            "services": lambda: (one.name for one in profile.services),
            "clouds": lambda: (one.provider for one in profile.clouds),
            "regions": lambda: (region for one in profile.clouds for region in one.regions),
            "laws": lambda: profile.laws,
        }
        return joined([one for one in dict.fromkeys(listed[own]()) if one])

    def _decided(self, decision: Decision) -> _Filled:
        """Return the words of a decision: the company's, its sources', or the default to confirm."""
        said = decided(self._profile, decision.id)
        figures = self._facts.figures.get(decision.id, ())
        if said:
            self._compare(decision, said, figures)
            return _Filled(text=marks.literal(said.rstrip(" .")), begins=True)
        citations = tuple(one.citation for one in figures)
        if len(figures) > 1:
            words = joined([f"“{one.citation.title}” says {one.words}" for one in figures])
            self.notes[f"The sources disagree on “{decision.asks}”: {words}."] = None
            asks = f"{decision.asks} The sources disagree: {' or '.join(one.words for one in figures)}."
            return _Filled(text=self.ask(decision.role, asks), citations=citations)
        proposed = figures[0].words if figures else decision.default
        mark = marks.to_confirm(ToConfirm(role=self.post(decision.role), says=proposed))
        return _Filled(text=mark, citations=citations)

    def _compare(self, decision: Decision, said: str, figures: Sequence[Figure]) -> None:
        """Note where a source says something else than the profile does."""
        mine = list(quantities(said))
        for figure in figures:
            theirs = list(quantities(figure.words))
            if mine and theirs and not any(agree(one, other) for one in mine for other in theirs):
                self.notes[
                    f"company.yaml says “{said}” for {decision.id}, and “{figure.citation.title}” "
                    f"({figure.citation.source}) says {figure.words}."
                ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filled:
    """What stands in a place."""

    text: str
    citations: tuple[Citation, ...] = ()
    begins: bool = False
    """Whether it is written with a capital where it begins a sentence."""


def _known(terms: Mapping[str, _Term], own: str, what: str) -> _Term:
    if own not in terms:
        raise InvalidKnowledge([f"there is no {what} {own!r}"])
    return terms[own]


def decided(profile: CompanyProfile, decision: str) -> str:
    """Return what a company says on a decision, or nothing."""
    parts = (profile.cadences, profile.limits, profile.choices)
    return next((one[decision] for one in parts if one.get(decision)), "")


def joined(words: Sequence[str]) -> str:
    """Return words as an enumeration: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
