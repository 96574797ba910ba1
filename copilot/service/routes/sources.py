"""The library: list, give, describe and remove the company's files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

import anyio.to_thread
from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from starlette.datastructures import UploadFile

from copilot.bootstrap import library
from copilot.domain.criteria import parse_criterion
from copilot.domain.documents import SourceKind
from copilot.domain.jobs import JobKind
from copilot.errors import BadInput, CopilotError
from copilot.ingestion.statements import FIELDS
from copilot.library.keeping import Given
from copilot.library.listing import Freshness, Wanted
from copilot.service.access import Caller, Needs, check
from copilot.service.etags import IfMatch, check_match, etag
from copilot.service.paging import Page, WindowOf
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.problems import problem_of
from copilot.service.schemas.jobs import JobReply
from copilot.service.schemas.sources import (
    DescriptionBody,
    DescriptionReply,
    GivenReply,
    RefusedReply,
    SourceReply,
    UploadReply,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.datastructures import FormData

    from copilot.bootstrap.service import Service

router: Final = APIRouter(prefix="/sources", tags=["sources"])

Reader = Annotated[Caller, Needs(Permission.READ_SOURCES)]
Giver = Annotated[Caller, Needs(Permission.ADD_SOURCES)]
Editor = Annotated[Caller, Needs(Permission.EDIT_SOURCES)]

Named = Annotated[
    str,
    Path(
        max_length=1_000,
        description="The path of the source, as citations have it.",
        examples=["policies/access-control.md"],
    ),
]
Word = Annotated[str, Query(max_length=200)]

_PIECE: Final = 1_000_000
_MOST_FILES: Final = 50
_LONGEST: Final = 10_000
"""Bytes of one field of an upload's form."""

_TRUE: Final = frozenset({"true", "on", "yes", "1"})

_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file", "folder"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "maxItems": _MOST_FILES,
                            "description": "One or more files; each is taken or refused by itself.",
                        },
                        "folder": {
                            "type": "string",
                            "enum": ["policies", "evidence", "controls", "findings"],
                        },
                        "replace": {
                            "type": "boolean",
                            "description": "Let a file of the same name go for it; for those who may "
                            "change sources.",
                        },
                        **{
                            name: {"type": "string", "maxLength": 500, "description": about}
                            for name, about in {
                                "title": "What answers call it; for a single file.",
                                "kind": "policy, evidence, control or finding; that of the folder if empty.",
                                "audience": "Who may read it; that of its kind if empty.",
                                "owner": "Who to ask.",
                                "criteria": "Separated by commas.",
                                "controls": "Separated by commas.",
                                "period": "The time that evidence speaks for, such as 2025-Q3.",
                                "collected": "When it was taken from its system.",
                                "frequency": "How often such a record comes into being.",
                            }.items()
                        },
                    },
                }
            }
        },
    }
}


def wanted_of(
    *,
    kind: Annotated[list[SourceKind], Query(max_length=5)] = [],  # noqa: B006  FastAPI copies it
    audience: Word = "",
    criterion: Annotated[str, Query(max_length=12, examples=["CC6.1"])] = "",
    control: Word = "",
    owner: Word = "",
    text: Annotated[str, Query(max_length=200, description="Words of the title or path.")] = "",
    freshness: Annotated[list[Freshness], Query(max_length=3)] = [],  # noqa: B006
) -> Wanted:
    """Return which sources are asked for.

    Raises:
        UnknownCriterion: There is no such criterion.
    """
    return Wanted(
        kinds=frozenset(kind),
        audience=audience.strip().lower(),
        criterion=parse_criterion(criterion) if criterion.strip() else None,
        control=control.strip(),
        owner=owner.strip(),
        text=text,
        freshness=frozenset(freshness),
    )


WantedOf = Annotated[Wanted, Depends(wanted_of)]


@router.get("")
def list_sources(
    wanted: WantedOf, caller: Reader, service: ServiceOf, window: WindowOf
) -> Page[SourceReply]:
    """List the sources that the caller may read, by path."""
    found = library.overview(service.copilot, wanted, principal=caller.principal)
    items, following, total = window.of(found.listed)
    return Page(items=[SourceReply.of(one) for one in items], next=following, total=total)


@router.get("/refused")
def list_refused(caller: Reader, service: ServiceOf, window: WindowOf) -> Page[RefusedReply]:
    """List files that are not used, with the reason and what to do; for those who review."""
    found = library.overview(service.copilot, Wanted(), principal=caller.principal)
    items, following, total = window.of(found.refused)
    replies = [RefusedReply(path=one.path, reason=one.reason, hint=one.hint) for one in items]
    return Page(items=replies, next=following, total=total)


