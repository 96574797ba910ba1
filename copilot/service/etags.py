"""ETags: whoever changes a thing says which state of it they saw."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from fastapi import Header

from copilot.errors import StaleEdit
from copilot.service.problems import Problem

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of what was seen; the change is refused if it is another by now.",
    ),
]


class NoEtagError(Exception):
    """A change was asked for without saying what was seen."""


def etag(*parts: object) -> str:
    """Return the ETag of a state that these parts tell apart."""
    return '"' + sha256("\0".join(map(str, parts)).encode()).hexdigest()[:24] + '"'


def check_match(given: str | None, current: str) -> None:
    """Let a change through whose author saw the current state.

    Raises:
        NoEtagError: They do not say what they saw.
        StaleEdit: They saw another.
    """
    if given is None:
        raise NoEtagError
    if given.strip() != "*" and current not in [one.strip() for one in given.split(",")]:
        raise StaleEdit(
            "it was changed since you read it; nothing was changed now",
            hint="Read it again, and send its new ETag as If-Match.",
        )


def missing(path: str) -> Problem:
    """Return what is said to a change without `If-Match`."""
    return Problem(
        type="urn:soc2-copilot:problem:etag-required",
        title="ETag required",
        status=428,
        detail="a change has to say which state it was made on",
        hint="Send the ETag of what you read as If-Match.",
        instance=path,
    )
