"""What a model names as missing from the sources, as far as it may be passed on.

There is no quote for what is not there. So such a point may say nothing of its own: it may use the
words of the question and of the criteria that the question is about, and no others.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.citations.facts import facts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.wording import Vocabulary

_LONGEST: Final = 120
"""Characters; a longer point is a statement."""

_MOST: Final = 4

_OTHER_LETTERS: Final = re.compile(r"\w*[^\W\x00-\x7f]\w*")
"""Words that the vocabulary does not read: of other scripts, or with accents."""


def named_absences(
    points: Sequence[str], *, question: str, criteria: Sequence[str], vocabulary: Vocabulary
) -> list[str]:
    """Return the points that only say which part of the question no source answers.

    Args:
        points: What the model named.
        question: The question.
        criteria: Titles of the criteria that it is about.
        vocabulary: Turns words into concepts.
    """
    known = " ".join((question, *criteria))
    facts = facts_of(question)
    kept = []
    for point in points[:_MOST]:
        said = facts_of(point)
        amounts = {one.value for one in facts.amounts}
        own = (
            set(said.id_words) - set(facts.id_words)
            or {one.value for one in said.amounts} - amounts
        )
        if len(point) <= _LONGEST and not own and speaks_only_of(point, known, vocabulary):
            kept.append(f"No source says: {' '.join(point.split()).rstrip('.')}.")
    return kept


def speaks_only_of(text: str, known: str, vocabulary: Vocabulary) -> bool:
    """Say whether a text speaks of nothing that another text does not speak of."""
    concepts = set(vocabulary.concepts(known))
    words = set(_OTHER_LETTERS.findall(known.lower()))
    strange = set(_OTHER_LETTERS.findall(text.lower())) - words
    return not strange and all(one in concepts for one in vocabulary.asked(text))
