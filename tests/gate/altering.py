"""Small changes of an honest claim that make it false: numbers, negations, subjects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.gate.drafting import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
).split()
_MONTHS = (
    "January February March April May June July August September October November December"
).split()
_COUNT = rf"(?:\d+|{'|'.join(_WORDS[1:])}|thirty)"
_UNIT = "second minute hour day month year".split()
_OTHER_UNIT = {
    "second": "minute",
    "minute": "hour",
    "hour": "day",
    "day": "month",
    "month": "year",
    "year": "month",
}


def _date(match: re.Match[str]) -> str:
    day = (int(match[1]) + 6) % 28 + 1
    return match[0].replace(match[1], str(day), 1)


def _month(match: re.Match[str]) -> str:
    return match[0].replace(match[1], _MONTHS[(_MONTHS.index(match[1]) + 2) % 12])


def _year(match: re.Match[str]) -> str:
    return match[0].replace(match[1], str(int(match[1]) + 1))


def _last_digit(match: re.Match[str]) -> str:
    return f"{match[0][:-1]}{(int(match[0][-1]) + 4) % 10}"


def _criterion(match: re.Match[str]) -> str:
    return f"{match[1]}.{int(match[2]) % 5 + 1}"


def _sev(match: re.Match[str]) -> str:
    return f"SEV{int(match[1]) % 4 + 1}"


def _percent(match: re.Match[str]) -> str:
    whole, _, fraction = match[1].partition(".")
    if fraction:
        return match[0].replace(match[1], f"{whole}.{fraction[::-1]}5")
    return match[0].replace(match[1], str(int(whole) + 5))


def _count(match: re.Match[str]) -> str:
    given = match[1].lower()
    if given.isdigit():
        other = str(int(given) + (2 if int(given) < 10 else 6))
    else:
        other = "forty" if given == "thirty" else _WORDS[(_WORDS.index(given) + 2) % 20 + 1]
    return match[0].replace(match[1], other.capitalize() if match[1][0].isupper() else other, 1)


def _unit(match: re.Match[str]) -> str:
    return match[0].replace(match[2], _OTHER_UNIT[match[2]])


def _time(match: re.Match[str]) -> str:
    return f"{(int(match[1]) + 3) % 24:02}:{match[2]}"


_NUMBERS: tuple[tuple[str, str, Callable[[re.Match[str]], str]], ...] = (
    ("date", rf"\b(\d{{1,2}}) (?:{'|'.join(_MONTHS)})\b", _date),
    ("date", r"\b20\d\d-\d\d-\d\d\b", _last_digit),
    ("month", rf"\b(?:\d{{1,2}} )?({'|'.join(_MONTHS)})\b", _month),
    ("year", r"\b(20[12]\d)\b", _year),
    ("control", r"\b(?:AC|HR|CM|MO|BC|VM|DP|GV|IR|RM)-\d\d\b", _last_digit),
    ("criterion", r"\b(CC\d)\.(\d)\b", _criterion),
    ("id", r"\b(?:IT|CHG|OPS|INC|GRC|ENG|HLV|SEC|SEC-ALERT|R)-\d+\b", _last_digit),
    ("id", r"\bSEV([1-4])\b", _sev),
    ("percentage", r"\b(\d+(?:\.\d+)?) ?(?:%|per cent)", _percent),
    (
        "duration",
        rf"\b({_COUNT})[- ](?:working |business )?(?:{'|'.join(_UNIT)})s?\b",
        _count,
    ),
    ("unit", rf"\b({_COUNT})[- ]({'|'.join(_UNIT)})s?\b", _unit),
    ("time", r"\b([01]\d|2[0-3]):([0-5]\d)\b", _time),
    ("number", r"(?<![\w.,:/-])(\d+)(?![\w.,:/%-]|\.\d| %| per cent)", _count),
    ("word", rf"\b({'|'.join(_WORDS[2:])})\b", _count),
)


_FREQUENCIES = (
    (r"\bquarterly\b", "monthly"),
    (r"\bevery quarter\b", "every month"),
    (r"\beach quarter\b", "each month"),
    (r"\bannually\b", "every two years"),
    (r"\byearly\b", "monthly"),
    (r"\bdaily\b", "weekly"),
    (r"\bnightly\b", "weekly"),
    (r"\bonce per calendar year\b", "twice per calendar year"),
    (r"\bevery (six|6) months\b", "every month"),
)


def numbers(claim: str, *, evidence: str) -> Iterator[tuple[str, str]]:
    """Yield a claim with one number changed to one that its evidence does not have."""
    for variant, pattern, change in _NUMBERS:
        found = list(re.finditer(pattern, claim, re.IGNORECASE if variant == "word" else 0))
        if found:
            match = found[digest(claim, variant) % len(found)]
            other = change(match)
            if other != match[0] and not _stands(other, f"{evidence} {claim}"):
                yield variant, claim[: match.start()] + other + claim[match.end() :]
    for pattern, other in _FREQUENCIES:
        changed = re.sub(pattern, other, claim, count=1)
        if changed != claim and not _stands(other, evidence):
            yield "frequency", changed


def swapped(claim: str) -> str | None:
    """Return a claim with the numbers of its two durations or shares changed for each other."""
    measure = rf"\b({_COUNT})(?=[ -](?:working |business )?(?:{'|'.join(_UNIT)})|%| per cent)"
    found = list(re.finditer(measure, claim))
    if len(found) != 2 or found[0][0].lower() == found[1][0].lower():
        return None
    first, second = found
    between = claim[first.end() : second.start()]
    # From 1 to 5 and from 5 to 1 may say the same.
    if len(between.split()) < 3:
        return None
    return claim[: first.start()] + second[0] + between + first[0] + claim[second.end() :]


def _stands(words: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words.lower())}(?!\w)", text.lower()) is not None


_NEGATIONS = (
    ("never", r", (?:and |but )?(?:may |must )?never ", ", and "),
    ("never", r"\b(?:must|may) never\b", "may"),
    ("never", r"\b(?:are|is) never\b", "may be"),
    ("never", r"\bnever\b", "always"),
    (
        "not",
        r"\b(must|may|could|should|would|can|do|does|did|has|have|had|was|were|is|are) not\b",
        r"\1",
    ),
    ("not", r"\bcannot\b", "can"),
    ("nobody", r"^Nobody's\b", "Anybody's"),
    ("nobody", r"^Nobody(?: is able to|  can| can| may)\b", "Anybody can"),
    ("nobody", r"\bnobody is able\b", "everybody is able"),
    ("nobody", r"^No one may\b", "Everyone may"),
    ("nobody", r"\b[Nn]o (?:one|single person) (?:is able to|can|may)\b", "anyone can"),
    ("none", r"^None of the\b", "Some of the"),
    ("none", r"\bnone of which\b", "all of which"),
    ("no", r"^No (?=resource|sign-in|incident)", "One "),
    ("no", r"\bhave no\b", "have a"),
    ("no", r"\bno (?=customer|data|account|open|resource|post|public|approver|effect)", "some "),
    ("no", r"\bwith no\b", "with some"),
    ("without", r"\bwithout\b", "with"),
    ("without", r"^Without\b", "With"),
    ("unless", r"\bunless\b", "even if"),
    ("except", r"\bexcept\b", "including"),
    ("only", r"\b(?:can be|may be) (\w+) only\b", r"need not be \1"),
    ("neither", r"\bneither opened nor changed\b", "opened and changed"),
    ("prefix", r"\bunqualified\b", "qualified"),
    ("prefix", r"\binactive\b", "active"),
    ("prefix", r"\bunaffected\b", "affected"),
    ("prefix", r"\bforbidden\b", "allowed"),
)

_ADDED = (
    (
        r"^(?!.*\b(?:not|no|never|nobody|none|cannot)\b)(.*?)\b(must|may|can|has to|have to) (?=\w)",
        "modal",
    ),
    (r"^(?!.*\b(?:not|no|never|nobody|none|cannot)\b)(.*?)\b(is|are|was|were) (?=\w)", "be"),
)

_ANTONYMS = (
    (r"\bpassed\b", "failed"),
    (r"\bfailed\b", "passed"),
    (r"\bwas not met\b", "was met"),
    (r"\brejected\b", "accepted"),
    (r"\brejects\b", "accepts"),
    (r"\bapproved\b", "rejected"),
    (r"\bis encrypted\b", "is unencrypted"),
    (r"\bare encrypted\b", "are unencrypted"),
    (r"\bblocked\b", "permitted"),
    (r"\bdisabled\b", "enabled"),
    (r"\bstill open\b", "closed"),
    (r"\b(was|were|been) repaired\b", r"\1 left open"),
    (r"\bincreased\b", "decreased"),
    (r"\b(was|were) completed\b", r"\1 cancelled"),
    (r"\bin time\b", "late"),
    (r"\brevoked\b", "granted"),
    (r"(?<!or )\brevoke\b", "keep"),
)


def negations(claim: str) -> Iterator[tuple[str, str]]:
    """Yield a claim that says the opposite: a negation removed or added, or an antonym."""
    for variant, pattern, other in _NEGATIONS:
        changed = re.sub(pattern, other, claim, count=1)
        if changed != claim:
            yield variant, changed[0].upper() + changed[1:]
            break
    for pattern, which in _ADDED:
        match = re.search(pattern, claim)
        if match:
            yield (
                "added",
                claim[: match.start(2)] + _negated(match[2], which) + claim[match.end(2) :],
            )
            break
    for pattern, other in _ANTONYMS:
        changed = re.sub(pattern, other, claim, count=1)
        if changed != claim:
            yield "antonym", changed
            break


def _negated(verb: str, which: str) -> str:
    if which == "modal" and verb.endswith(" to"):
        return {"has to": "does not have to", "have to": "do not have to"}[verb]
    return "cannot" if verb == "can" else f"{verb} not"
