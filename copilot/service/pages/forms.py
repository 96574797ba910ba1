"""Forms that a browser sends without a script: their token is a field, where a script sends a header."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Final

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData

from copilot.service.access import caller_of, check

if TYPE_CHECKING:
    from copilot.service.permissions import Permission

FIELD: Final = "csrf"
"""The field that has what scripts send as X-CSRF-Token."""

_MOST: Final = 50
"""Files, and fields, of one form."""

_LONGEST: Final = 10_000
"""Bytes of one field."""


class SentForm:
    """A dependency that reads a form of a page of ours; the route names `Needs` after it, which decides.

    A body may be large, so whose it is, is looked at before it is read.
    """

    def __init__(self, permission: Permission) -> None:
        """Take what the sender has to hold; the route needs the same."""
        self._permission = permission

    async def __call__(self, request: Request) -> AsyncIterator[FormData]:
        """Yield the form, with its token where `Needs` looks for it.

        Raises:
            NotSignedIn: Nobody sent it, as far as the request tells.
            NotPermitted: Their role or their token does not allow it.
        """
        await run_in_threadpool(self._check, request)
        async with request.form(max_files=_MOST, max_fields=_MOST, max_part_size=_LONGEST) as form:
            token = form.get(FIELD)
            request.state.csrf_field = token if isinstance(token, str) else ""
            yield form

    def _check(self, request: Request) -> None:
        # As if it were asked for only: with a state of its own, so that nothing of it is taken for the answer
        # to whether a page of ours sent the form.
        asked = Request({**request.scope, "method": "GET", "state": {}})
        check(caller_of(asked), self._permission)