@router.post(
    "",
    status_code=201,
    response_model=UploadReply,
    responses={200: {"model": UploadReply, "description": "None of several files was taken."}},
    openapi_extra=_FORM,
)
async def add_sources(
    request: Request, caller: Giver, service: ServiceOf, response: Response
) -> UploadReply:
    """Give one or more files, and what is said about them; a job ingests them.

    Each file is taken or refused by itself, with a reason. If a single file is refused, the reply is its
    problem.
    """
    # The body is read here, when it is known who sends it, and not before.
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415, "Files are sent as multipart/form-data.")
    async with request.form(
        max_files=_MOST_FILES, max_fields=_MOST_FILES, max_part_size=_LONGEST
    ) as form:
        told = await anyio.to_thread.run_sync(add_files, request, caller, service, form)
    if told.job is None:
        response.status_code = 200
    return told


def add_files(
    request: Request, caller: Caller, service: Service, form: FormData, *, alone: bool = True
) -> UploadReply:
    """Take in the files of a form, each by itself; a job ingests them.

    Args:
        request: What brought the form.
        caller: Who gives the files.
        service: What takes them.
        form: The files as `file`, with what is said about them.
        alone: Raise what is wrong with a file that is the only one.

    Raises:
        BadInput: There is no file, or several are given one title.
        NotPermitted: Files are to be replaced by somebody who may not change them.
    """
    # A browser sends a field for files that were not chosen, too: with no name.
    files = [one for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename]
    said = {key: one for key in FIELDS if (one := str(form.get(key) or "").strip())}
    replace = str(form.get("replace") or "").lower() in _TRUE
    if not files:
        raise BadInput("there is no file in the request", hint="Send it in the field `file`.")
    if len(files) > 1 and "title" in said:
        raise BadInput("several files cannot have one title", hint="Give them one by one.")
    if replace:
        check(caller, Permission.EDIT_SOURCES)
    replies = []
    for file in files:
        given = Given(
            name=file.filename or "",
            folder=str(form.get("folder") or ""),
            content=_pieces(file),
            said=said,
            replace=replace,
        )
        try:
            kept = service.library.put(given, principal=caller.principal)
        except CopilotError as exc:
            if alone and len(files) == 1:
                raise
            replies.append(_refused(request, file, exc))
            continue
        replies.append(
            GivenReply(
                name=given.name,
                path=kept.path,
                replaced=kept.replaced,
                bytes=kept.size,
                sha256=kept.sha256,
                status=201,
                problem="",
                hint="",
            )
        )
    paths = [one.path for one in replies if one.path]
    return UploadReply(files=replies, job=_ingest(service, caller, paths) if paths else None)


def _pieces(file: UploadFile) -> Iterator[bytes]:
    while piece := file.file.read(_PIECE):
        yield piece


def _refused(request: Request, file: UploadFile, exc: CopilotError) -> GivenReply:
    problem = problem_of(request, exc)
    return GivenReply(
        name=file.filename or "",
        path=None,
        replaced=False,
        bytes=file.size or 0,
        sha256=None,
        status=problem.status,
        problem=problem.detail,
        hint=problem.hint,
    )


@router.get("/{path:path}")
def describe_source(
    path: Named, caller: Reader, service: ServiceOf, response: Response
) -> DescriptionReply:
    """Show what is said about a file, and who says so; its ETag goes with a change."""
    found = service.library.description(path, principal=caller.principal)
    response.headers["ETag"] = etag(found.state)
    return DescriptionReply.described(found)


@router.put("/{path:path}")
def change_source(
    *,
    path: Named,
    body: DescriptionBody,
    caller: Editor,
    service: ServiceOf,
    response: Response,
    seen: IfMatch = None,
) -> DescriptionReply:
    """Say something else about a file; fields that are left out stay as they are."""
    wanted = {key: getattr(body, key) or "" for key in body.model_fields_set}
    found, overruled = service.library.describe(
        path,
        wanted,
        principal=caller.principal,
        check=lambda state: check_match(seen, etag(state)),
    )
    response.headers["ETag"] = etag(found.state)
    job = _ingest(service, caller, [path])
    return DescriptionReply.described(found, overruled=overruled, job=job)


@router.delete("/{path:path}")
def remove_source(
    path: Named, caller: Editor, service: ServiceOf, seen: IfMatch = None
) -> JobReply:
    """Put a file away; it stays among the removed files of the workspace, and is used no more."""
    service.library.remove(
        path, principal=caller.principal, check=lambda state: check_match(seen, etag(state))
    )
    return _ingest(service, caller, [path])


def _ingest(service: Service, caller: Caller, paths: list[str]) -> JobReply:
    """Return the job that was put in the queue with the change, and have it begun."""
    job = service.jobs.submit(JobKind.INGEST, {"paths": paths}, principal=caller.principal)
    return JobReply.of(job, caller.principal)
