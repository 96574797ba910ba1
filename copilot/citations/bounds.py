"""Limits and order: at least or at most, before or after, within or not before."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from copilot.citations.cues import Cue
from copilot.citations.facts import facts_of
from copilot.citations.moments import take_moments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.citations.amounts import Amount
    from copilot.citations.words import Words

_UPPER: Final = (
    r"within", r"at (?:the )?most", r"(?:no|not|never) (?:more|later|longer|older|greater|higher|larger) than",
    r"up to", r"under", r"below", r"(?<!no )(?<!not )(?:less|fewer|sooner|shorter|earlier|lower) than",
    r"maximum(?: of| is)?", r"max", r"inside", r"not exceed(?:ing)?", r"limited to", r"capped at", r"by",
    r"before", r"until", r"till", r"prior to", r"ahead of", r"[<≤]=?",
)  # fmt: skip
_LOWER: Final = (
    r"at least", r"(?:no|not|never) (?:less|fewer|earlier|sooner|shorter|lower) than",
    r"(?<!no )(?<!not )(?<!never )(?:more|longer|later|older|greater|higher|larger|newer) than", r"over", r"above",
    r"exceed(?:s|ed|ing)?", r"minimum(?: of| is)?", r"min", r"after", r"beyond", r"since",
    r"not (?:before|until)", r"[>≥]=?",
)  # fmt: skip
_UPPER_BEHIND: Final = (
    r"or (?:less|fewer|earlier|sooner|older|below|lower)|at (?:the )?(?:most|latest)"
)
_LOWER_BEHIND: Final = r"or (?:more|longer|later|newer|above|higher|over|greater)|at (?:the )?(?:least|earliest)|and (?:up|above|newer)"
_FILLER: Final = r"(?:\W+(?:of|the|a|an|about|the next|is|are|be|than|only|last|another|further|length|days?)){0,3}\W*$"
_SYMBOLS: Final = re.compile(r"([<>≤≥]=?)\s*$")
_BEFORE_IT: Final = tuple(
    (direction, re.compile(rf"(?:\b|_)(?:{'|'.join(forms)}){_FILLER}", re.IGNORECASE))
    for direction, forms in (
        (-1, [one for one in _UPPER if "<" not in one or "(?<" in one]),
        (1, [one for one in _LOWER if ">" not in one]),
    )
)
_BEHIND_IT: Final = tuple(
    (direction, re.compile(rf"^\W*(?:\w+\W+){{0,2}}?(?:{form})\b", re.IGNORECASE))
    for direction, form in ((-1, _UPPER_BEHIND), (1, _LOWER_BEHIND))
)
_LOOK: Final = 40
_LASTING: Final = Cue(
    r"\b(?:expir|lock|delet|remov|retain|retention|time[sd]? out|idle|inactiv|last|lifetime|valid|kept|keep|end|"
    r"eras|destroy|purg|renew|rotat)"
)
_HAPPENED: Final = Cue(r"\b(?:was|were|came|went|took|had|did|appeared|followed)\b")
_EARLIER: Final = Cue(r"\b(?:before|prior to|ahead of|in advance of)\b")
_LATER: Final = Cue(r"\b(?:after|following|once)\b")
_NOT_LATER: Final = Cue(rf"{_EARLIER.pattern}|\b(?:within|inside|during)\b")
_EARLIER_OR: Final = Cue(
    r"\b(?:before|beforehand|prior|ahead|advance|by|until|within|earlier|followed?|due|deadline|in time|on time|"
    r"previous(?:ly)?|pre\w+|no later|unless|only|cannot|nobody|without)\b|(?:_|\b)due"
)
_LATER_OR: Final = Cue(
    r"\b(?:after|afterwards|following|once|since|when|if|then|later|upon|on|past|from|of|has|have|had|until|next|"
    r"not before|follow\w*|as soon|every|post\w*|first)\b"
)
_OFFSET: Final = re.compile(r"^\W*(before|after)\b", re.IGNORECASE)
"""Behind an amount: from when it is counted."""
_BEFORE_THAT: Final = Cue(r"\bbefore (?:that|this|then)\b")
_BEFORE: Final = Cue(r"\b(?:before\w*|prior|ahead|advance|earlier|previous\w*|first|ago|left)\b")
_DENIED: Final = Cue(
    r"\b(?:nothing|nobody|no|none|not|never)\b(?! (?:more|less|later|longer|older|fewer))"
)
_AFTER: Final = Cue(r"\bafter\b")
_AFTER_OR: Final = Cue(r"\b(?:after\w*|once|following|then|later|since|when|upon|if|next)\b|_after")
_COMPARED: Final = re.compile(
    r"\b(?:less|fewer|more|longer|shorter|later|earlier|older|newer) than(?: a| the| about)?\W*$",
    re.IGNORECASE,
)
_OFFSET_DAY: Final = Cue(
    r"\bthe (?:day|week|month|quarter|year|morning|hour) (?:after|before|following)\b"
)
_LATER_DAY: Final = Cue(
    r"\b(?:next|following|previous|preceding|last|earlier|previously|yesterday|tomorrow|ago|later)\b"
)
_AT_MOST: Final = re.compile(r"at most|no(?:t)? (?:more|oftener) than|maximum", re.IGNORECASE)
_HOW_OFTEN: Final = Cue(
    r"\b(at most|at least|not? (?:more|less|oftener) than|minimum|maximum) "
    r"((?:once |twice )?(?:hourly|daily|weekly|monthly|quarterly|annually|yearly|(?:a|per|every|each) \w+))\b"
)
_UNTIL: Final = Cue(r"(?<!not )\buntil\b(?<!n't until)")
_UNTIL_OR: Final = Cue(r"\b(?:until|till|before|up to|as long as|end\w*|while|without|no|not)\b")
_ORDERS: Final = (_AFTER, _EARLIER, _UNTIL)
_OBJECT: Final = 2


def turned_limits(claim: str, around: Sequence[str], words: Words) -> str:
    """Return a limit or an order of a claim that its quotes put the other way round; else nothing."""
    theirs = tuple(around)
    for amount, way in _directions(claim):
        found = {
            direction
            for text in theirs
            for other, direction in _directions(text)
            if _same(amount, other)
        }
        denied = any(_DENIED.search(text) for text in theirs) and not _DENIED.search(claim)
        if way and -way in found and way not in found and 0 not in found and not denied:
            return f"the quote puts the limit “{amount.words.strip()}” the other way round"
        counted = _OFFSET.match(claim[amount.at + len(amount.words) :])
        if (
            counted
            and _counted_back(theirs, amount)
            == {"after": "before", "before": "after"}[counted[1].lower()]
        ):
            return f"the quote does not say “{amount.words.strip()} {counted[1]}”"
        if counted and counted[1].lower() == "before" and not _BEFORE.search(" ".join(theirs)):
            return f"the quote does not say “{amount.words.strip()} before”"
        if way and found == {0} and _COMPARED.search(claim[: amount.at]):
            return f"the quote says “{amount.words.strip()}”, no more and no less"
        alone = (
            found == {0} and way > 0 and not _LASTING.search(claim) and not _HAPPENED.search(claim)
        )
        if alone and re.search(r"\bafter\W*$", claim[: amount.at], re.IGNORECASE) and amount.unit:
            return f"the quote does not say “after {amount.words.strip()}”"
    that = _BEFORE_THAT.search(claim)
    if that and not _BEFORE.search(" ".join(theirs)):
        return f"the quote does not say “{that[0]}”"
    if why := _dated_back(claim, " ".join(theirs)):
        return why
    if why := _out_of_order(claim) or _contrary(claim, " ".join(theirs)):
        return why
    return _other_order(claim, " ".join(theirs), words)


def _dated_back(claim: str, whole: str) -> str:
    """Return a time that a claim counts from something, and its quotes do not: "the day after"."""
    match = _OFFSET_DAY.search(claim)
    if match and not _OFFSET_DAY.search(whole) and not _LATER_DAY.search(whole):
        return f"the quote does not say “{match[0]}”"
    for often in _HOW_OFTEN.finditer(claim):
        way = -1 if _AT_MOST.fullmatch(often[1]) else 1
        ways = {
            -1 if _AT_MOST.fullmatch(one[1]) else 1
            for one in _HOW_OFTEN.finditer(whole)
            if one[2].lower() == often[2].lower()
        }
        if ways and way not in ways:
            return f"the quote puts the limit “{often[0]}” the other way round"
    return ""


def _counted_back(theirs: Sequence[str], amount: Amount) -> str:
    """Return whether the quotes count an amount `before` or `after` something; nothing if neither or both."""
    found = {
        match[1].lower()
        for text in theirs
        for other, _ in _directions(text)
        if _same(amount, other) and (match := _OFFSET.match(text[other.at + len(other.words) :]))
    }
    return found.pop() if len(found) == 1 else ""


def _out_of_order(claim: str) -> str:
    """Return a `before` or `after` of the claim that the dates on both sides of it contradict."""
    dated = [one for one in take_moments(claim)[0] if one.months and one.day]
    years = {one.year for one in dated if one.year}
    if len(dated) < 2 or len(years) != 1:
        return ""
    placed = sorted((claim.find(one.words), (one.months, one.day)) for one in dated)
    for pattern, sign in ((_EARLIER, 1), (_LATER, -1)):
        for match in pattern.finditer(claim):
            first = [day for at, day in placed if at < match.start()][-1:]
            second = [day for at, day in placed if at > match.start()][:1]
            if first and second and (first > second) - (first < second) == sign:
                return f"“{match[0]}” contradicts the two dates"
    return ""


def _contrary(claim: str, whole: str) -> str:
    """Return a `before`, `after` or `until` of the claim where its quotes have only another of them."""
    for here, same in ((_AFTER, _AFTER_OR), (_EARLIER, _EARLIER_OR), (_UNTIL, _UNTIL_OR)):
        match, others = here.search(claim), [one for one in _ORDERS if one is not here]
        if (
            match
            and not same.search(whole)
            and any(one.search(whole) and not one.search(claim) for one in others)
        ):
            return f"the quote does not say “{match[0]}”"
    return ""


def _same(one: Amount, other: Amount) -> bool:
    return one.value == other.value and (
        one.kind == other.kind or "number" in {one.kind, other.kind}
    )


@lru_cache(maxsize=2_000)
def _directions(text: str) -> tuple[tuple[Amount, int], ...]:
    """Return the amounts of a text, each with -1 for at most, 1 for at least and 0 for neither."""
    amounts = [
        one for one in facts_of(text, loose=True).amounts if one.kind not in {"often", "clock"}
    ]
    return tuple((one, _direction(text, one)) for one in amounts)


def _direction(text: str, amount: Amount) -> int:
    before = text[max(0, amount.at - _LOOK) : amount.at]
    end = amount.at + len(amount.words)
    if symbol := _SYMBOLS.search(before):
        return -1 if symbol[1][0] in "<≤" else 1
    for direction, pattern in _BEFORE_IT:
        if pattern.search(before):
            return direction
    # Words such as `within a day` are part of the amount itself.
    for direction, pattern in _BEFORE_IT:
        if pattern.search(amount.words.rsplit(" ", 2)[0]):
            return direction
    for direction, pattern in _BEHIND_IT:
        if pattern.search(text[end : end + _LOOK]):
            return direction
    return 0


def _other_order(claim: str, whole: str, words: Words) -> str:
    """Return a `before` or `after` of the claim that the quotes have the other way round."""
    for mine, same, opposite in (
        (_EARLIER, _EARLIER_OR, _LATER),
        (_LATER, _LATER_OR, _NOT_LATER),
    ):
        for match in mine.finditer(claim):
            several = len(facts_of(whole, loose=True).moments) > 1
            if mine is _EARLIER and not same.search(whole) and not several:
                return f"the quote does not say “{match[0]}”"
            thing = set(_following(claim, match.end(), words))
            if not thing:
                continue
            against = _met(whole, opposite, thing, words)
            kept = _met(whole, mine, thing, words) or _met(claim, opposite, thing, words)
            if against and not kept:
                return f"the quote says “{against}”, not “{match[0]}”"
    return ""


def _met(whole: str, pattern: Cue, thing: set[str], words: Words) -> str:
    for match in pattern.finditer(whole):
        if thing & set(_following(whole, match.end(), words)):
            return match[0]
    return ""


def _following(text: str, at: int, words: Words) -> Iterator[str]:
    yield from list(words.asked(text[at : at + _LOOK]))[:_OBJECT]
