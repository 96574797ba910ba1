"""What kind of answer a question wants, and whether it should have one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from copilot.domain.periods import Period, parse_period
from copilot.errors import InvalidPeriod
from copilot.retrieval.querying import Query, parse_query

if TYPE_CHECKING:
    from collections.abc import Iterable


class Intent(StrEnum):
    """The kinds of question that people ask."""

    PROVE = "prove"
    """How do I prove X? What evidence is there for X?"""
    DEFINE = "define"
    """What is X? What does X mean?"""
    WHETHER = "whether"
    """Do we X? Is X in place?"""
    WHO = "who"
    """Who owns, approves, reviews X?"""
    STATUS = "status"
    """When did we last X? Is X done?"""
    FACT = "fact"
    """How often, how long, how many; anything else that the sources should say."""


_INTENTS: Final = (
    (
        Intent.PROVE,
        r"\b(prove|proof|evidence|evidences?|demonstrate|show (?:that|an auditor|the auditor|how)|"
        r"auditors? (?:ask|want|look|request|expect)\w*|what (?:do|should|can|must) (?:i|we) (?:show|provide|give))\b",
    ),
    (
        Intent.WHO,
        r"^\W*(?:and )?(?:who|whose|whom|which (?:person|team|role))\b|"
        r"\bwho (?:owns|approves|reviews|is|signs|must|can|may|has to|decides)\b",
    ),
    (
        Intent.STATUS,
        r"^\W*(?:when (?:did|was|were|is|are|will)|what(?:'s| is| was) the (?:status|state|result|outcome))\b|"
        r"\b(?:status of|up to date|overdue|still (?:open|missing)|most recent|latest)\b|"
        r"^\W*(?:did|has|have) (?:we|our|the|any|all|every)\b",
    ),
    (
        Intent.WHETHER,
        r"^\W*(?:do|does|are|is|can|may|must|should|will|am) (?:we|our|us|i|the company|all|every|any|there|"
        r"employees|engineers|developers|contractors|customers|it|laptops|backups|logs|the)\b",
    ),
    (
        Intent.DEFINE,
        r"^\W*(?:what(?:'s| is| are| does)|explain|define|describe|why|difference between)\b",
    ),
)
_COMPILED: Final = tuple((intent, re.compile(p, re.IGNORECASE)) for intent, p in _INTENTS)

_OURS: Final = re.compile(
    r"\b(we|our|ours|us|my|i|company's|here|this (?:year|quarter|month)|last (?:year|quarter|month))\b",
    re.IGNORECASE,
)

_PRIVATE_THING: Final = (
    r"(?:salar(?:y|ies)|wages?|compensation|bonus(?:es)?|pay ?(?:slip|check|roll)s?|earn(?:s|ings)?|paid|"
    r"home address(?:es)?|private (?:address|phone|e-?mail|number)|(?:personal|home|mobile|private) (?:phone|number)s?|"
    r"phone numbers?|date of birth|birthdays?|birth dates?|how old|age of|social security|national insurance|"
    r"passports?|bank (?:account|details)|iban|medical|sick(?:ness| leave| days?)?|health (?:record|condition|status)|"
    r"pregnan\w*|disabilit\w*|religio\w*|ethnic\w*|nationalit\w*|sexual|married|marital|divorc\w*|children|"
    r"criminal record|emergency contacts?|next of kin|disciplinary (?:record|case|action)|performance (?:rating|score|review)s?|"
    r"wh?ere does .{2,40} live|background check results?|passwords?|pin|private life|relationship)"
)
_PERSON_WORD: Final = (
    r"(?:his|her|their|(?:my|our|the|a|an|which|each|every|one) (?:\w+ ){0,2}"
    r"(?:boss|manager|colleague|coworker|co-worker|ceo|cto|cfo|ciso|employee|engineer|person|teammate|"
    r"contractor|candidate|director|lead|head of \w+)(?:'s|’s|s')?|(?:ceo|cto|cfo|ciso|coo)(?:'s|’s)?)"
)
_NAME: Final = (
    r"(?:[A-Z][a-zà-ÿ]+(?: [A-Z][a-zà-ÿ]+)*)(?:'s|’s)|(?<=[a-z,] )[A-Z][a-zà-ÿ]+ [A-Z][a-zà-ÿ]+\b"
)
_ASKS_FOR_VALUE: Final = re.compile(
    r"\b(what|how much|how many|how old|where|tell me|give me|show me|list|who (?:earns|is (?:sick|pregnant|married)))\b",
    re.IGNORECASE,
)
_PRIVATE: Final = re.compile(_PRIVATE_THING, re.IGNORECASE)
_PERSON: Final = re.compile(rf"\b{_PERSON_WORD}\b", re.IGNORECASE)
_POSSESSIVE: Final = re.compile(rf"\b{_NAME}")
_ALWAYS_PRIVATE: Final = re.compile(
    r"\b(who (?:earns|is (?:sick|pregnant|married|on sick leave))|where does [A-Z]\w+ .{0,30}live|"
    r"how (?:much (?:does|do) .{2,40} (?:earn|make|get paid)|old is))\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"\b(?:(Q[1-4])\s*(?:of\s*)?(20\d\d)|(20\d\d)[- ]?(Q[1-4])|(20\d\d-\d\d(?:-\d\d)?)|(20\d\d))\b",
    re.IGNORECASE,
)


_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH: Final = re.compile(
    r"\b(January|February|March|April|(?<=in )May|(?<=of )May|(?<=the )May|(?<=\d )May|May(?= 20\d\d)|June|July|"
    r"August|September|October|November|December)\b"
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, understood as far as rules go."""

    query: Query
    intent: Intent
    ours: bool
    """Whether it asks about the company rather than about SOC 2 in general."""
    private: bool
    """Whether it asks for something about a person that is nobody's business here."""
    period: Period | None
    """The time that the question itself names."""

    timeless: str
    """The question without the time that it names: time is matched by period, not by words."""

    @property
    def text(self) -> str:
        """The question as it was asked."""
        return self.query.text


