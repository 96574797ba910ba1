"""Find what an answer is made from: the criteria, the company's passages, a page of guidance."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from copilot.answering.expecting import demanded, fitting
from copilot.answering.material import Material
from copilot.answering.people import named_in
from copilot.answering.questions import Intent, read_question
from copilot.answering.quoting import (
    before_its_list,
    only_names_columns,
    speaks_fittingly,
    within_list,
)
from copilot.answering.spelling import corrected, is_foreign
from copilot.answering.support import (
    LABELLED,
    answerability,
    features,
    judge,
    labels_of,
    rank_criteria,
    unspoken,
)
from copilot.domain.documents import ASKED_AS, SourceKind
from copilot.domain.indexing import Filters
from copilot.retrieval.querying import parse_query
from copilot.wording import Hearing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.answering.questions import Question
    from copilot.answering.support import RankedCriterion, Supported
    from copilot.domain.access import Principal
    from copilot.domain.criteria import Category
    from copilot.domain.documents import Passage, PassageId, Source
    from copilot.domain.periods import Period
    from copilot.ports import Truth
    from copilot.retrieval.search import Hit, Search
    from copilot.wording import Asked, Vocabulary

ANSWERABLE: Final = 0.6
"""Least likelihood that the company's sources answer; below, they are not quoted as if they did.
Chosen on the golden questions and the halves of the others that were fitted on, as the value that keeps
95 in 100 of the golden ones that have no answer refused or owned up to. `docs/decisions/0006*` has what
other values would do.
"""

DOUBTFUL: Final = 0.3
"""From here up to `CERTAIN` the nearest words are quoted with what they do not speak of, if there is any such
thing: the reader gets what there is, and is told that it is not all. Below `ANSWERABLE` they are quoted only so."""

CERTAIN: Final = 0.9
"""From here on nothing is said of words that nothing speaks of: the answer is likely to be in others."""

PROVABLE: Final = 0.15
"""The same for "how do I prove", where a record next to the point is still worth showing."""

CRITERION_FITS: Final = 0.42
"""Least likeness between a question and a criterion for the criterion to be named."""

GENERAL_FITS: Final = 0.45
"""Least likeness between a general question and the catalog for the catalog alone to answer."""

GUIDANCE_FITS: Final = 0.6
"""Least likeness between a question and one that a page of guidance says it answers."""

_ON_IT: Final = 0.6
"""Share of the question, of the best passage's, with which a passage's words of the kind asked for count."""

_UNQUOTED: Final = str.maketrans(dict.fromkeys('"“”', " "))

_TOLD: Final = 0.8
"""Share of a general question that a passage of the catalog must speak of to answer it."""

_HALF_TOLD: Final = 0.45
"""The same where the passage is close in meaning as well."""

_GENERAL_INTENTS: Final = frozenset({Intent.DEFINE, Intent.FACT, Intent.PROVE})
"""What is asked about SOC 2 as such; whether, who and when are asked about the company."""

_RECORDS: Final = frozenset({SourceKind.EVIDENCE})
_CONTROL_DEPTH: Final = 8

_TOGETHER: Final = 0.07
_MOST_CRITERIA: Final = 3
_DEPTH: Final = 40


class Finder:
    """Gathers the material of an answer, with the audience applied at every step."""

    def __init__(self, *, truth: Truth, search: Search, vocabulary: Vocabulary) -> None:
        self._truth = truth
        self._search = search
        self._vocabulary = vocabulary

    def material(
        self,
        question: Question,
        principal: Principal,
        audit: tuple[Period | None, Collection[Category]],
        *,
        sources: Sequence[Source],
    ) -> Material:
        """Return everything that an answer to the question can be made from.

        Args:
            question: What is asked.
            principal: Who asks. Nothing that they may not read is searched or returned.
            audit: The audit period and the categories in scope.
            sources: The company's sources that may be read.
        """
        period, scope = audit
        question, catalog_hits, hearing, own = self.found(question, principal)
        nearest = max((hit.cosine or 0.0 for hit in catalog_hits), default=0.0)
        closest = max((one.hit.cosine or 0.0 for one in own), default=0.0)
        told = max((self._told(hit, hearing) for hit in catalog_hits[:_CONTROL_DEPTH]), default=0.0)
        likely = self._likely(question, own, hearing, catalog_hits)
        own_carries = likely >= ANSWERABLE
        lenient = question.intent is Intent.PROVE or question.query.criteria
        enough = PROVABLE if lenient else ANSWERABLE
        criteria = self._criteria(question, catalog_hits, own, scope)
        lacking: tuple[str, ...] = ()
        if DOUBTFUL <= likely < (enough if lenient else CERTAIN):
            lacking = self._vocabulary.words_for(unspoken(own, hearing.asked), question.text)
        carrying = own if likely >= enough or lacking or _led_to(own) else []
        return Material(
            question=question,
            hearing=hearing,
            criteria=criteria,
            catalog_hits=catalog_hits,
            own=carrying,
            lacking=lacking,
            off_topic=self._off_topic(own, hearing, catalog_hits),
            foreign=is_foreign(question.text, self._vocabulary),
            closest=closest,
            labelled=[one for one in sources if one.metadata.kind is SourceKind.EVIDENCE],
            general=not question.ours
            and question.intent in _GENERAL_INTENTS
            and (
                (
                    nearest >= max(closest, GENERAL_FITS)
                    and told >= _HALF_TOLD
                    and not (own_carries and own[0].share >= _TOLD)
                )
                or (told >= _TOLD and not own_carries)
            ),
            guidance=self._guidance(catalog_hits, principal, question, hearing),
            period=period,
            before=self._before_lists(carrying, principal),
        )

    def carrying(
        self, question: Question, principal: Principal, vector: NDArray[np.float32]
    ) -> tuple[Asked, list[Supported]]:
        """Return what is asked and the company's passages, best first; none if they do not answer.

        Args:
            question: What is asked, spelt right.
            principal: Who asks.
            vector: What the search's `encode` returns for the question's text.
        """
        hits, hearing, own = self._searched(question, principal, vector)
        carried = self._likely(question, own, hearing, hits) >= ANSWERABLE
        return hearing.asked, own if carried else []

    def found(
        self, question: Question, principal: Principal
    ) -> tuple[Question, list[Hit], Hearing, list[Supported]]:
        """Search with the question, and once more if it turns out to be misspelt.

        Returns:
            The question with typing errors put right, and with the people of those passages whom it
            names; the catalog's hits, what is asked, and the company's passages, judged, best first.
        """
        vector = self._search.encode(question.text)
        catalog_hits, hearing, own = self._searched(question, principal, vector)
        spelt = self._spelt(question, catalog_hits, own)
        if spelt is not question:
            vector = self._search.encode(spelt.text)
            catalog_hits, hearing, own = self._searched(spelt, principal, vector)
        named = named_in(spelt.text, (one.hit.passage.text for one in own))
        if named:
            spelt = _read_again(spelt, spelt.text, (*spelt.names, *named))
        return spelt, catalog_hits, hearing, own

    def _searched(
        self, question: Question, principal: Principal, vector: NDArray[np.float32]
    ) -> tuple[list[Hit], Hearing, list[Supported]]:
        catalog_hits = self._search.search(
            question.text.translate(_UNQUOTED),
            principal=principal,
            limit=_DEPTH,
            catalog=True,
            vector=vector,
        )
        hearing = Hearing(self._vocabulary.asked_by(question.timeless))
        return catalog_hits, hearing, self._judged(question, principal, vector, hearing)

    def _spelt(
        self, question: Question, catalog_hits: Sequence[Hit], own: Sequence[Supported]
    ) -> Question:
        """Return the question with typing errors put right; the same object if there are none."""
        passages = (hit.passage for hit in (*catalog_hits, *(one.hit for one in own)))
        texts = (
            " ".join((one.source.metadata.title, *one.heading, one.context, one.text))
            for one in passages
        )
        text = corrected(question.text, texts, self._vocabulary)
        return question if text == question.text else _read_again(question, text, question.names)

    def _likely(
        self,
        question: Question,
        own: Sequence[Supported],
        hearing: Hearing,
        catalog_hits: Sequence[Hit],
    ) -> float:
        """Return how likely the company's passages are to answer, from 0 to 1."""
        if not own or self._off_topic(own, hearing, catalog_hits):
            return 0.0
        kinds = demanded(question.text)
        heard = own[:_CONTROL_DEPTH] if kinds else ()
        enough = _ON_IT * max((one.share for one in heard), default=0.0)
        if kinds and not any(
            speaks_fittingly(one.hit.passage, hearing, self._vocabulary, kinds)
            for one in heard
            if one.share >= enough
        ):
            return 0.0
        nearest = max((hit.cosine or 0.0 for hit in catalog_hits), default=0.0)
        return answerability(features(own, hearing.asked, nearest))

    def _off_topic(
        self, own: Sequence[Supported], hearing: Hearing, catalog_hits: Sequence[Hit]
    ) -> bool:
        """Say whether the question is about sport, films or the like, and nothing found speaks of it."""
        strange = hearing.asked.off_topic
        return (
            bool(strange)
            and not any(strange & one.told for one in own)
            and not any(
                strange & self._vocabulary.meant(hit.passage.text)
                for hit in catalog_hits
                if (hit.cosine or 0.0) >= GENERAL_FITS
            )
        )

    def _told(self, hit: Hit, hearing: Hearing) -> float:
        """Return the share of what is asked that a passage of the catalog speaks of."""
        words = " ".join((*hit.passage.heading, hit.passage.text))
        return hearing.share(self._vocabulary.meant(words))

    def _before_lists(
        self, own: Sequence[Supported], principal: Principal
    ) -> dict[PassageId, tuple[Passage, ...]]:
        begun = [one.hit.passage for one in own[: _DEPTH // 2] if within_list(one.hit.passage)]
        paths = {one.source.path for one in begun}
        pages = {path: self._truth.passages_of(path, principal=principal) for path in paths}
        return {one.id: before_its_list(one, pages[one.source.path]) for one in begun}

    def _guidance(
        self,
        hits: Sequence[Hit],
        principal: Principal,
        question: Question,
        hearing: Hearing,
    ) -> Passage | None:
        """Return the passage of guidance that answers a question much like this one, if any does."""
        nearest = max((hit.cosine or 0.0 for hit in hits), default=0.0)
        pages = (
            hit
            for hit in hits
            if hit.passage.place == ASKED_AS
            and hit.passage.source.path.startswith("knowledge/guidance/")
        )
        best = max(pages, key=lambda hit: hit.cosine or 0.0, default=None)
        least = max(GUIDANCE_FITS if question.ours else GENERAL_FITS, nearest - _TOGETHER)
        if best is None or (best.cosine or 0.0) < least or self._told(best, hearing) < _HALF_TOLD:
            return None
        section = best.passage.heading[-1]
        page = self._truth.passages_of(best.passage.source.path, principal=principal)
        return next(
            (one for one in page if one.place != ASKED_AS and one.heading[-1] == section), None
        )

    def _judged(
        self,
        question: Question,
        principal: Principal,
        vector: NDArray[np.float32],
        hearing: Hearing,
    ) -> list[Supported]:
        """Search the company's files and judge what was found, best first.

        Records are searched once more on their own, since policies outnumber them, and those that are
        labelled with a control which the question is about are brought in and preferred.
        """
        # Quotation marks in a question are emphasis or a saying, not a demand for those very words.
        plain = question.text.translate(_UNQUOTED)
        words = " ".join((plain, *self._vocabulary.other_words(plain)))

        def found(limit: int, filters: Filters | None = None) -> list[Hit]:
            return self._search.search(
                words, principal=principal, limit=limit, filters=filters, vector=vector
            )

        hits = {hit.passage.id: hit for hit in found(_DEPTH)}
        if question.intent in {Intent.PROVE, Intent.STATUS, Intent.WHETHER}:
            for hit in found(_DEPTH // 2, Filters(kinds=_RECORDS)):
                hits.setdefault(hit.passage.id, hit)
        linked: set[str] = set()
        controls = _controls_in(hits.values()) if question.intent is Intent.PROVE else frozenset()
        if controls:
            for hit in found(_DEPTH // 2, Filters(kinds=_RECORDS, controls=controls)):
                hits.setdefault(hit.passage.id, hit)
                if controls & set(hit.passage.source.metadata.controls):
                    linked.add(hit.passage.source.path)
        kinds = fitting(question.text)
        judged = (
            judge(hit, hearing, self._vocabulary, kinds=kinds, when=question.period)
            for hit in hits.values()
            if not only_names_columns(hit.passage)
        )
        marked = (
            replace(one, linked=True) if one.hit.passage.source.path in linked else one
            for one in judged
        )
        return sorted(marked, key=lambda one: -one.score)

    def _criteria(
        self,
        question: Question,
        hits: Sequence[Hit],
        own: Sequence[Supported],
        scope: Collection[Category],
    ) -> list[RankedCriterion]:
        ranked = rank_criteria(hits, scope)
        named = question.query.criteria
        if named:
            found = [one for one in ranked if one.id in named]
            return sorted(found, key=lambda one: named.index(one.id))[:_MOST_CRITERIA]
        labels = labels_of(own)
        fitting = sorted(
            (
                replace(one, score=one.score + LABELLED * labels.get(one.id, 0.0))
                for one in ranked
                if one.score >= CRITERION_FITS
            ),
            key=lambda one: (-one.score, one.id),
        )
        if not fitting:
            return []
        best = fitting[0].score
        return [one for one in fitting if one.score >= best - _TOGETHER][:_MOST_CRITERIA]

    def criterion_passages(
        self, criteria: Sequence[RankedCriterion], principal: Principal
    ) -> list[Passage]:
        """Return what the catalog says of the first of the criteria."""
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


def _read_again(question: Question, text: str, names: Collection[str]) -> Question:
    year = question.period.start.year if question.period else None
    return read_question(text, names=names, year=year)


def _led_to(own: Sequence[Supported]) -> bool:
    """Say whether a control that the question is about leads to a record that speaks of it."""
    return any(one.linked and one.share >= _HALF_TOLD for one in own)


def _controls_in(hits: Iterable[Hit]) -> frozenset[str]:
    """Return the ids of the controls whose description stands among the first hits."""
    described = (
        hit.passage
        for hit in islice(hits, _CONTROL_DEPTH)
        if hit.passage.source.metadata.kind is SourceKind.CONTROL
    )
    found = (parse_query(passage.text).controls for passage in described)
    return frozenset(ids[0] for ids in found if ids)
