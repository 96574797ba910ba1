"""What becomes of errors: a problem document for programs, a page for people, each with what to do next."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from copilot import errors
from copilot.service import etags
from copilot.service.pages.rendering import problem_page, to_sign_in
from copilot.service.problems import MEDIA_TYPE, Problem, problem_of, status_of, type_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request
    from starlette.responses import Response

_LOG: Final = logging.getLogger(__name__)

_AGAIN_AFTER: Final = 5
"""Seconds after which a client may try what is not to be had now."""


def install(app: FastAPI) -> None:
    """Have an application answer with problem documents, and people with a page that says the same."""
    app.exception_handler(errors.CopilotError)(_ours)
    app.exception_handler(RequestValidationError)(_unusable)
    app.exception_handler(HTTPException)(_http)
    app.exception_handler(etags.NoEtagError)(_no_etag)
    app.exception_handler(Exception)(_unexpected)


def problem_response(
    request: Request, problem: Problem, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a problem as a document, or as a page to a reader who asked for one."""
    if wants_page(request):
        return problem_page(request, problem, headers=headers)
    return JSONResponse(
        problem.model_dump(exclude_defaults=True),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )


def wants_page(request: Request) -> bool:
    """Say whether a person waits for this, and no program."""
    path = request.url.path
    return not path.startswith("/api/v1/") and "text/html" in request.headers.get("accept", "")


def _ours(request: Request, exc: errors.CopilotError) -> Response:
    status = status_of(exc)
    headers = {}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(_AGAIN_AFTER)
        _LOG.warning("%s %s: %s", request.method, request.url.path, exc)
    if isinstance(exc, errors.TooManyRequests):
        headers["Retry-After"] = str(exc.seconds)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
        if wants_page(request) and request.method == "GET":
            return to_sign_in(request)
    return problem_response(request, problem_of(request, exc), headers)


def _unusable(request: Request, exc: RequestValidationError) -> Response:
    lines = [_line(one) for one in exc.errors()]
    # What cannot be read at all is another fault than a value that cannot be used.
    broken = any(one["type"] == "json_invalid" for one in exc.errors())
    problem = Problem(
        type=type_of("UnusableRequest"),
        title="Unusable request",
        status=HTTPStatus.BAD_REQUEST if broken else HTTPStatus.UNPROCESSABLE_ENTITY,
        detail="The request cannot be used: " + "; ".join(lines[:3]),
        hint="The documentation at /api/docs has the form of every request, with an example.",
        instance=request.url.path,
        errors=lines,
    )
    return problem_response(request, problem)


def _line(error: Mapping[str, Any]) -> str:
    where = ".".join(str(one) for one in error["loc"] if one != "body")
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: {said}" if where else said


def _http(request: Request, exc: HTTPException) -> Response:
    phrase = HTTPStatus(exc.status_code).phrase
    said = exc.detail if exc.detail and exc.detail != phrase else ""
    absent = exc.status_code == HTTPStatus.NOT_FOUND
    problem = Problem(
        type=type_of(phrase.replace(" ", "")),
        title=phrase,
        status=exc.status_code,
        detail=said or (f"There is nothing at {request.url.path}" if absent else phrase),
        instance=request.url.path,
    )
    return problem_response(request, problem, exc.headers)


def _no_etag(request: Request, _: Exception) -> Response:
    return problem_response(request, etags.missing(request.url.path))


def _unexpected(request: Request, exc: Exception) -> Response:
    number = uuid4().hex[:12]
    _LOG.error("fault %s: %s %s", number, request.method, request.url.path, exc_info=exc)
    problem = Problem(
        type=type_of("Fault"),
        title="Fault of the product",
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        detail="Something unexpected happened.",
        hint=f"The log of the service has the cause under {number}; please report it.",
        instance=request.url.path,
    )
    return problem_response(request, problem)
