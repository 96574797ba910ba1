"""Whether a claim gives a number or a date to another thing than its quotes do."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from copilot.citations.cues import Cue
from copilot.citations.facts import facts_of
from copilot.citations.roles import PERSON
from copilot.wording import coverage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.citations.facts import Facts
    from copilot.citations.words import Words

_SEGMENT: Final = re.compile(
    r",\s+(?!who\b|which\b)|[;|\n()]+(?:\s|$)|,$|[.!?](?:\s|$)|\s(?:and|but|while|whereas|then)\s|(?<!\d)\sor\s|\sor\s(?!\d)|\s[–—-]\s",
    re.IGNORECASE,
)
_FROM_TO: Final = Cue(r"\bfrom (?:a score of )?([\w.%-]+) to ([\w.%-]+)")
_WORD: Final = re.compile(r"[\w-]+")
_LINKS: Final = frozenset(
    "of to the a an in on at by for from with within after before is are was were per".split()
)
_BORDER: Final = re.compile(r"[,;.:|]\s|\s(?:and|but|while|whereas|or|then)\s", re.IGNORECASE)
_TOGETHER: Final = re.compile(
    rf"({PERSON.pattern}) (?:and|or) (?:the |one |an? |from )*({PERSON.pattern})"
)
_MOST: Final = 12
"""Numbers of a text that are compared with each other."""

_ACROSS: Final = 0.3
_CLEARLY: Final = 0.34
"""By how much more of the words must a stretch of the quote share for it to be the one that is meant."""


def swapped(
    claim: str, around: Sequence[str], vocabulary: Words, *, prose: Sequence[str] = ()
) -> str:
    """Return a number or date of the claim that its quotes give to something else; else nothing.

    Each is looked for in the stretch of the quotes that shares most words with its own stretch of the
    claim. If that stretch names others of its kind, and only a stretch further off names it, the claim
    has mixed them up.
    """
    whole = facts_of(claim)
    parts = _segments(claim) if whole.amounts or whole.moments else ()
    said = [(part, facts_of(part)) for part in parts]
    said = [(part, facts) for part, facts in said if facts.amounts or facts.moments]
    return (
        (_elsewhere(said, around, vocabulary) if said else "")
        or _crossed(claim, around, vocabulary)
        or _backwards(claim, " ".join(around))
        or _other_person(claim, prose, vocabulary)
    )


def _elsewhere(said: Sequence[tuple[str, Facts]], around: Sequence[str], vocabulary: Words) -> str:
    """Return a number or date of the stretches of a claim that the quotes give to something else."""
    theirs = [part for text in around for part in _segments(text) if part.strip()]
    facts = [facts_of(part, loose=True) for part in theirs]
    for part, stated in said:
        for words, holding, others in _places(stated, facts):
            if not holding or not others or _stands_beside(words, part, around):
                continue
            asked = vocabulary.asked(part)
            asked = {one: weight for one, weight in asked.items() if not one.isdigit()}
            own, other = (
                max(coverage(asked, vocabulary.concepts(theirs[at])) for at in places)
                for places in (holding, others)
            )
            if other > own + _CLEARLY:
                return f"the quote gives “{words}” to something else"
    return ""


@lru_cache(maxsize=2_000)
def _segments(text: str) -> tuple[str, ...]:
    """Return the stretches of a text within which a number belongs to what stands beside it."""
    return tuple(_SEGMENT.split(text))


def _crossed(claim: str, around: Sequence[str], words: Words) -> str:
    """Return two numbers of one kind that the claim has in each other's place; nothing if it has none."""
    mine = _zones(claim)
    for text in around if mine else ():
        theirs = _zones(text)
        both = [key for key in mine if key in theirs]
        for one, other in combinations(both, 2):
            # Bare numbers and rows have their own order; what is measured stands beside its thing.
            if one[0] != other[0] or one[0] == "number" or " | " in text:
                continue
            straight = _fits(mine[one], theirs[one], words) + _fits(
                mine[other], theirs[other], words
            )
            across = _fits(mine[one], theirs[other], words) + _fits(mine[other], theirs[one], words)
            if across > straight + _ACROSS:
                return f"the quote has {one[1]:g} and {other[1]:g} the other way round"
    return ""


