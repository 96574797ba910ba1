"""Texts as clauses: what each says, whether it denies it, and under which condition."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import Final

from copilot.citations.cues import Cue

_SENTENCE: Final = re.compile(r"[.!?;|\n]+(?:\s|$)|:\s|\s[–—-]\s|\s\((?=\w+ \w+)|\)\s")
_FINITE: Final = (
    r"(?:[\w'’-]+\s){0,5}(?:is|are|was|were|has|have|had|may|must|can|cannot|will|shall|should|does?|did|needs?|"
    r"gets?|gives?|takes?|stays?|keeps?|only|not|never|nobody|none|no|nothing|neither|remains?|holds?|receives?|\w+n['’]t)\b"
)
_DENIES: Final = (
    r"(?:nobody|nothing|no|never|not|cannot|neither|without|nor|rather than|instead of|"
    r"(?:is|are|was|were|has|have|had|do|does|did|may|must|can|will|should) (?:not|never|no))\b"
)
_PROVIDED: Final = r"provided (?:that|the|an?|it|they|he|she|there|this|these|no|nobody|all|both)\b"
"""`provided` as a condition; what "is provided through the portal" depends on nothing."""
_BREAK: Final = re.compile(
    rf",\s*(?=(?:but|while|whereas|although|though|which|who|whose|as|since|so|yet|nor)\b)|"
    r",\s*(?=(?:and |but |or )?(?:nobody|nothing|never|not|nor|neither|without|rather than|instead of|no|none)\b)|"
    rf",?\s+(?=(?:and|or|but)\s{_FINITE})|"
    r",\s+(?=and\s(?:[\w'’-]+\s){3,}[\w'’-]+(?!,))|"
    rf",\s+(?=(?:it|they|he|she|this|nobody|none|one|its|their)\s{_FINITE})|"
    rf"(?<!,)(?<! with)(?<! by)\s+(?=(?:that|which|who|whose)\s{_DENIES})|"
    rf"\s+(?=(?:(?:but|while|whereas|although|though|however|because|when|if|unless|where|even)\b|{_PROVIDED}))",
    re.IGNORECASE,
)
_FINER: Final = re.compile(
    rf"{_BREAK.pattern}|\s+(?=(?:without|before|until|unless|except|after|once)\s)", re.IGNORECASE
)
_PHRASE: Final = 2
"""Words of a part that is no clause yet."""
_AGAIN: Final = Cue(
    r"\b(no|not|never|without)\b((?:(?!\b(?:but|is|are|has|have)\b)[^.;:])*?\b(?:and|or)) \1\b|(\bneither\b[^.;:]*?)\bnor\b"
)
"""Negations side by side, which are one."""

_LEADING: Final = re.compile(
    r"^\W*(?:if|when|where|unless|once|while|although|because|since|even|as soon as|in case|without|before|after|until)\b[^,]*,\s",
    re.IGNORECASE,
)
_CONDITION: Final = Cue(
    rf"\b(?:if|when|where|whenever|once|unless|{_PROVIDED}|in case|in the event|as long as|only after|depending|should)\b"
)
_STARTS_CONDITION: Final = re.compile(
    rf"^\W*(?:(?:and|or|but|only|even)\s)?(?:if|when|where|whenever|once(?! (?:a|an|per|every|in)\b)|unless|{_PROVIDED}|in case|as long as)\b",
    re.IGNORECASE,
)
_NO_CUE: Final = Cue(
    r"\b(?:not only|nothing else|(?:no|not) \w+er than|no (?:more|less) than|not more than|whether or not|whether \w+ or not|"
    r"(?:marked|or) not\b|not just|not merely|without delay|without exceptions?|no exceptions?|no\.? \d+|failure of|failing over)\b"
)
_PLAIN: Final = Cue(
    r"\b(?:not|never|no|none|nobody|nothing|nowhere|neither|nor|without|cannot|unable|false)\b|\b\w+n['’]t\b|\"\""
)
_TELLS: Final = (
    r"\b(?:impossible|nil|null|lack(?:s|ed|ing)?|missing|differs|absent|absence|fail(?:s|ed|ing|ures?)?|refus(?:es?|ed|al|ing)|"
    r"reject(?:s|ed|ion|ing)?|den(?:y|ies|ied|ial)|declin(?:e|es|ed)|prohibit(?:s|ed)?|forbid(?:s|den)?|bann?(?:s|ed)?|"
    r"disallow(?:s|ed)?|prevent(?:s|ed|ing)?|block(?:s|ed|ing)?|stop(?:s|ped|ping)?|exempt(?:ed|ion)?|"
    r"exclud(?:es?|ed|ing)|omit(?:s|ted)?|skip(?:s|ped)?|leav(?:es?|ing) out|left out|out of scope|turn(?:s|ed)? down|"
    r"avoid(?:s|ed|ing)?|rarely|seldom|hardly|held back|off limits|free of|closed to|instead of|rather than|"
    r"abstain(?:s|ed)?|withh[eo]ld)\b"
)
_MADE: Final = r"\b(?:un(?!der|i|til|less|qualified|usual|it)|non-?|in(?=activ|complet|valid|effect|secur|suffic|correct|accur))[a-z]{4,}\b"
_TELLING: Final = re.compile(
    _TELLS + r"|\b\w{3,}less\b(?<!unless)(?<!regardless)|" + _MADE, re.IGNORECASE
)
"""Words that deny and say what: where both texts have them, they turn round neither."""
_TOLD: Final = Cue(f"{_TELLS}|{_MADE}")
"""The same without those that end in `less`, of which no beginning is known."""

_LATER: Final = Cue(r"\b(?:until|till|before|prior|unless|except|other than|else|otherwise)\b")
_NEEDED: Final = Cue(
    r"\b(?:needs?|needed|requires?|required|must|only|has to|have to|after|once|following|as soon as|depends?|subject to|provided|"
    r"necessary|else|otherwise)\b"
)
_ONLY: Final = Cue(
    r"\b(?:only|solely|exclusively|(?<!left )(?<!leave )(?<!let )alone|sole|reserved|restricted to|limited to|(?:nobody|no one|nothing|none|anyone|anybody) else|"
    r"nobody (?:but|except)|no one (?:but|except)|no other|just)\b(?! a?\s?(?:half|part))"
)
_POINTS: Final = Cue(
    r"\b(?:it|they|them|these|those|this|that|none|neither|both|one|two|any|each)\b"
)
_STATUS: Final = re.compile(
    r"^[a-z ]+$|^(?:\S+\s+){6,}\S+$|\b(?:true|yes|ok|passed|completed|repaired|done|on|kept|keep|closed|met|in time)$"
)
"""A cell that says what is so: a status in small letters, or a sentence."""


class Clause:
    """A part of a text that says one thing. What it is like is found out when it is first asked for."""

    def __init__(self, text: str, *, sentence: int, row: bool) -> None:
        """Take a part of a text.

        Args:
            text: Its words.
            sentence: The number of its sentence in its text.
            row: The text is a row in words, each of whose parts is the value of a column.
        """
        self.text = text
        self.sentence = sentence
        self._row = row

    @cached_property
    def _plain(self) -> str:
        plain = _NO_CUE.sub(lambda match: " " * len(match[0]), self.text)
        return _AGAIN.sub(lambda match: f"{match[1]}{match[2]}" if match[1] else match[3], plain)

    @cached_property
    def _cues(self) -> int:
        return len(_PLAIN.findall(self._plain)) if _PLAIN.search(self.text) else 0

    @property
    def denied(self) -> bool:
        """Whether it holds an odd number of negations that say nothing else."""
        return self._cues % 2 == 1

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """Its words that deny and say what, such as `refused`."""
        if not _tells(self.text):
            return ()
        return tuple(one.lower() for one in _TELLING.findall(self._plain))

    @cached_property
    def neutral(self) -> bool:
        """Whether it is a cell of a row with a name, a number or a time, of which nothing is said or denied."""
        return self._row and not self._cues and not self.telling and not _STATUS.search(self.text)

    @cached_property
    def later(self) -> bool:
        """Whether it has a word such as `before` or `unless`, with which a negation says that something is needed."""
        return bool(_LATER.search(self.text))

    @cached_property
    def needed(self) -> bool:
        """Whether it says that something is needed."""
        return bool(_NEEDED.search(self.text))

    @cached_property
    def condition(self) -> bool:
        """Whether it says when the clause beside it holds."""
        return bool(_STARTS_CONDITION.match(self.text))

    @cached_property
    def only(self) -> bool:
        """Whether it says that nothing or nobody else is meant."""
        return bool(_ONLY.search(self.text) and _ONLY.search(self._plain))

    @cached_property
    def points(self) -> bool:
        """Whether it has a word that stands for something in the clauses before it."""
        return bool(_POINTS.search(self.text))


@lru_cache(maxsize=4_000)
def clauses_of(text: str, *, row: bool = False, fine: bool = False) -> tuple[Clause, ...]:
    """Return the clauses of a text in order.

    Args:
        text: A claim, or what stands around a quote.
        row: The text is a row in words, each of whose parts is the value of a column.
        fine: Clauses without a verb of their own, such as `without a ticket`, stand alone as well. Most texts
            have none of these, and get the same clauses back.
    """
    sentences = [one for one in _SENTENCE.split(text) if one and one.strip()]
    parts = [(part, at) for at, one in enumerate(sentences) for part in _parts(one, fine=fine)]
    coarse = clauses_of(text, row=row) if fine else ()
    if fine and parts == [(one.text, one.sentence) for one in coarse]:
        return coarse
    return tuple(Clause(part, sentence=at, row=row) for part, at in parts)


def _parts(sentence: str, *, fine: bool) -> list[str]:
    first = _LEADING.match(sentence)
    rest = sentence[first.end() :] if first else sentence
    parts = [first[0]] if first else []
    short = ""
    for part in (_FINER if fine else _BREAK).split(rest):
        short = f"{short} {part}".strip(" ,") if part else short
        if len(short.split()) > _PHRASE or fine:  # "passwords and tokens are" is one clause
            parts.append(short)
            short = ""
    parts.append(short)
    return [one.strip(" ,") for one in parts if re.search(r"\w", one)]


def denies(text: str) -> bool:
    """Say whether any clause of a text may deny something."""
    return bool(_PLAIN.search(text)) or _tells(text)


def _tells(text: str) -> bool:
    """Say whether a text has a word that denies and says what."""
    if _TOLD.search(text):
        return True
    return "less" in text.casefold() and bool(_TELLING.search(text))


def restricted(text: str) -> bool:
    """Say whether a text says of anything that nothing else is meant."""
    return bool(_ONLY.search(text))


def conditional(text: str) -> bool:
    """Say whether a text names a condition."""
    return bool(_CONDITION.search(text))
