"""Make a follow-up such as "and for contractors?" a question that stands on its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.citations.moments import take_moments
from copilot.generation.absences import speaks_only_of
from copilot.retrieval.querying import parse_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.wording import Vocabulary

_OPENER: Final = re.compile(
    r"^\W*(?:(?:and|but|or|ok(?:ay)?|so|also|then)\b[\s,]*)*"
    r"(?:(?:what|how) about|(?:is it|is that|does (?:it|that)|do they) (?:also )?(?:the same|apply)|(?:the )?same)?\b[\s,]*",
    re.IGNORECASE,
)
_CONTINUES: Final = re.compile(
    r"^\W*(?:and|but|or|also|what about|how about|same|is it the same|does (?:it|that) apply|then|so)\b",
    re.IGNORECASE,
)
_POINTS_BACK: Final = re.compile(
    r"\b(?:it|its|that|this|those|these|they|them|their|there|one|he|she|the same|such)\b(?!\s+(?:we|our|you|is|are|was|were|everyone|all|the|a|an|every|each|nobody|no)\b)",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r"^\W*(?:who|whom|whose|what|when|where|why|which|how|do|does|did|is|are|was|were|can|may|must|should|will|has|have)\b",
    re.IGNORECASE,
)
_PREPOSITION: Final = re.compile(
    r"^(?:for|in|on|at|to|with|by|of|from|during|since|before|after|under|about|against)\b",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"^\W*(?:(?:how (?:do|can|could|would|should) (?:i|we|you) (?:prove|show|demonstrate)(?: that)?)|"
    r"(?:(?:what|which) (?:is|are|was|were|proves?|shows?)(?: (?:our|the|my))?)|"
    r"(?:(?:do|does|did|are|is|can|may|must|should|will|have|has)\b)|"
    r"(?:how (?:often|long|many|much|quickly|soon)(?: (?:do|does|did|is|are|must|should))?)|"
    r"(?:(?:when|where|why|who|whom|which)(?: (?:do|does|did|is|are|was|were|must|should|has|have))?))\s+",
    re.IGNORECASE,
)
_DENIES: Final = re.compile(
    r"\b(?:no|not|never|nobody|none|without|except|unless)\b|n['’]t\b", re.IGNORECASE
)
_LONGEST: Final = 400
"""Characters of a rewriting; one that is longer is no question."""

_FEW_WORDS: Final = 4
_SHORT: Final = 3
"""Things of its own that a question must name to be understood without the one before."""


def needs_context(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether a question is hardly understood without the ones before it."""
    own = vocabulary.asked(text)
    if not own and not _ASKS.search(text):
        return False  # thanks, or a greeting
    if _CONTINUES.search(text):
        return len(own) < 2 * _SHORT
    if _POINTS_BACK.search(text):
        return len(own) < _SHORT
    return bool(_ASKS.search(text)) and len(own) < 2 and len(text.split()) <= _FEW_WORDS


def standalone(text: str, earlier: Sequence[str], vocabulary: Vocabulary) -> str:
    """Return a question that can be answered without the conversation, by rules alone.

    Args:
        text: The last question.
        earlier: The questions before it, oldest first.
        vocabulary: Tells how much a question names by itself.
    """
    if not earlier or not needs_context(text, vocabulary):
        return text
    whole = earlier[0]
    for one in earlier[1:]:
        whole = standalone(one, [whole], vocabulary)
    rest = _OPENER.sub("", text).strip(" ?!.,")
    last = whole.strip(" ?!.")
    if not rest:
        return whole
    rest = rest[0].upper() + rest[1:] if _ASKS.search(rest) else rest
    ids = parse_query(rest).criteria
    if ids and (named := parse_query(last).criteria):
        return f"{re.sub(re.escape(named[-1]), ids[0], last, flags=re.IGNORECASE)}?"
    if _ASKS.search(rest):
        topic = _LEAD.sub("", last)
        return f"{rest} ({topic})?"
    if moments := take_moments(rest)[0]:
        years = [one.year for one in take_moments(last)[0] if one.year]
        year = f" {years[-1]}" if years and not any(one.year for one in moments) else ""
        when = rest if _PREPOSITION.search(rest) else f"in {rest}"
        return f"{_without_time(last)} {when}{year}?"
    if preposition := _PREPOSITION.match(rest):
        return f"{_without_phrase(last, preposition[0])} {rest}?"
    return f"{last} for {rest}?"


def faithful(rewritten: str, conversation: Sequence[str], vocabulary: Vocabulary) -> bool:
    """Say whether a model's rewriting only uses what the conversation speaks of."""
    said = " ".join(conversation)
    if not rewritten.strip() or len(rewritten) > _LONGEST or "\n" in rewritten.strip():
        return False
    if _DENIES.search(rewritten) and not _DENIES.search(said):
        return False
    return speaks_only_of(rewritten, said, vocabulary)


def _without_time(text: str) -> str:
    moments, blanked = take_moments(text)
    if not moments:
        return text
    return re.sub(r"\s+(?:in|on|for|during|of|since)?\s*$", "", " ".join(blanked.split()))


def _without_phrase(text: str, preposition: str) -> str:
    """Return a question without the phrase at its end that begins with the same preposition."""
    match = re.search(rf"\s{preposition}\s+(?:\w+\s*){{1,4}}$", text, re.IGNORECASE)
    return text[: match.start()] if match and match.start() > len(text) // 3 else text
