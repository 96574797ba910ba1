"""Whether a claim is wider, stronger, more certain or more finished than what its quotes say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.citations.lemmas import lemma
from copilot.citations.scope import widened
from copilot.citations.words import roots_of
from copilot.wording import coverage, stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.citations.records import Cells
    from copilot.citations.words import Words

_AMPLIFIERS: Final = tuple(
    (re.compile(mine, re.IGNORECASE), re.compile(theirs, re.IGNORECASE))
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
_CONCLUSION: Final = re.compile(
    r"\b(?:compliant|compliance is|in compliance|compl(?:ies|y|ied) with|certified|certification|effective(?:ly|ness)?|"
    r"operat(?:es|ed|ing) (?:as designed|effectively)|satisf(?:y|ies|ied)|meets? (?:the|all|every) \w*\s?"
    r"(?:criteri|requirement|soc)\w*|fulfils?|guarante\w+|adequate\w*|appropriate\w*|exempt|waived?)\b",
    re.IGNORECASE,
)
_MEETS: Final = re.compile(r"\bme(?:e?ts?|eting)\b", re.IGNORECASE)
_SO: Final = re.compile(
    r"\b(?:therefore|thus|hence|which (?:proves|shows|means|demonstrates|confirms|guarantees|ensures)|proving|"
    r"demonstrat(?:es|ing)|confirming|ensuring|guaranteeing|meaning that|which is why|as a consequence|so no|proves?|"
    r"evidencing|no (?:further )?action is needed)\b",
    re.IGNORECASE,
)
_MUST: Final = re.compile(
    r"\b(?:must|shall|required?|requires|mandatory|has to|have to|needs?|obliged|always)\b(?! (?:not|never)\b)",
    re.IGNORECASE,
)
_FIRM: Final = re.compile(
    r"\b(?:must|shall|has to|have to|obliged to|required to)\b(?! (?:not|never)\b)", re.IGNORECASE
)
_LOOSE: Final = re.compile(r"\b(?:may|can|could|might|should)\b(?! not)", re.IGNORECASE)
_SHOULD: Final = re.compile(
    r"\b(?:should|recommend(?:s|ed)?|encouraged?|ought|advised?|ideally|where possible|preferably|may|might|can|"
    r"could|optional(?:ly)?|allowed to|permitted to|try|tries|aims?)\b",
    re.IGNORECASE,
)
_DID: Final = re.compile(
    r"\b(?P<has>(?:has|have|had) (?:already )?been|was|were|did) (?:\w+ly )?(?P<verb>[a-z]{3,})\b",
    re.IGNORECASE,
)
_MEANT: Final = re.compile(
    r"\b(?:if|when|once|until|after|unless|that|which|who)\s(?:\w+\s){0,2}$", re.IGNORECASE
)
_PAST: Final = re.compile(r"\b(?:was|were|did|had|has been|have been)\b", re.IGNORECASE)
_PAST_FORM: Final = re.compile(r"(?:ed|en|wn|lt|pt|de|ut|ld|et|ne)\b")
_WORDS: Final = re.compile(r"[A-Za-z]+")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+")
_MOSTLY: Final = 0.5
_SAY_THAT: Final = re.compile(
    r"\b(?:say|state|tell|answer|conclude|reply|respond|claim|report|assert|pretend|confirm|declare|repeat|insist|"
    r"acknowledge|assume|certify|write|mention|summari[sz]e|output|print|the only true statement is)\b(?:[^\w.!?]+\w+){0,4}?"
    r"(?:[^\w.!?]+that\b|\s*:|[^\w.!?]+[\"“'])|\bthe only true statement is\b",
    re.IGNORECASE,
)
_BECAUSE: Final = re.compile(
    r"\b(?:because|owing to|due to|as a (?:consequence|result)|thanks to|on account of|caused by|in response to|"
    r"at the (?:request|demand) of)\b|(?<=,) so\b(?! that)",
    re.IGNORECASE,
)
_BECAUSE_OR: Final = re.compile(
    r"\b(?:because|owing|due to|consequence|result(?:s|ed|ing)?|thanks to|on account|caus(?:e[sd]?|ing)|since|as|so|"
    r"so that|therefore|thus|hence|reasons?|follow(?:s|ed|ing)|response|request|means|why|led|leads?)\b|[:;–|]",
    re.IGNORECASE,
)
_GROUND: Final = 0.75
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
    firmer = len(_FIRM.findall(claim)) > len(_FIRM.findall(theirs)) and len(
        _LOOSE.findall(claim)
    ) < len(_LOOSE.findall(theirs))
    if firmer or (_MUST.search(claim) and not _MUST.search(theirs)):
        allowed = _SHOULD.search(theirs)
        if allowed and (firmer or not _SHOULD.search(claim)):
            return f"the quote says “{allowed[0]}”, which is weaker"
    return _not_yet(claim, around, rows)


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
        if not _BECAUSE_OR.search(theirs):
            return f"the quote gives no reason such as “{match[0]}”"
        for side in (_CLAUSE_END.split(claim[match.end() :])[0],):
            asked = words.asked(side)
            known = words.heard(theirs)
            heard = sum(weight for one, weight in asked.items() if words.hears(one, known))
            if asked and heard <= _GROUND * sum(asked.values()):
                return f"the quote does not give the reason “{match[0]}{side}”"
    return ""


def _not_yet(claim: str, around: Sequence[str], rows: Sequence[Cells]) -> str:
    """Return what the claim says was done, where its quotes only say that it is to be done.

    The verb decides: `was raised` where the quotes have only `to raise`, `has been rotated` where they
    say what is done as a rule, `has been removed` where a cell says `remove`.
    """
    whole = " ".join(around)
    roots = roots_of(whole)
    cells = {value.lower(): name for row in rows for name, value in row}
    for match in _DID.finditer(claim):
        if match.start() and _MEANT.search(claim[: match.start()][-20:]):
            continue
        root, said = lemma(match["verb"]), match["has"].lower()
        bare = next(
            (value for value in cells if " " not in value and value and lemma(value) == root), ""
        )
        if bare and not bare.endswith(("ed", "en")) and said.startswith(("has", "have", "had")):
            return f"the quote says “{bare}”, not that it is done"
        if root not in roots or rows:
            continue
        forms = {form for form in _WORDS.findall(whole) if lemma(form) == root}
        planned = re.search(
            rf"\b(?:to|will|shall|must|should|will be|to be) (?:{'|'.join(forms)})\b", whole
        )
        habit = re.search(rf"\b(?:is|are|be) (?:\w+ly )?(?:{'|'.join(forms)})\b", whole)
        past = re.search(
            rf"\b(?:was|were|been|has|have|had|did)\b (?:\w+ )?(?:{'|'.join(forms)})\b", whole
        )
        if planned and not past and len(forms) == 1 and not _PAST_FORM.search(" ".join(forms)):
            return f"the quote says “{planned[0]}”, not that it is done"
        if (
            habit
            and not past
            and not _PAST.search(whole)
            and said.startswith(("has", "have", "had"))
        ):
            return f"the quote says “{habit[0]}”, not that it was done"
    return ""
