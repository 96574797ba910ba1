"""Documents that give orders to a language model: they are data, and nothing of an order is an answer."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from copilot.citations.support import is_record, paragraph
from copilot.domain.answers import Basis
from copilot.generation.instructions import find_instructions, spoils

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from copilot.domain.answers import Citation, Claim
    from copilot.domain.documents import Passage

_WHY: Final = "the quote gives orders to a language model"
_LOOKED_AT: Final = 12
"""Passages of an answer that are looked through, which are those that a model is given."""

_KEPT: Final = 4_000
"""Texts of which it is kept whether they give orders; 1 kB each."""

_gives_orders: Final = lru_cache(maxsize=_KEPT)(find_instructions)
_spoils: Final = lru_cache(maxsize=_KEPT)(spoils)


def without_orders(
    claims: Sequence[Claim], passages: Sequence[Passage]
) -> tuple[list[Claim], list[str]]:
    """Return the claims that quote or name no such order, and why each of the others was withheld."""
    kept = [
        one
        for one in claims
        if not _quotes_an_order(one)
        and not any(_is_meant_by_one(citation, passages) for citation in one.citations)
    ]
    return kept, [_WHY] * (len(claims) - len(kept))


def order_notes(passages: Iterable[Passage]) -> Iterator[str]:
    """Yield a note for reviewers on each source among the first passages that gives orders."""
    for passage, _ in zip(passages, range(_LOOKED_AT), strict=False):
        about = passage.source
        if _gives_orders(passage.text) or _gives_orders(passage.context):
            yield (
                f"“{about.metadata.title}” ({about.path}) contains text that gives orders to a "
                "language model. It was treated as data."
            )


def _is_meant_by_one(citation: Citation, passages: Sequence[Passage]) -> bool:
    """Say whether an order in the paragraph of a quote means the quoted words."""
    return any(
        _spoils(
            citation.quote,
            paragraph(
                passage.text,
                citation.start - passage.start,
                citation.end - passage.start,
                rows=is_record(passage),
            ),
        )
        for passage in passages
        if passage.source.path == citation.source and passage.start <= citation.start < passage.end
    )


def _quotes_an_order(claim: Claim) -> bool:
    if claim.basis is Basis.CATALOG:
        return False  # ours
    # What we say of a source has its title in it, which may be an order as well.
    return bool(_gives_orders(claim.text)) or any(
        _gives_orders(citation.quote) for citation in claim.citations
    )
