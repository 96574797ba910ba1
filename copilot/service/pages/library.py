"""The page of the library: find, give, describe and remove the company's files."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import FormData

from copilot.bootstrap import library as bootstrap_library
from copilot.domain.criteria import Frequency
from copilot.domain.documents import SourceKind
from copilot.domain.jobs import JobKind, JobState
from copilot.domain.periods import label
from copilot.errors import BadInput, CopilotError
from copilot.ingestion.statements import FIELDS
from copilot.library.listing import Freshness, Wanted
from copilot.library.places import FOLDERS, is_place
from copilot.service.access import Caller, Needs
from copilot.service.etags import etag
from copilot.service.pages.forms import SentForm
from copilot.service.pages.rendering import render
from copilot.service.paging import Window, WindowOf
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.problems import problem_of
from copilot.service.routes.sources import Word, add_files, wanted_of
from copilot.service.schemas.jobs import JobReply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi.responses import HTMLResponse

    from copilot.bootstrap.service import Service
    from copilot.library.describing import Description
    from copilot.service.problems import Problem
    from copilot.service.schemas.sources import GivenReply

router: Final = APIRouter()

Reader = Annotated[Caller, Needs(Permission.READ_SOURCES)]

KINDS: Final = tuple(one.value for one in SourceKind if one is not SourceKind.CATALOG)
FREQUENCIES: Final = tuple(one.value for one in Frequency)

NAMES: Final = {
    Freshness.STALE: "unreadable now",
    Freshness.OUTSIDE: "outside the period",
    Freshness.NO_PERIOD: "no period",
}
"""What people read for what a source is like."""

HINTS: Final = {
    "title": "What answers call it.",
    "audience": "Who may read it: everyone, or the name of a group such as compliance.",
    "owner": "The role or person to ask.",
    "criteria": "Separated by commas, such as CC6.2, CC6.3.",
    "controls": "Separated by commas, such as AC-03.",
    "period": "The time that it speaks for: 2025-Q3, 2025-09 or 2025-01-01..2025-12-31.",
    "collected": "The day it was taken from its system.",
}

_JOBS: Final = 5

_CAME_OF_IT: Final = {
    "added": "added",
    "changed": "changed",
    "removed": "removed",
    "moved": "moved",
    "refused": "refused",
    "stale": "kept in the last readable version",
}
_NOTHING: Final = "nothing had changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of the form in which a file is described."""

    name: str
    label: str
    value: str
    hint: str
    said_by: str


def chosen(
    *,
    kind: Word = "",
    audience: Word = "",
    criterion: Word = "",
    control: Word = "",
    owner: Word = "",
    text: Word = "",
    freshness: Word = "",
) -> Wanted:
    """Return which sources the form asks for; a browser sends what was not chosen as empty.

    Raises:
        BadInput: A value is none that the form has.
    """
    try:
        kinds = [SourceKind(kind)] if kind else []
        states = [Freshness(freshness)] if freshness else []
    except ValueError as exc:
        raise BadInput(str(exc), hint="Choose one of the list.") from exc
    return wanted_of(
        kind=kinds,
        audience=audience,
        criterion=criterion,
        control=control,
        owner=owner,
        text=text,
        freshness=states,
    )


@router.get("/library")
def library(
    *,
    request: Request,
    caller: Reader,
    service: ServiceOf,
    wanted: Annotated[Wanted, Depends(chosen)],
    window: WindowOf,
    criteria: Word = "",
    controls: Word = "",
    period: Word = "",
) -> HTMLResponse:
    """List the files that the caller may read, with what can be done about them.

    A link may say what the files are that somebody is to add: `criteria`, `controls` and `period`.
    """
    about = {"criteria": criteria, "controls": controls, "period": period}
    new = {name: value for name, value in about.items() if value}
    return _page(request, caller, service, wanted, window=window, about_new=new)


