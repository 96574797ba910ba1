"""Find rules that cannot both be followed: one matter, one case, different figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.checking.cases import Case, case_of
from copilot.checking.matters import TIMES, Bound, Matter, matter_of
from copilot.checking.stances import stances, techniques
from copilot.citations.quantities import agree, quantities
from copilot.wording import carries_meaning, stem, stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.citations.quantities import Quantity
    from copilot.drafting.policy_sentences import Said

_BESIDE: Final = 60
"""Characters after a figure in which the thing that it counts stands."""

_CUT: Final = re.compile(r"[,;:()–—]|\s(?:and|but|or|while|whereas|with|then)\s", re.IGNORECASE)
_NO_RULE: Final = re.compile(
    r"\b(?:for example|for instance|e\.g\.|such as|previously|formerly|used to be|until 20\d\d|before 20\d\d|"
    r"in 20\d\d|last year|at present|currently takes|took|was measured|we measured|on average|optional(?:ly)?|recommend\w*|"
    r"suggest\w*|ideally|may (?:also )?(?:choose|ask)|version \d)\b",
    re.IGNORECASE,
)
"""What gives an example, tells what happened or advises sets no rule."""

_HISTORY: Final = re.compile(
    r"\b(?:version|revision|change|document) (?:history|table|log)\b|^approval$", re.IGNORECASE
)
_VERSION: Final = re.compile(r"^v?\d+(?:\.\d+)+")
_PRONOUN: Final = re.compile(
    r"\b(?:each|every|any|no|this|that|the|which|another) one$", re.IGNORECASE
)

_LIMITED: Final = re.compile(r"\b(?:at least|at most|than|within|after|to)\s+$", re.IGNORECASE)
"""Before a bare number that has its unit from another one: `12 characters, administrators at least 16`."""

_SYSTEM: Final = re.compile(
    r"\b(?:in|to|for|of|on|into|from)\s+(?:the\s+|our\s+)?((?:[A-Z][\w-]*[a-z0-9][\w-]*|[A-Z]{2,5})(?:\s+[A-Z][\w-]+)?)|"
    r"\b((?:[A-Z][\w-]*[a-z0-9][\w-]*|[A-Z]{2,5}))['’]?s?\s+(?:accounts?|keys?|sessions?|logs?|consoles?|buckets?|data|backups?|admin\w*|access|passwords?|roles?)\b"
)
_LEVEL: Final = re.compile(r"(?:sev|tier|p|s|l)\d?$|\d")
_NO_SYSTEM: Final = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday head security lead chief officer manager team it hr ceo cto ciso cfo coo people all the "
    "access audit each every user users customer customers personnel this these company compliance information "
    "privileged inactive api ssh tls mfa vpn sso waf dns saml pin id".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A figure that a policy sets, on what, and for which case."""

    said: Said
    quantity: Quantity
    matter: Matter
    case: Case
    particular: frozenset[str]
    """Stems of what the item or the row is about, besides the matter itself."""
    systems: frozenset[str]
    words: frozenset[str]
    """Stems of the sentence and its heading that carry meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two rules on one matter with different figures."""

    one: Rule
    other: Rule


def rules_of(said: Iterable[Said], *, company: str = "") -> Iterator[Rule]:
    """Yield every figure of a policy that is on a known matter.

    Args:
        said: Its sentences, items and cells.
        company: The company's name, which names no system.
    """
    for one in said:
        if any(left.search(right) for left, right in _told_by(one)):
            continue
        found = list(quantities(one.text))
        timed = [
            quantity
            for quantity in found
            if quantity.kind != "count" or _LIMITED.search(one.text[: quantity.at])
        ]
        for quantity in found:
            if _PRONOUN.search(one.text[: quantity.end]):
                continue
            # "Ten attempts lock it for 30 minutes": each figure has the words around it to itself.
            clause = _clause(one.text, quantity, found if quantity.kind == "count" else timed)
            rule = _rule(one, quantity, clause, company)
            if rule is not None:
                yield rule
        for matter, quantity in (*stances(one.text), *techniques(one.text)):
            yield _made(one, quantity, matter)


