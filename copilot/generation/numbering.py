"""Give passages numbers, and write them down so that no document can pretend to be another.

Each call draws a mark of its own, which stands at both ends of every source. A document cannot know
it, and one that happened to hold it would make us draw another.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from copilot.citations.given import GivenSource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from copilot.domain.access import Audience
    from copilot.domain.documents import Passage

MOST_SOURCES: Final = 12
"""Passages that a model is given: about 3,000 tokens, which every current model reads with care."""

LONGEST_PASSAGE: Final = 4_000
"""Characters; a longer passage, such as a table's widest row, is cut for the model."""

_BYTES: Final = 8


def number(
    passages: Iterable[Passage], *, withheld: Collection[Audience] = (), most: int = MOST_SOURCES
) -> tuple[GivenSource, ...]:
    """Return the passages with numbers from 1 on, each once, in the order given.

    Args:
        passages: What may be given, the most useful first.
        withheld: Audiences whose passages are not given to this model.
        most: How many are given at most.
    """
    distinct = {one.id: one for one in passages if one.source.metadata.audience not in withheld}
    chosen = list(distinct.values())[:most]
    return tuple(GivenSource(at, one) for at, one in enumerate(chosen, start=1))


def draw_mark(texts: Iterable[str]) -> str:
    """Return a word that stands in none of the texts and that none of them could foresee."""
    joined = "\n".join(texts)
    while True:
        mark = f"source-{secrets.token_hex(_BYTES)}"
        if mark not in joined:
            return mark


def texts_of(given: Sequence[GivenSource]) -> list[str]:
    """Return what a model reads of each source: what it is, its columns if it has any, its text."""
    return [text for one in given for text in (_about(one), _columns(one), _text(one))]


def written(given: Sequence[GivenSource], *, mark: str, texts: Sequence[str]) -> str:
    """Return the sources as a model reads them.

    Args:
        given: The sources with their numbers.
        mark: What stands at both ends of each.
        texts: What `texts_of` returned, with placeholders for what must not leave the machine.
    """
    blocks = []
    for at, one in enumerate(given):
        about, columns, text = texts[3 * at : 3 * at + 3]
        kind = one.passage.source.metadata.kind.value
        lines = [f"{mark} begin source {one.number} ({kind}): {about}"]
        lines += [f"columns: {columns}"] if columns else []
        blocks.append("\n".join((*lines, text, f"{mark} end source {one.number}")))
    return "\n\n".join(blocks)


def _about(one: GivenSource) -> str:
    return _one_line(" – ".join((one.passage.source.metadata.title, *one.passage.heading)))


def _columns(one: GivenSource) -> str:
    context = one.passage.context
    return _one_line(context.rpartition("\n")[2]) if " | " in context else ""


def _text(one: GivenSource) -> str:
    return one.passage.text[:LONGEST_PASSAGE]


def _one_line(text: str) -> str:
    return " ".join(text.split())
