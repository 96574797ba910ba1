"""Open a source: at a citation, as a picture of a page, as text, or its file to keep."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Query
from fastapi.responses import Response

from copilot.domain.documents import SourcePath
from copilot.domain.views import Spot
from copilot.service.access import Caller, Needs
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.schemas.views import OpenedReply, TextReply
from copilot.viewing.plain import opened_json

router: Final = APIRouter(prefix="/sources", tags=["sources"])

Reader = Annotated[Caller, Needs(Permission.READ_SOURCES)]

_MOST: Final = 2_000_000_000
_PAGES: Final = 100_000
Named = Annotated[
    str,
    Query(
        min_length=1,
        max_length=1_000,
        description="The path of the source, as citations have it.",
        examples=["policies/access-control.md"],
    ),
]


def spot_of(
    *,
    path: Named,
    start: Annotated[
        int | None, Query(ge=0, le=_MOST, description="With `end`, where the quote stands.")
    ] = None,
    end: Annotated[int | None, Query(ge=0, le=_MOST)] = None,
    page: Annotated[int | None, Query(ge=1, le=_PAGES)] = None,
    at: Annotated[
        int | None,
        Query(
            ge=0, le=_MOST, description="Where the part begins: `earlier` or `later` of another."
        ),
    ] = None,
    check: Annotated[
        str, Query(max_length=8, description="Tells whether the quote is still what was cited.")
    ] = "",
) -> Spot:
    """Return where a source is to be opened."""
    return Spot(path=SourcePath(path), start=start, end=end, page=page, at=at, check=check)


SpotOf = Annotated[Spot, Depends(spot_of)]


@router.get("/view", response_model=OpenedReply)
def view_source(spot: SpotOf, caller: Reader, service: ServiceOf) -> dict[str, Any]:
    """Open a source at a citation, with the quote marked."""
    opened = service.viewing.open(spot, principal=caller.principal)
    service.openings.opened_source(opened.path, principal=caller.principal)
    return opened_json(opened)


@router.get(
    "/page.png",
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}}, "description": "The page."},
        304: {"description": "It is the picture that If-None-Match names."},
    },
)
def draw_page(
    *,
    path: Named,
    page: Annotated[int, Query(ge=1, le=_PAGES)],
    caller: Reader,
    service: ServiceOf,
    scale: Annotated[int, Query(ge=1, le=3, description="1 is 96 dots an inch.")] = 2,
    known: Annotated[str | None, Header(alias="If-None-Match")] = None,
) -> Response:
    """Return a page of a PDF as a picture."""
    picture, name = service.viewing.picture(
        SourcePath(path), page, scale=scale, principal=caller.principal
    )
    service.openings.opened_source(path, principal=caller.principal)
    # Kept by this reader's browser, and asked about each time: the right to read may have gone.
    headers = {"ETag": f'"{name}"', "Cache-Control": "private, no-cache"}
    if known and headers["ETag"] in known:
        return Response(status_code=304, headers=headers)
    return Response(picture, media_type="image/png", headers=headers)


@router.get("/text")
def read_text(
    path: Named,
    caller: Reader,
    service: ServiceOf,
    start: Annotated[int, Query(ge=0, le=_MOST)] = 0,
) -> TextReply:
    """Return the stored text of a source, in parts."""
    text, following, length = service.viewing.text(
        SourcePath(path), start=start, principal=caller.principal
    )
    service.openings.opened_source(path, principal=caller.principal)
    return TextReply(
        source=path, start=min(start, length), text=text, next=following, length=length
    )


@router.get(
    "/file",
    response_class=Response,
    responses={
        200: {
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
            "description": "The file that was ingested, to be kept; never shown by the browser.",
        }
    },
)
def download(path: Named, caller: Reader, service: ServiceOf) -> Response:
    """Return the file that a source was read from."""
    content = service.viewing.original(SourcePath(path), principal=caller.principal)
    service.openings.opened_source(path, principal=caller.principal)
    name = quote(PurePosixPath(path).name, safe="")
    return Response(
        content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
