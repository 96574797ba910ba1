"""Who does what to whom: persons and posts that a claim has put in each other's place."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from copilot.citations.lemmas import lemma

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.citations.records import Cells

PERSON: Final = re.compile(
    r"\b(?:Chief \w+(?: \w+)? Officer|Chief Executive|Head of [A-Z]\w+(?: [A-Z]\w+)?|"
    r"General Counsel|Finance Director|[Cc]ompliance team|People team|[Pp]latform team|board|auditors?|"
    r"(?:Security|Platform|Engineering|Support|Office|Product|line|system|business|risk|control|vendor|service|process|"
    r"incident|change|on-call|internal|external|policy|data|asset) "
    r"(?:Lead|Manager|[Oo]wner|manager|commander|engineer|auditor)s?|engineers? on duty|C[A-Z]O|author|approver|"
    r"reviewer|requester)\b|"
    r"\b(?!(?:The|In|On|For|If|When|After|Before|Under|At|By|An?|Every|Each|No|All|Any) )[A-Z][a-zà-ÿ]+ [A-Z][a-zà-ÿ]+\b",
)
_ACTING: Final = frozenset(
    lemma(word)
    for word in (
        "reviewer review approver approve approved by owner manager manage author tester test tested auditor audit decide "
        "decided confirm confirmed check checked sponsor interviewer assessor assess assessed assign assigned signed sign "
        "commander lead supervisor commit deployed requested raised verified"
    ).split()
)
"""Words in the name of a column that holds who did something to the subject of the row."""

_SUBJECT: Final = frozenset(
    lemma(word)
    for word in "holder account name user employee person member leaver joiner colleague requester participant".split()
)
"""Words in the name of a column that holds the subject of the row."""

_ACTS: Final = (
    r"(?:\s+(?:has|had|have|also|then|later|again|it))*\s+(?:decid\w+|approv\w+|review\w*|confirm\w*|check\w*|test\w*|sign\w*|"
    r"assess\w*|held|holds|manag\w+|audit\w*|examin\w+|allow\w+|revok\w+|interview\w*|assign\w*|order\w*|verif\w+|rejected)\b"
)
_UNDER: Final = (
    r"\s+as (?:\w+ )?(?:manager|owner|reviewer|approver|sponsor|lead|commander|author|tester)\b"
)
_ACTED: Final = re.compile(rf"{_ACTS}|{_UNDER}")
_OWNS: Final = re.compile(
    r"['’]s?\s+|\s+(?:was|were|is) (?:\w+ )?(?:allowed|granted|given|hired|trained|permitted)\b|\s+(?:joined|left|keeps?|kept|"
    r"finished|completed|acknowledged|started|may|can)\b"
)
_WAS: Final = re.compile(r",? (?:was|is|as|being) (?:its|the|their|his|her) (\w+)\b")
_BY: Final = re.compile(r"\bby\s+$", re.IGNORECASE)
_LINKING: Final = frozenset(
    "the a an of and or to in on at for with from as be have has by it its who that".split()
)
_LETTERS: Final = re.compile(r"[A-Za-z]+")
_STATED: Final = re.compile(r"[.;!?]\s")


def other_roles(claim: str, rows: Sequence[Cells], prose: Sequence[str]) -> str:
    """Return how a claim has exchanged two persons; nothing if it has not.

    Args:
        claim: What is said.
        rows: The rows that its quotes stand in, with their columns.
        prose: The sentences that they stand in.
    """
    for row in rows:
        if why := _in_row(claim, row):
            return why
    mine = list(_acts(claim))
    theirs = [act for text in prose for act in _acts(text)]
    for verb, agent, other in mine:
        same = [(one, two) for word, one, two in theirs if word == verb]
        if (other, agent) in same and (agent, other) not in same:
            return f"the quote says this the other way round of “{agent}” and “{other}”"
    return ""


def _in_row(claim: str, row: Cells) -> str:
    """Return who is put in another's place, by the columns that they stand in."""
    if why := _of_another(claim, row):
        return why
    acting = {value for name, value in row if _is(name, _ACTING) and PERSON.fullmatch(value)}
    subject = {
        value for name, value in row if _is(name, _SUBJECT) and PERSON.fullmatch(value)
    } - acting
    if not acting or not subject:
        return ""
    for person in subject:
        done = any(_ACTED.match(claim, at + len(person)) for at in _places(claim, person))
        if (done or _done_by(claim, person)) and any(one in claim for one in acting):
            return f"the quote does not say that “{person}” did this"
    for person in acting:
        owns = any(_OWNS.match(claim, at + len(person)) for at in _places(claim, person))
        if owns and any(one in claim for one in subject):
            return f"the quote says this of somebody else than “{person}”"
    return ""


def _of_another(claim: str, row: Cells) -> str:
    """Return who is said to be what a column says that another is: “was its author”."""
    for match in PERSON.finditer(claim) if _WAS.search(claim) else ():
        said = _WAS.match(claim, match.end())
        for name, value in row if said else ():
            other = value != match[0] and PERSON.fullmatch(value)
            if other and said and lemma(said[1]) == lemma(name):
                return f"the quote has “{value}” as {name}, not “{match[0]}”"
    return ""


def _done_by(claim: str, person: str) -> bool:
    return any(_BY.search(claim[:at]) for at in _places(claim, person))


def _places(claim: str, person: str) -> Iterator[int]:
    """Yield where a person is named."""
    at = claim.find(person)
    while at >= 0:
        yield at
        at = claim.find(person, at + 1)


def _is(name: str, kinds: frozenset[str]) -> bool:
    return any(lemma(word) in kinds for word in re.split(r"[\W_]+", name))


def _acts(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield what persons do to each other in a text: the verb, who does it, and to whom."""
    for sentence in _STATED.split(text):
        for first, second in pairwise(PERSON.finditer(sentence)):
            between = sentence[first.end() : second.start()]
            one, two = first[0], second[0]
            agents = (two, one) if _BY.search(between) else (one, two)
            roots = (lemma(word) for word in _LETTERS.findall(between))
            yield from ((root, *agents) for root in roots if root not in _LINKING and len(root) > 2)
