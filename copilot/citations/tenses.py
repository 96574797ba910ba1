"""Whether a claim tells as done what its quotes only plan or do as a rule, or as planned what they tell as done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.citations.cues import Cue
from copilot.citations.lemmas import lemma
from copilot.citations.words import roots_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.citations.records import Cells

_DID: Final = Cue(
    r"\b(?P<has>(?:has|have|had) (?:already )?been|was|were|did) (?:\w+ly )?(?P<verb>[a-z]{3,})\b"
)
_MEANT: Final = re.compile(
    r"\b(?:if|when|once|until|after|unless|that|which|who)\s(?:\w+\s){0,2}$", re.IGNORECASE
)
_PAST: Final = Cue(r"\b(?:was|were|did|had|has been|have been)\b")
_PAST_FORM: Final = re.compile(r"(?:ed|en|wn|lt|pt|de|ut|ld|et|ne)\b")
_WORDS: Final = re.compile(r"[A-Za-z]+")
_WILL: Final = Cue(r"\bwill (?:be )?([a-z]{3,})\b", 0)
_AHEAD: Final = Cue(r"\b(?:will|shall|to|plan\w*|due|next|expect\w*|forecast\w*)\b")
_BEGUN: Final = Cue(r"\b(?:was|were|had|did|has|have)\b|\b\w+ed\b|\bspent\b")
# What follows is looked at and not taken, so that it may be the beginning of another one.
_PLANNED: Final = Cue(r"\b((?:to|will)(?: be)?|shall|must|should)(?= (\w+))", 0)
_HABIT: Final = Cue(r"\b(is|are|be)(?= (?:\w+ly )?(\w+))", 0)
_DONE: Final = Cue(r"\b(was|were|been|has|have|had|did)(?= (\w+)(?: (\w+))?)", 0)


def not_yet(claim: str, around: Sequence[str], rows: Sequence[Cells]) -> str:
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
        planned = _first(_PLANNED, whole, forms)
        habit = _first(_HABIT, whole, forms)
        past = _first(_DONE, whole, forms)
        if planned and not past and len(forms) == 1 and not _PAST_FORM.search(" ".join(forms)):
            return f"the quote says “{planned}”, not that it is done"
        if (
            habit
            and not past
            and not _PAST.search(whole)
            and said.startswith(("has", "have", "had"))
        ):
            return f"the quote says “{habit}”, not that it was done"
    return ""


def _first(pattern: Cue, text: str, forms: set[str]) -> str:
    """Return the first place of a text where one of a verb's forms stands behind what a pattern has."""
    for match in pattern.finditer(text):
        behind = next((one for one in match.groups()[1:] if one in forms), "")
        if behind:
            return f"{match[1]} {behind}"
    return ""


def not_past(claim: str, theirs: str) -> str:
    """Return what the claim says will be done, where its quotes say that it was."""
    for match in _WILL.finditer(claim):
        forms = {form for form in _WORDS.findall(theirs) if lemma(form) == lemma(match[1])}
        past = forms and all(_PAST_FORM.search(form) or form != match[1] for form in forms)
        if past and match[1] not in forms and not _AHEAD.search(theirs) and _BEGUN.search(theirs):
            return f"the quote says that it was done, not “{match[0]}”"
    return ""
