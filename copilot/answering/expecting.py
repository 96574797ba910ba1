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

_EXPECTATIONS: Final = tuple(
    (re.compile(question, re.IGNORECASE), re.compile(answer, flags))
    for question, answer, flags in (
        (r"\b(?:what|which) (?:percent(?:age)?|share|rate|proportion)\b|\b(?:click|success|completion|failure) rate\b", _SHARE, re.IGNORECASE),
        (r"\bhow often\b|\bhow frequently\b", _OFTEN, re.IGNORECASE),
        (r"\bhow (?:long|quickly|fast|soon|many (?:days|hours|weeks|months|minutes|years))\b|\b(?:by|within) (?:when|what time)\b|\bhow much time\b|\bdeadline\b", _SPAN, re.IGNORECASE),
        (r"\bhow (?:many|much)\b|\bwhat (?:score|number|amount|limit)\b|\bcoverage limit\b", _NUMBER, re.IGNORECASE),
        (r"^\W*when\b|\bwhat date\b|\bon which (?:day|date)\b|\bwhen (?:did|was|were|does|do|is|will)\b", f"{_DATE}|{_OFTEN}", re.IGNORECASE),
        (r"\bname of\b|\bwhich (?:firm|company|vendor|supplier|auditor|provider|agent)\b|\bwhat firm\b", _PROPER, 0),
        (r"^\W*who(?:se|m)?\b|\bwho (?:is|are|was|can|may|must|owns|approves|decides|does)\b|\bwhich (?:person|team|role)\b", _PERSON, 0),
    )
)  # fmt: skip


def expected(question: str) -> Sequence[re.Pattern[str]]:
    """Return patterns of which any words that answer the question must match each; often none."""
    found = [answer for asked, answer in _EXPECTATIONS if asked.search(question)]
    return found[:1]


def meets(text: str, expectations: Sequence[re.Pattern[str]]) -> bool:
    """Say whether a text has words of the kind that is asked for."""
    return all(pattern.search(text) for pattern in expectations)
