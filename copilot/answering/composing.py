"""Compose an answer from the catalog and from verbatim quotes of the company's own sources."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from copilot.answering import periods_covered
from copilot.answering.disagreement import Statement, compared, disagreements
from copilot.answering.expecting import fitting, meets
from copilot.answering.material import Composition
from copilot.answering.questions import Intent
from copilot.answering.quoting import best_words, cite, denial_above, said_under
from copilot.answering.support import criterion_of
from copilot.answering.telling import plain, told
from copilot.domain.answers import BASIS_OF, Basis, Claim, RelevantCriterion
from copilot.domain.criteria import CriterionId
from copilot.domain.documents import ASKED_AS, SourceKind
from copilot.domain.periods import label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.answering.material import Material
    from copilot.answering.support import Supported
    from copilot.domain.answers import Citation
    from copilot.domain.criteria import Catalog
    from copilot.domain.documents import Passage, Source
    from copilot.domain.periods import Period
    from copilot.wording import Vocabulary

NOTHING_SPEAKS_OF: Final = "These are the nearest words; nothing that was found speaks of"
"""How a partial answer begins to say what it lacks."""

NOTHING_OF_OURS: Final = "Nothing in the company's own files speaks of this; only the catalog does."
"""What a question about the company lacks where the catalog alone answers it."""

_POLICY_CLAIMS: Final = 3
_EVIDENCE_CLAIMS: Final = 6
_FACT_CLAIMS: Final = 4
_ON_THE_POINT: Final = 0.5
"""Least share of the question in a sentence and its headings for it to be compared with others."""

_NEAR_BEST: Final = 0.72
"""A further source is quoted when it carries the question at least so well as the best one does."""


class Composer:
    """Turns material into claims, what is missing, and what to do next."""

    def __init__(
        self,
        catalog: Catalog,
        vocabulary: Vocabulary,
        encode: Callable[[Sequence[str]], NDArray[np.float32]],
    ) -> None:
        self._catalog = catalog
        self._vocabulary = vocabulary
        self._encode = encode

    def compose(self, material: Material, *, catalog_passages: Sequence[Passage]) -> Composition:
        """Return the answer's parts.

        Args:
            material: What was found.
            catalog_passages: The passages of the first criterion, for what an auditor asks.
        """
        made = Composition(criteria=self._criteria(material))
        question = material.question
        if question.query.criteria and not question.ours:
            self._catalog_claims(made, catalog_passages, ("statement", "why"))
            self._own_claims(material, made, (1, 2))
        elif question.intent is Intent.PROVE and (question.ours or material.guidance is None):
            self._catalog_claims(made, catalog_passages, ("prove", "requests"))
            self._own_claims(material, made, (_POLICY_CLAIMS, _EVIDENCE_CLAIMS))
        elif material.guidance is not None:
            made.claims.append(_whole(material.guidance))
            most = _FACT_CLAIMS if question.ours else 2
            self._own_claims(material, made, (most, most))
        elif material.general:
            self._definition(material, made, catalog_passages)
            self._own_claims(material, made, (1, 1))
        else:
            self._own_claims(material, made, (_FACT_CLAIMS, _FACT_CLAIMS))
            if not made.claims:
                self._definition(material, made, catalog_passages)
        self._missing(material, made)
        self._next_steps(material, made)
        return made

    def _criteria(self, material: Material) -> list[RelevantCriterion]:
        relevant = []
        for ranked in material.criteria:
            criterion = self._catalog[ranked.id]
            passage = ranked.hit.passage
            if ranked.id in material.question.query.criteria:
                why = "is named in the question"
            elif passage.place == ASKED_AS:
                why = f"answers “{plain(passage.text)}”"
            else:
                why = f"speaks of “{' – '.join(passage.heading[1:]) or criterion.title}”"
            relevant.append(RelevantCriterion(id=ranked.id, title=criterion.title, why=why))
        return relevant

    # Claims

    def _catalog_claims(
        self, made: Composition, passages: Sequence[Passage], places: Sequence[str]
    ) -> None:
        by_place = {passage.place: passage for passage in passages}
        for place in places:
            passage = by_place.get(place)
            if passage is None:
                continue
            text = ""
            if place == "requests":
                # The list is quoted as it stands in the file; a reader wants it without its dashes.
                criterion = self._catalog[CriterionId(passage.heading[0].partition(" ")[0])]
                text = f"An auditor asks for: {'; '.join(criterion.audit.requests)}."
            made.claims.append(_whole(passage, text))

    def _definition(
        self, material: Material, made: Composition, passages: Sequence[Passage]
    ) -> None:
        """Add what the catalog says on a general question: a page of guidance, or a criterion."""
        best = next((hit for hit in material.catalog_hits if hit.passage.place != ASKED_AS), None)
        guidance = next(
            (
                hit
                for hit in material.catalog_hits
                if criterion_of(hit) is None and hit.passage.place != ASKED_AS
            ),
            None,
        )
        if material.question.query.criteria or guidance is None:
            self._catalog_claims(made, passages, ("statement", "why"))
            return
        if (
            best is not None
            and criterion_of(best) is not None
            and ((best.cosine or 0.0) > (guidance.cosine or 0.0) + 0.05)
        ):
            self._catalog_claims(made, passages, ("statement", "why"))
            return
        made.claims.append(self._quoted(guidance.passage, material))

    def _own_claims(self, material: Material, made: Composition, most: tuple[int, int]) -> None:
        policies = [one for one in material.own if _basis(one) is Basis.POLICY]
        evidence = [one for one in material.own if _basis(one) is Basis.EVIDENCE]
        texts = [
            one for one in policies if one.hit.passage.source.metadata.kind is SourceKind.POLICY
        ]
        self._disagreement(material, texts, made)
        said = [
            self._quoted(one.hit.passage, material)
            for one in _distinct(policies, most[0], of_first=2)
        ]
        kinds = fitting(material.question.text)
        # Where a time or a person is asked for, what names one comes before what only has the subject.
        said.sort(key=lambda one: not meets(one.citations[-1].quote, kinds))
        held = [self._record(one.hit.passage, material) for one in _distinct(evidence, most[1])]
        order = (held, said) if self._leads(material, made) is Basis.EVIDENCE else (said, held)
        for claim in (one for group in order for one in group):
            if claim.basis is Basis.EVIDENCE or not _repeats(claim, made.claims):
                made.claims.append(claim)

    def _leads(self, material: Material, made: Composition) -> Basis:
        """Return whether an answer begins with what is said or with what is held.

        Proof is told in the order in which an auditor asks for it, and a contradiction before all else. A
        plain question is answered by whatever carries it best: with that first, the first claim from the
        company's files cites an expected source for 306 of 436 questions, with policies first for 236.
        """
        if material.question.intent is Intent.PROVE or made.disagreements or not material.own:
            return Basis.POLICY
        return _basis(material.own[0])

    def _quoted(self, passage: Passage, material: Material) -> Claim:
        citation = self._best(passage, material)
        before = material.before.get(passage.id, ())
        above = denial_above(passage, citation.start, before)
        parts = [above, citation] if above and above.end <= citation.start else [citation]
        return Claim(
            text=" … ".join(told(passage, one.quote) for one in parts),
            basis=BASIS_OF[passage.source.metadata.kind],
            citations=tuple(parts),
        )

    def _record(self, passage: Passage, material: Material) -> Claim:
        """Return a claim that a record exists, with the time that it speaks for."""
        citation = self._best(passage, material)
        return Claim(
            text=f"{_spoken_for(passage.source, material.period)}: {told(passage, citation.quote)}",
            basis=BASIS_OF[passage.source.metadata.kind],
            citations=(citation,),
        )

    def _best(self, passage: Passage, material: Material) -> Citation:
        kinds = fitting(material.question.text)
        return cite(passage, *best_words(passage, material.hearing, self._vocabulary, kinds))

    def _disagreement(
        self, material: Material, policies: Sequence[Supported], made: Composition
    ) -> None:
        """Name the point on which two of the policies found most clearly disagree."""
        spans: list[tuple[Passage, int, int]] = []
        statements: list[Statement] = []
        for passage in (one.hit.passage for one in policies):
            for said in said_under(passage, self._vocabulary):
                # Few sentences are on the point, and to look for amounts takes longest.
                on_the_point = material.hearing.coverage(said.concepts) >= _ON_THE_POINT
                if on_the_point and compared(said.text):
                    statements.append(Statement(passage.source.path, said.text, len(spans)))
                    spans.append((passage, passage.start + said.start, passage.start + said.end))
        for found in disagreements(statements, self._vocabulary, self._encode)[:1]:
            citations = (cite(*spans[found.one.key]), cite(*spans[found.other.key]))
            made.add_disagreement(citations, (found.amount.words, found.other_amount.words))

    # What is missing, and what to do

    def _missing(self, material: Material, made: Composition) -> None:
        cited = _cited(made.claims, material.own)
        prove = material.question.intent is Intent.PROVE
        if material.lacking:
            made.missing.append(f"{NOTHING_SPEAKS_OF} {_listed(material.lacking)}.")
        related = _related(cited, material.labelled)
        on_point = periods_covered.asked_about(
            cited,
            lambda title: material.hearing.share(self._vocabulary.meant(title)),
            criteria={one.id for one in material.criteria} if prove else (),
        )
        gaps = periods_covered.missing_records(
            _related(on_point, material.labelled), material.period
        )
        made.missing += periods_covered.gap_lines(gaps, material.question.period)
        made.missing += periods_covered.unrecorded(cited, related, material.question.period)
        for source in cited:
            outside = periods_covered.outside(source, material.period)
            if outside and source.metadata.period and (prove or source in on_point):
                when = label(source.metadata.period)
                made.missing.append(
                    f"“{source.metadata.title}” speaks for {when}, outside the audit period, "
                    "and does not count."
                )
            if source.stale:
                made.missing.append(
                    f"The newest version of “{source.metadata.title}” cannot be read; "
                    "this is an earlier one."
                )
        bases = {claim.basis for claim in made.claims}
        if not prove:
            if bases == {Basis.CATALOG} and material.question.about_us and not material.lacking:
                made.missing.append(NOTHING_OF_OURS)
            return
        if Basis.POLICY not in bases:
            made.missing.append("No policy was found that speaks of this.")
        if Basis.EVIDENCE not in bases:
            made.missing.append("No evidence was found that this is done.")

    def _next_steps(self, material: Material, made: Composition) -> None:
        if material.question.intent is Intent.PROVE and material.criteria:
            criterion = self._catalog[material.criteria[0].id]
            bases = {claim.basis for claim in made.claims}
            if Basis.EVIDENCE not in bases:
                wanted = criterion.evidence[0]
                made.next_steps.append(
                    f"Collect “{wanted.record}” from: {wanted.system.lower()}. {wanted.good}"
                )
        for line in made.missing:
            if line.startswith("No record of"):
                made.next_steps.append(
                    "Find the missing record, or write down why there is none and what was done instead."
                )
                break
        owners = dict.fromkeys(
            source.metadata.owner
            for source in _cited(made.claims, material.own)
            if source.metadata.owner
        )
        if owners and (made.missing or material.question.intent is Intent.WHO):
            names = list(owners)[:3]
            made.next_steps.append(
                f"Ask {_listed(names)}, who own{'s' * (len(names) == 1)} these sources."
            )


def _whole(passage: Passage, text: str = "") -> Claim:
    """Return a claim that says a passage of the catalog from end to end."""
    citation = cite(passage, passage.start, passage.end)
    return Claim(text=text or plain(citation.quote), basis=Basis.CATALOG, citations=(citation,))


def _basis(one: Supported) -> Basis:
    return BASIS_OF[one.hit.passage.source.metadata.kind]


def _distinct(
    supported: Iterable[Supported], most: int, *, of_first: int = 1
) -> Iterator[Supported]:
    """Yield the best passages, as long as they are nearly as good as the best of all.

    One for each source, and `of_first` of the source that stands first.
    """
    seen: Counter[str] = Counter()
    best: Supported | None = None
    for one in supported:
        path = one.hit.passage.source.path
        best = best or one
        allowed = of_first if path == best.hit.passage.source.path else 1
        if seen[path] >= allowed or one.score < _NEAR_BEST * best.score:
            continue
        seen[path] += 1
        yield one
        if seen.total() >= most:
            return


def _repeats(claim: Claim, claims: Sequence[Claim]) -> bool:
    quotes = {" ".join(c.quote.split()) for one in claims for c in one.citations}
    return all(
        any(
            " ".join(c.quote.split()) in quote or quote in " ".join(c.quote.split())
            for quote in quotes
        )
        for c in claim.citations
    )


def _spoken_for(source: Source, audit: Period | None) -> str:
    about = f"“{source.metadata.title}”"
    if source.metadata.period is None:
        return about
    when = label(source.metadata.period)
    if periods_covered.outside(source, audit):
        return f"{about}, which speaks for {when} and so not for the audit period"
    return f"{about}, which speaks for {when}"


def _cited(claims: Iterable[Claim], own: Sequence[Supported]) -> list[Source]:
    by_path = {one.hit.passage.source.path: one.hit.passage.source for one in own}
    paths = dict.fromkeys(citation.source for claim in claims for citation in claim.citations)
    return [by_path[path] for path in paths if path in by_path]


def _related(cited: Sequence[Source], labelled: Sequence[Source]) -> list[Source]:
    """Return the cited evidence with every other record of the same series."""
    series = {
        periods_covered.series_of(one) for one in cited if one.metadata.kind is SourceKind.EVIDENCE
    }
    together = {one.path: one for one in (*labelled, *cited)}
    return [one for one in together.values() if periods_covered.series_of(one) in series]


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def citations_of(claims: Iterable[Claim]) -> Iterator[Citation]:
    """Yield every citation of the claims."""
    for claim in claims:
        yield from claim.citations
