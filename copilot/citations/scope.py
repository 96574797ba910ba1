"""Whether a claim speaks of more than its quotes: of all where they speak of some."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.citations.cues import Cue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.citations.words import Words

_EVERY: Final = Cue(
    r"\b(?!(?:anyone|anybody|everyone) (?:who|whose)\b)(all|every|everyone|everybody|everything|always|entire|whole|each|nobody|no one|none|never|ever|any|anyone|"
    r"anybody|everywhere|whatever)\b(?! (?:of (?:which|them|whom|these|those)|other)\b)"
)
_EVERY_OR: Final = Cue(
    r"\b(?:all|every|each|any|anyone|anybody|always|entire|whole|everyone|everybody|everything|nobody|no one|no|"
    r"none|nothing|never|whatever|whoever|everywhere|nor|neither|full|complete(?:ly)?|total|in any case|regardless|cannot|"
    r"not|exclusively|only|without|per)\b|\b100 ?(?:%|per)|\d+ of \d+"
)
_ALL: Final = Cue(
    r"\b(?:all|every|each|any|no|none|whatever|entire|whole|per|\d+ of|100 ?%(?: of)?)\b"
)
_EVERYBODY: Final = Cue(
    r"\b(?:everyone|everybody|anyone|anybody|nobody|no one|whoever|somebody|someone|all (?:people|persons|who)|"
    r"(?:every|each|any) (?:person|member)|(?:all|every) (?:employees?|staff|people))\b"
)
_PEOPLE: Final = frozenset(
    {"=employee", "peopl", "person", "everyon", "staff", "member", "one", "user"}
)
_COUNTED: Final = re.compile(
    r"\s+(?:of (?:the|these|its) )?(?:\d|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b|(?:calendar )?(?:"
    r"hour|day|night|week|month|quarter|year|spring|summer|autumn|fall|winter|January|February|March|April|May|"
    r"June|July|August|September|October|November|December|time)s?\b|others?\b)",
    re.IGNORECASE,
)
_KIND: Final = Cue(
    r"\b(?:of|on|in|for|at) (?:every|any|all|each) (?:kinds?|types?|sorts?|levels?|tiers?|severit(?:y|ies)|categor(?:y|ies))\b"
    r"|\bof any\w* (?:kind|sort|type)\b"
)
_PHRASE_END: Final = re.compile(
    r"\b(?:of|over|in|on|with|by|for|to|from|through|that|which|who|whose|is|are|was|were|has|have|had|must|may|can|"
    r"will|shall|under|at|into|against|between|within|outside|beyond|as|if|when|unless|except)\b|[.;:()|]",
    re.IGNORECASE,
)
_PARTLY: Final = Cue(
    r"\b(?:most(?!\s+\w+(?:ed|ing)\b)(?<!at most)|mostly|many|half|majority|partly|partially|usually|normally|generally|typically|"
    r"sometimes|mainly|nearly|almost|largely|at random|occasionally|some)\b"
)
_PARTLY_OR: Final = Cue(
    r"\b(?:most(?:ly)?|many|half|majority|part(?:ly|ially)?|usual(?:ly)?|normal(?:ly)?|general(?:ly)?|typical(?:ly)?|"
    r"sometimes|mainly|nearly|almost|largely|some|several|may|might|can|often|unless|except|not|random|occasional(?:ly)?|"
    r"about|around|roughly|approximately|certain|a few|by default|default|in principle|rule)\b"
)
_ONE: Final = Cue(r"(?:^|[.;:|]\s+)an?\s")
_NARROWER: Final = re.compile(
    r"(?:with|without|that|which|who|whose|of|in|on|for|under|above|below)\s(?:\S+\s?){1,5}",
    re.IGNORECASE,
)
_CLASS: Final = Cue(r"\b(?:SEV|P|L)-?[0-5]\b|\b(?:tier|level|class|priority|severity) [0-5]\b")
"""Classes that are numbered: severities of incidents, tiers of vendors."""
_ALL_OF: Final = Cue(r"\b(?:all|any|every|each)\s\w+")
_ANY_SUCH: Final = Cue(r"\b(?:any|every|each|all|no|an?|if the) ([a-z]{3,})\b")
_OWNED: Final = Cue(r"\b([A-Z][a-z]+)['’]s ([a-z]{3,})\b", 0)
_OF_KIND: Final = re.compile(
    r"(?:of|that|which|who|with|without|whose|for|in|on|from)\b", re.IGNORECASE
)
_KINDS: Final = Cue(
    r"\b(?:an?|the|each|every|any) (\w+) "
    r"(of (?:tier|class|level|kind|type) \w+|that (?:\w+ ){2}\w+|whose (?:\w+ ){2}\w+)"
)
_LETTERS: Final = re.compile(r"\w+")
_PLURAL: Final = Cue(
    r"(?:^|[.;:\n]\s+)((?!(?:Some|Most|Many|Few|The|These|Those|This)\b)[A-Z](?:[a-z-]+ )?[a-z-]+s) "
    r"(?:are|were|have|must|may|can|need|get|go|enter|do)\b",
    re.MULTILINE,
)
"""Things of which a sentence speaks as a rule: a bare plural that begins it, with its verb beside it."""
_SHARED: Final = 0.75
_AFTER: Final = 4


def widened(claim: str, around: Sequence[str], words: Words) -> str:
    """Return what a claim says of all, and its quotes of some; nothing if it does not."""
    theirs = " \n ".join(around)
    kind = _KIND.search(claim)
    if (
        kind
        and not _KIND.search(theirs)
        and not re.search(r"\b(?:any|whatever|regardless)\b", theirs)
    ):
        return f"the quote does not say “{kind[0]}”"
    if why := _of_another_class(claim, around):
        return why
    for match in _EVERY.finditer(claim):
        word, after = match[1].lower(), claim[match.end() :]
        if _COUNTED.match(after) or (
            word in {"any", "anyone", "anybody"} and _negated(claim, match)
        ):
            continue  # "all 41 secrets" rests on the number, "every autumn" on how often
        if word in {"each", "every"} and _of_them_all(_phrase(after), theirs, words):
            continue
        if word != "any" and not _EVERY_OR.search(theirs):
            return f"the quote does not say “{match[0]}”"
        if (
            word == "any"
            and words.asked(_phrase(after))
            and next(iter(words.asked(_phrase(after)))) in words.heard(theirs)
        ):
            continue
        if word in {"all", "every", "each", "any"} and not _of_the_same(
            claim, after, theirs, words
        ):
            return f"the quote does not say “{match[0]}” of the same thing"
        if word in {"everyone", "everybody"} and not _EVERYBODY.search(theirs):
            return f"the quote does not say “{match[0]}”"
    return _narrower(claim, theirs, words) or _part_of_it(claim, around, words)


def _narrower(claim: str, theirs: str, words: Words) -> str:
    """Return of which kind of thing alone the quotes speak, where the claim speaks of any of them."""
    kinds, owned = _KINDS.findall(theirs), _OWNED.findall(theirs)
    if not kinds and not owned:
        return ""
    mine, stands = words.heard(claim), _LETTERS.findall(theirs.lower())
    for match in _ANY_SUCH.finditer(claim):
        rest, head = claim[match.end() :].split(maxsplit=1), match[1].lower()
        if rest and _OF_KIND.match(rest[0]):
            continue
        whose = [name for name, thing in owned if thing.lower() == head]
        if len(whose) == stands.count(head) and whose and not any(one in claim for one in whose):
            return f"the quote says this of “{whose[0]}'s {head}” only"
        told = [(kind, words.asked(kind)) for thing, kind in kinds if thing.lower() == head]
        if (
            told
            and stands.count(head) == len(told)
            and all(one and not any(words.hears(word, mine) for word in one) for _, one in told)
        ):
            return f"the quote says this of a “{head} {told[0][0]}” only"
    return ""


def _of_another_class(claim: str, around: Sequence[str]) -> str:
    """Return the numbered class of which alone the quotes speak, where the claim speaks of all or any."""
    every = _ALL_OF.search(claim)
    if not every or _CLASS.search(claim):
        return ""
    named = [[match[0] for match in _CLASS.finditer(text)] for text in around]
    if named and all(named) and not any(_ALL_OF.search(text) for text in around):
        return f"the quote says this of {named[0][0]}, not of “{every[0]}”"
    return ""


def _negated(claim: str, match: re.Match[str]) -> bool:
    before = claim[max(0, match.start() - 40) : match.start()]
    return bool(
        re.search(
            r"\b(?:not|no|never|without|nobody|none|if|whether|nor|for)\b|n't",
            before,
            re.IGNORECASE,
        )
    )


def _of_the_same(claim: str, after: str, theirs: str, words: Words) -> bool:
    """Say whether the quotes say of a thing that they mean all of it."""
    things = list(words.asked(_phrase(after)))[:2]
    if not things:
        return True
    head = words.concepts(" ".join(things)).union(things)
    mine = words.heard(claim)
    if any(_spoken_of(head, phrase, mine, words) for phrase in _all_of(theirs)):
        return True
    if any(_spoken_of(head, phrase, mine, words) for phrase in _any_of(theirs, mine, words)):
        return True
    return things[0] in _PEOPLE and bool(_EVERYBODY.search(theirs))


def _of_them_all(phrase: str, theirs: str, words: Words) -> bool:
    """Say whether the quotes say it of such things as a rule: "New versions are announced"."""
    wanted = list(words.asked(phrase))[:2]
    for match in _PLURAL.finditer(theirs):
        said = words.asked(match[1])
        if wanted and said and list(said) == wanted[: len(said)]:
            return True
    return False


def _spoken_of(head: frozenset[str], phrase: str, mine: frozenset[str], words: Words) -> bool:
    """Say whether a phrase means a thing, and not only such of it as the claim does not speak of."""
    if not head & words.concepts(phrase):
        return False
    narrower = list(words.asked(phrase))
    at = next((at for at, one in enumerate(narrower) if one in head), len(narrower) - 1)
    return all(words.hears(one, mine) for one in narrower[:at])


def _all_of(theirs: str) -> Iterator[str]:
    for match in _ALL.finditer(theirs):
        yield _phrase(theirs[match.end() :].removeprefix(" of").removeprefix(" the"))
        # "employees all", "secrets, all of them"
        yield " ".join(theirs[: match.start()].split()[-3:])


def _any_of(theirs: str, mine: frozenset[str], words: Words) -> Iterator[str]:
    """Yield what a rule is for in the singular: "a pull request needs" is said of each, if nothing narrows it."""
    for match in _ONE.finditer(theirs):
        phrase = _phrase(theirs[match.end() :])
        narrower = _NARROWER.match(theirs[match.end() + len(phrase) :].lstrip())
        if not narrower or all(words.hears(one, mine) for one in words.asked(narrower[0])):
            yield phrase


def _phrase(text: str) -> str:
    text = text.lstrip(" ,").removeprefix("of the ").removeprefix("of ").removeprefix("the ")
    end = _PHRASE_END.search(text)
    return text[: end.start()] if end else text[:80]


def _part_of_it(claim: str, around: Sequence[str], words: Words) -> str:
    """Return a word such as `most` or `usually` of the quotes that the claim leaves out."""
    if _PARTLY_OR.search(claim):
        return ""
    mine = words.heard(claim)
    for text in around:
        for match in _PARTLY.finditer(text):
            before = re.split(r"[.;:|\n]", text[: match.start()])[-1]
            after = re.split(r"[.;:|\n]", text[match.end() :])[0]
            asked = [*words.asked(before).items(), *list(words.asked(after).items())[:_AFTER]]
            total = sum(weight for _, weight in asked)
            said = sum(weight for one, weight in asked if words.hears(one, mine))
            if total and said >= _SHARED * total:
                return f"the claim leaves out “{match[0]}”"
    return ""
