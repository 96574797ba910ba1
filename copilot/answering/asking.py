"""Ask: a question in, a cited answer or a well-reasoned refusal out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.answering.composing import Composer, Material
from copilot.answering.questions import Intent, read_question
from copilot.answering.support import judge, rank_criteria
from copilot.answering.wording import Vocabulary
from copilot.citations import check_claims
from copilot.domain.answers import Abstained, Answered, Basis, Reason, Status
from copilot.domain.documents import SourceKind
from copilot.errors import BadInput
from copilot.ports import Filters

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.answering.composing import Composition
    from copilot.answering.questions import Question
    from copilot.answering.support import RankedCriterion
    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer
    from copilot.domain.criteria import Catalog, Category
    from copilot.domain.documents import Passage, Source
    from copilot.domain.periods import Period
    from copilot.ports import Truth
    from copilot.retrieval.search import Hit, Search

LONGEST_QUESTION: Final = 2_000
"""Characters; the encoder sees the first thousand or so."""

SUPPORTED: Final = 0.55
"""Least score of a passage that carries an answer about the company."""

ON_TOPIC: Final = 0.36
"""Least likeness to anything in the catalog or the company's files; below, the question is not ours."""

CRITERION_FITS: Final = 0.42
"""Least likeness between a question and a criterion for the criterion to be named."""

GENERAL_FITS: Final = 0.5
"""Least likeness between a general question and the catalog for the catalog alone to answer."""

_TOGETHER: Final = 0.07
_MOST_CRITERIA: Final = 3
_DEPTH: Final = 40


