"""Templates into pages: what all of them need is put in here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

import copilot
from copilot.domain.periods import label
from copilot.errors import CopilotError
from copilot.service.access import caller_of
from copilot.service.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import Request
    from starlette.responses import Response

    from copilot.domain.periods import Period
    from copilot.service.access import Caller
    from copilot.service.problems import Problem


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation."""

    path: str
    name: str
    permission: Permission


PLACES: Final = (
    Place("/", "Ask", Permission.ASK),
    Place("/readiness", "Readiness", Permission.READ_READINESS),
    Place("/controls", "Controls", Permission.READ_CONTROLS),
    Place("/library", "Library", Permission.READ_SOURCES),
    Place("/drafts", "Drafts", Permission.READ_ITEMS),
    Place("/review", "Review", Permission.DECIDE_ITEMS),
    Place("/requests", "Requests", Permission.READ_REQUESTS),
    Place("/log", "Log", Permission.READ_LOG),
    Place("/people", "People", Permission.READ_PEOPLE),
    Place("/settings", "Settings", Permission.READ_SETTINGS),
)


def render(
    request: Request, name: str, caller: Caller | None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """Return a page.

    Args:
        request: What asked for it.
        name: The template.
        caller: Who sees it; nobody before they have signed in.
        status: The HTTP status.
        **values: What the template shows. All of it is escaped.
    """
    places = [one for one in PLACES if caller and caller.may(one.permission)]
    page = (
        environment()
        .get_template(name)
        .render(
            caller=caller,
            places=places,
            here=_here(request.url.path, places),
            company=request.app.state.service.settings.company,
            csrf=caller.csrf if caller else "",
            **values,
        )
    )
    return HTMLResponse(page, status_code=status)


def problem_page(
    request: Request, problem: Problem, *, headers: Mapping[str, str] | None = None
) -> Response:
    """Return a page that says what went wrong and what to do."""
    response = render(
        request, "problem.html", _seen(request, problem), status=problem.status, problem=problem
    )
    response.headers.update(dict(headers or {}))
    return response


def _seen(request: Request, problem: Problem) -> Caller | None:
    """Return who is shown a problem; where nothing stands, no route has asked who it is."""
    known: Caller | None = getattr(request.state, "caller", None)
    if known or problem.status != HTTPStatus.NOT_FOUND:
        return known
    try:
        return caller_of(request)
    except CopilotError:
        return None


def to_sign_in(request: Request) -> Response:
    """Return the way to the page for signing in, which leads back here."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(here, safe='')}", status_code=303)


def safe_next(given: str | None) -> str:
    """Return where to go after signing in: a path of ours, whatever was given."""
    # A browser reads a backslash as a slash, drops tabs and lines, and takes two slashes for a host.
    if not given or not given.startswith("/") or given.startswith(("//", "/\\")):
        return "/"
    if any(ord(one) < 32 or one == "\\" for one in given):
        return "/"
    return given


@cache
def environment() -> Environment:
    """Return what renders the templates; every value is escaped, and a missing one is an error."""
    made = Environment(
        loader=PackageLoader("copilot.service"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static_url
    made.globals["version"] = copilot.__version__
    made.filters["day"] = _day
    made.filters["moment"] = _moment
    made.filters["plural"] = _plural
    made.filters["stretch"] = _stretch
    return made


@cache
def static_url(name: str) -> str:
    """Return the URL of a file of static/, which changes with its content."""
    content = (resources.files("copilot.service") / "static" / name).read_bytes()
    return f"/static/{name}?v={sha256(content).hexdigest()[:12]}"


def _here(path: str, places: list[Place]) -> str:
    inside = [
        one.path
        for one in places
        if path == one.path or path.startswith(f"{one.path.rstrip('/')}/")
    ]
    return max((one for one in inside if one != "/" or path == "/"), key=len, default="")


def _day(value: date | None) -> str:
    return f"{value:%-d %B %Y}" if value else ""


def _moment(value: datetime | str | None) -> str:
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return f"{value.astimezone(UTC):%-d %b %Y, %H:%M} UTC" if value else ""


def _stretch(period: Period) -> str:
    """Return a period as short as it can be said: `Q3 2025`, `1 Jan to 11 Dec 2025`."""
    start, end = period.start, period.end
    short = label(period)
    if short != f"{start:%-d %B %Y} to {end:%-d %B %Y}":
        return short
    if start.year != end.year:
        return f"{start:%-d %b %Y} to {end:%-d %b %Y}"
    same = start.month == end.month
    return f"{start:%-d}{'' if same else f'{start: %b}'} to {end:%-d %b %Y}"


def _plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"
