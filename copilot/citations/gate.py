"""The gate that every claim of a language model passes before anybody sees it.

A claim is released when (1) the sources that it names were given, (2) each quote stands in its source,
verbatim up to white space, (3) every number, date, share, id and negation of the claim is carried by its
quotes, and (4) its content is. What fails is withheld with the name of the failure, which is also what
the model is told when it may try again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.citations.checking import check_citation
from copilot.citations.quotes import SHORTEST_QUOTE, find_folded, fold
from copilot.citations.support import Grounds, is_record, paragraph, surrounding
from copilot.domain.answers import BASIS_OF, Basis, Citation, Claim, Mode, Outcome
from copilot.domain.documents import SourceKind, may_read
from copilot.errors import UnsupportedClaim

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from copilot.citations.checking import Texts
    from copilot.citations.given import GivenSource, Proposed, Quoted
    from copilot.citations.support import Support
    from copilot.domain.access import Principal
    from copilot.domain.documents import SourcePath

_LEFT_OUT: Final = re.compile(r"\s*(?:\[\s*(?:\.{3}|…)\s*\]|\(\s*(?:\.{3}|…)\s*\)|\.{3,}|…)\s*")
_FEWEST_WORDS: Final = 3
"""Words of a piece that shows that a quote was put together: fewer stand in every text."""

LONGEST_CLAIM: Final = 600
"""Characters; what is longer is no claim but an essay, and nobody can check it at a glance."""

_FOLDED: Final = 20_000
LONGEST_QUOTE: Final = 2_000
"""Characters; a longer one shows nobody where to look, and every check takes its time."""

_STRONGEST: Final = (Basis.EVIDENCE, Basis.POLICY, Basis.CATALOG)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one claim."""

    outcome: Outcome
    why: str = ""
    """What failed, for the model and for reviewers; empty if nothing did."""
    claim: Claim | None = None
    """The claim with its checked citations, if it was found."""


