"""Ask: a question in, a cited answer or a well-reasoned refusal out, claim by claim."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from copilot.answering.composing import Composer
from copilot.answering.finding import Finder
from copilot.answering.followups import standalone
from copilot.answering.orders import order_notes, without_orders
from copilot.answering.prose import Draft, Result
from copilot.answering.questions import read_question
from copilot.answering.refusing import private, refusal, searched_words
from copilot.citations.checking import check_claims
from copilot.domain.answers import (
    Abstained,
    Answered,
    Basis,
    Finished,
    Mode,
    Progressed,
    Reason,
    Released,
    Status,
)
from copilot.domain.criteria import parse_criterion
from copilot.domain.documents import SourceKind
from copilot.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from copilot.answering.material import Composition
    from copilot.answering.prose import Prose
    from copilot.answering.questions import Question
    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer, Claim, Event
    from copilot.domain.criteria import Catalog, Category
    from copilot.domain.documents import Source
    from copilot.domain.periods import Period
    from copilot.ports import Truth
    from copilot.retrieval.search import Search
    from copilot.wording import Vocabulary

LONGEST_QUESTION: Final = 2_000
"""Characters; the encoder sees the first thousand or so."""

MOST_EARLIER: Final = 12
"""Questions of a conversation that a follow-up may reach back to."""


class Answering:
    """Answers questions over one workspace."""

    def __init__(
        self,
        *,
        catalog: Catalog,
        truth: Truth,
        search: Search,
        vocabulary: Vocabulary,
        names: Collection[str] = (),
        prose: Prose | None = None,
    ) -> None:
        """Name the parts.

        Args:
            catalog: The criteria and guidance.
            truth: Where sources are read from, with the audience applied.
            search: Search over the workspace's indexes.
            vocabulary: Turns words into concepts.
            names: Names of people, so that questions about their private data are recognised.
            prose: A language model behind its gate; without one, answers are composed.
        """
        self._truth = truth
        self._names = names
        self._vocabulary = vocabulary
        self._finder = Finder(truth=truth, search=search, vocabulary=vocabulary)
        self._composer = Composer(catalog, vocabulary, search.encode_all)
        self._prose = prose

    def ask(
        self,
        text: str,
        *,
        principal: Principal,
        period: Period | None,
        scope: Collection[Category],
        earlier: Sequence[str] = (),
    ) -> Answer:
        """Return an answer whose every citation has been checked, or a refusal.

        The arguments and errors are those of `events`.
        """
        *_, last = self.events(
            text, principal=principal, period=period, scope=scope, earlier=earlier
        )
        if not isinstance(last, Finished):
            raise TypeError("the last event of a question is its answer")
        return last.answer

    def events(
        self,
        text: str,
        *,
        principal: Principal,
        period: Period | None,
        scope: Collection[Category],
        earlier: Sequence[str] = (),
    ) -> Iterator[Event]:
        """Yield what happens until the answer is there: every claim as soon as it is checked.

        The claims that are yielded are those of the answer, which comes last. Nothing unchecked is
        ever yielded.

        Args:
            text: The question.
            principal: Who asks. Nothing that they may not read is searched, counted or quoted.
            period: The audit period. A time that the question names decides which records come first,
                not which ones count.
            scope: The categories in scope.
            earlier: The questions before it in the same conversation, oldest first.

        Raises:
            BadInput: There is no question, or it is longer than anyone would ask.
            UnknownCriterion: It names a criterion that does not exist.
        """
        _check_length(text)
        started = time.monotonic()
        asked_as = self._standalone(text, earlier[-MOST_EARLIER:], principal)
        for event in self._events(asked_as, principal, (period, scope), started=started):
            if isinstance(event, Finished) and asked_as != text:
                yield Finished(replace(event.answer, question=text, asked_as=asked_as))
            else:
                yield event

    def _standalone(self, text: str, earlier: Sequence[str], principal: Principal) -> str:
        by_rule = standalone(text, earlier, self._vocabulary)
        if self._prose is None or not earlier:
            return by_rule
        return self._prose.standalone(text, earlier, by_rule, principal=principal)

    def _events(
        self,
        text: str,
        principal: Principal,
        audit: tuple[Period | None, Collection[Category]],
        *,
        started: float,
    ) -> Iterator[Event]:
        period, _ = audit
        question = read_question(text, names=self._names, year=period.end.year if period else None)
        for stranger in question.query.strangers:
            parse_criterion(stranger)  # says that there is no such criterion, and which are near
        sources = self._sources(principal)
        if question.private:
            yield Finished(private(question, len(sources)))
            return
        yield Progressed(f"Searching {len(sources):,} sources and the catalog")
        material = self._finder.material(question, principal, audit, sources=sources)
        refused = refusal(material, len(sources))
        if refused is not None:
            yield Finished(refused)
            return
        passages = self._finder.criterion_passages(material.criteria, principal)
        made = self._composer.compose(material, catalog_passages=passages)
        checked, withheld = check_claims(made.claims, truth=self._truth, principal=principal)
        checked, ordered = without_orders(checked, [one.hit.passage for one in material.own])
        withheld += ordered
        result = Result()
        if self._prose is not None:
            draft = Draft(material=material, made=made, catalog_passages=passages, composed=checked)
            result = yield from self._prose.write(draft, principal=principal, started=started)
        if not result.claims:
            yield from (Released(claim) for claim in checked)
        claims = result.claims or tuple(checked)
        withheld += [one.why for one in result.withheld]
        answer = self._answer(
            question, made, (claims, withheld), result=result, searched=len(sources)
        )
        if isinstance(answer, Answered) and principal.reviews:
            notes = (*result.notes, *order_notes(one.hit.passage for one in material.own))
            answer = replace(answer, notes=tuple(dict.fromkeys(notes)))
        yield Finished(answer)

    def _sources(self, principal: Principal) -> list[Source]:
        return [
            one
            for one in self._truth.sources(principal=principal)
            if one.metadata.kind is not SourceKind.CATALOG
        ]

    def _answer(
        self,
        question: Question,
        made: Composition,
        checked: tuple[Sequence[Claim], Sequence[str]],
        *,
        result: Result,
        searched: int,
    ) -> Answer:
        claims, withheld = checked
        if not claims:
            return Abstained(
                question=question.text,
                reason=Reason.CHECK_FAILED if withheld else Reason.NO_SUPPORT,
                explanation="No claim could be backed by a quote that stands in its source. "
                f"{searched_words(searched)}",
                next_steps=(
                    "Run `copilot doctor`, then pass the question on to compliance with --pass-on.",
                ),
                searched=searched,
            )
        missing = dict.fromkeys((*made.missing, *result.missing))
        own = any(claim.basis is not Basis.CATALOG for claim in claims)
        own_or_general = own or not question.about_us
        whole = not withheld and not missing and own_or_general and not result.broke_off
        return Answered(
            question=question.text,
            status=Status.ANSWERED if whole else Status.PARTIAL,
            criteria=tuple(made.criteria),
            claims=tuple(claims),
            missing=tuple(missing),
            next_steps=tuple(dict.fromkeys(made.next_steps)),
            searched=searched,
            mode=Mode.GENERATED if result.claims else Mode.COMPOSED,
            mode_reason=result.reason or None,
            reason=_said_of(withheld),
            generation=result.generation,
        )


def _check_length(text: str) -> None:
    if not text.strip():
        raise BadInput("there is no question", hint='For example: copilot ask "Do we use MFA?"')
    if len(text) > LONGEST_QUESTION:
        raise BadInput(
            f"the question has {len(text):,} characters, more than {LONGEST_QUESTION:,}",
            hint="Ask one thing at a time.",
        )


def _said_of(withheld: Sequence[str]) -> str | None:
    if not withheld:
        return None
    count = "1 claim was" if len(withheld) == 1 else f"{len(withheld)} claims were"
    why = next(filter(None, withheld), "")
    return f"{count} withheld{f': {why}' if why else ''}"