@router.post("/library")
def add(
    *,
    request: Request,
    form: Annotated[FormData, Depends(SentForm(Permission.ADD_SOURCES))],
    caller: Annotated[Caller, Needs(Permission.ADD_SOURCES)],
    service: ServiceOf,
) -> HTMLResponse:
    """Take in files that a browser sends without a script, and say of each what became of it."""
    given: list[GivenReply] = []
    problem: Problem | None = None
    try:
        given = add_files(request, caller, service, form, alone=False).files
    except CopilotError as exc:
        problem = problem_of(request, exc)
    return _page(request, caller, service, Wanted(), given=given, problem=problem)


def _page(
    request: Request,
    caller: Caller,
    service: Service,
    wanted: Wanted,
    *,
    window: Window | None = None,
    given: Sequence[GivenReply] = (),
    problem: Problem | None = None,
    about_new: Mapping[str, str] = MappingProxyType({}),
) -> HTMLResponse:
    """Return the page of the library, with what became of files that were just given."""
    principal, window = caller.principal, window or Window()
    found = bootstrap_library.overview(service.copilot, wanted, principal=principal)
    listed, following, total = window.of(found.listed)
    before = max(0, window.start - window.limit)
    jobs = service.jobs.jobs(principal, _JOBS) if caller.may(Permission.READ_JOBS) else []
    return render(
        request,
        "library.html",
        caller,
        status=problem.status if problem else 200,
        given=given,
        problem=problem,
        about_new=about_new,
        found=found,
        listed=listed,
        total=total,
        first=window.start + 1,
        next_href=_href(request, following) if following else "",
        before_href=_href(request, str(before)) if window.start else "",
        wanted=wanted,
        filtered=wanted != type(wanted)(),
        names=NAMES,
        kinds=KINDS,
        folders=FOLDERS,
        frequencies=FREQUENCIES,
        hints=HINTS,
        jobs=[JobReply.of(one, principal) for one in jobs],
        largest=service.settings.file_megabytes,
        may_add=caller.may(Permission.ADD_SOURCES),
        may_edit=caller.may(Permission.EDIT_SOURCES),
        may_run=caller.may(Permission.RUN_JOBS),
        period=service.settings.period,
        is_place=is_place,
        label=label,
        told=_told,
        sentences=sentences,
    )


@router.get("/library/about")
def about(
    request: Request,
    caller: Reader,
    service: ServiceOf,
    path: Annotated[str, Query(min_length=1, max_length=1_000)],
) -> HTMLResponse:
    """Show what is said about a file, and who says so."""
    found = service.library.description(path, principal=caller.principal)
    source = service.library.source(path, principal=caller.principal)
    return render(
        request,
        "library_about.html",
        caller,
        found=found,
        fields=[_field(found, name) for name in FIELDS],
        ingested=source is not None,
        sentences=sentences,
        notes=source.notes if source else (),
        etag=etag(found.state),
        kinds=KINDS,
        frequencies=FREQUENCIES,
        may_edit=caller.may(Permission.EDIT_SOURCES) and is_place(path),
    )


def _field(found: Description, name: str) -> Field:
    value: Any = getattr(found.metadata, name)
    written = ", ".join(value) if isinstance(value, tuple) else str(value or "")
    return Field(
        name=name,
        label=name.capitalize(),
        value=written,
        hint=HINTS.get(name, ""),
        said_by=found.said_by.get(name, ""),
    )


def _told(job: JobReply) -> str:
    """Return in words how a job stands or what came of it; the page's script says the same."""
    if job.state is JobState.FAILED:
        return sentences(job.problem, job.hint)
    if job.state is not JobState.DONE or job.kind is not JobKind.INGEST or job.result is None:
        return job.doing
    counts = [(len(job.result[one]), name) for one, name in _CAME_OF_IT.items()]
    return ", ".join(f"{count} {name}" for count, name in counts if count) or _NOTHING


def sentences(*said: str) -> str:
    """Return what is said as sentences, one after the other."""
    whole = (one.strip().rstrip(".") for one in said if one.strip())
    return " ".join(f"{one[:1].upper()}{one[1:]}." for one in whole)


def _href(request: Request, cursor: str) -> str:
    """Return the address of another part of the list that is shown."""
    given = [(name, one) for name, one in request.query_params.multi_items() if name != "cursor"]
    return f"/library?{urlencode([*given, ('cursor', cursor)])}"
