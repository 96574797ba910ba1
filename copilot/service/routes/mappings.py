"""Which criteria controls serve: decided one by one or many at once, as a matrix, and to take away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Final, Literal

from fastapi import APIRouter, Path, Query, Response

from copilot.bootstrap import controls as bootstrap_controls
from copilot.domain.controls import Suggestions
from copilot.domain.criteria import Category, category_of
from copilot.domain.decisions import Verdict
from copilot.readiness.coverage import with_mappings
from copilot.review.mappings import PREFIX, MappingState
from copilot.service.access import Caller, Needs
from copilot.service.attachments import attachment, described
from copilot.service.etags import IfMatch, check_match, etag
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.schemas.controls import (
    BulkBody,
    DecidedReply,
    DecisionBody,
    MappingReply,
    MatrixCell,
    MatrixControl,
    MatrixCriterion,
    MatrixReply,
    etag_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.decisions import MappingDecision
    from copilot.review.control_list import ListedControl
    from copilot.review.mappings import MappingItem, MappingReview

router: Final = APIRouter(prefix="/mappings", tags=["controls"])

Reader = Annotated[Caller, Needs(Permission.READ_CONTROLS)]
Decider = Annotated[Caller, Needs(Permission.DECIDE_MAPPINGS)]

Criterion = Annotated[str, Path(max_length=12, examples=["CC6.2"])]

Form = Literal["csv", "xlsx", "json", "oscal"]


@router.get("/matrix")
def matrix(
    caller: Reader,
    service: ServiceOf,
    category: Annotated[
        list[Category], Query(description="Criteria of these; of all if it is left out.")
    ] = [],  # noqa: B006  the framework copies it
) -> MatrixReply:
    """Set controls against criteria."""
    listed = service.mappings.controls(principal=caller.principal)
    columns = [
        one for one in service.copilot.catalog if not category or category_of(one.id) in category
    ]
    shown = {one.id for one in columns}
    return MatrixReply(
        criteria=[
            MatrixCriterion(id=one.id, title=one.title, category=category_of(one.id))
            for one in columns
        ],
        controls=[
            MatrixControl(id=one.control.id, title=one.control.title, owner=one.control.owner)
            for one in listed
        ],
        cells=[
            MatrixCell(
                control=item.control_id,
                criterion=item.criterion,
                state=item.state,
                confidence=item.suggestion.confidence if item.suggestion else None,
            )
            for one in listed
            for item in one.mappings
            if item.criterion in shown
        ],
    )


@router.get("/export", response_class=Response, responses=described("csv", "xlsx", "json"))
def export_controls(
    caller: Reader,
    service: ServiceOf,
    form: Annotated[Form, Query(description="In which form.")] = "csv",
) -> Response:
    """Take controls away with the criteria that they serve by now, and what is suggested besides."""
    listed = service.mappings.controls(principal=caller.principal)
    serves = {one.control.id: one.criteria for one in listed}
    controls = with_mappings((one.control for one in listed), serves)
    content = bootstrap_controls.controls_file(
        controls, [_suggested(one) for one in listed], form=form
    )
    return attachment(content, "controls", form)


@router.get("/bulk")
def preview_bulk(
    response: Response,
    caller: Decider,
    service: ServiceOf,
    *,
    above: Annotated[float, Query(ge=0, le=1, description="The least confidence.")],
    control: Annotated[str, Query(max_length=400, description="Of this control only.")] = "",
) -> DecidedReply:
    """Say what would be accepted at once. The ETag stands for it: send it as If-Match to accept it."""
    principal = caller.principal
    review = service.mappings.review(principal=principal)
    items = review.meant(_name(control), above=above, principal=principal)
    response.headers["ETag"] = _bulk_etag(items)
    return DecidedReply(mappings=[MappingReply.of(one) for one in items])


@router.post("/bulk")
def accept_bulk(
    body: BulkBody, caller: Decider, service: ServiceOf, if_match: IfMatch = None
) -> DecidedReply:
    """Accept everything that waits and is suggested with some confidence, as it was previewed."""
    principal = caller.principal
    name = _name(body.control)
    with service.mappings.deciding(principal=principal) as review:
        items = review.meant(name, above=body.above, principal=principal)
        check_match(if_match, _bulk_etag(items))
        decided = review.accept([name], above=body.above, note=body.reason, principal=principal)
    by_id = {(one.control, one.criterion): one for one in decided}
    now = [replace(one, decision=by_id[one.control_id, one.criterion]) for one in items]
    return DecidedReply(mappings=[MappingReply.of(one) for one in now])


@router.get("/{control:path}/{criterion}")
def show_mapping(
    control: str,
    criterion: Criterion,
    *,
    response: Response,
    caller: Reader,
    service: ServiceOf,
) -> MappingReply:
    """Show one criterion for one control; the ETag is the one to decide with."""
    item = service.mappings.item(control, criterion, principal=caller.principal)
    response.headers["ETag"] = etag_of(item)
    return MappingReply.of(item)


@router.post("/{control:path}/{criterion}/decision")
def decide(
    control: str,
    criterion: Criterion,
    body: DecisionBody,
    *,
    response: Response,
    caller: Decider,
    service: ServiceOf,
    if_match: IfMatch = None,
) -> DecidedReply:
    """Accept a criterion for a control, reject it, or name another in its place."""
    principal = caller.principal
    with service.mappings.deciding(principal=principal) as review:
        item = service.mappings.item(control, criterion, principal=principal)
        check_match(if_match, etag_of(item))
        decided = _decide(review, item, body, principal)
    now = [_now(service, one.control, one.criterion, principal) for one in decided]
    response.headers["ETag"] = now[0].etag
    return DecidedReply(mappings=now)


def _decide(
    review: MappingReview, item: MappingItem, body: DecisionBody, principal: Principal
) -> list[MappingDecision]:
    match body.verdict:
        case Verdict.ACCEPTED:
            return review.accept([item.id], principal=principal, note=body.reason)
        case Verdict.REJECTED:
            return review.reject(item.id, principal=principal, reason=body.reason)
        case Verdict.REPLACED:
            return review.replace(item.id, body.instead, principal=principal, reason=body.reason)


def _now(service: Service, control: str, criterion: str, principal: Principal) -> MappingReply:
    return MappingReply.of(service.mappings.item(control, criterion, principal=principal))


def _name(control: str) -> str:
    return f"{PREFIX}/{control}" if control else PREFIX


def _bulk_etag(items: Sequence[MappingItem]) -> str:
    return etag(*map(etag_of, items))


def _suggested(one: ListedControl) -> Suggestions:
    """Return what is suggested for a control and waits."""
    waiting = [item for item in one.mappings if item.state is MappingState.SUGGESTED]
    ranked = tuple(item.suggestion for item in waiting if item.suggestion)
    return Suggestions(
        control=one.control.id, ranked=ranked, decided=tuple(each.criterion for each in ranked)
    )
