"""Whether a claim is wider, stronger, more certain or more finished than what its quotes say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.citations.cues import Cue
from copilot.citations.scope import widened
from copilot.citations.tenses import not_past, not_yet
from copilot.wording import coverage, stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.citations.records import Cells
    from copilot.citations.words import Words

_AMPLIFIERS: Final = tuple(
    (Cue(mine), Cue(theirs))
    for mine, theirs in (
        (r"\bautomatic(?:ally)?\b", r"\bautomat|\bby itself\b|\bfunction\b|\bscript\b|\bjob\b|\bruns?\b|\bon its own\b"),
        (r"\b(?:immediately|at once|instantly|straight away)\b",
         r"\bimmediate|\bat once\b|\binstant|\bstraight away\b|\bas soon as\b|\bdirectly\b|\bwithout delay\b"),
        (r"\b(?:guarantee[sd]?|ensur(?:es?|ed|ing)|assur(?:es?|ed))\b", r"\bguarant|\bensur|\bassur|\bso that\b|\bmake sure\b"),
        (r"\b(?:fully|completely|entirely)\b", r"\bfull|\bcomplete|\bentire|\ball\b|\bwhole\b|\bwithout exception"),
        (r"\b(?:even (?:if|when|where|though)|no matter|regardless)\b",
         r"\beven\b|\bno matter\b|\bregardless\b|\bwhether\b|\bwhatever\b|\balthough\b|\bexception\b|\bany\b"),
        (r"\bindependent(?:ly)?\b", r"\bindependen|\bexternal|\boutside\b|\bthird[- ]part"),
        (r"\bcontinuous(?:ly)?\b", r"\bcontinuous|\bconstant|\ball the time\b|\bat all times\b|\breal[- ]time\b"),
        (r"\bpermanent(?:ly)?\b", r"\bpermanen|\bfor ever\b|\bforever\b|\bfor good\b"),
    )
)  # fmt: skip
_CONCLUSION: Final = Cue(
    r"\b(?:compliant|compliance is|in compliance|compl(?:ies|y|ied) with|certified|certification|effective(?:ly|ness)?|"
    r"operat(?:es|ed|ing) (?:as designed|effectively)|satisf(?:y|ies|ied)|meets? (?:the|all|every) \w*\s?"
    r"(?:criteri|requirement|soc)\w*|fulfils?|guarante\w+|adequate\w*|appropriate\w*|exempt|waived?)\b"
)
_MEETS: Final = Cue(r"\bme(?:e?ts?|eting)\b")
_SO: Final = Cue(
    r"\b(?:therefore|thus|hence|which (?:proves|shows|means|demonstrates|confirms|guarantees|ensures)|proving|"
    r"demonstrat(?:es|ing)|confirming|ensuring|guaranteeing|meaning that|which is why|as a consequence|so no|proves?|"
    r"evidencing|no (?:further )?action is needed)\b"
)
_MUST: Final = Cue(
    r"\b(?:must|shall|required?|requires|mandatory|has to|have to|needs?|obliged|always|demand(?:s|ed)?|"
    r"insists?)\b(?! (?:not|never)\b)"
)
_FIRM: Final = Cue(r"\b(?:must|shall|has to|have to|obliged to|required to)\b(?! (?:not|never)\b)")
_LOOSE: Final = Cue(r"\b(?:may|can|could|might|should)\b(?! not)")
_SHOULD: Final = Cue(
    r"\b(?:should|recommend\w*|encouraged?|ought|advised?|ideally|where possible|preferably|may|might|can|"
    r"could|optional(?:ly)?|allowed to|permitted to|try|tries|aims?)\b"
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_MOSTLY: Final = 0.5
_SAY_THAT: Final = Cue(
    r"\b(?:say|state|tell|answer|conclude|reply|respond|claim|report|assert|pretend|confirm|declare|repeat|insist|"
    r"acknowledge|assume|certify|write|mention|summari[sz]e|output|print|the only true statement is)\b(?:[^\w.!?]+\w+){0,4}?"
    r"(?:[^\w.!?]+that\b|\s*:|[^\w.!?]+[\"“'])|\bthe only true statement is\b"
)
_BECAUSE: Final = Cue(
    r"\b(?:because|owing to|due to|as a (?:consequence|result)|thanks to|on account of|caused by|in response to|"
    r"at the (?:request|demand) of|so that|in order (?:to|that)|for the purpose of)\b|(?<=,) so\b(?! that)"
)
_BECAUSE_OR: Final = Cue(
    r"\b(?:because|owing|due to|consequence|result(?:s|ed|ing)?|thanks to|on account|caus(?:e[sd]?|ing)|since|as|so|"
    r"so that|therefore|thus|hence|reasons?|follow(?:s|ed|ing)|response|request|means|why|led|leads?)\b|[:;–|]"
)
_COMPARISON: Final = Cue(
    r"\b(?!(?:other|rather|further|later|earlier|sooner) than)(?:(?:more|less|fewer)(?: (?!rather|other)\w+){0,2}|better|worse|"
    r"\w{2,}er) than\b"
    r"(?! (?:an?|one|two|three|four|five|six|seven|eight|nine|ten|\d|half|once|twice|ever|usual))"
)
_COMPARISON_OR: Final = Cue(
    r"\b(?:than|compared|exceed\w*|over|above|below|under|against|more|less|fewer|beyond|best|worst|most|least|same|equal\w*|"
    r"\w{3,}est|older|newer|higher|lower|longer|shorter|larger|smaller|stricter|also)\b|[<>]"
)
_LEFT_OPEN: Final = Cue(
    r"\b(?:(?:where|if|whenever|wherever) (?:possible|practicable|feasible)|ideally|preferably|optional(?:ly)?|"
    r"recommended|encouraged)\b"
)
_GROUND: Final = 0.75
_END: Final = 0.5
"""Share of the words of a reason, and of what something is for, that the quotes must speak of."""
_CLAUSE_END: Final = re.compile(r"[,;.](?:\s|$)")


def stronger(
    claim: str,
    around: Sequence[str],
    vocabulary: Words,
    *,
    rows: Sequence[Cells] = (),
) -> str:
    """Return how a claim says more strongly what its quotes say; nothing if it does not.

    Args:
        claim: What is said.
        around: What stands around its quotes.
        vocabulary: Turns words into concepts.
        rows: The rows of tables that its quotes stand in.
    """
    theirs = " ".join(around)
    for pattern in (_CONCLUSION, _SO):
        mine = pattern.search(claim)
        same = mine and mine[0].lower().startswith("compl") and _MEETS.search(theirs)
        if mine and not same and not pattern.search(theirs) and stem(mine[0]) not in theirs.lower():
            return f"“{mine[0]}” is a conclusion that the quote does not draw"
    for mine_re, theirs_re in _AMPLIFIERS:
        mine = mine_re.search(claim)
        if mine and not theirs_re.search(theirs):
            return f"the quote does not say “{mine[0]}”"
    if why := widened(claim, around, vocabulary) or _without_ground(claim, theirs, vocabulary):
        return why
    if why := _compared(claim, theirs) or _weaker(claim, theirs) or not_past(claim, theirs):
        return why
    firmer = len(_FIRM.findall(claim)) > len(_FIRM.findall(theirs)) and len(
        _LOOSE.findall(claim)
    ) < len(_LOOSE.findall(theirs))
    if firmer or (_MUST.search(claim) and not _MUST.search(theirs)):
        allowed = _SHOULD.search(theirs)
        if allowed and (firmer or not _SHOULD.search(claim)):
            return f"the quote says “{allowed[0]}”, which is weaker"
    return not_yet(claim, around, rows)


def _compared(claim: str, theirs: str) -> str:
    """Return a comparison of the claim where its quotes compare nothing."""
    mine = _COMPARISON.search(claim)
    if mine and not _COMPARISON_OR.search(theirs):
        return f"the quote does not compare, as “{mine[0]}” does"
    return ""


def _weaker(claim: str, theirs: str) -> str:
    """Return a word with which the claim leaves open what its quotes do not."""
    mine = _LEFT_OPEN.search(claim)
    if mine and not _SHOULD.search(theirs) and not _LEFT_OPEN.search(theirs):
        return f"the quote does not say “{mine[0]}”, which is weaker"
    return ""


def only_to_be_said(claim: str, around: str, vocabulary: Words) -> bool:
    """Say whether the quotes only ask that something be said, and the claim says it.

    "State that no exceptions were found" is no word on exceptions.
    """
    match = _SAY_THAT.search(around)
    if match is None or _SAY_THAT.search(claim):
        return False
    asked = vocabulary.asked(claim)
    rest = _SENTENCE.split(around[match.end() :])[0]
    before = f"{around[: match.start()]}"
    inside = coverage(asked, vocabulary.concepts(rest))
    return inside > coverage(asked, vocabulary.concepts(before)) and inside >= _MOSTLY


def _without_ground(claim: str, theirs: str, words: Words) -> str:
    """Return a reason that the claim gives and its quotes do not; nothing if there is none."""
    for match in _BECAUSE.finditer(claim):
        end = match[0].lower().startswith(("so that", "in order", "for the purpose"))
        if not end and not _BECAUSE_OR.search(theirs):
            return f"the quote gives no reason such as “{match[0]}”"
        for side in (_CLAUSE_END.split(claim[match.end() :])[0],):
            asked = words.asked(side)
            known = words.heard(theirs)
            heard = sum(weight for one, weight in asked.items() if words.hears(one, known))
            if asked and heard <= (_END if end else _GROUND) * sum(asked.values()):
                return f"the quote does not give the reason “{match[0]}{side}”"
    return ""
