"""Coverage: for each criterion its controls, their evidence in the audit period, and what is missing.

Everything here is a pure function of what people have declared or confirmed: controls with the criteria
that they serve, and sources with their labels. Suggestions that nobody accepted count for nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from copilot.domain.criteria import category_of
from copilot.domain.documents import SourceKind
from copilot.domain.periods import MONTHS_OF, Period, label

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Mapping, Sequence

    from copilot.domain.controls import Control, ControlId
    from copilot.domain.criteria import Catalog, Category, CriterionId, Frequency
    from copilot.domain.documents import Source, SourcePath

_A_YEAR: Final = timedelta(days=365)


class CoverageStatus(StrEnum):
    """How far a criterion is covered."""

    MET = "met"
    PARTLY = "partly met"
    GAP = "gap"
    NOT_IN_SCOPE = "not in scope"


class AuditType(StrEnum):
    """What kind of report is being prepared."""

    TYPE_I = "type I"
    """Whether controls are designed and in place on one date."""
    TYPE_II = "type II"
    """Whether they operated throughout a period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the report will cover."""

    categories: frozenset[Category]
    audit_type: AuditType = AuditType.TYPE_II
    period: Period | None = None

    @property
    def speaks_for(self) -> Period | None:
        """The time that evidence must speak for: the audit period, or the year before one date.

        A year is how long a yearly control may go without a record.
        """
        if self.period is None or self.audit_type is AuditType.TYPE_II:
            return self.period
        return Period(self.period.end - _A_YEAR, self.period.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlCoverage:
    """One control, and what proves that it exists and operated."""

    control: Control
    evidence: tuple[Source, ...]
    """Records of it that speak for the audit period."""
    outside: tuple[Source, ...]
    """Records of it that speak for another time, or for none that is known."""
    missing: tuple[Period, ...]
    """Stretches of the period in which it should have run and of which there is no record."""

    @property
    def is_proven(self) -> bool:
        """Whether there is a record for every time that it should have run."""
        return bool(self.evidence) and not self.missing

    @property
    def lack(self) -> str:
        """What is missing, in a few words; empty if nothing is."""
        if self.missing:
            when = ", ".join(label(one) for one in self.missing)
            often = self.control.frequency.value if self.control.frequency else ""
            return f"{self.control.id} runs {often} and has no record for {when}".replace("  ", " ")
        if not self.evidence and self.outside:
            titles = ", ".join(f"“{one.metadata.title}”" for one in self.outside[:3])
            dated = any(one.metadata.period for one in self.outside)
            where = "from outside the audit period" if dated else "that name no time"
            return f"{self.control.id} has only records {where}: {titles}"
        return "" if self.evidence else f"{self.control.id} has no record at all"


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionCoverage:
    """One criterion, how far it is covered, and by which rule."""

    id: CriterionId
    title: str
    category: Category
    status: CoverageStatus
    rule: str
    """Why it has this status, in one sentence."""
    controls: tuple[ControlCoverage, ...] = ()
    policies: tuple[Source, ...] = ()
    evidence: tuple[Source, ...] = ()
    """Records in the period that are labelled with the criterion or with one of its controls."""
    touched: tuple[str, ...] = ()
    """Points of focus that one of its controls speaks to, by their id."""
    untouched: tuple[str, ...] = ()


def coverage(
    catalog: Catalog,
    controls: Sequence[Control],
    sources: Iterable[Source],
    *,
    scope: Scope,
    touched: Mapping[CriterionId, Collection[str]] | None = None,
) -> list[CriterionCoverage]:
    """Return the coverage of every criterion, in the catalog's order.

    Args:
        catalog: The criteria.
        controls: The company's controls, each with the criteria that it is declared or accepted for.
        sources: Policies and evidence that the reader may see, with their labels.
        scope: What the report will cover.
        touched: For each criterion the points of focus that its controls speak to.
    """
    known = list(sources)
    by_control = _evidence_by_control(known)
    wanted = scope.speaks_for
    counts = {one.path for one in known if _speaks_for(one, wanted)}
    slots = _slots(scope)
    covered = {one.id: _control(one, by_control.get(one.id, ()), counts, slots) for one in controls}
    lacks = {id_: one.lack for id_, one in covered.items() if not one.is_proven}
    serving: dict[CriterionId, list[ControlCoverage]] = defaultdict(list)
    for control in controls:
        for criterion in dict.fromkeys(control.criteria):
            serving[criterion].append(covered[control.id])
    labelled = _by_criterion(known)
    result = []
    for one in catalog.criteria:
        ours = tuple(serving.get(one.id, ()))
        reached = set((touched or {}).get(one.id, ()))
        points = [point.id for point in one.points_of_focus]
        status, rule = _judged(one.id, ours, scope, lacks)
        records = {s.path: s for control in ours for s in control.evidence}
        records |= {
            s.path: s
            for s in labelled.get(one.id, ())
            if s.metadata.kind is SourceKind.EVIDENCE and s.path in counts
        }
        result.append(
            CriterionCoverage(
                id=one.id,
                title=one.title,
                category=category_of(one.id),
                status=status,
                rule=rule,
                controls=ours,
                policies=tuple(
                    s for s in labelled.get(one.id, ()) if s.metadata.kind is SourceKind.POLICY
                ),
                evidence=tuple(records.values()),
                touched=tuple(point for point in points if point in reached),
                untouched=tuple(point for point in points if point not in reached),
            )
        )
    return result


def with_mappings(
    controls: Iterable[Control], accepted: Mapping[ControlId, Collection[CriterionId]]
) -> list[Control]:
    """Return the controls with the criteria that people accepted added to those that they declare."""
    return [
        replace(one, criteria=tuple(dict.fromkeys((*one.criteria, *accepted[one.id]))))
        if one.id in accepted
        else one
        for one in controls
    ]


def _judged(
    criterion: CriterionId,
    controls: Sequence[ControlCoverage],
    scope: Scope,
    lacks: Mapping[ControlId, str],
) -> tuple[CoverageStatus, str]:
    if category_of(criterion) not in scope.categories:
        return CoverageStatus.NOT_IN_SCOPE, f"{category_of(criterion)} is not in scope."
    if not controls:
        return CoverageStatus.GAP, "No control serves it."
    lacking = [lacks[one.control.id] for one in controls if one.control.id in lacks]
    if lacking:
        return CoverageStatus.PARTLY, f"{'; '.join(lacking)}."
    count = "Its control has" if len(controls) == 1 else f"Its {len(controls)} controls have"
    return CoverageStatus.MET, f"{count} a record for every time that counts."


def _control(
    control: Control,
    records: Iterable[Source],
    counts: Container[SourcePath],
    slots: Mapping[Frequency, Sequence[Period]],
) -> ControlCoverage:
    inside: list[Source] = []
    outside: list[Source] = []
    for one in records:
        (inside if one.path in counts else outside).append(one)
    return ControlCoverage(
        control=control,
        evidence=tuple(inside),
        outside=tuple(outside),
        missing=_missing(control, inside, slots) if inside else (),
    )


def _slots(scope: Scope) -> dict[Frequency, list[Period]]:
    """Return the stretches of the period in which controls should have run, by how often they do."""
    if scope.period is None or scope.audit_type is AuditType.TYPE_I:
        return {}
    return {frequency: list(scope.period.slots(frequency)) for frequency in MONTHS_OF}


def _missing(
    control: Control, records: Sequence[Source], slots: Mapping[Frequency, Sequence[Period]]
) -> tuple[Period, ...]:
    """Return the stretches in which a control that recurs by the calendar left no record."""
    if control.frequency is None or control.frequency not in slots:
        return ()
    # Tickets of a whole year are no record that the review of the third quarter took place.
    alike = [one for one in records if one.metadata.frequency in {control.frequency, None}]
    times = [one.metadata.period for one in alike or records if one.metadata.period]
    return tuple(
        slot for slot in slots[control.frequency] if not any(time.overlaps(slot) for time in times)
    )


def _speaks_for(source: Source, wanted: Period | None) -> bool:
    if wanted is None:
        return True
    period = source.metadata.period
    return period is not None and period.overlaps(wanted)


def _evidence_by_control(sources: Iterable[Source]) -> dict[str, list[Source]]:
    found: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        if source.metadata.kind is SourceKind.EVIDENCE:
            for control in source.metadata.controls:
                found[control].append(source)
    return found


def _by_criterion(sources: Iterable[Source]) -> dict[CriterionId, list[Source]]:
    found: dict[CriterionId, list[Source]] = defaultdict(list)
    for source in sources:
        for criterion in source.metadata.criteria:
            found[criterion].append(source)
    return found
