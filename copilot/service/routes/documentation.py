"""What the API has: its OpenAPI document, for programs."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Request

from copilot.service.access import Caller, Needs
from copilot.service.permissions import Permission

router: Final = APIRouter(tags=["documentation"])


@router.get("/openapi.json", include_in_schema=False)
def openapi(request: Request, caller: Annotated[Caller, Needs(Permission.ASK)]) -> dict[str, Any]:
    """Return the OpenAPI document."""
    document: dict[str, Any] = request.app.openapi()
    return document