class Gate:
    """Checks the claims of a model against the sources that it was given."""

    def __init__(
        self,
        *,
        truth: Texts,
        support: Support,
        spoiled: Callable[[str, str], bool] = lambda *_: False,
    ) -> None:
        """Name the parts.

        Args:
            truth: Where sources are read from, with the audience applied.
            support: Judges whether quotes carry a claim.
            spoiled: Says whether an order to a model stands in the sentences of a quote or, in their
                paragraph, means them; such a quote carries nothing.
        """
        self._truth = truth
        self._support = support
        self._spoiled = spoiled

    def check(
        self, proposed: Proposed, *, given: Sequence[GivenSource], principal: Principal
    ) -> Verdict:
        """Return whether a claim may be shown.

        Args:
            proposed: The claim, with secrets and names put back.
            given: The sources that the model was given.
            principal: Who will read the claim; a source that they may not read carries nothing.
        """
        if not proposed.text.strip():
            return Verdict(Outcome.UNSUPPORTED, "the claim is empty")
        if len(proposed.text) > LONGEST_CLAIM:
            return Verdict(Outcome.UNSUPPORTED, "the claim is too long to be one statement")
        if not proposed.quotes:
            return Verdict(Outcome.ABSENT, "the claim has no quote")
        by_number = {one.number: one for one in given}
        citations: list[Citation] = []
        for quoted in proposed.quotes:
            found = self._locate(quoted, by_number, principal)
            if isinstance(found, Verdict):
                return found
            citations.append(found)
        sources = [by_number[quoted.source] for quoted in proposed.quotes]
        grounds = [
            self._grounds(citation, source, principal)
            for citation, source in zip(citations, sources, strict=True)
        ]
        why = self._lacking(proposed, grounds)
        if why:
            return Verdict(Outcome.UNSUPPORTED, why)
        try:
            checked = tuple(
                check_citation(one, truth=self._truth, principal=principal) for one in citations
            )
        except UnsupportedClaim as exc:
            return Verdict(Outcome.ABSENT, str(exc))
        bases = {BASIS_OF[one.passage.source.metadata.kind] for one in sources}
        basis = next(one for one in _STRONGEST if one in bases)
        claim = Claim(
            text=proposed.text.strip(),
            basis=basis,
            citations=_distinct(checked),
            mode=Mode.GENERATED,
        )
        return Verdict(Outcome.FOUND, claim=claim)

    def _lacking(self, proposed: Proposed, grounds: Sequence[Grounds]) -> str:
        if any(self._spoiled(one.around, one.paragraph) for one in grounds):
            return "the quote is part of an order to a language model, which carries nothing"
        return self._support.lacking(proposed.text, grounds)

    def _locate(
        self, quoted: Quoted, given: Mapping[int, GivenSource], principal: Principal
    ) -> Citation | Verdict:
        """Return a citation of the quoted words, or what is wrong with them."""
        wanted = fold(quoted.words[:_FOLDED]).text
        if len(wanted) < SHORTEST_QUOTE:
            return Verdict(Outcome.ABSENT, f"a quote of {len(wanted)} characters shows nothing")
        if len(wanted) > LONGEST_QUOTE:
            return Verdict(Outcome.ABSENT, "the quote is too long; quote the words that say it")
        source = given.get(quoted.source)
        if source is not None:
            citation = self._cited(source, wanted, principal)
            if citation is not None:
                return citation
        return self._failure(quoted, wanted, given, principal)

    def _cited(self, source: GivenSource, wanted: str, principal: Principal) -> Citation | None:
        passage = source.passage
        if not may_read(principal, passage.source.metadata):
            return None
        place = find_folded(passage.text, wanted, whole=True)
        text, offset, page = passage.text, passage.start, passage.page
        if place is None:
            # The headings above a passage were given with it, and stand before it in the source.
            whole = self._truth.text_of(passage.source.path, principal=principal) or ""
            place = find_folded(whole, wanted, near=passage.start, whole=True)
            if place is None:
                return None
            text, offset = whole, 0
            page = self._page(passage.source.path, place, principal)
        start, end = place
        return Citation(
            source=passage.source.path,
            title=passage.title,
            page=page,
            start=offset + start,
            end=offset + end,
            quote=text[start:end],
            place=passage.place if passage.source.metadata.kind is not SourceKind.CATALOG else "",
        )

    def _grounds(self, citation: Citation, source: GivenSource, principal: Principal) -> Grounds:
        passage = source.passage
        text, start = passage.text, citation.start - passage.start
        if not 0 <= start <= len(text):
            text = self._truth.text_of(citation.source, principal=principal) or ""
            start = citation.start
        end = start + citation.end - citation.start
        rows = is_record(passage)
        around = surrounding(text, start, end, rows=rows)
        return Grounds(citation.quote, around, passage, paragraph(text, start, end, rows=rows))

    def _page(self, path: SourcePath, place: tuple[int, int], principal: Principal) -> int | None:
        return next(iter(self._truth.pages_of(path, *place, principal=principal)), None)

    def _failure(
        self,
        quoted: Quoted,
        wanted: str,
        given: Mapping[int, GivenSource],
        principal: Principal,
    ) -> Verdict:
        """Name what is wrong with a quote that does not stand in the source that it names."""
        readable = [
            one for one in given.values() if may_read(principal, one.passage.source.metadata)
        ]
        for other in readable:
            if find_folded(other.passage.text, wanted, whole=True):
                why = f"the quote does not stand in source {quoted.source}"
                return Verdict(Outcome.MISATTRIBUTED, why)
        if quoted.source not in given:
            return Verdict(Outcome.ABSENT, f"there is no source {quoted.source}")
        if _stitched(quoted.words, [fold(one.passage.text).text for one in readable]):
            why = "the quote joins words that stand apart; quote one place, or each on its own"
            return Verdict(Outcome.STITCHED, why)
        return Verdict(Outcome.ABSENT, f"source {quoted.source} does not say “{_short(wanted)}”")


def _stitched(words: str, texts: Sequence[str]) -> bool:
    """Say whether all of a quote stands in the texts, in pieces of a few words."""
    pieces = [fold(piece).text for piece in _LEFT_OUT.split(words)]
    pieces = [piece.strip(" .,;:|") for piece in pieces]
    return all(_in_pieces(piece, texts) for piece in pieces if piece)


def _in_pieces(piece: str, texts: Sequence[str]) -> bool:
    words = piece.split()
    at = 0
    while at < len(words):
        longest = 0
        for text in texts:
            length = longest
            while at + length < len(words) and " ".join(words[at : at + length + 1]) in text:
                length += 1
            longest = max(longest, length)
        if longest < min(_FEWEST_WORDS, len(words)):
            return False
        at += longest
    return True


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80].rstrip()}…"


def _distinct(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    by_place = {(one.source, one.start, one.end): one for one in citations}
    return tuple(by_place.values())