@lru_cache(maxsize=1_000)
def _zones(text: str) -> dict[tuple[str, float], str]:
    """Return the words nearest to each number of a text that stands there once."""
    amounts = sorted(facts_of(text, loose=True).amounts, key=lambda one: one.at)[:_MOST]
    if len(amounts) < 2:
        return {}
    borders = [0]
    for one, other in pairwise(amounts):
        start, end = one.at + len(one.words), other.at
        cuts = [match.end() for match in _BORDER.finditer(text, start, end)]
        borders.append(cuts[-1] if cuts else max(start, (start + end) // 2))
    borders.append(len(text))
    seen = Counter((one.kind, one.value) for one in amounts)
    return {
        (one.kind, one.value): text[first:last].replace(one.words, " ")
        for one, (first, last) in zip(amounts, pairwise(borders), strict=True)
        if seen[one.kind, one.value] == 1
    }


def _fits(zone: str, other: str, words: Words) -> float:
    asked, heard = words.asked(zone), words.heard(other)
    total = sum(asked.values())
    return sum(weight for one, weight in asked.items() if one in heard) / total if total else 0.0


def _other_person(claim: str, prose: Sequence[str], vocabulary: Words) -> str:
    """Return a name that the claim puts in the place of another one of its quotes; else nothing."""
    alone = [(part, PERSON.findall(part)) for part in _segments(claim)]
    alone = [(part, persons) for part, persons in alone if len(persons) == 1]
    theirs = [part for text in prose for part in _segments(text) if part.strip()] if alone else []
    named = [frozenset(PERSON.findall(part)) for part in theirs]
    meant = [vocabulary.concepts(PERSON.sub(" ", part)) for part in theirs]
    together = {person for text in prose for pair in _TOGETHER.findall(text) for person in pair}
    for part, persons in alone:
        if persons[0] in together:
            continue  # what is said of both stands beside only one of them
        asked = vocabulary.asked(PERSON.sub(" ", part))
        if not asked:
            continue
        scores = [coverage(asked, found) for found in meant]
        own = [score for score, names in zip(scores, named, strict=True) if persons[0] in names]
        others = [
            score
            for score, names in zip(scores, named, strict=True)
            if names and persons[0] not in names
        ]
        if own and max(others, default=0.0) > max(own) + _CLEARLY:
            return f"the quote says this of somebody else than “{persons[0]}”"
    return ""


def _stands_beside(words: str, part: str, around: Sequence[str]) -> bool:
    """Say whether a number stands beside the same word in the quotes: `tier 1`, `two members`."""
    at = part.find(words)
    before, after = _WORD.findall(part[:at])[-1:], _WORD.findall(part[at + len(words) :])[:1]
    near = [f"{before[0]} {words}"] if before and before[0].lower() not in _LINKS else []
    near += [f"{words} {after[0]}"] if after and after[0].lower() not in _LINKS else []
    return any(one.lower() in " ".join(text.split()).lower() for one in near for text in around)


def _backwards(claim: str, whole: str) -> str:
    for match in _FROM_TO.finditer(claim):
        one, other = (re.escape(group.rstrip(".")) for group in match.groups())
        there = re.search(rf"\b{other} to {one}\b", whole, re.IGNORECASE)
        if there and not re.search(rf"\b{one} to {other}\b", whole, re.IGNORECASE):
            return f"the quote says it the other way round than “{match[0]}”"
    return ""


def _places(said: Facts, facts: Sequence[Facts]) -> Iterator[tuple[str, list[int], list[int]]]:
    """Yield each amount and time: its words, where the quotes name it, where only others of its kind."""
    own = {one.value for one in said.amounts}
    for amount in said.amounts:
        values = [{o.value for o in one.amounts if o.kind == amount.kind} for one in facts]
        holding = [at for at, found in enumerate(values) if amount.value in found]
        yield (
            amount.words,
            holding,
            [at for at, found in enumerate(values) if found - own],
        )
    for moment in said.moments:
        holding = [at for at, one in enumerate(facts) if moment.carried_by(one.moments)]
        others = [at for at, one in enumerate(facts) if one.moments and at not in holding]
        yield moment.words, holding, others
