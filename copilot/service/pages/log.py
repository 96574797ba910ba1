"""The event log: who did what, and whether the log of it is as it was written."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from copilot.bootstrap import review
from copilot.domain.event_log import Sought, Unreadable
from copilot.domain.review import ItemKind
from copilot.errors import BadInput
from copilot.library.places import is_place
from copilot.service.access import Caller, Needs
from copilot.service.pages.drafts import naming
from copilot.service.pages.rendering import render
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.routes.log import Words, sought_of

router: Final = APIRouter()

_ROWS: Final = 50
_ASKED: Final = ("who", "action", "about", "from", "to")
_KINDS: Final = tuple(f"{one}/" for one in ItemKind)


def asked_of(
    *,
    who: Words = "",
    action: Words = "",
    about: Words = "",
    since: Annotated[str, Query(alias="from", max_length=10)] = "",
    until: Annotated[str, Query(alias="to", max_length=10)] = "",
) -> Sought:
    """Return which entries the form asks for, which sends fields also if they are empty.

    Raises:
        BadInput: A day is none.
    """
    return sought_of(who=who, action=action, about=about, since=_day(since), until=_day(until))


@router.get("/log")
def log(
    request: Request,
    caller: Annotated[Caller, Needs(Permission.READ_LOG)],
    service: ServiceOf,
    sought: Annotated[Sought, Depends(asked_of)],
    *,
    start: Annotated[int, Query(ge=0, le=10**9)] = 0,
    check: Annotated[Literal["", "whole"], Query()] = "",
) -> Response:
    """Show entries, newest first, and whether all of them are as they were written.

    What this process has found right is not all checked again at each visit; with `check` it is.
    """
    kept = review.event_log(service.copilot)
    entries, total = kept.found(sought, start=start, limit=_ROWS)
    people, actions = kept.words()
    given = {name: request.query_params.get(name, "") for name in _ASKED}
    chosen = {name: value for name, value in given.items() if value}

    def page(at: int) -> str:
        return f"/log?{urlencode({**chosen, 'start': at})}"

    return render(
        request,
        "log.html",
        caller,
        entries=entries,
        unreadable=[one.number for one in entries if isinstance(one, Unreadable)],
        total=total,
        start=start,
        newer=page(max(0, start - _ROWS)) if start else "",
        older=page(start + _ROWS) if start + _ROWS < total else "",
        people=people,
        actions=actions,
        given=given,
        filtered=bool(chosen),
        looked=review.log_watch(service.copilot).look(whole=bool(check)),
        check_href=f"/log?{urlencode({**chosen, 'check': 'whole'})}",
        href=_href,
        named=naming(service),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as exc:
        raise BadInput(f"{text!r} is no day", hint="Write it as 2026-03-15.") from exc


def _href(about: str) -> str:
    """Return where something stands that an entry is about; empty if it has no page."""
    kind, _, name = about.partition("/")
    if about.startswith(_KINDS):
        return f"/drafts/{quote(about)}"
    if is_place(about):
        return f"/library/about?{urlencode({'path': about})}"
    if kind == "feedback":
        return "/review/feedback?helpful=all"
    return f"/requests/{name}" if kind == "request" and name.isdigit() else ""