def _told_by(one: Said) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return where it would show that a sentence or a row sets no rule."""
    return (_NO_RULE, one.text), (_HISTORY, one.heading), (_VERSION, one.label)


def _rule(one: Said, quantity: Quantity, clause: tuple[int, int], company: str) -> Rule | None:
    """Return the rule that a figure is, or nothing if it is on no known matter."""
    label = f"{one.label}. {one.lead}"
    wide = (f"{one.text} {label} {_headings(one)}", one.passage.source.metadata.title)
    beside = one.text[quantity.end : quantity.end + _BESIDE].lstrip(" -")
    told = (
        matter_of(quantity.kind, f"{text} {label}", wide, beside)
        for text in (one.text[clause[0] : clause[1]], one.text)
    )
    matter = next(filter(None, told), None)
    return _made(one, quantity, matter, clause=clause, company=company) if matter else None


def _made(
    one: Said,
    quantity: Quantity,
    matter: Matter,
    *,
    clause: tuple[int, int] | None = None,
    company: str = "",
) -> Rule:
    near = one.text[clause[0] : clause[1]] if clause else one.text
    heading = one.passage.heading[-1] if one.passage.heading[1:] else ""
    return Rule(
        said=one,
        quantity=quantity,
        matter=matter,
        case=case_of(
            one.label,
            near,
            one.text[: quantity.at],
            one.lead,
            one.before,
            one.passage.source.metadata.title if matter.titled else "",
            heading=heading,
            dimensions=matter.differs_by,
        ),
        particular=_particular(one.label, matter) if clause else frozenset(),
        systems=_systems(near, company) or _systems(one.label, company) if clause else frozenset(),
        words=frozenset(
            root
            for root in stems(f"{one.text} {one.label} {one.lead} {_headings(one)}")
            if carries_meaning(root)
        ),
    )


Likeness = Callable[["Sequence[tuple[Rule, Rule]]"], "Sequence[float]"]
"""Returns for each pair how near the words of two rules come to each other by meaning, as a cosine."""


def conflicts(
    mine: Sequence[Rule], others: Sequence[Rule], *, likeness: Likeness
) -> list[Conflict]:
    """Return the conflicts of a policy's rules with each other and with those of other policies.

    Of several figures that contradict one rule of this policy in the same source, one is returned: the
    one whose words are nearest.

    Args:
        mine: The rules of the policy that is checked.
        others: Those of the workspace's other policies.
        likeness: Compares the words of those pairs that remain; most rules are never compared by it.
    """
    by_matter: dict[str, list[Rule]] = {}
    for rule in (*mine, *others):
        by_matter.setdefault(rule.matter.id, []).append(rule)
    opposed = [
        (one, other)
        for one, other in _pairs(mine, by_matter)
        if _in_conflict(one, other, by_matter[one.matter.id])
    ]
    best: dict[tuple[int, int, str, str], tuple[float, Conflict]] = {}
    for (one, other), near in zip(opposed, likeness(opposed), strict=True):
        key = (one.said.start, one.quantity.at, other.said.passage.source.path, one.matter.id)
        if near > best.get(key, (LIKENESS,))[0]:
            best[key] = (near, Conflict(one=one, other=other))
    return [conflict for _, conflict in best.values()]


def _pairs(
    mine: Sequence[Rule], by_matter: Mapping[str, Sequence[Rule]]
) -> Iterator[tuple[Rule, Rule]]:
    """Yield every rule of a policy with each that it has to be compared with, once."""
    place = {id(rule): at for at, rule in enumerate(mine)}
    for at, one in enumerate(mine):
        for other in by_matter[one.matter.id]:
            if place.get(id(other), len(mine)) > at:
                yield one, other


LIKENESS: Final = 0.3
"""Least cosine of the words of two rules on one matter."""


def _in_conflict(one: Rule, other: Rule, rules: Sequence[Rule]) -> bool:
    if _side_by_side(one, other) or not _comparable(one.quantity, other.quantity):
        return False
    if agree(one.quantity, other.quantity) or one.case.differs(other.case, one.matter.usual):
        return False
    if one.particular != other.particular and not _same_thing(one, other):
        return False
    return _same_systems(one, other) and not _repeated(one, other, rules)


def _side_by_side(one: Rule, other: Rule) -> bool:
    """Say whether both stand in one sentence, list or table, where a writer tells cases apart."""
    if one.said.passage.source.path != other.said.passage.source.path:
        return False
    listed = bool(one.said.label and other.said.label and one.said.label != other.said.label)
    return one.said.start == other.said.start or listed


def _comparable(one: Quantity, other: Quantity) -> bool:
    return (one.kind in TIMES and other.kind in TIMES) or one.kind == other.kind


def _same_thing(one: Rule, other: Rule) -> bool:
    """Say whether what an item or a row is about is spoken of by the other rule as well."""
    for mine, theirs in ((one, other), (other, one)):
        if mine.particular and not mine.particular & theirs.words:
            return False
        if mine.particular and theirs.particular and not mine.particular & theirs.particular:
            return False
        if mine.particular and not theirs.particular and not mine.particular <= theirs.words:
            return False
    return True


def _same_systems(one: Rule, other: Rule) -> bool:
    if one.matter.all_systems or one.systems == other.systems:
        return True
    if one.systems and other.systems:
        return bool(one.systems & other.systems)
    # A rule for one system may be stricter than the rule for all; it may not be looser.
    special, general = (one, other) if one.systems else (other, one)
    more = special.quantity.value - general.quantity.value
    return one.matter.stricter is not Bound.NEITHER and more * one.matter.stricter < 0


def _repeated(one: Rule, other: Rule, rules: Sequence[Rule]) -> bool:
    """Say whether a source that has one figure for the case has the other figure for it as well.

    Then it tells the two apart in words that are not understood here: "searchable for", "kept for".
    """
    for mine, theirs in ((one, other), (other, one)):
        path = mine.said.passage.source.path
        if path == theirs.said.passage.source.path:
            continue
        same = (rule for rule in rules if rule.said.passage.source.path == path)
        if any(_same_figure(rule, theirs) for rule in same):
            return True
    return False


def _same_figure(one: Rule, other: Rule) -> bool:
    return (
        _comparable(one.quantity, other.quantity)
        and agree(one.quantity, other.quantity)
        and not one.case.differs(other.case, one.matter.usual)
        and (one.particular == other.particular or _same_thing(one, other))
    )


def _clause(text: str, quantity: Quantity, found: Sequence[Quantity]) -> tuple[int, int]:
    """Return the stretch of a sentence that a figure has to itself."""
    earlier = [one for one in found if one.end <= quantity.at]
    later = [one for one in found if one.at >= quantity.end]
    start = _border(text, earlier[-1].end, quantity.at) if earlier else 0
    end = _border(text, quantity.end, later[0].at) if later else len(text)
    return start, end


def _border(text: str, start: int, end: int) -> int:
    cut = _CUT.search(text, start, end)
    return cut.start() if cut else start


def _headings(one: Said) -> str:
    """Return the headings above, without the policy's own title unless there is no other."""
    heading = one.passage.heading
    return " > ".join(heading[1:] or heading)


