"""The pages that people use, one module for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.service.pages import (
    api_docs,
    ask,
    controls,
    drafts,
    feedback,
    library,
    log,
    people,
    readiness,
    requests,
    review,
    settings,
    sign_in,
    sources,
)
from copilot.service.routes import health, metrics

if TYPE_CHECKING:
    from fastapi import APIRouter

PAGES: Final[tuple[APIRouter, ...]] = (
    health.router,
    metrics.router,
    api_docs.router,
    sign_in.router,
    ask.router,
    sources.router,
    library.router,
    controls.router,
    readiness.router,
    drafts.router,
    review.router,
    feedback.router,
    log.router,
    people.router,
    requests.router,
    settings.router,
)
"""Everything outside the API."""