def read_question(text: str, *, names: Iterable[str] = (), year: int | None = None) -> Question:
    """Return what a question wants.

    Args:
        text: As it was typed.
        names: Names of people, so that "What does Jonas Mendes earn?" is recognised.
        year: The year of the audit period, for a month that is named without one.
    """
    query = parse_query(text)
    intent = next(
        (intent for intent, pattern in _COMPILED if pattern.search(query.text)), Intent.FACT
    )
    return Question(
        query=query,
        intent=intent,
        ours=bool(_OURS.search(query.text)),
        private=_is_private(query.text, names),
        period=_period(query.text, year),
        timeless=_MONTH.sub(" ", _TIME.sub(" ", query.text)),
    )


def _is_private(text: str, names: Iterable[str]) -> bool:
    if _ALWAYS_PRIVATE.search(text):
        return True
    if not _PRIVATE.search(text):
        return False
    lowered = text.lower()
    named = any(
        part.lower() in lowered.split() or f"{part.lower()}'s" in lowered or name.lower() in lowered
        for name in names
        for part in name.split()
        if len(part) > 2
    )
    about_someone = named or bool(_PERSON.search(text) or _POSSESSIVE.search(text))
    return about_someone and bool(_ASKS_FOR_VALUE.search(text) or named)


def _period(text: str, year: int | None) -> Period | None:
    if match := _TIME.search(text):
        quarter, named = match[1] or match[4], match[2] or match[3]
        written = f"{named}-{quarter}" if quarter else match[5] or match[6]
        month = _MONTH.search(text)
        if month and not match[5] and not quarter:
            written = f"{match[6]}-{_MONTHS.index(month[1][:3].lower()) + 1:02}"
    elif (match := _MONTH.search(text)) and year:
        written = f"{year}-{_MONTHS.index(match[1][:3].lower()) + 1:02}"
    else:
        return None
    try:
        return parse_period(written)
    except InvalidPeriod:
        return None
