"""The Trust Services Criteria as values: what each asks, how it is audited, what proves it.

Ids and counts follow the 2017 criteria with the points of focus revised in 2022. All wording is
ours (see `knowledge/README.md`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NewType

from copilot.errors import UnknownCriterion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CriterionId = NewType("CriterionId", str)
"""A canonical id such as `CC6.1`; made by `parse_criterion`."""


class Category(StrEnum):
    """The five categories of a SOC 2 report; security is always in scope."""

    SECURITY = "security"
    AVAILABILITY = "availability"
    CONFIDENTIALITY = "confidentiality"
    PROCESSING_INTEGRITY = "processing integrity"
    PRIVACY = "privacy"


class Frequency(StrEnum):
    """How often a control runs or a record comes into being."""

    CONTINUOUS = "continuous"
    PER_EVENT = "per event"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SEMI_ANNUAL = "semi-annual"
    ANNUAL = "annual"


class Voice(StrEnum):
    """How a company sounds when it writes down a control."""

    TERSE = "terse"
    FORMAL = "formal"
    TECHNICAL = "technical"
    CLOUD_NATIVE = "cloud-native"
    START_UP = "start-up"
    HR = "hr"
    LEGAL = "legal"


CRITERIA_PER_SERIES: Final[Mapping[str, int]] = {
    "CC1": 5, "CC2": 3, "CC3": 4, "CC4": 2, "CC5": 3, "CC6": 8, "CC7": 5, "CC8": 1, "CC9": 2,
    "A1": 3, "C1": 2, "PI1": 5,
    "P1": 1, "P2": 1, "P3": 2, "P4": 3, "P5": 2, "P6": 7, "P7": 1, "P8": 1,
}  # fmt: skip
"""How many criteria each series has; the edition's count, 61 in all."""

CRITERION_IDS: Final[tuple[CriterionId, ...]] = tuple(
    CriterionId(f"{series}.{number}")
    for series, count in CRITERIA_PER_SERIES.items()
    for number in range(1, count + 1)
)
"""Every criterion, in the edition's order."""

POINTS_OF_FOCUS: Final[Mapping[CriterionId, int]] = dict(
    zip(
        CRITERION_IDS,
        (
            5, 4, 6, 7, 6, 9, 13, 12, 16, 9, 5, 6, 8, 3, 6, 4, 6,  # CC1 to CC5
            13, 3, 4, 4, 1, 4, 4, 5, 5, 4, 7, 14, 6, 18, 2, 13,  # CC6 to CC9
            3, 11, 2, 3, 2, 3, 3, 5, 4, 4,  # A, C, PI
            7, 6, 4, 2, 1, 2, 3, 5, 4, 4, 1, 1, 3, 2, 2, 3, 2, 6,  # P
        ),
        strict=True,
    )
)  # fmt: skip
"""How many points of focus each criterion has in the edition revised in 2022, 330 in all."""

_LOOSE: Final = re.compile(r"\s*(CC|A|C|PI|P)\s*[-_ ]?\s*(\d)\s*[.\-_ ]\s*(\d)\s*", re.IGNORECASE)
_KNOWN: Final = frozenset(CRITERION_IDS)
_NEAREST: Final = 3


def parse_criterion(text: str) -> CriterionId:
    """Read a criterion id the way an auditor types it: `cc6.1`, `CC 6.1`, `CC6-1`.

    Raises:
        UnknownCriterion: It is none of the 61; the hint names the nearest that are.
    """
    match = _LOOSE.fullmatch(text)
    candidate = f"{match[1]}{match[2]}.{match[3]}".upper() if match else text.strip().upper()
    if candidate not in _KNOWN:
        raise UnknownCriterion(f"{text.strip()!r} is not a criterion", hint=_nearest(candidate))
    return CriterionId(candidate)


def _nearest(candidate: str) -> str:
    """Return which criteria may have been meant: those of the same series, if there is one."""
    series, _, number = candidate.partition(".")
    count = CRITERIA_PER_SERIES.get(series, 0)
    if count and not number:
        several = f"criteria of {series} are {series}.1 to"
        return f"The {several if count > 1 else f'criterion of {series} is'} {series}.{count}."
    near: list[str] = []
    if number.isdecimal():
        # A wrong number is always beyond the last.
        near = [f"{series}.{one}" for one in range(count, 0, -1)][:_NEAREST]
    near = near or get_close_matches(candidate, CRITERION_IDS, n=_NEAREST, cutoff=0.5)
    if not near:
        return "Ids look like CC6.1, A1.2 or P4.3."
    return f"The nearest {'is' if len(near) == 1 else 'are'} {', '.join(near)}."


