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
    from collections.abc import Collection


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
        r"^\W*(?:do|does|are|is|can|may|must|should|will|am) (?:we|our|us|i|you|your|the company|all|every|any|there|"
        r"employees|third parties|vendors|suppliers|engineers|developers|contractors|customers|it|laptops|backups|logs|the)\b",
    ),
    (
        Intent.DEFINE,
        r"^\W*(?:what(?:'s| is| are| does)|explain|define|describe|why|difference between)\b",
    ),
)
_COMPILED: Final = tuple((intent, re.compile(p, re.IGNORECASE)) for intent, p in _INTENTS)

_OURS: Final = re.compile(
    r"\b(we|our|ours|us|my|i|your|(?:do|did|have|are) you(?! (?:need|have to|think|know|recommend|mean|suggest))|company's|here|this (?:year|quarter|month)|last (?:year|quarter|month))\b",
    re.IGNORECASE,
)

_PRIVATE_THING: Final = (
    r"(?:salar(?:y|ies)|wages?|pay ?(?:slip|check|roll|packet)s?|take[- ]home|takes? home|earn(?:s|ings)?|pensions?|"
    r"mortgage|in debt|debts|tax (?:code|number)|bank (?:account|details)|iban|"
    r"home address(?:es)?|private (?:address|phone|e-?mail|number|life)|"
    r"(?:personal|home|mobile|private) (?:phone|number|e-?mail|mobile|cell)s?|phone numbers?|where does .{2,40} live|"
    r"date of birth|birthdays?|birth dates?|how old|age of|social security|national insurance|passports?|visas?|"
    r"driving licen[cs]e|nationalit\w*|citizenship|work permit|"
    r"medical|sick(?:ness| leave| days?)?|\bill\b|illness|health (?:record|condition|status)|diagnos\w*|depress\w*|"
    r"therapy|allerg\w*|vaccinat\w*|pregnan\w*|disabilit\w*|disabled person|"
    r"religio\w*|ethnic\w*|sexual\w*|\bgay\b|trade union|union member|political\w*|vote[sd]? for|"
    r"married|marital|divorc\w*|single or|husband|wife|spouse|boyfriend|girlfriend|dating|in a relationship|"
    r"children|kids|sons?\b|daughters?|next of kin|emergency contacts?|"
    r"criminal (?:record|history|past|check)|convict\w*|arrested|disciplinary (?:record|case|action)|written warning|"
    r"performance (?:rating|score)s?)"
)
"""What is nobody's business here, whoever asks."""

_PRIVATE_OF_SOMEBODY: Final = (
    r"(?:compensation|bonus(?:es)?|paid|passwords?|pin\b|fired|sacked|dismissed|let go|resign\w*|"
    r"background check results?|rating|grade|"
    r"(?:performance review|appraisal|annual review)s?.{0,40}\b(?:bad|good|poor|go|went|say|said|result|outcome|rating|score)|"
    r"(?:bad|good|poor|rating|score|grade|result|outcome)\b.{0,30}(?:performance review|appraisal|annual review)|"
    r"why (?:did|has|was|is) .{2,40}(?:leave|left|quit|gone|away|absent|off work|let go))"
)
"""What is private only where it is asked about one person: rules on passwords or pay are not."""

_PERSON_WORD: Final = (
    r"(?:his|her|their|(?:my|our|the|a|an|which|each|every|one) (?:\w+ ){0,2}"
    r"(?:boss|manager|colleague|coworker|co-worker|ceo|cto|cfo|ciso|employee|engineer|person|teammate|"
    r"contractor|candidate|director|lead|head of \w+)(?:'s|’s|s')?|(?:ceo|cto|cfo|ciso|coo)(?:'s|’s)?)"
)
_FULL_NAME: Final = r"(?<![.!?] )(?<!^)\b[A-Z][a-zà-ÿ]+ [A-Z][a-zà-ÿ]+\b"
_NAME: Final = rf"(?:[A-Z][a-zà-ÿ]+(?: [A-Z][a-zà-ÿ]+)*)(?:'s|’s)|{_FULL_NAME}"
_ASKS_FOR_VALUE: Final = re.compile(
    r"\b(what(?! (?:do|should|must|can) (?:i|we) do\b)|how much|how many|how old|where|tell me|give me|show me|list|who (?:earns|is (?:sick|pregnant|married)))\b",
    re.IGNORECASE,
)
_PRIVATE: Final = re.compile(rf"\b{_PRIVATE_THING}", re.IGNORECASE)
_PRIVATE_OF_ONE: Final = re.compile(rf"\b{_PRIVATE_OF_SOMEBODY}", re.IGNORECASE)
_PERSON: Final = re.compile(rf"\b{_PERSON_WORD}\b", re.IGNORECASE)
_POSSESSIVE: Final = re.compile(_NAME)
NO_NAME: Final = frozenset(
    "access acceptable asset audit awareness backup board business change code committee compliance conduct continuity "
    "control controls customer data development disaster encryption engineering head human incident information it "
    "lead legal management office people personal plan platform policy privacy product recovery register report "
    "resources response retention review risk security service services success team training trust type use vendor".split()
)
"""Words of titles, which are written like names."""

