"""The routes of the API, one module for each subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.service.routes import (
    ask,
    catalog,
    commands,
    controls,
    documentation,
    drafts,
    items,
    jobs,
    log,
    mappings,
    people,
    readiness,
    requests,
    sources,
    views,
)
from copilot.service.routes import health as health

if TYPE_CHECKING:
    from fastapi import APIRouter

ROUTES: Final[tuple[APIRouter, ...]] = (
    documentation.router,
    commands.router,
    ask.router,
    catalog.router,
    # Before the library, whose paths of sources could be taken for these.
    views.router,
    sources.router,
    jobs.router,
    drafts.router,
    items.router,
    log.router,
    controls.router,
    mappings.router,
    readiness.router,
    people.router,
    requests.router,
)
"""Everything below /api/v1."""
