"""How ready the company is: score, coverage, one criterion, what to do first, and reports to take away."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Path, Query, Response

from copilot.bootstrap.readiness import Question, readiness_file
from copilot.domain.criteria import Category, CriterionId, parse_criterion
from copilot.domain.periods import parse_period
from copilot.errors import NotThere, UnknownCriterion
from copilot.readiness.coverage import CoverageStatus
from copilot.readiness.plain import coverage_json, readiness_json
from copilot.service.access import Caller, Needs
from copilot.service.attachments import attachment, described
from copilot.service.paging import Page, WindowOf
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.schemas.readiness import (
    CoverageReply,
    CriterionReadiness,
    Level,
    ReadinessReply,
    TaskReply,
)

router: Final = APIRouter(prefix="/readiness", tags=["readiness"])

Reader = Annotated[Caller, Needs(Permission.READ_READINESS)]

Form = Literal["html", "xlsx", "csv", "json", "oscal"]


def question_of(
    period: Annotated[
        str,
        Query(
            max_length=40,
            description="The audit period, in place of the setting.",
            examples=["2025-01-01..2025-12-31"],
        ),
    ] = "",
    category: Annotated[
        list[Category], Query(max_length=5, description="Those in scope, in place of the setting.")
    ] = [],  # noqa: B006  the framework copies it
) -> Question:
    """Return what a request wants to know the readiness for.

    Raises:
        InvalidPeriod: The period is none.
    """
    return Question(
        period=parse_period(period) if period.strip() else None, categories=frozenset(category)
    )


QuestionOf = Annotated[Question, Depends(question_of)]


def known_criterion(criterion: str) -> CriterionId:
    """Return a criterion that a path names.

    Raises:
        NotThere: There is no such criterion.
    """
    try:
        return parse_criterion(criterion)
    except UnknownCriterion as exc:
        raise NotThere(str(exc), hint=exc.hint) from exc


@router.get("", response_model=ReadinessReply)
def show_readiness(caller: Reader, service: ServiceOf, question: QuestionOf) -> dict[str, Any]:
    """Say how ready the company is: the score with its formula, every criterion, and all tasks."""
    found = service.readiness.readiness(question, principal=caller.principal)
    return readiness_json(found) | {"partial": service.readiness.is_partial(caller.principal)}


@router.get("/criteria", response_model=Page[CoverageReply])
def list_coverage(
    caller: Reader,
    service: ServiceOf,
    question: QuestionOf,
    window: WindowOf,
    *,
    status: Annotated[CoverageStatus | None, Query(description="Only of this status.")] = None,
) -> dict[str, Any]:
    """List how far each criterion is covered."""
    found = service.readiness.readiness(question, principal=caller.principal)
    covered = [one for one in found.covered if status in {None, one.status}]
    some, after, total = window.of(covered)
    return {"items": [coverage_json(one) for one in some], "next": after, "total": total}


@router.get("/criteria/{criterion}")
def show_coverage(
    criterion: Annotated[str, Path(max_length=12, examples=["CC6.1"])],
    caller: Reader,
    service: ServiceOf,
    question: QuestionOf,
) -> CriterionReadiness:
    """Show one criterion: controls and their records, points of focus, policies, what auditors ask for."""
    id_ = known_criterion(criterion)
    desk, principal = service.readiness, caller.principal
    found = desk.readiness(question, principal=principal, points=False)
    period = found.scope.period
    return CriterionReadiness.of(
        desk.criterion(id_, question, principal=principal),
        service.copilot.catalog[id_],
        period=str(period) if period else None,
        tasks=[TaskReply.of(one) for one in found.tasks if id_ in one.criteria],
        partial=desk.is_partial(principal),
    )


@router.get("/tasks")
def list_tasks(
    caller: Reader,
    service: ServiceOf,
    question: QuestionOf,
    window: WindowOf,
    *,
    owner: Annotated[str, Query(max_length=400, description="Of this person only.")] = "",
    criterion: Annotated[str, Query(max_length=12, examples=["CC6.1"])] = "",
    risk: Annotated[Level | None, Query()] = None,
) -> Page[TaskReply]:
    """List what to do, the most pressing first."""
    wanted = known_criterion(criterion) if criterion.strip() else None
    found = service.readiness.readiness(question, principal=caller.principal, points=False)
    tasks = [
        one
        for one in found.tasks
        if (not owner.strip() or one.owner.casefold() == owner.strip().casefold())
        and (wanted is None or wanted in one.criteria)
        and risk in {None, one.risk.name.lower()}
    ]
    some, after, total = window.of(tasks)
    return Page(items=[TaskReply.of(one) for one in some], next=after, total=total)


@router.get("/export", response_class=Response, responses=described("html", "xlsx", "csv", "json"))
def export_readiness(
    caller: Reader,
    service: ServiceOf,
    question: QuestionOf,
    form: Annotated[Form, Query(description="In which form.")] = "html",
) -> Response:
    """Take the report away: a page to look at, tables, JSON, or OSCAL assessment results."""
    found = service.readiness.readiness(question, principal=caller.principal)
    return attachment(readiness_file(found, form), "readiness", form)
