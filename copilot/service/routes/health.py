"""Whether the service is alive, and ready to answer."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from copilot.errors import CopilotError
from copilot.service.parts import ServiceOf

router: Final = APIRouter(tags=["health"])


@router.get("/healthz")
def alive() -> dict[str, str]:
    """Say that the process answers at all."""
    return {"status": "alive"}


@router.get("/readyz")
def ready(request: Request, service: ServiceOf) -> JSONResponse:
    """Say whether questions can be answered now: the database is read, the index is open."""
    try:
        changes = service.copilot.truth.newest_change() if request.app.state.ready else -1
    except CopilotError:
        changes = -1
    if changes < 0:
        return JSONResponse({"status": "not ready"}, status_code=503)
    return JSONResponse({"status": "ready"})