def _particular(label: str, matter: Matter) -> frozenset[str]:
    """Return the stems of a label that neither the matter nor a case speaks of."""
    rest = label
    for pattern in matter.patterns:
        if pattern.pattern != r"\b(?:)":
            rest = pattern.sub(" ", rest)
    if case_of(label, dimensions=matter.differs_by).named:
        # What tells the case is compared as a case.
        return frozenset()
    return frozenset(root for root in stems(rest) if carries_meaning(root) and len(root) > 2)


def _systems(text: str, company: str) -> frozenset[str]:
    """Return the names of systems that a text speaks of as what a rule is for."""
    found = set()
    for match in _SYSTEM.finditer(text):
        name = (match[1] or match[2]).lower()
        # Every sentence begins with a capital.
        if not match.start() or _LEVEL.match(name):
            continue
        if not set(name.split()) & _NO_SYSTEM and name != company.lower():
            found.add(stem(name.split()[0]))
    return frozenset(found)


def likeness_by(encode: Callable[[Sequence[str]], NDArray[np.float32]]) -> Likeness:
    """Return what compares the words of rules, with each text encoded once."""

    def of(pairs: Sequence[tuple[Rule, Rule]]) -> list[float]:
        texts = list(dict.fromkeys(_words_of(rule) for pair in pairs for rule in pair))
        vectors = dict(zip(texts, encode(texts), strict=True)) if texts else {}
        return [float(vectors[_words_of(one)] @ vectors[_words_of(other)]) for one, other in pairs]

    return of


def _words_of(rule: Rule) -> str:
    return f"{rule.said.label} {rule.said.text}".strip()
