"""What an answer is composed from, and an answer in the making."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copilot.domain.answers import Basis, Claim

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from copilot.answering.questions import Question
    from copilot.answering.support import RankedCriterion, Supported
    from copilot.domain.answers import Citation, RelevantCriterion
    from copilot.domain.documents import Passage, PassageId, Source
    from copilot.domain.periods import Period
    from copilot.retrieval.search import Hit
    from copilot.wording import Hearing


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Everything that an answer is composed from."""

    question: Question
    hearing: Hearing
    """What is asked, with weights."""
    criteria: Sequence[RankedCriterion]
    """The criteria that the question is about, best first; may be empty."""
    catalog_hits: Sequence[Hit]
    own: Sequence[Supported]
    """The company's passages that carry the question well enough, best first."""
    closest: float
    """The likeness of the company's nearest passage, whether it carries the question or not."""
    labelled: Sequence[Source]
    """All readable evidence, in which a cited record's series is looked for."""
    general: bool
    """Whether the catalog comes nearer to the question than any of the company's own files."""
    lacking: tuple[str, ...]
    """Words of the question of which nothing that was found speaks, where that makes it doubtful."""
    off_topic: bool
    """Whether it is about sport, films or the like, and nothing that was found speaks of that."""
    foreign: bool
    """Whether it seems not to be in English, in which the catalog is and questions are read."""
    guidance: Passage | None
    """The page of guidance that answers a question much like this one."""
    period: Period | None
    before: Mapping[PassageId, Sequence[Passage]] = field(default_factory=dict)
    """For a passage that begins within a list, those before it from where the list begins."""


@dataclass(slots=True)
class Composition:
    """An answer in the making; its citations are not yet checked."""

    criteria: list[RelevantCriterion] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    next_steps: list[str] = field(default_factory=list)
    disagreements: list[Claim] = field(default_factory=list)
    """Those of the claims that name a contradiction; a model's wording does not replace them."""

    def add_disagreement(
        self, citations: tuple[Citation, Citation], amounts: tuple[str, str]
    ) -> None:
        """Add that two policies say different things on the asked point."""
        one, other = (f"“{citation.title}”" for citation in citations)
        text = f"Two policies disagree: {one} says {amounts[0]}, {other} says {amounts[1]}."
        self.disagreements.append(Claim(text=text, basis=Basis.POLICY, citations=citations))
        self.claims.append(self.disagreements[-1])
        self.missing.append(f"One answer: {one} and {other} contradict each other.")
        self.next_steps.append(
            f"Have the owners of {one} and {other} agree on one rule, and change the other."
        )
