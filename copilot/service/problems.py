"""RFC 9457 problem documents: what every error of the API looks like."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from copilot import errors

if TYPE_CHECKING:
    from fastapi import Request

MEDIA_TYPE: Final = "application/problem+json"


class Problem(BaseModel):
    """What went wrong, and what to do about it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:soc2-copilot:problem:not-permitted",
                    "title": "Not permitted",
                    "status": 403,
                    "detail": "jo.berg may not manage people: the role is employee",
                    "hint": "The role admin may.",
                    "instance": "/api/v1/people",
                }
            ]
        }
    )

    type: str = Field(description="A name of the kind of problem, which does not change.")
    title: str = Field(description="The kind of problem in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened, and where.")
    hint: str = Field(default="", description="What to do next.")
    instance: str = Field(default="", description="The path that was asked for.")
    errors: list[str] = Field(
        default=[], description="One line for each value that cannot be used."
    )


RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {}},
        "model": Problem,
    }
    for status in (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 500, 503)
}
"""What any route of the API may answer in place of what it promises."""


_STATUS: Final[tuple[tuple[type[errors.CopilotError], HTTPStatus], ...]] = (
    (errors.NotSignedIn, HTTPStatus.UNAUTHORIZED),
    (errors.NotPermitted, HTTPStatus.FORBIDDEN),
    (errors.UnknownItem, HTTPStatus.NOT_FOUND),
    (errors.NotThere, HTTPStatus.NOT_FOUND),
    (errors.OverLimits, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (errors.StaleEdit, HTTPStatus.PRECONDITION_FAILED),
    (errors.EditConflict, HTTPStatus.CONFLICT),
    (errors.WrongStep, HTTPStatus.CONFLICT),
    (errors.TooManyRequests, HTTPStatus.TOO_MANY_REQUESTS),
    (errors.BadInput, HTTPStatus.UNPROCESSABLE_ENTITY),
)
"""The status of an error, by the first class that it is of; of any other it is 503: a part of the service
is not to be had, and the same request may succeed later."""


def problem_of(request: Request, exc: errors.CopilotError) -> Problem:
    """Return what is said of an error that a request met."""
    return Problem(
        type=type_of(type(exc).__name__),
        title=words_of(type(exc).__name__),
        status=status_of(exc),
        detail=str(exc),
        hint=exc.hint,
        instance=request.url.path,
        errors=_lines(exc),
    )


def status_of(exc: errors.CopilotError) -> HTTPStatus:
    """Return the status that an error is answered with."""
    found = (status for kind, status in _STATUS if isinstance(exc, kind))
    return next(found, HTTPStatus.SERVICE_UNAVAILABLE)


def words_of(name: str) -> str:
    """Return the name of a class as words."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
    return words[:1].upper() + words[1:]


def type_of(name: str) -> str:
    """Return how programs know a kind of problem."""
    return "urn:soc2-copilot:problem:" + words_of(name).lower().replace(" ", "-").replace("'", "")


def _lines(exc: errors.CopilotError) -> list[str]:
    """Return what an error names one by one, so that nobody has to take its message apart."""
    match exc:
        case errors.StillOpen(marks=lines) | errors.CitationsLost(citations=lines):
            return list(lines)
        case errors.InvalidFinding(problems=lines) | errors.InvalidControls(problems=lines):
            return list(lines)
        case _:
            return []
