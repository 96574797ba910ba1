"""What a claim leaves out that its quotes make depend on it: conditions, `only`, which of two, how often."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.citations.clauses import conditional, restricted
from copilot.citations.cues import Cue
from copilot.citations.words import roots_of

if TYPE_CHECKING:
    from copilot.citations.alignment import Beside, Read
    from copilot.citations.words import Words

_MOSTLY: Final = 0.6
"""Share of the words of a condition that must be missing for it to be left out."""
_STILL: Final = 0.4
"""What counts of that where the claim names a condition, which may be the same one."""
_ADDED: Final = 0.9
_ALSO: Final = Cue(
    r"\b(?:also|as well|too|besides|in addition|additionally|along with|together with|others?|anyone|anybody|"
    r"everyone|everybody|any|even|more)\b"
)
_ALSO_WEIGHT: Final = 0.5
_EXCEPTING: Final = Cue(r"\b(?:except(?:ing)?|with the exception of|unless|save for)\b")
_EXCEPTING_OR: Final = Cue(
    r"\b(?:except(?:ing)?|exceptions?|unless|apart from|other than|save for|besides|excluding|if|not)\b"
)
_JOINED: Final = Cue(
    r"(\w[\w'’-]*),? (and|or) (?:by |from |to |in |of |with )?(?:an? |the |its |their )?(\w[\w'’-]*)"
)
_EITHER_WAY: Final = re.compile(
    r"\b(?:every|each|any|not|no|never|nobody|cannot|none|whether|if|without)\b", re.IGNORECASE
)
"""Words with which `and` and `or` may say the same."""

_PRIVILEGE: Final = Cue(
    r"\bonly ((?:[\w'’-]+,? ){1,12}?)(?:can|may|is|are|has|have|could|might|will|shall|must)\b"
)
_AND: Final = re.compile(r",? (?:and|or) ")
_STOP: Final = re.compile(r"[.;:!?\n]\s")

_TIMES: Final = tuple(
    (
        Cue(rf"\b{mine}\b"),
        Cue(rf"\b(?:{theirs})\b|_seen"),
    )
    for mine, theirs in (
        (
            "once",
            r"once|one|after|when|as soon|if|until|before|every|each|yearly|annual\w*|a year|single|has|have|where|"
            r"with (?:this|these|that|those)",
        ),
        ("twice", r"twice|two|2"),
        ("first", r"first\w*|before|1|initial\w*|begin\w*|until|earliest"),
    )
)


def left_out(beside: Beside, words: Words) -> str:
    """Return what a claim leaves out or puts in the place of it; nothing if it does not."""
    # What depends on nothing needs no laying side by side.
    dependent = conditional(beside.whole) or restricted(beside.whole)
    for clause in beside.mine if dependent else ():
        best = beside.best(clause) if clause.said else None
        if best is None:
            continue
        why = _without_condition(best, beside, words) or _without_only(clause, best)
        if why:
            return why
    return (
        _fewer(beside, words) or _excepted(beside) or _other_joint(beside) or _other_times(beside)
    )


def _without_condition(best: Read, beside: Beside, words: Words) -> str:
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
        heard = words.heard(beside.claim)
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


def _fewer(beside: Beside, words: Words) -> str:
    """Return those of a list whose privilege the claim gives to others of the list only."""
    if not _PRIVILEGE.search(beside.claim):
        return ""
    named = roots_of(beside.claim)
    for match in _PRIVILEGE.finditer(beside.whole):
        listed = [{word for word, _ in words.said(one)} for one in _AND.split(match[1])]
        said = [not named.isdisjoint(one) for one in listed if one]
        if len(said) > 1 and any(said) and not all(said):
            return f"the claim leaves out some of “{match[1]}”"
    return ""


def _excepted(beside: Beside) -> str:
    match = _EXCEPTING.search(beside.claim)
    if match and not _EXCEPTING_OR.search(beside.whole):
        return f"the quote does not say “{match[0]}”"
    return ""


def _other_joint(beside: Beside) -> str:
    """Return an `and` of the claim where the quotes have `or` between the same words, or the reverse."""
    mine = list(_JOINED.finditer(beside.claim))
    theirs: dict[frozenset[str], set[str]] = {}
    for match in _JOINED.finditer(beside.whole) if mine else ():
        if _EITHER_WAY.search(_STOP.split(beside.whole[: match.start()])[-1]):
            continue
        theirs.setdefault(frozenset((match[1].lower(), match[3].lower())), set()).add(
            match[2].lower()
        )
    for match in mine:
        if _EITHER_WAY.search(beside.claim[: match.start()]):
            continue
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