def category_of(criterion: CriterionId) -> Category:
    """Return the category whose scope brings `criterion` in."""
    letters = criterion.rstrip("0123456789.")
    return {
        "CC": Category.SECURITY,
        "A": Category.AVAILABILITY,
        "C": Category.CONFIDENTIALITY,
        "PI": Category.PROCESSING_INTEGRITY,
        "P": Category.PRIVACY,
    }[letters]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointOfFocus:
    """A characteristic of a criterion: guidance that helps to judge it, not a requirement."""

    id: str
    """The criterion's id, a dash, a number: `CC6.2-1`."""
    name: str
    text: str
    only_for: tuple[Category, ...] = ()
    """Categories that must be in scope for the point to apply; empty when it always does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditWork:
    """What an auditor does about a criterion, and what the company will be asked for."""

    inquiry: str
    questions: tuple[str, ...]
    observation: str
    inspection: str
    requests: tuple[str, ...]
    reperformance: str
    population: str
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceExample:
    """A kind of record that shows a control existing or operating."""

    record: str
    system: str
    frequency: Frequency
    good: str
    weak: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExampleControl:
    """A control in the voice of some company; labelled with every criterion that it serves."""

    text: str
    owner: str
    frequency: Frequency
    style: Voice
    also: tuple[CriterionId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What is commonly found missing, and the first thing to do about it."""

    gap: str
    first_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another criterion that people take for this one, and where the border runs."""

    criterion: CriterionId
    difference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One of the 61 criteria, with everything that this product knows about it."""

    id: CriterionId
    title: str
    statement: str
    why: str
    prove: str
    asked_as: tuple[str, ...]
    points_of_focus: tuple[PointOfFocus, ...]
    audit: AuditWork
    evidence: tuple[EvidenceExample, ...]
    example_controls: tuple[ExampleControl, ...]
    gaps: tuple[Gap, ...]
    policies: tuple[str, ...]
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def category(self) -> Category:
        """The category whose scope brings this criterion in."""
        return category_of(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A run of criteria on one subject, such as CC6; the unit in which the catalog is filed."""

    id: str
    title: str
    category: Category
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceQuestion:
    """A question that a guidance page answers, and the heading that it is answered under."""

    question: str
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidancePage:
    """A page about the audit as a whole, for people who have not been through one."""

    path: str
    """Where it stands, relative to the knowledge folder: `guidance/type-i-and-type-ii.md`."""
    title: str
    summary: str
    criteria: tuple[CriterionId, ...]
    questions: tuple[GuidanceQuestion, ...]
    body: str
    """The Markdown below the front matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyKind:
    """A kind of policy that criteria refer to."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything in `knowledge/`: criteria in the edition's order, guidance by path."""

    series: tuple[Series, ...]
    criteria: tuple[Criterion, ...]
    guidance: tuple[GuidancePage, ...] = ()
    policy_kinds: tuple[PolicyKind, ...] = ()
    terms: tuple[tuple[str, ...], ...] = ()
    """Groups of words that mean the same when people ask."""
    _by_id: dict[CriterionId, Criterion] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {criterion.id: criterion for criterion in self.criteria})

    def __iter__(self) -> Iterator[Criterion]:
        return iter(self.criteria)

    def __getitem__(self, criterion: CriterionId) -> Criterion:
        """Return one criterion.

        Raises:
            UnknownCriterion: This catalog does not hold it.
        """
        try:
            return self._by_id[criterion]
        except KeyError:
            raise UnknownCriterion(f"{criterion!r} is not in the catalog") from None

    def series_of(self, criterion: CriterionId) -> Series:
        """Return the series that `criterion` is filed under: CC6 for CC6.1, P for P6.1."""
        prefix = criterion.partition(".")[0]
        return next(one for one in self.series if one.id in {prefix, prefix.rstrip("0123456789")})
