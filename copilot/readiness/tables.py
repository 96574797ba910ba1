"""Readiness as tables, for spreadsheets: scores, criteria, the matrix, gaps and tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copilot.domain.periods import label
from copilot.readiness.coverage import CoverageStatus
from copilot.readiness.scoring import FORMULA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from copilot.readiness.assessing import Readiness
    from copilot.readiness.coverage import CriterionCoverage

Rows = list[tuple[str, ...]]
"""A table; the first row is its header."""


def readiness_tables(readiness: Readiness) -> Mapping[str, Rows]:
    """Return the sheets of a workbook by their names, in their order."""
    return {
        "Score": _scores(readiness),
        "Criteria": criteria_rows(readiness),
        "Matrix": _matrix(readiness),
        "Gaps": _gaps(readiness),
        "Tasks": _tasks(readiness),
    }


def criteria_rows(readiness: Readiness) -> Rows:
    """Return a row for each criterion, those that are not in scope included."""
    header = (
        "criterion", "title", "category", "status", "rule", "controls", "points touched",
        "points untouched", "policies", "evidence in the period",
    )  # fmt: skip
    return [
        header,
        *(
            (
                one.id,
                one.title,
                one.category.value,
                one.status.value,
                one.rule,
                _lines(control.control.id for control in one.controls),
                _lines(one.touched),
                _lines(one.untouched),
                _lines(source.path for source in one.policies),
                _lines(source.path for source in one.evidence),
            )
            for one in readiness.covered
        ),
    ]


def _scores(readiness: Readiness) -> Rows:
    about = readiness.scope
    period = label(about.period) if about.period else "none is set"
    return [
        ("category", "score in per cent", "met", "partly met", "gaps", "criteria in scope"),
        *(
            (
                one.category.value if one.category else "overall",
                str(round(100 * one.value)),
                str(one.met),
                str(one.partly),
                str(one.gaps),
                str(one.in_scope),
            )
            for one in readiness.scores
        ),
        ("formula", FORMULA, "", "", "", ""),
        ("company", readiness.company, "", "", "", ""),
        ("report", f"SOC 2 {about.audit_type.value}", "", "", "", ""),
        ("audit period", period, "", "", "", ""),
        ("as of", readiness.on.isoformat(), "", "", "", ""),
    ]


def _matrix(readiness: Readiness) -> Rows:
    """Return the criteria against the controls: which serves which, and whether records prove it."""
    covered = readiness.in_scope
    controls = sorted({control.control.id for one in covered for control in one.controls})
    rows: Rows = [("criterion", "status", *controls)]
    for one in covered:
        proven = {
            control.control.id: "proven" if control.is_proven else "not proven"
            for control in one.controls
        }
        rows.append((one.id, one.status.value, *(proven.get(id_, "") for id_ in controls)))
    return rows


def _gaps(readiness: Readiness) -> Rows:
    lacking: Sequence[CriterionCoverage] = [
        one for one in readiness.in_scope if one.status is not CoverageStatus.MET
    ]
    rows: Rows = [("criterion", "title", "status", "control", "owner", "what is missing")]
    for one in lacking:
        found = [control for control in one.controls if control.lack]
        rows += [
            (
                one.id,
                one.title,
                one.status.value,
                control.control.id,
                control.control.owner,
                control.lack,
            )
            for control in found
        ] or [(one.id, one.title, one.status.value, "", "", one.rule)]
    return rows


def _tasks(readiness: Readiness) -> Rows:
    header = ("rank", "task", "why", "criteria", "control", "owner", "due", "risk", "effort")
    return [
        header,
        *(
            (
                str(number),
                task.what,
                task.why,
                _lines(task.criteria),
                task.control or "",
                task.owner,
                task.due.isoformat(),
                task.risk.name.lower(),
                task.effort.name.lower(),
            )
            for number, task in enumerate(readiness.tasks, start=1)
        ),
    ]


def _lines(values: Iterable[str]) -> str:
    return "\n".join(values)
