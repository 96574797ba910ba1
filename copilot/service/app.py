"""The application: routes, pages and what surrounds every request, put together."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from importlib import resources
from typing import TYPE_CHECKING, Final

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles

import copilot
from copilot.accounts.sessions import FirstLook
from copilot.bootstrap import review
from copilot.service import failures, openapi
from copilot.service.asked import WrittenAnswers
from copilot.service.callers import Callers
from copilot.service.headers import SafeHeaders, known_hosts
from copilot.service.idempotency import OnceOnly
from copilot.service.limits import BodyLimits, Rates
from copilot.service.metrics import Metrics
from copilot.service.observing import Observed
from copilot.service.oidc import sign_in_service
from copilot.service.pages import PAGES
from copilot.service.parts import MEGABYTE, Options
from copilot.service.problems import RESPONSES
from copilot.service.recent import RecentAnswers
from copilot.service.routes import ROUTES
from copilot.service.slots import Slots
from copilot.service.strangers import Doorkeeper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.responses import Response

    from copilot.bootstrap.service import Service

API: Final = "/api/v1"

_THREADS: Final = 96
"""Requests that are at work at the same time; most of them wait for a turn to compose."""

_UPLOADS: Final = frozenset(
    {
        f"{API}/sources",
        f"{API}/controls/preview",
        f"{API}/controls/import",
        f"{API}/commands",
        "/library",
        "/controls/import",
    }
)

_ABOUT: Final = (
    "Answers about SOC 2 with citations that were checked; drafts that a person approves; controls mapped "
    "to criteria. Sign in with a token: `Authorization: Bearer …`. Errors are problem documents "
    "(RFC 9457) with a hint. Changes take an `Idempotency-Key`, so that a request can be sent again."
)


def build_app(service: Service, options: Options) -> FastAPI:
    """Return the application over a service; it starts the service with itself, and closes it."""
    app = FastAPI(
        title="SOC 2 copilot",
        version=copilot.__version__,
        description=_ABOUT,
        lifespan=_living,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=_name,
        middleware=_surroundings(service, options),
    )
    app.state.service = service
    app.state.options = options
    app.state.ready = False
    app.state.problem = None
    app.state.metrics = Metrics(service)
    app.state.commands = Slots()
    app.state.rates = Rates(options.requests_a_minute)
    app.state.callers = Callers()
    app.state.recent = RecentAnswers()
    app.state.written = WrittenAnswers()
    app.state.first_look = FirstLook(review.now)
    app.state.sign_in_service = sign_in_service(service, options)
    app.state.key = _key(service.workspace.state / "service.key")
    failures.install(app)
    openapi.install(app)
    api = APIRouter(prefix=API, responses=RESPONSES)
    for router in ROUTES:
        api.include_router(router)
    app.include_router(api)
    for router in PAGES:
        app.include_router(router, include_in_schema=False)
    static = resources.files("copilot.service") / "static"
    app.mount("/static", _Static(directory=str(static)), name="static")
    return app


@contextlib.asynccontextmanager
async def _living(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
    try:
        await anyio.to_thread.run_sync(service.start)
    except Exception as exc:
        # Whoever serves it says so: the server itself only ends.
        app.state.problem = exc
        raise
    app.state.ready = True
    try:
        yield
    finally:
        app.state.ready = False
        await anyio.to_thread.run_sync(service.close)


def _surroundings(service: Service, options: Options) -> list[Middleware]:
    """Return what stands around every request, from the outside in."""
    upload_bytes = service.settings.file_megabytes * MEGABYTE + MEGABYTE
    return [
        Middleware(Observed),
        Middleware(SafeHeaders, secure=options.secure),
        Middleware(TrustedHostMiddleware, allowed_hosts=known_hosts(options), www_redirect=False),
        Middleware(BodyLimits, uploads=_UPLOADS, upload_bytes=upload_bytes),
        Middleware(GZipMiddleware, minimum_size=2_000, compresslevel=5),
        Middleware(Doorkeeper),
        Middleware(OnceOnly),
    ]


class _Static(StaticFiles):
    """Files that are named with their content's hash, so that a browser may keep them."""

    def file_response(self, *arguments: object, **named: object) -> Response:
        response = super().file_response(*arguments, **named)  # type: ignore[arg-type]
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def _name(route: APIRoute) -> str:
    """Return the name of an operation, by which generated clients call it: of its subject first."""
    subject = str(route.tags[0]) if route.tags else ""
    return re.sub(r"[^a-z0-9]+", "_", f"{subject}_{route.name}".lower()).strip("_")


def _key(file: Path) -> bytes:
    """Return the key that signs cookies; the first time, make it, for its owner alone."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as made:
            made.write(secrets.token_bytes(32))
    return file.read_bytes()
