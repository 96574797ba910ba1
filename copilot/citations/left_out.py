"""What a claim leaves out that its quotes make depend on it: conditions, `only`, which of two, how often."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.citations.clauses import conditional

if TYPE_CHECKING:
    from copilot.citations.alignment import Beside, Read
    from copilot.citations.words import Words

_MOSTLY: Final = 0.6
"""Share of the words of a condition that must be missing for it to be left out."""
_STILL: Final = 0.4
"""What counts of that where the claim names a condition, which may be the same one."""
_ADDED: Final = 0.9
_ALSO: Final = re.compile(
    r"\b(?:also|as well|too|besides|in addition|additionally|along with|together with|others?|anyone|anybody|"
    r"everyone|everybody|any|even|more)\b",
    re.IGNORECASE,
)
_ALSO_WEIGHT: Final = 0.5
_EXCEPTING: Final = re.compile(
    r"\b(?:except(?:ing)?|with the exception of|unless|save for)\b", re.IGNORECASE
)
_EXCEPTING_OR: Final = re.compile(
    r"\b(?:except(?:ing)?|exceptions?|unless|apart from|other than|save for|besides|excluding|if|not)\b",
    re.IGNORECASE,
)
_JOINED: Final = re.compile(
    r"(\w[\w'’-]*),? (and|or) (?:by |from |to |in |of |with )?(?:an? |the |its |their )?(\w[\w'’-]*)",
    re.IGNORECASE,
)
_EITHER_WAY: Final = re.compile(
    r"\b(?:every|each|any|not|no|never|nobody|cannot|none|whether|if|without)\b", re.IGNORECASE
)
"""Words with which `and` and `or` may say the same."""

_TIMES: Final = tuple(
    (
        re.compile(rf"\b{mine}\b", re.IGNORECASE),
        re.compile(rf"\b(?:{theirs})\b|_seen", re.IGNORECASE),
    )
    for mine, theirs in (
        (
            "once",
            r"once|one|after|when|as soon|if|until|before|every|each|yearly|annual\w*|a year|single|has|have|where",
        ),
        ("twice", r"twice|two|2"),
        ("first", r"first\w*|before|1|initial\w*|begin\w*|until|earliest"),
    )
)


def left_out(beside: Beside, words: Words) -> str:
    """Return what a claim leaves out or puts in the place of it; nothing if it does not."""
    heard = words.heard(beside.claim)
    for clause in beside.mine:
        best = beside.best(clause) if clause.said else None
        if best is None:
            continue
        why = _without_condition(best, beside, heard, words) or _without_only(clause, best)
        if why:
            return why
    return _excepted(beside) or _other_joint(beside) or _other_times(beside)


def _without_condition(best: Read, beside: Beside, heard: frozenset[str], words: Words) -> str:
    """Return the condition beside a clause of the quotes of which the claim says nothing."""
    if best.clause.condition:
        return ""
    for other in beside.theirs:
        if (
            other is best
            or not other.clause.condition
            or other.clause.sentence != best.clause.sentence
        ):
            continue
        total = sum(weight for _, weight in other.said)
        missing = sum(weight for word, weight in other.said if not words.hears(word, heard))
        share = missing / total if total else 0.0
        if share * (_STILL if conditional(beside.claim) else 1.0) > _MOSTLY:
            return f"the claim leaves out “{other.clause.text}”"
    return ""


def _without_only(clause: Read, best: Read) -> str:
    """Return that the claim adds to what the quotes say of one thing only."""
    if not best.clause.only or clause.clause.only or clause.clause.denied:
        return ""
    added = min(1.0, sum(weight for word, weight in clause.said if word not in best.concepts))
    if _ALSO.search(clause.clause.text):
        added += _ALSO_WEIGHT
    return f"the claim leaves out the “only” of “{best.clause.text}”" if added > _ADDED else ""


def _excepted(beside: Beside) -> str:
    match = _EXCEPTING.search(beside.claim)
    if match and not _EXCEPTING_OR.search(beside.whole):
        return f"the quote does not say “{match[0]}”"
    return ""


def _other_joint(beside: Beside) -> str:
    """Return an `and` of the claim where the quotes have `or` between the same words, or the reverse."""
    if _EITHER_WAY.search(beside.claim):
        return ""
    theirs: dict[frozenset[str], set[str]] = {}
    for match in _JOINED.finditer(beside.whole):
        theirs.setdefault(frozenset((match[1].lower(), match[3].lower())), set()).add(
            match[2].lower()
        )
    for match in _JOINED.finditer(beside.claim):
        there = theirs.get(frozenset((match[1].lower(), match[3].lower())))
        if there and match[2].lower() not in there:
            return f"the quote does not join these by “{match[2]}”"
    return ""


def _other_times(beside: Beside) -> str:
    for mine, theirs in _TIMES:
        match = mine.search(beside.claim)
        if match and not theirs.search(beside.whole):
            return f"the quote does not say “{match[0]}”"
    return ""
