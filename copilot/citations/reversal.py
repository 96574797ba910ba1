"""Whether a claim denies what its quotes say, or says what they deny."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from copilot.citations.antonyms import opposites_of
from copilot.citations.cues import Cue
from copilot.citations.lemmas import lemma
from copilot.citations.opposites import opposite_words
from copilot.citations.words import roots_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from copilot.citations.alignment import Beside
    from copilot.citations.words import Words

_CLAUSE: Final = re.compile(
    r"[.!?;:|\n]+(?:\s|$)|\s[–—-]\s|,\s*(?=(?:but|while|whereas|although|though|and|or|so|yet|which|who|as|since)\b)|"
    r"\b(?:but|while|whereas|although|though|however|because|when|if)\b",
    re.IGNORECASE,
)
_POINTS_BACK: Final = re.compile(
    r"(?:and |but |or )?(?:none|neither|nothing|they|it|these|those|nobody)\b", re.IGNORECASE
)
"""The beginning of a clause that speaks of what stands in the one before it."""

_PLAIN: Final = (
    r"no longer|not|never|no|none|nobody|nothing|nowhere|neither|nor|without|cannot|unable"
)
_VERBS: Final = (
    r"lacks?|lacking|lacked|prohibit(?:s|ed)?|forbid(?:s|den)?|banned|bans?|disallow(?:s|ed)?|false"
)
_LEXICAL: Final = (
    r"absent|missing|zero|nil|rather than|instead of|rarely|seldom|hardly|fail(?:s|ed|ure|ures|ing)?|refus(?:es?|ed|al|ing)|"
    r"reject(?:s|ed|ion)?|den(?:y|ies|ied|ial)|exclud(?:es?|ed|ing)|out of scope|exempt(?:ed)?|withh[eo]ld|"
    r"turn(?:s|ed)? down|left out|leaves? out|out of account|omit(?:s|ted)?|skip(?:s|ped)?|"
    r"abstain(?:s|ed)?|alone|differ(?:s|ent|ently)?|other than|block(?:s|ed)?|idle|disabled?|off|"
    r"in(?:active|activity|complete|valid|effective|secure|sufficient|correct|accurate)|non-?complian\w+|"
    r"irre\w+|impossible"
)
_NOT: Final = Cue(
    rf"\b(?:{_PLAIN}|{_VERBS}|{_LEXICAL})\b|\b\w+n['’]t\b|(?<![\d.,])0(?![\d.,:%])|\"\"|\bnull\b"
)
"""Whatever may stand for a negation of the other text."""

_STRICT: Final = Cue(rf"\b(?:{_PLAIN}|{_VERBS})\b|\b\w+n['’]t\b")
"""Those that turn round what they stand before, so that a claim must not lose or gain them."""

_BARE: Final = re.compile(rf"(?:{_PLAIN}|\w+n['’]t)", re.IGNORECASE)
"""Negations that say nothing else."""

_BARE_CUE: Final = Cue(rf"\b(?:{_PLAIN})\b|n['’]t\b")
_OF_A_VERB: Final = re.compile(
    r"^(?:not|never|cannot|unable|no longer|un\w+)$|n['’]t$", re.IGNORECASE
)
"""Those of which the word that follows is the one that is denied."""

_LINK: Final = re.compile(
    r"(?:through|by|in|on|at|with|to|from|for|of|the|an?|via|as|before|after|until)\b",
    re.IGNORECASE,
)
_DENYING: Final = re.compile(_LEXICAL, re.IGNORECASE)
_NO_NEGATION: Final = Cue(
    r"\b(?:and not before|not only|not even|no \w+er than|(?:no|not) (?:more|less|later|fewer|longer|older) than|"
    r"whether or not|or not|not just|not merely|without delay|without exceptions?|no exceptions?|no\.? \d+|"
    r"(?:nothing|nobody|no one|none|without (?:anyone|anybody|anything)) else)\b"
)
_UN: Final = re.compile(r"\bun(?!der)([a-z]{4,})\b", re.IGNORECASE)
_PREFIXED: Final = re.compile(r"^(?:in|un|ir|non-?|dis)(?=[a-z]{4})", re.IGNORECASE)
_NO_UN: Final = frozenset(
    "derstand dertake dertaken derstood iversal iversity ique tested less iform ited iting".split()
)
_TWICE: Final = Cue(r"\b(?:without|unless|until|before|except)\b")
_NEEDED: Final = Cue(r"\b(?:needs?|requires?|required|must|only|has to|have to)\b")
_NOT_NEEDED: Final = Cue(
    r"\b(?:nobody|no one|not|never|no)\b(?:\W+\w+){0,2}?\W+(?:needs?|requires?|required|must|has to)\b"
)
_LATER: Final = Cue(rf"{_NEEDED.pattern}|\b(?:after|once)\b")
_EXCEPT: Final = Cue(
    r"\b(?:except(?:ing)?|with the exceptions? of|unless|apart from|other than|excluding|save for)\b"
)
_EXCEPT_OR: Final = Cue(
    rf"{_EXCEPT.pattern}|\b(?:only (?:if|when|where)|provided|nobody else|no one else|otherwise|another|"
    r"different|besides|(?<!even )if|normally|usually|generally|not|no|never)\b"
)
_ONLY: Final = Cue(
    r"\b(?:only|solely|exclusively|(?<!left )(?<!leave )(?<!let )alone|(?:nobody|no one|nothing|anyone|anybody) else)\b"
)
_ONLY_OR: Final = Cue(
    r"\b(?:only|solely|exclusively|nobody|no one|none|nothing|alone|limited|restricted|just|no other|single|"
    r"unless|except|without|not|never|sole|one)\b"
)
_FIRST: Final = re.compile(r"\s+(?:once|after|when)\b", re.IGNORECASE)
_WINDOW: Final = 5
"""Content words on either side of a negation to which it may belong."""

_VERB: Final = 2
_BEHIND: Final = 3
_AHEAD: Final = 4
"""Content words that a negation is taken to speak of."""

_SPOKEN_OF: Final = 0.5
"""Share of those words that a text must have to speak of the same."""


@dataclass(frozen=True, slots=True)
class _Negation:
    word: str
    head: str
    """The word that is negated: the first of those after it, else the last before it."""
    scope: dict[str, float]
    rest: str = ""
    """What stands after it."""
    behind: tuple[str, ...] = ()
    """All words of its clause that stand after it."""


def reversed_words(claim: str, around: Sequence[str], words: Words, beside: Beside) -> str:
    """Return how a claim turns round what its quotes say; nothing if it does not.

    A negation of the claim must stand in the quotes as well, before some of the same words; and where
    the claim speaks of what the quotes negate, it must negate it too. Where the clauses of both lie beside
    each other and deny the same, a negation in other words is none that is gained.
    """
    theirs = [part for text in around for part in clauses(text)]
    if beside.contradicted:
        return "the quote denies what the claim says, or says what it denies"
    gained = _gained(claim, theirs, words)
    if gained and (beside.rows or not beside.confirmed):
        return gained
    return (
        _lost(claim, theirs, words)
        or _without_only(claim, around, words)
        or opposite_words(claim, clauses(claim), around, words)
    )


@lru_cache(maxsize=2_000)
def clauses(text: str) -> tuple[str, ...]:
    """Return the parts of a text within which a negation holds."""
    found: list[str] = []
    for part in _CLAUSE.split(text):
        clean = (part or "").strip()
        if found and _POINTS_BACK.match(clean):
            found[-1] = f"{found[-1]} {clean}"
        elif clean:
            found.append(clean)
    return tuple(found)


def _gained(claim: str, theirs: Sequence[str], words: Words) -> str:
    """Return a negation of the claim that its quotes do not have."""
    whole = " ".join(theirs)
    for clause in clauses(claim):
        negations = list(_negations(clause, _STRICT, words))
        if not negations or (len(negations) <= 2 and _says_needed(clause, whole)):
            continue
        mine, denied = words.concepts(claim), words.concepts(whole)
        most = max((len(_cues(one, _NOT)) for one in theirs), default=0)
        if len(negations) > 1 and len(_cues(clause, _NOT)) > most:
            return f"the quote does not deny twice, as “{clause}” does"
        for one in negations:
            if _OF_A_VERB.search(one.word) and _DENYING.match(one.rest) and one.head not in denied:
                return f"the quote does not say “{one.word}” of “{clause}”"
            if not _has(one, theirs, words, said=mine | words.heard(one.head), generous=True):
                return f"the quote does not say the “{one.word}” of “{clause}”"
    return ""


def _says_needed(denied: str, plain: str) -> bool:
    """Say whether one text puts with two negations what the other says is needed.

    "Nothing goes live without approval" and "not until it is approved" say that approval is needed.
    """
    twice = _TWICE.search(denied)
    if not twice or not _BARE_CUE.search(f"{denied[: twice.start()]} {denied[twice.end() :]}"):
        return False
    needed = _LATER if twice[0].lower() in {"until", "before"} else _NEEDED
    return (
        bool(needed.search(plain))
        and not _NOT_NEEDED.search(plain)
        and twice[0].lower() not in plain.lower()
    )


def _lost(claim: str, theirs: Sequence[str], words: Words) -> str:
    """Return a negation of the quotes that the claim should have and does not."""
    mine = clauses(claim)
    for clause in theirs:
        negations = list(_negations(clause, _STRICT, words))
        if not negations or _says_needed(clause, claim):
            continue
        heard, stands = words.heard(claim), words.concepts(" ".join(theirs))
        for one in negations:
            total = sum(one.scope.values())
            said = sum(weight for what, weight in one.scope.items() if words.hears(what, heard))
            if not total or said < _SPOKEN_OF * total:
                continue
            if not _has(one, mine, words, said=stands | words.heard(one.head)):
                return f"the claim leaves out the “{one.word}” of “{clause}”"
    return ""


def _has(
    negation: _Negation,
    others: Collection[str],
    words: Words,
    *,
    said: frozenset[str],
    generous: bool = False,
) -> bool:
    """Say whether other clauses have a negation too, of the same.

    Args:
        negation: A negation.
        others: The clauses of the other text.
        words: What means the same.
        said: The concepts of its own clause: a word such as `refuse` that both sides have negates
            nothing for either of them.
        generous: Whether words beside a negation of the others may stand for others.
    """
    if not _BARE.fullmatch(negation.word) and any(
        lemma(negation.word) in words.concepts(one) for one in others
    ):
        return True
    roots = frozenset[str]().union(*map(roots_of, others))
    if any(one not in roots and opposites_of(one) & roots for one in negation.behind):
        return True  # what is not open is closed
    beside = [one for one in others if negation.head in words.concepts(one)] or [
        one for one in others if words.hears(negation.head, words.heard(one))
    ]
    of_a_verb = (
        _OF_A_VERB.search(negation.word)
        and negation.head
        and beside
        and not _LINK.match(negation.rest)
    )
    wanted = {negation.head} if of_a_verb else set(negation.scope)
    return any(
        _negates(clause, wanted, words, said=said, generous=generous)
        for clause in (beside if of_a_verb else others)
    )


def _negates(
    clause: str, wanted: set[str], words: Words, *, said: frozenset[str], generous: bool
) -> bool:
    for start, end, inner in _cues(clause, _NOT):
        word = clause[start:end]
        base = lemma(inner or _PREFIXED.sub("", word))
        if base != lemma(word) and base in wanted:
            return True
        if not _BARE.fullmatch(word) and said & words.concepts(word):
            continue
        after = [one for one, _ in _meant(f"{inner} {clause[end:]}", words)][:_WINDOW]
        before = [one for one, _ in _meant(clause[:start], words)][-_WINDOW:]
        of_a_verb = _OF_A_VERB.search(word) and not _LINK.match(clause[end:].lstrip())
        if len(wanted) == 1 and of_a_verb and after and not inner:
            after, before = after[:_VERB], []
        elif len(wanted) == 1 and word.lower() == "no":
            after = after[:_VERB]
        own = words.heard(word) if not _BARE.fullmatch(word) else frozenset()
        near = own.union(before, after)
        if generous or len(wanted) == 1:
            near = near | words.heard(" ".join(near))
        if not wanted or not (before or after) or any(words.hears(one, near) for one in wanted):
            return True
    return False


@lru_cache(maxsize=4_000)
def _cues(text: str, pattern: Cue) -> tuple[tuple[int, int, str], ...]:
    """Return the negations of a clause: where they begin and end, and a word that they hold within."""
    prefixed = "un" in text.lower()
    if not prefixed and not pattern.search(text):
        return ()
    plain = _NO_NEGATION.sub(lambda match: " " * len(match[0]), text)
    inner = (
        match
        for match in (_UN.finditer(plain) if prefixed else ())
        if match[1].lower() not in _NO_UN
    )
    return (
        *((match.start(), match.end(), "") for match in pattern.finditer(plain)),
        *((match.start(), match.end(), match[1]) for match in inner),
    )


def _negations(clause: str, pattern: Cue, words: Words) -> Iterator[_Negation]:
    """Yield the negations of a clause with what each speaks of: the words after it, else before."""
    for start, end, inner in _cues(clause, pattern):
        word = clause[start:end]
        following = _meant(f"{inner} {clause[end:]}", words)
        after = following[:_AHEAD]
        before = _meant(clause[:start], words)[-_BEHIND:]
        if word.lower() == "false":
            after = []  # a value stands behind the name that it belongs to
        scope = dict(after if len(after) > 1 else [*before, *after])
        head = after[0][0] if after else before[-1][0] if before else ""
        rest = clause[end:].lstrip()
        yield _Negation(word, head, scope, rest, tuple(one for one, _ in following))


def _meant(text: str, words: Words) -> list[tuple[str, float]]:
    return list(words.said(text))


def _in_order(claim: str, only: re.Match[str], whole: str) -> bool:
    """Say whether an `only` says no more than what comes first: "only once it is listed"."""
    return bool(_FIRST.match(claim, only.end()) and _TWICE.search(whole))


def _without_only(claim: str, around: Sequence[str], words: Words) -> str:
    """Return an `only` that the quotes do not have, or an `unless` that the claim leaves out."""
    whole = " ".join(around)
    only = _ONLY.search(claim)
    if only and not _ONLY_OR.search(whole) and not _in_order(claim, only, whole):
        return "the quote does not say “only”"
    if _EXCEPT_OR.search(claim):
        return ""
    heard = words.heard(claim)
    for text in around:
        for match in _EXCEPT.finditer(_NO_NEGATION.sub(" ", text)):
            main = text[: match.start()] if match.start() > len(text) // 4 else text[match.end() :]
            scope = words.asked(main)
            said = sum(weight for one, weight in scope.items() if words.hears(one, heard))
            if scope and said >= _SPOKEN_OF * sum(scope.values()):
                return f"the claim leaves out “{match[0]}”"
    return ""
