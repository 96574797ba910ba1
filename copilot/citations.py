"""Check that quoted words stand where a citation says they do, and that the asker may read them.

Words are compared after folding what a page's layout does to them: white space, ligatures, soft
hyphens, and hyphens that break a word at the end of a line. Folding keeps a map back, so that the
offsets which a reader opens are those of the stored text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from copilot.errors import UnsupportedClaim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.access import Principal
    from copilot.domain.answers import Citation, Claim
    from copilot.ports import Truth

SHORTEST_QUOTE: Final = 8
"""Characters. An empty quote is "in" every text, and a very short one in most."""

_BROKEN_WORD: Final = re.compile(r"(?<=\w)[-\u2010\u00ad][ \t]*\r?\n[ \t]*(?=[a-zà-ÿ])")
_UNSEEN: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with its layout folded away, and the way back."""

    text: str
    offsets: tuple[int, ...]
    """For each character of `text`, where it comes from; one more for the end."""


def fold(text: str) -> Folded:
    """Return `text` with single spaces, ligatures taken apart and broken words joined."""
    joined = {at for match in _BROKEN_WORD.finditer(text) for at in range(*match.span())}
    characters: list[str] = []
    offsets: list[int] = []
    for at, character in enumerate(text):
        if at in joined or character in _UNSEEN:
            continue
        if character.isspace():
            if characters and characters[-1] != " ":
                characters.append(" ")
                offsets.append(at)
            continue
        for part in character if character < "\u0080" else unicodedata.normalize("NFKC", character):
            if not part.isspace():
                characters.append(part)
                offsets.append(at)
    while characters and characters[-1] == " ":
        characters.pop()
        offsets.pop()
    end = offsets[-1] + 1 if offsets else 0
    return Folded("".join(characters), (*offsets, end))


def find_quote(text: str, quote: str, *, near: int = 0) -> tuple[int, int] | None:
    """Return where `quote` stands in `text`, as offsets into `text` unfolded.

    Args:
        text: The stored text of a source.
        quote: Words that should stand there, in their own layout.
        near: Of several places the nearest to this offset is returned.
    """
    wanted = fold(quote).text
    if len(wanted) < SHORTEST_QUOTE:
        return None
    folded = fold(text)
    places: list[tuple[int, int]] = []
    at = folded.text.find(wanted)
    while at >= 0:
        last = folded.offsets[at + len(wanted) - 1]
        places.append((folded.offsets[at], last + 1))
        at = folded.text.find(wanted, at + 1)
    return min(places, key=lambda place: abs(place[0] - near), default=None)


def check_citation(citation: Citation, *, truth: Truth, principal: Principal) -> Citation:
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
    pages = {
        passage.page
        for passage in truth.passages_of(citation.source, principal=principal)
        if passage.start < citation.end and citation.start < passage.end
    }
    if pages and citation.page not in pages:
        raise UnsupportedClaim(f"{citation.source}: the quote is not on page {citation.page}")
    return replace(citation, verified=True)


def check_claims(
    claims: Sequence[Claim], *, truth: Truth, principal: Principal
) -> tuple[list[Claim], list[str]]:
    """Return the claims whose every citation holds, and why the others were withheld.

    A claim with a citation that fails is dropped whole: without its source it is an assertion.
    """
    kept: list[Claim] = []
    withheld: list[str] = []
    for claim in claims:
        try:
            checked = tuple(
                check_citation(one, truth=truth, principal=principal) for one in claim.citations
            )
        except UnsupportedClaim as exc:
            withheld.append(str(exc))
        else:
            if checked:
                kept.append(replace(claim, citations=checked))
            else:
                withheld.append("a claim without a citation")
    return kept, withheld
