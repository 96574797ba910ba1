"""What the product knows about the criteria: the document of `copilot catalog --json`."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path

from copilot.catalog.plain import criterion_json
from copilot.domain.criteria import parse_criterion
from copilot.errors import NotThere, UnknownCriterion
from copilot.service.access import Caller, Needs
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.schemas.catalog import CatalogReply

router: Final = APIRouter(prefix="/catalog", tags=["catalog"])

Reader = Annotated[Caller, Needs(Permission.ASK)]


@router.get("", response_model=CatalogReply)
def list_criteria(caller: Reader, service: ServiceOf) -> dict[str, Any]:
    """List the 61 criteria: what each asks, how it is audited, what proves it."""
    return {"criteria": [criterion_json(one) for one in service.copilot.catalog]}


@router.get("/{criterion}", response_model=CatalogReply)
def show_criterion(
    criterion: Annotated[str, Path(max_length=12, examples=["CC6.1"])],
    caller: Reader,
    service: ServiceOf,
) -> dict[str, Any]:
    """Show one criterion, as a list of one."""
    try:
        found = service.copilot.catalog[parse_criterion(criterion)]
    except UnknownCriterion as exc:
        raise NotThere(str(exc), hint=exc.hint) from exc
    return {"criteria": [criterion_json(found)]}
