"""What to do first: gaps and missing records as tasks, ranked by risk, effort and dependency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from copilot.domain.findings import Decision, FindingForm
from copilot.domain.periods import label
from copilot.readiness.coverage import CoverageStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from copilot.domain.controls import ControlId
    from copilot.domain.criteria import Catalog, CriterionId
    from copilot.domain.findings import Finding, Remediation
    from copilot.domain.periods import Period
    from copilot.readiness.coverage import ControlCoverage, CriterionCoverage


class Weight(IntEnum):
    """How much a risk or an effort weighs."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


_DAYS: Final = {Weight.LOW: 14, Weight.MEDIUM: 30, Weight.HIGH: 60}
"""Days that a task of this effort is given: two weeks to find a record, two months to set up a control."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing to do before the audit."""

    what: str
    why: str
    criteria: tuple[CriterionId, ...]
    control: ControlId | None
    owner: str
    """Who owns the control; empty where there is none yet."""
    risk: Weight
    effort: Weight
    due: date
    after: str = ""
    """What has to be done before it; empty if nothing has."""

    @property
    def rank(self) -> tuple[float, int, date]:
        """What is first in the list: much risk for little effort, then the greater risk."""
        return (-self.risk / self.effort, -self.risk, self.due)


def tasks(covered: Sequence[CriterionCoverage], catalog: Catalog, *, today: date) -> list[Task]:
    """Return what is to be done, the most pressing first; one task for each control or empty criterion.

    A criterion without control weighs most and is most work. A control without any record may not
    exist at all. A missing record of one that runs is found or explained in little time.
    """
    found = [*_gaps(covered, catalog, today), *_lacks(covered, today)]
    return sorted(found, key=lambda one: (one.rank, one.what))


_CLOSED: Final = frozenset({"closed", "resolved", "withdrawn"})


def finding_tasks(
    findings: Iterable[Finding], *, owners: Mapping[ControlId, str], today: date
) -> list[Task]:
    """Return what is to be done about an auditor's findings, the most pressing first.

    Each action that management recorded and has not done is a task; where there is none yet, the task
    is to write the management response. A finding that is closed, and advice that was declined, ask for
    nothing.

    Args:
        findings: Those of the workspace.
        owners: Who owns each control, for findings and actions that name nobody.
        today: From when tasks without a date of their own are due.
    """
    found = [
        task
        for finding in findings
        if finding.status.strip().lower() not in _CLOSED
        and finding.decision is not Decision.DECLINED
        for task in _finding_tasks(
            finding, finding.owner or owners.get(finding.control, ""), today=today
        )
    ]
    return sorted(found, key=lambda one: (one.rank, one.what))


def _finding_tasks(finding: Finding, owner: str, *, today: date) -> Iterator[Task]:
    observed = finding.form is FindingForm.OBSERVATION
    why = f"The auditor’s {finding.form if observed else 'finding'} {finding.id} on {finding.control} is open."
    risk = Weight.MEDIUM if observed else Weight.HIGH
    if not finding.remediation:
        yield Task(
            what=f"Write the management response to {finding.id}, with owner and date for each action.",
            why=why,
            criteria=(finding.criterion,),
            control=finding.control,
            owner=owner,
            risk=risk,
            effort=Weight.LOW,
            due=today + timedelta(days=_DAYS[Weight.LOW]),
        )
    for item in finding.remediation:
        if item.done_on is None:
            yield Task(
                what=_action(item, finding.id),
                why=why,
                criteria=(finding.criterion,),
                control=finding.control,
                owner=item.owner or owner,
                risk=risk,
                effort=Weight.MEDIUM,
                due=item.due or today + timedelta(days=_DAYS[Weight.MEDIUM]),
            )


def _action(item: Remediation, finding: str) -> str:
    shown = f" To show for it: {item.evidence.rstrip(' .')}." if item.evidence else ""
    return f"{item.action.rstrip(' .')} ({finding}).{shown}"


def _gaps(covered: Iterable[CriterionCoverage], catalog: Catalog, today: date) -> Iterator[Task]:
    for one in covered:
        if one.status is not CoverageStatus.GAP:
            continue
        examples = catalog[one.id].example_controls
        first = f" What others do: {examples[0].text}" if examples else ""
        yield Task(
            what=f"Set up a control for {one.id}, {one.title.lower()}.{first}",
            why=one.rule,
            criteria=(one.id,),
            control=None,
            owner="",
            risk=Weight.HIGH,
            effort=Weight.HIGH,
            due=today + timedelta(days=_DAYS[Weight.HIGH]),
        )


def _lacks(covered: Iterable[CriterionCoverage], today: date) -> Iterator[Task]:
    controls: dict[ControlId, tuple[ControlCoverage, list[CriterionId]]] = {}
    partly = [one for one in covered if one.status is CoverageStatus.PARTLY]
    serving = [(criterion.id, control) for criterion in partly for control in criterion.controls]
    for id_, control in serving:
        if not control.is_proven:
            controls.setdefault(control.control.id, (control, []))[1].append(id_)
    for number, (control, criteria) in controls.items():
        what, risk, effort = _mending(control)
        yield Task(
            what=what,
            why=f"{control.lack}.",
            criteria=tuple(criteria),
            control=number,
            owner=control.control.owner,
            risk=risk,
            effort=effort,
            due=today + timedelta(days=_DAYS[effort]),
        )


def _mending(control: ControlCoverage) -> tuple[str, Weight, Weight]:
    id_ = control.control.id
    if control.missing:
        when = _times(control.missing)
        what = f"Find the record of {id_} for {when}, or write down why there is none."
        return what, Weight.HIGH, Weight.LOW
    undated = [one for one in control.outside if one.metadata.period is None]
    if undated and len(undated) == len(control.outside):
        what = f"Say for which time the record of {id_} speaks: set its `period` in the manifest."
        return what, Weight.MEDIUM, Weight.LOW
    if control.outside:
        what = f"Run {id_} again, or find a record of it from the audit period."
        return what, Weight.HIGH, Weight.MEDIUM
    return f"Collect a record of {id_} from the audit period.", Weight.MEDIUM, Weight.LOW


def _times(periods: Sequence[Period]) -> str:
    names = [label(one) for one in periods]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
