"""The page of settings and health: what is set, what is running, what `copilot doctor` finds."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request

import copilot
from copilot.config import Settings
from copilot.errors import CopilotError
from copilot.health import Health, broken, examine
from copilot.model_health import examine_models
from copilot.service.access import Caller, Needs
from copilot.service.pages.rendering import render
from copilot.service.parts import MEGABYTE, OptionsOf, ServiceOf
from copilot.service.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.responses import HTMLResponse

    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.health import Finding
    from copilot.service.parts import Options

router: Final = APIRouter()

Reader = Annotated[Caller, Needs(Permission.READ_SETTINGS)]

BADGES: Final = {Health.GOOD: "good", Health.NOTE: "warn", Health.BROKEN: "bad"}

_GIGABYTE: Final = 1_000 * MEGABYTE
_LOW_GIGABYTES: Final = 5
_JOBS: Final = 200


@router.get("/settings")
def settings(
    *,
    request: Request,
    caller: Reader,
    service: ServiceOf,
    options: OptionsOf,
    examined: Annotated[str, Query(max_length=10)] = "",
) -> HTMLResponse:
    """Show how the service is; with `examined`, what `copilot doctor` finds as well."""
    return render(
        request,
        "settings.html",
        caller,
        state=dict(_state(service, options, caller.principal)),
        findings=findings(service, caller.principal) if examined else None,
        badges=BADGES,
        settings=shown_settings(service.settings),
    )


def shown_settings(given: Settings) -> list[tuple[str, str, bool]]:
    """Return every setting with its value and whether it is another than the usual; no secret is in it."""
    return [
        (name, _shown(getattr(given, name)), getattr(given, name) != field.default)
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_shown(one)}" for key, one in value.items()) or "–"
    if isinstance(value, tuple | frozenset | list):
        return ", ".join(sorted(map(_shown, value))) or "–"
    return _without_secrets(value) if isinstance(value, str) else str(value)


def _without_secrets(text: str) -> str:
    """Return a text as it is, or an address without the name, the password and what follows a `?`."""
    if "://" not in text:
        return text
    try:
        parts = urlsplit(text)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def _state(service: Service, options: Options, principal: Principal) -> Iterator[tuple[str, str]]:
    """Yield what can be said at once."""
    url = service.settings.database_url
    yield "version", copilot.__version__
    yield "address", options.url
    yield "database", _without_secrets(url) if url else "SQLite, in the workspace"
    disk = shutil.disk_usage(service.workspace.state)
    free = f"{disk.free / _GIGABYTE:,.1f} GB of {disk.total / _GIGABYTE:,.1f} GB"
    low = "; make room soon" if disk.free < _LOW_GIGABYTES * _GIGABYTE else ""
    yield "free disk", free + low
    lag = service.copilot.follower.lag()
    yield "index", f"{lag:,} changes behind the sources" if lag else "up to date"
    yield "encoder", service.settings.encoder or "the one that comes with the product"
    yield "language model", service.settings.model or "none; answers are composed"
    jobs = Counter(one.state.value for one in service.jobs.jobs(principal, _JOBS))
    counted = ", ".join(f"{count} {state}" for state, count in sorted(jobs.items()))
    yield "jobs", counted or "none yet"
    people = service.register.people()
    yield "people", f"{sum(one.active for one in people):,} may sign in"
    issuer = service.settings.oidc_issuer
    yield "sign-in service", urlsplit(issuer).hostname or issuer if issuer else "none"


def findings(service: Service, principal: Principal) -> list[Finding]:
    """Return what `copilot doctor` finds, of sources only those that the principal may read."""
    wired = service.copilot
    try:
        seen = wired.examination()
        own = replace(
            seen,
            sources=wired.truth.sources(principal=principal),
            refusals=service.library.refused(seen.refusals, principal=principal),
        )
        found = list(examine(own))
    except CopilotError as exc:
        found = list(broken(str(service.workspace.root), exc))
    return found + list(examine_models(wired.models.examination()))