class Answering:
    """Answers questions over one workspace."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        truth: Truth,
        search: Search,
        names: Collection[str] = (),
    ) -> None:
        """Name the parts.

        Args:
            catalog: The criteria and guidance.
            truth: Where sources are read from, with the audience applied.
            search: Search over the workspace's indexes.
            names: Names of people whose private data is asked about; and the company's name.
        """
        self._catalog = catalog
        self._truth = truth
        self._search = search
        self._names = names
        self._vocabulary = Vocabulary(catalog.terms)
        self._composer = Composer(catalog, self._vocabulary)

    def ask(
        self,
        text: str,
        *,
        principal: Principal,
        period: Period | None,
        scope: Collection[Category],
    ) -> Answer:
        """Return an answer whose every citation has been checked, or a refusal.

        Args:
            text: The question.
            principal: Who asks. Nothing that they may not read is searched, counted or quoted.
            period: The audit period; a time named in the question comes before it.
            scope: The categories in scope.

        Raises:
            BadInput: There is no question, or it is longer than anyone would ask.
        """
        if not text.strip():
            raise BadInput("there is no question", hint='For example: copilot ask "Do we use MFA?"')
        if len(text) > LONGEST_QUESTION:
            raise BadInput(
                f"the question has {len(text):,} characters, more than {LONGEST_QUESTION:,}",
                hint="Ask one thing at a time.",
            )
        question = read_question(text, names=self._names)
        sources = [
            one
            for one in self._truth.sources(principal=principal)
            if one.metadata.kind is not SourceKind.CATALOG
        ]
        if question.private:
            return self._private(question, len(sources))
        material = self._material(
            question, principal, (question.period or period, scope), sources=sources
        )
        refusal = self._refusal(material, len(sources))
        if refusal is not None:
            return refusal
        passages = self._criterion_passages(material.criteria, principal)
        made = self._composer.compose(material, catalog_passages=passages)
        return self._checked(question, made, principal, len(sources))

    def _material(
        self,
        question: Question,
        principal: Principal,
        audit: tuple[Period | None, Collection[Category]],
        *,
        sources: Sequence[Source],
    ) -> Material:
        period, scope = audit
        vector = self._search.encode(question.text)
        catalog_hits = self._search.search(
            question.text, principal=principal, limit=_DEPTH, catalog=True, vector=vector
        )
        asked = self._vocabulary.asked(question.text)
        own = sorted(
            (
                judge(hit, asked, self._vocabulary)
                for hit in self._own_hits(question, principal, vector)
            ),
            key=lambda one: -one.score,
        )
        criteria = self._criteria(question, catalog_hits, scope)
        ids = {one.id for one in criteria}
        return Material(
            question=question,
            asked=asked,
            criteria=criteria,
            catalog_hits=catalog_hits,
            own=[one for one in own if one.score >= SUPPORTED],
            closest=max((one.hit.cosine or 0.0 for one in own), default=0.0),
            labelled=[
                one
                for one in sources
                if one.metadata.kind is SourceKind.EVIDENCE
                and (ids & set(one.metadata.criteria) or not ids)
            ],
            period=period,
        )

    def _own_hits(
        self, question: Question, principal: Principal, vector: NDArray[np.float32]
    ) -> list[Hit]:
        """Search the company's files; records once more on their own, as policies outnumber them."""
        hits = self._search.search(question.text, principal=principal, limit=_DEPTH, vector=vector)
        if question.intent in {Intent.PROVE, Intent.STATUS, Intent.WHETHER}:
            records = self._search.search(
                question.text,
                principal=principal,
                limit=_DEPTH // 2,
                filters=Filters(kinds=frozenset({SourceKind.EVIDENCE})),
                vector=vector,
            )
            known = {hit.passage.id for hit in hits}
            hits += [hit for hit in records if hit.passage.id not in known]
        return hits

    def _criteria(
        self, question: Question, hits: Sequence[Hit], scope: Collection[Category]
    ) -> list[RankedCriterion]:
        ranked = rank_criteria(hits, scope)
        named = question.query.criteria
        if named:
            found = [one for one in ranked if one.id in named]
            return sorted(found, key=lambda one: named.index(one.id))[:_MOST_CRITERIA]
        fitting = [one for one in ranked if one.score >= CRITERION_FITS]
        if not fitting:
            return []
        best = fitting[0].score
        return [one for one in fitting if one.score >= best - _TOGETHER][:_MOST_CRITERIA]

    def _criterion_passages(
        self, criteria: Sequence[RankedCriterion], principal: Principal
    ) -> list[Passage]:
        if not criteria:
            return []
        first = criteria[0]
        path = first.hit.passage.source.path
        heading = first.hit.passage.heading[0]
        return [
            passage
            for passage in self._truth.passages_of(path, principal=principal)
            if passage.heading[0] == heading
        ]

    # Refusing

    def _refusal(self, material: Material, searched: int) -> Abstained | None:
        """Return why there can be no answer, or nothing if there can be one."""
        question = material.question
        if material.own or question.query.criteria:
            return None
        likeness = max((hit.cosine or 0.0 for hit in material.catalog_hits), default=0.0)
        closest = max(likeness, material.closest)
        if closest < ON_TOPIC:
            return Abstained(
                question=question.text,
                reason=Reason.OFF_TOPIC,
                explanation="This does not seem to be about SOC 2 or about what the company's files "
                f"hold. {_searched(searched)}",
                next_steps=("Ask about a control, a policy, a record or the audit.",),
                searched=searched,
            )
        if question.intent is Intent.PROVE and material.criteria:
            return None
        general = question.intent is Intent.DEFINE or not question.ours
        if general and likeness >= GENERAL_FITS and question.intent is not Intent.STATUS:
            return None
        near = "; the nearest criteria are " + ", ".join(one.id for one in material.criteria)
        return Abstained(
            question=question.text,
            reason=Reason.NO_SUPPORT,
            explanation="Nothing in the sources that you may read supports an answer"
            f"{near if material.criteria else ''}. {_searched(searched)}",
            next_steps=(
                "Pass the question on to compliance; if there is a record, it is not in the index.",
            ),
            searched=searched,
        )

    def _private(self, question: Question, searched: int) -> Abstained:
        return Abstained(
            question=question.text,
            reason=Reason.PERSONAL_DATA,
            explanation="This asks for something private about a person, and is not answered from "
            "compliance records whatever they hold.",
            next_steps=("Ask the People team, if it is part of your work.",),
            searched=searched,
        )

    def _checked(
        self, question: Question, made: Composition, principal: Principal, searched: int
    ) -> Answer:
        claims, withheld = check_claims(made.claims, truth=self._truth, principal=principal)
        if not claims:
            return Abstained(
                question=question.text,
                reason=Reason.CHECK_FAILED if withheld else Reason.NO_SUPPORT,
                explanation="No claim could be backed by a quote that stands in its source. "
                f"{_searched(searched)}",
                next_steps=("Run `copilot doctor`, then pass the question on to compliance.",),
                searched=searched,
            )
        own = any(claim.basis is not Basis.CATALOG for claim in claims)
        company = question.ours or question.intent is not Intent.DEFINE
        whole = not withheld and not made.missing and (own or not company)
        return Answered(
            question=question.text,
            status=Status.ANSWERED if whole else Status.PARTIAL,
            criteria=tuple(made.criteria),
            claims=tuple(claims),
            missing=tuple(dict.fromkeys(made.missing)),
            next_steps=tuple(dict.fromkeys(made.next_steps)),
            searched=searched,
            reason=f"{len(withheld)} claims withheld: {withheld[0]}" if withheld else None,
        )


def _searched(count: int) -> str:
    return f"{count} source{'s' if count != 1 else ''} and the SOC 2 catalog were searched."