_ONE_PERSON: Final = re.compile(rf"{_FULL_NAME}|^\W*[A-Z][a-zà-ÿ]+ [A-Z][a-zà-ÿ]+(?:'s|’s)")
_ALWAYS_PRIVATE: Final = re.compile(
    r"\b(who (?:earns|is (?:sick|pregnant|married|on sick leave))|where does [A-Z]\w+ .{0,30}live|"
    r"how (?:much (?:does|do) .{2,40} (?:earn|make|get paid)|old is))\b",
    re.IGNORECASE,
)
_TIME: Final = re.compile(
    r"\b(?:(Q[1-4])\s*(?:of\s*)?(20\d\d)|(20\d\d)[- ]?(Q[1-4])|(20\d\d-\d\d(?:-\d\d)?)|(20\d\d)|(Q[1-4]))\b",
    re.IGNORECASE,
)


_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH: Final = re.compile(
    r"\b((?i:January|February|April|June|July|August|September|October|November|December)|"
    # What is also a verb has to look like a month.
    r"March|(?<=in )(?:may|march)|(?:(?<=in )|(?<=of )|(?<=the )|(?<=\d ))May|(?<=of )march|"
    r"(?i:may|march)(?= 20\d\d))\b"
)


_SOMEBODY: Final = (
    r"(?:(?:one of )?(?:an?|the|our|my|one|some|another) )?(?:[\w-]+ )?"
    r"(?:prospect|customer|client|buyer|lead|investor|partner|auditor|regulator|insurer|boss|manager|colleague|"
    r"somebody|someone|sales|legal|procurement)s?"
)
_FRAMES: Final = re.compile(
    rf"^\W*(?:(?:hi|hello|hey)\b\W*)?(?:"
    rf"{_SOMEBODY} (?:wants?|wanted|would like|needs?|asks?|asked|is asking|are asking|wonders?)"
    r"(?: (?:me|us))?(?: to (?:know|hear|see))?,?(?: (?:if|whether|about|that)\b|(?= (?:how|what|who|which|when|where)\b)|:)|"
    rf"(?:can|may|could|should) (?:i|we) (?:tell|promise|assure|answer) {_SOMEBODY} (?:that|if|whether)\b)",
    re.IGNORECASE,
)
"""How a question is passed on: who asks it is no part of what the sources should speak of."""


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
    """The question without the time that it names, which is matched by period and not by words, and
    without who wants to know: "a prospect asks whether"."""

    names: Collection[str] = ()
    """The names of people that it was read with."""

    @property
    def text(self) -> str:
        """The question as it was asked."""
        return self.query.text

    @property
    def about_us(self) -> bool:
        """Whether the company's own files should have a say: all but definitions are about it."""
        return self.ours or self.intent is not Intent.DEFINE


def read_question(text: str, *, names: Collection[str] = (), year: int | None = None) -> Question:
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
        timeless=_MONTH.sub(" ", _TIME.sub(" ", _FRAMES.sub("", query.text))),
        names=names,
    )


def _is_private(text: str, names: Collection[str]) -> bool:
    if _ALWAYS_PRIVATE.search(text):
        return True
    named = _names_somebody(text, names)
    if _PRIVATE.search(text):
        somebody = bool(_PERSON.search(text) or _POSSESSIVE.search(text))
        return named or (somebody and bool(_ASKS_FOR_VALUE.search(text)))
    return named and bool(_PRIVATE_OF_ONE.search(text))


def _names_somebody(text: str, names: Collection[str]) -> bool:
    """Say whether a person is named, in full or by a name that is known."""
    lowered = text.lower()
    known = any(
        part.lower() in lowered.split() or f"{part.lower()}'s" in lowered or name.lower() in lowered
        for name in names
        for part in name.split()
        if len(part) > 2
    )
    written = (match[0].lower().replace("’", "'") for match in _ONE_PERSON.finditer(text))
    return known or any(not NO_NAME & set(one.removesuffix("'s").split()) for one in written)


def _period(text: str, year: int | None) -> Period | None:
    if match := _TIME.search(text):
        quarter, named = match[1] or match[4] or match[7], match[2] or match[3] or year
        if quarter and not named:
            return None
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
