"""The pages of readiness: all criteria at a glance, what to do first, and a page for each criterion."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from copilot.bootstrap.readiness import Question
from copilot.domain.criteria import Category
from copilot.domain.periods import label, parse_period
from copilot.errors import InvalidPeriod
from copilot.readiness.coverage import AuditType, CoverageStatus
from copilot.readiness.scoring import FORMULA
from copilot.readiness.strips import months, strip
from copilot.readiness.tasks import Weight
from copilot.service.access import Caller, Needs
from copilot.service.pages.rendering import render
from copilot.service.pages.requests import BADGES
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.routes.readiness import known_criterion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copilot.auditing.requests import Seen
    from copilot.bootstrap.service import Service
    from copilot.domain.criteria import CriterionId
    from copilot.readiness.assessing import Readiness
    from copilot.readiness.coverage import CriterionCoverage

router: Final = APIRouter()

Reader = Annotated[Caller, Needs(Permission.READ_READINESS)]
Period = Annotated[str, Query(max_length=40)]
Categories = Annotated[list[Category], Query(max_length=5)]

_LOOKS: Final[Mapping[CoverageStatus, tuple[str, str, str]]] = {
    CoverageStatus.MET: ("met", "✓", "good"),
    CoverageStatus.PARTLY: ("partly", "½", "warn"),
    CoverageStatus.GAP: ("gap", "✗", "bad"),
    CoverageStatus.NOT_IN_SCOPE: ("out", "–", ""),
}
"""The class, the sign and the badge of each status: nobody has to tell colours apart."""

_RESPONSE: Final = "management response"
"""What a task says that there is a page for."""


@router.get("/readiness")
def readiness(
    request: Request,
    caller: Reader,
    service: ServiceOf,
    *,
    period: Period = "",
    category: Categories = [],  # noqa: B006  the framework copies it
    owner: Annotated[str, Query(max_length=400)] = "",
    risk: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show how ready the company is."""
    question, problem = _question(period, category)
    found = service.readiness.readiness(question, principal=caller.principal, points=False)
    whole, *parts = found.scores
    return render(
        request,
        "readiness.html",
        caller,
        status=422 if problem else 200,
        found=found,
        whole=whole,
        scores=parts,
        formula=FORMULA,
        rows=_rows(found),
        statuses=[(one, sum(each.status is one for each in found.covered)) for one in _LOOKS],
        tasks=[
            one
            for one in found.tasks
            if owner in {"", one.owner} and risk in {"", one.risk.name.lower()}
        ],
        owners=sorted({one.owner for one in found.tasks if one.owner}),
        risks=[one.name.lower() for one in reversed(Weight)],
        owner=owner,
        risk=risk,
        period=period,
        problem=problem,
        categories=list(Category),
        **_about(service, caller, found, _query(period, category)),
    )


@router.get("/readiness/{criterion}")
def criterion_page(
    request: Request,
    criterion: str,
    caller: Reader,
    service: ServiceOf,
    *,
    period: Period = "",
    category: Categories = [],  # noqa: B006  the framework copies it
) -> Response:
    """Show one criterion: controls, their records over time, and what auditors ask for."""
    id_ = known_criterion(criterion)
    question, problem = _question(period, category)
    principal = caller.principal
    found = service.readiness.readiness(question, principal=principal, points=False)
    one = service.readiness.criterion(id_, question, principal=principal)
    ids = [each.id for each in found.covered]
    at = ids.index(id_)
    tasks = [each for each in found.tasks if id_ in each.criteria]
    return render(
        request,
        "criterion.html",
        caller,
        status=422 if problem else 200,
        problem=problem,
        one=one,
        criterion=service.copilot.catalog[id_],
        tasks=tasks,
        responds=any(_RESPONSE in each.what for each in tasks),
        before=ids[at - 1] if at else "",
        after=ids[at + 1] if at + 1 < len(ids) else "",
        also=_labelled_only(one),
        requested=_requested(service, id_, caller),
        request_badges=BADGES,
        may_add=caller.may(Permission.ADD_SOURCES),
        may_write=caller.may(Permission.WRITE_ITEMS),
        may_request=caller.may(Permission.MAKE_REQUESTS),
        **_strips(one, found),
        **_about(service, caller, found, _query(period, category)),
    )


def _question(period: str, category: list[Category]) -> tuple[Question, InvalidPeriod | None]:
    """Return what is asked for; a period that is none is said to be so, and the usual one shown."""
    try:
        wanted = parse_period(period) if period.strip() else None
    except InvalidPeriod as exc:
        return Question(categories=frozenset(category)), exc
    return Question(period=wanted, categories=frozenset(category)), None


def _query(period: str, category: list[Category]) -> str:
    """Return what is asked for as the end of an address, for links that ask for the same."""
    given = [("period", period)] if period.strip() else []
    return urlencode([*given, *(("category", one) for one in category)])


def _about(service: ServiceOf, caller: Caller, found: Readiness, query: str) -> dict[str, Any]:
    scope = found.scope
    return {
        "scope": scope,
        "when": label(scope.period) if scope.period else "",
        "looks": _LOOKS,
        "label": label,
        "partial": service.readiness.is_partial(caller.principal),
        "query": query,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Criteria that stand beside each other on the map."""

    name: str
    title: str
    criteria: tuple[CriterionCoverage, ...]

    @property
    def in_scope(self) -> bool:
        """Whether they count."""
        return self.criteria[0].status is not CoverageStatus.NOT_IN_SCOPE


def _rows(found: Readiness) -> list[Row]:
    """Return the criteria by what they are about: those of privacy are one row, whatever their numbers."""
    rows = []
    for title, group in groupby(found.covered, key=lambda one: found.series[_series(one)]):
        criteria = tuple(group)
        first, last = _series(criteria[0]), _series(criteria[-1])
        name = first if first == last else f"{first} to {last}"
        rows.append(Row(name=name, title=title, criteria=criteria))
    return rows


def _series(one: CriterionCoverage) -> str:
    return one.id.partition(".")[0]


def _strips(one: CriterionCoverage, found: Readiness) -> dict[str, Any]:
    """Return what is drawn of the controls of a criterion over the period, if there is a period."""
    period = found.scope.speaks_for
    if period is None:
        return {"months": [], "strips": {}, "today": None}
    days = (period.end - period.start).days + 1
    gone = (found.on - period.start).days + 0.5
    slotted = found.scope.audit_type is AuditType.TYPE_II
    return {
        "months": months(period),
        # Where today stands on the strips, in per cent; what is right of it cannot be there yet.
        "today": 100 * gone / days if 0 <= gone <= days else None,
        "strips": {each.control.id: strip(each, period, slotted=slotted) for each in one.controls},
    }


def _requested(service: Service, id_: CriterionId, caller: Caller) -> list[Seen]:
    """Return what auditors have asked for with this criterion, as far as the caller sees requests."""
    if not caller.may(Permission.READ_REQUESTS):
        return []
    seen = service.requests.listed(principal=caller.principal)
    return [one for one in seen if one.request.criterion == id_]


def _labelled_only(one: CriterionCoverage) -> list[Any]:
    """Return the records that are labelled with the criterion and with none of its controls."""
    known = {source.path for control in one.controls for source in control.evidence}
    return [source for source in one.evidence if source.path not in known]
