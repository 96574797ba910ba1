"""The service's figures, for Prometheus."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from copilot.service.access import Caller, Needs
from copilot.service.metrics import CONTENT_TYPE
from copilot.service.permissions import Permission

router: Final = APIRouter(tags=["metrics"])


@router.get("/metrics")
def metrics(request: Request, _: Annotated[Caller, Needs(Permission.READ_METRICS)]) -> Response:
    """Return what is counted, as Prometheus reads it."""
    return Response(request.app.state.metrics.text(), media_type=CONTENT_TYPE)
