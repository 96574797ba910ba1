"""Check that quoted words stand where a citation says they do, and that the asker may read them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from copilot.citations.quotes import SHORTEST_QUOTE, fold
from copilot.errors import UnsupportedClaim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.access import Principal
    from copilot.domain.answers import Citation, Claim
    from copilot.domain.documents import SourcePath


class Texts(Protocol):
    """What a check reads: stored texts, and the pages of their stretches. The truth is one."""

    def text_of(self, path: SourcePath, *, principal: Principal) -> str | None:
        """Return the text of a source, or nothing if it is absent or not readable."""

    def pages_of(
        self, path: SourcePath, start: int, end: int, *, principal: Principal
    ) -> Sequence[int | None]:
        """Return the pages of the passages that a stretch of a source lies in, in their order.

        None if no passage holds any of it, or the source may not be read.
        """


def check_citation(citation: Citation, *, truth: Texts, principal: Principal) -> Citation:
    """Return `citation` as verified, if everything that it says holds.

    The source exists and `principal` may read it; the quote stands in its stored text at these
    offsets; the page is the one that these offsets are on.

    Raises:
        UnsupportedClaim: One of these does not hold. It names the source by the path that the
            citation gave, and nothing of what the source says.
    """
    text = truth.text_of(citation.source, principal=principal)
    if text is None:
        raise UnsupportedClaim(f"{citation.source} is not among the sources that may be read")
    quote = fold(citation.quote).text
    if len(quote) < SHORTEST_QUOTE:
        raise UnsupportedClaim(f"a quote of {len(quote)} characters shows nothing")
    if not 0 <= citation.start < citation.end <= len(text):
        raise UnsupportedClaim(
            f"{citation.source} has no characters {citation.start}:{citation.end}"
        )
    # A word broken at the edge of the stretch would fold differently on its own.
    if fold(text[citation.start : citation.end]).text != quote:
        raise UnsupportedClaim(
            f"{citation.source} does not say that at {citation.start}:{citation.end}"
        )
    pages = truth.pages_of(citation.source, citation.start, citation.end, principal=principal)
    if pages and citation.page not in pages:
        raise UnsupportedClaim(f"{citation.source}: the quote is not on page {citation.page}")
    return replace(citation, verified=True)


def check_claims(
    claims: Sequence[Claim], *, truth: Texts, principal: Principal
) -> tuple[list[Claim], list[str]]:
    """Return the claims whose every citation holds, and why the others were withheld.

    A claim with a citation that fails is dropped whole: without its source it is an assertion.
    """
    kept: list[Claim] = []
    withheld: list[str] = []
    once = _ReadOnce(truth)
    for claim in claims:
        try:
            checked = tuple(
                check_citation(one, truth=once, principal=principal) for one in claim.citations
            )
        except UnsupportedClaim as exc:
            withheld.append(str(exc))
        else:
            if checked:
                kept.append(replace(claim, citations=checked))
            else:
                withheld.append("a claim without a citation")
    return kept, withheld


class _ReadOnce:
    """Texts of which each is read once, although several citations stand in it."""

    def __init__(self, truth: Texts) -> None:
        self._truth = truth
        self._known: dict[tuple[SourcePath, Principal], str | None] = {}
        self.pages_of = truth.pages_of

    def text_of(self, path: SourcePath, *, principal: Principal) -> str | None:
        key = (path, principal)
        if key not in self._known:
            self._known[key] = self._truth.text_of(path, principal=principal)
        return self._known[key]
