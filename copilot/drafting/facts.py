"""What the company already does, as far as its own sources state it: facts with citations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from copilot.citations.checking import check_citation
from copilot.citations.quantities import agree, quantities
from copilot.domain.drafts import Statement
from copilot.domain.outlines import DecisionKind
from copilot.drafting import marks
from copilot.errors import UnsupportedClaim
from copilot.generation.instructions import find_instructions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from copilot.citations.quantities import Quantity
    from copilot.domain.access import Principal
    from copilot.domain.answers import Citation, Claim
    from copilot.domain.outlines import Decision, OutlineSection
    from copilot.ports import Truth

MOST: Final = 4
"""Facts of one section: more than that is a quotation of the company's policies, not a draft."""

_CLAUSE: Final = re.compile(
    r",? and (?=(?:who|whom|what|which|how|when|where|within|by|is|are|does|do)\b)"
)
_LEANS: Final = re.compile(r"\b(?:it|its|they|them|their|that|those|each)\b")
_FEWEST: Final = 4
"""Words of a question that can be understood alone."""

_PREPOSITION: Final = re.compile(
    r"^(?:within|inside|in|after|for|than|at least|least|up to|no more than|at most)\s+",
    re.IGNORECASE,
)
_TIMES: Final = frozenset({"deadline", "span", "every"})
_OFTEN: Final = frozenset({"every", "frequency"})


class Stating(Protocol):
    """Finds sentences of the company's own sources that answer questions."""

    def stated(
        self,
        questions: Sequence[str],
        *,
        principal: Principal,
        most: int = 2,
        nearly: float = 0.85,
    ) -> Sequence[tuple[Claim, ...]]:
        """Return for each question the sentences that answer it, each with one citation."""

    def on_point(
        self, questions: Sequence[str], *, principal: Principal, most: int = 4
    ) -> Sequence[tuple[Claim, ...]]:
        """Return for each question the sentences that settle it, and those that contradict them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What a source says on something that the company has to decide."""

    words: str
    """As they fit in place of the decision: `14 characters`."""
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was found for one policy."""

    by_section: Mapping[str, tuple[Statement, ...]]
    """By the headings of its sections."""
    figures: Mapping[str, tuple[Figure, ...]]
    """By the ids of decisions. Several figures of one decision contradict each other."""
    notes: tuple[str, ...] = ()
    """For the person who has it drafted: what was looked for and not found, and what a model did."""


NOTHING: Final = Facts(by_section={}, figures={})


class FactFinder:
    """Looks for what the company already does."""

    def __init__(self, *, stating: Stating, truth: Truth) -> None:
        """Name the parts.

        Args:
            stating: Finds sentences.
            truth: What their citations are checked against once more.
        """
        self._stating = stating
        self._truth = truth

    def facts(
        self,
        sections: Sequence[OutlineSection],
        decisions: Sequence[Decision],
        *,
        principal: Principal,
    ) -> Facts:
        """Return what the sources that the principal may read state on sections and decisions.

        Every citation has been checked. A sentence is a fact of one section only, the first that asks
        for it. Nothing is taken from a text that holds marks of a draft: it is not settled itself.
        """
        asked = [(one.heading, question) for one in sections for question in one.looks_for]
        found = self._answers([one for _, one in asked], principal)
        by_section: dict[str, list[Claim]] = {}
        taken: list[Citation] = []
        for (heading, _), claims in zip(asked, found, strict=True):
            kept = by_section.setdefault(heading, [])
            for claim in claims:
                if len(kept) < MOST and not any(_same(claim.citations[0], one) for one in taken):
                    kept.append(claim)
                    taken.append(claim.citations[0])
        silent = [one for (_, one), claims in zip(asked, found, strict=True) if not claims]
        return Facts(
            by_section={heading: tuple(told(claims)) for heading, claims in by_section.items()},
            figures=self._figures(decisions, principal),
            notes=tuple(f"No source answers: {one}" for one in silent),
        )

    def _answers(self, questions: Sequence[str], principal: Principal) -> list[list[Claim]]:
        """Return what answers each question; if nothing does, what answers a part of it."""
        found = [
            list(self._sound(claims, principal))
            for claims in self._stating.stated(questions, principal=principal)
        ]
        for question, claims in zip(questions, found, strict=True):
            parts = clauses(question) if not claims else []
            for some in self._stating.stated(parts, principal=principal, most=1):
                claims.extend(self._sound(some, principal))
        return found

    def _figures(
        self, decisions: Sequence[Decision], principal: Principal
    ) -> dict[str, tuple[Figure, ...]]:
        asked = [one for one in decisions if one.kind is not DecisionKind.CHOICE]
        found = self._stating.on_point([one.asks for one in asked], principal=principal)
        figures = {}
        for decision, claims in zip(asked, found, strict=True):
            if one := tuple(figures_of(decision, self._sound(claims, principal))):
                figures[decision.id] = one
        return figures

    def _sound(self, claims: Iterable[Claim], principal: Principal) -> Iterator[Claim]:
        """Yield the claims whose citations hold, and that come from settled texts without orders."""
        for claim in claims:
            (citation, *_) = claim.citations
            try:
                check_citation(citation, truth=self._truth, principal=principal)
            except UnsupportedClaim:
                continue  # the source has changed since it was found
            text = self._truth.text_of(citation.source, principal=principal) or ""
            if not find_instructions(f"{citation.title}. {claim.text}") and not marks.find(text):
                yield claim


def clauses(question: str) -> list[str]:
    """Return the questions that a question is put together from; none if it is a single one.

    "Who approves a change, and how is it recorded?" gives the first: the second is not understood alone.
    """
    first, *rest = _CLAUSE.split(question.rstrip("?"))
    if not rest:
        return []
    whole = [one for one in rest if len(one.split()) >= _FEWEST and not _LEANS.search(one)]
    return [f"{one[:1].upper()}{one[1:]}?" for one in (first, *whole)]


def told(claims: Iterable[Claim]) -> Iterator[Statement]:
    """Yield claims as statements that name their source; nothing in them is a mark."""
    for claim in claims:
        said = f"“{claim.citations[0].title}”: {claim.text}"
        yield Statement(text=marks.literal(said), citations=claim.citations)


def figures_of(decision: Decision, claims: Iterable[Claim]) -> Iterator[Figure]:
    """Yield the figures that sentences state on a decision: one, or several that disagree.

    A sentence with two different figures of the kind does not say which of them is meant.
    """
    wanted = _kinds(decision)
    known: list[Quantity] = []
    for claim in claims:
        found = [one for one in quantities(claim.text) if one.kind in wanted]
        if not found or any(not agree(found[0], one) for one in found[1:]):
            continue
        if any(agree(found[0], one) for one in known):
            continue
        known.append(found[0])
        yield Figure(words=_words(found[0]), citation=claim.citations[0])


def _kinds(decision: Decision) -> Collection[str]:
    """Return the kinds of quantities that a decision may be about, as its default shows."""
    if decision.kind is DecisionKind.CADENCE:
        return _OFTEN
    kinds = {one.kind for one in quantities(decision.default)}
    return _TIMES if kinds & _TIMES else kinds


def _words(quantity: Quantity) -> str:
    words = _PREPOSITION.sub("", " ".join(quantity.words.split()))
    return f"{words[:1].lower()}{words[1:]}"


def _same(one: Citation, other: Citation) -> bool:
    return one.source == other.source and one.start < other.end and other.start < one.end
