"""What kind of words would answer a question: a date, a number, a person. A passage without them does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_NUMBER: Final = (
    r"\d|\b(?:no|none|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|"
    r"thirty|sixty|ninety|hundred|once|twice|half|all|every)\b"
)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE: Final = (
    rf"\b\d{{4}}-\d\d|\b\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH}\b|\b{_MONTH}\s+\d{{1,4}}\b|\b(?:19|20)\d\d\b|"
    rf"\bQ[1-4]\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b|\b{_MONTH}\b"
)
_OFTEN: Final = (
    r"\b(?:hourly|daily|nightly|weekly|monthly|quarterly|yearly|annual(?:ly)?|once|twice|"
    r"(?:each|every|per|a) (?:\w+ )?(?:minute|hour|day|night|week|month|quarter|year)s?|continuous(?:ly)?|"
    r"(?:every|each) \d+|on (?:every|each)|when(?:ever)? )"
)
_SPAN: Final = (
    rf"(?:{_NUMBER})[\w\s-]{{0,24}}\b(?:second|minute|hour|day|week|month|quarter|year)s?\b|\b\d+\s?(?:s|h|d|min)\b|"
    r"\b(?:at once|immediately|same day|straight away|within|until|before)\b"
)
_SHARE: Final = r"\d\s?%|per ?cent|\bnone\b|\ball\b"
_PERSON: Final = (
    r"\b[A-Z][a-zà-ÿ]+ [A-Z][a-zà-ÿ]+|\b(?:CEO|CTO|CFO|CISO|COO|DPO)\b|"
    r"\b(?:lead|head|manager|officer|director|counsel|owner|team|engineer|administrator|committee|board|"
    r"auditor|employee|people|staff|everyone|everybody|nobody|anyone|commander|chair|customer|vendor)s?\b"
)
_PROPER: Final = (
    r"(?<=[a-z,;:|(] )[A-Z][\w&’'-]+|\b[A-Z][\w&-]+ (?:[A-Z][\w&-]+|&|Ltd|LLP|Inc|GmbH|AB)"
)

_PLACE: Final = (
    r"\b(?:in|at|on|to) (?:the |our |a |an )?[A-Z][\w-]+|\b[a-z]{2}-[a-z]+-\d\b|\b(?:EU|EEA|UK|USA?)\b|"
    r"\b(?i:regions?|locations?|cent(?:re|er)s?|buckets?|folders?|drives?|vaults?|rooms?|offices?|buildings?|sites?|cabinets?|safe)\b"
)

_EXPECTATIONS: Final = tuple(
    (re.compile(question, re.IGNORECASE), re.compile(answer, flags))
    for question, answer, flags in (
        (r"\b(?:what|which) (?:percent(?:age)?|share|rate|proportion)\b|\b(?:click|success|completion|failure) rate\b", _SHARE, re.IGNORECASE),
        (r"\bhow often\b|\bhow frequently\b", _OFTEN, re.IGNORECASE),
        (r"\bhow (?:long|quickly|fast|soon|many (?:days|hours|weeks|months|minutes|years))\b|\b(?:by|within) (?:when|what time)\b|\bhow much time\b|\bdeadline\b", _SPAN, re.IGNORECASE),
        (r"\bhow (?:many|much)\b|\bwhat (?:score|number|amount|limit)\b|\bcoverage limit\b", _NUMBER, re.IGNORECASE),
        (r"^\W*when\b|\bwhat date\b|\bon which (?:day|date)\b|\bwhen (?:did|was|were|does|do|is|will)\b", f"{_DATE}|{_OFTEN}", re.IGNORECASE),
        (r"\bname of\b|\bwhich (?:firm|company|vendor|supplier|auditor|provider|agent)\b|\bwhat firm\b", _PROPER, 0),
        (r"\b(?:appl(?:y|ies|icable) to|cover(?:s|ed)?|in scope|scope of|binds?|for whom)\b", r"\b(?:appl(?:y|ies)|cover(?:s|ed)?|binds?|scope|everyone|includes?)\b", re.IGNORECASE),
        (r"^\W*where\b.*\b(?:stored|kept|held|located|hosted|based|archived|saved|live|lives|sit|sits|run|runs|store|keep)\b|\b(?:which|what) (?:region|country|location|data cent(?:re|er))\b", _PLACE, 0),
        (r"^\W*who(?:se|m)?\b|\bwho (?:is|are|was|can|may|must|owns|approves|decides|does)\b|\bwhich (?:person|team|role)\b", _PERSON, 0),
    )
)  # fmt: skip

_MONEY: Final = (
    r"[€£$¥]\s?\d|\b(?:EUR|GBP|USD|SEK|NOK|DKK|CHF)\s?\d|"
    r"\d\s?(?:(?:k|m|thousand|million)\s)?(?:EUR|GBP|USD|SEK|NOK|DKK|CHF|euros?|pounds?|dollars?|kronor|cents?|pence)\b|"
    r"\bfree of charge\b|\b(?:costs?|pays?|paid) nothing\b"
)
_BYTES: Final = r"\d\s?(?:[KMGTP]i?B\b|(?:kilo|mega|giga|tera|peta)bytes?)"
_PHONE: Final = r"\+\d[\d ()-]{6,}|\b0\d[\d ()/-]{6,}|\bext(?:ension|\.)? ?\d{2,}"
_MAIL: Final = r"[\w.+-]+@[\w-]+\.\w"
_LINK: Final = r"https?://|\bwww\.|\b[\w-]+\.(?:com|net|org|io|eu|uk|example|internal)\b"
_FLOOR: Final = r"\b(?:floor|storey|story|basement|ground level)\b"
_STREET: Final = (
    r"\b\d{1,4}[a-z]? [A-Z]\w+ (?:Street|St|Road|Rd|Lane|Avenue|Square|Quay|Way|Place|Wharf)\b|"
    r"[A-Z]\w+(?:gatan|vägen|straße|strasse) \d|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"
)
_WEATHER: Final = (
    r"\d ?°|\bdegrees?\b|\b(?:sunny|cloudy|overcast|rainy|windy|gusts|drizzle|showers|frost)\b"
)
_PERCENT: Final = r"\d\s?%|\bper ?cent\b|\bnone\b|\bhalf\b|\ball\b"

_DEMANDS: Final = tuple(
    (re.compile(question, re.IGNORECASE), answer)
    for question, answer in (
        (r"\b(?:what|which) (?:percent(?:age)?|per cent|share|proportion)\b|\bclick rate\b", _PERCENT),
        (r"\b(?:tera|giga|mega)bytes?\b|\bhow many [TGM]B\b|\bin [TGM]B\b", _BYTES),
        (r"\b(?:phone|telephone|mobile|fax) number\b|\bnumber to (?:call|ring|dial)\b", _PHONE),
        (r"\be-?mail address\b|\bwhich address do (?:i|we) (?:write|mail)\b", _MAIL),
        (r"\b(?:url|web address|link to)\b|\bweb ?site address\b", _LINK),
        (r"\b(?:which|what) (?:floor|storey|story)\b", _FLOOR),
        (r"\b(?:weather|temperature)\b.*\b(?:like|today|tonight|tomorrow|(?:this|next) (?:week|weekend)|forecast)\b|\b(?:weather|temperature) forecast\b", _WEATHER),
        (r"\b(?:street|postal|post|office) address\b|\bpost ?code\b", _STREET),
        (r"\bname of (?:the|our|your|their|an?) [\w -]{0,40}(?:agency|company|contractor|firm|supplier)\b", _PROPER),
        (
            r"\bhow much (?:do|does|did|will|would|are|is|was|were|have|has)\b.*\b(?:pay|paid|cost|costs|charge\w*|spend|spent|owe|invoice\w*|worth)\b|"
            r"\bwhat (?:do|does|did) .{1,40}\b(?:pay|cost|charge|spend)\b|\bwhat .{0,20}\b(?:costs?|price|fee)\b|"
            r"\binvoice\b.*\bhow much\b|\bhow (?:expensive|much money)\b|\bprice of\b|\b(?:annual|yearly|monthly) (?:cost|fee|price)\b",
            _MONEY,
        ),
    )
)  # fmt: skip
_A_STATEMENT: Final = re.compile(
    r"\A(?!\W*(?:This|The|Our) (?:\w+ ){0,3}(?:policy|procedure|standard|plan|document) "
    r"(?:applies|binds|covers|describes|explains|sets out)\b)"
)
"""Anything but what a document is on: that has the words of every question on it, and says nothing of them."""

_TICKET: Final = re.compile(r"\b([A-Z]{2,6}) (?:ticket|number|case)\b")


def demanded(question: str) -> Sequence[re.Pattern[str]]:
    """Return what no answer can do without: an amount of money where a price is asked; often nothing.

    These kinds have a form of their own. `expected` is a hint, and this a condition: a passage that
    speaks of invoices and names no sum does not say how much was paid.
    """
    found = [re.compile(answer) for asked, answer in _DEMANDS if asked.search(question)][:1]
    if match := _TICKET.search(question):
        found.append(re.compile(rf"\b{match[1]}-\d+"))
    return found


def expected(question: str) -> Sequence[re.Pattern[str]]:
    """Return patterns of which any words that answer the question must match each; often none."""
    found = [answer for asked, answer in _EXPECTATIONS if asked.search(question)]
    return found[:1]


def fitting(question: str) -> Sequence[re.Pattern[str]]:
    """Return `expected`, or where that is nothing, a pattern of all but what a document says of itself."""
    return expected(question) or (_A_STATEMENT,)


def meets(text: str, expectations: Sequence[re.Pattern[str]]) -> bool:
    """Say whether a text has words of the kind that is asked for."""
    return all(pattern.search(text) for pattern in expectations)
