"""Ask: a question in, a cited answer or a well-reasoned refusal out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.answering.composing import Composer
from copilot.answering.finding import Finder
from copilot.answering.questions import Intent, read_question
from copilot.answering.refusing import private, refusal, searched_words
from copilot.citations.checking import check_claims
from copilot.domain.answers import Abstained, Answered, Basis, Reason, Status
from copilot.domain.criteria import parse_criterion
from copilot.domain.documents import SourceKind
from copilot.errors import BadInput
from copilot.wording import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from copilot.answering.composing import Composition
    from copilot.answering.questions import Question
    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer
    from copilot.domain.criteria import Catalog, Category
    from copilot.domain.periods import Period
    from copilot.ports import Truth
    from copilot.retrieval.search import Search

LONGEST_QUESTION: Final = 2_000
"""Characters; the encoder sees the first thousand or so."""


class Answering:
    """Answers questions over one workspace."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        truth: Truth,
        search: Search,
        names: Collection[str] = (),
        common_words: Sequence[str] = (),
    ) -> None:
        """Name the parts.

        Args:
            catalog: The criteria and guidance.
            truth: Where sources are read from, with the audience applied.
            search: Search over the workspace's indexes.
            names: Names of people, so that questions about their private data are recognised.
            common_words: Common words of the language, the commonest first.
        """
        self._truth = truth
        self._names = names
        vocabulary = Vocabulary(catalog.terms, common_words)
        self._finder = Finder(truth=truth, search=search, vocabulary=vocabulary)
        self._composer = Composer(catalog, vocabulary, search.encode_all)

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
            period: The audit period. A time that the question names decides which records come first,
                not which ones count.
            scope: The categories in scope.

        Raises:
            BadInput: There is no question, or it is longer than anyone would ask.
            UnknownCriterion: It names a criterion that does not exist.
        """
        if not text.strip():
            raise BadInput("there is no question", hint='For example: copilot ask "Do we use MFA?"')
        if len(text) > LONGEST_QUESTION:
            raise BadInput(
                f"the question has {len(text):,} characters, more than {LONGEST_QUESTION:,}",
                hint="Ask one thing at a time.",
            )
        year = period.end.year if period else None
        question = read_question(text, names=self._names, year=year)
        for stranger in question.query.strangers:
            parse_criterion(stranger)  # says that there is no such criterion, and which are near
        sources = [
            one
            for one in self._truth.sources(principal=principal)
            if one.metadata.kind is not SourceKind.CATALOG
        ]
        if question.private:
            return private(question, len(sources))
        material = self._finder.material(question, principal, (period, scope), sources=sources)
        refused = refusal(material, len(sources))
        if refused is not None:
            return refused
        passages = self._finder.criterion_passages(material.criteria, principal)
        made = self._composer.compose(material, catalog_passages=passages)
        return self._checked(question, made, principal, len(sources))

    def _checked(
        self, question: Question, made: Composition, principal: Principal, searched: int
    ) -> Answer:
        claims, withheld = check_claims(made.claims, truth=self._truth, principal=principal)
        if not claims:
            return Abstained(
                question=question.text,
                reason=Reason.CHECK_FAILED if withheld else Reason.NO_SUPPORT,
                explanation="No claim could be backed by a quote that stands in its source. "
                f"{searched_words(searched)}",
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
