"""The page of a source opened at a citation, for a link from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, groupby, repeat
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from copilot.domain.documents import SourceKind
from copilot.domain.views import Spot
from copilot.library.places import is_place
from copilot.service.access import Caller, Needs
from copilot.service.pages.rendering import render
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.routes.views import SpotOf
from copilot.viewing.plain import opened_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from copilot.bootstrap.service import Service
    from copilot.domain.documents import Source
    from copilot.domain.views import Opened, Piece

router: Final = APIRouter()


@router.get("/sources/view")
def view_source(
    *,
    request: Request,
    caller: Annotated[Caller, Needs(Permission.READ_SOURCES)],
    service: ServiceOf,
    spot: SpotOf,
) -> Response:
    """Show a source at a citation, for a link from elsewhere."""
    opened = service.viewing.open(spot, principal=caller.principal)
    service.openings.opened_source(opened.path, principal=caller.principal)
    form = opened_json(opened)["body"]["form"]
    paged = spot.at is not None and spot.start is not None
    return render(
        request,
        "source.html",
        caller,
        opened=opened,
        form=form,
        spot=spot,
        paged=paged,
        quote_href=source_href(replace(spot, at=None)),
        grouped=_grouped,
        first_mark=_once(),
        source_href=source_href,
        kept=opened.kind is not SourceKind.CATALOG,
        source=_described(service, opened, caller),
        described=is_place(opened.path),
        may_readiness=caller.may(Permission.READ_READINESS),
    )


def _described(service: Service, opened: Opened, caller: Caller) -> Source | None:
    """Return what is said about a source of the company's; nothing for the catalog."""
    if opened.kind is SourceKind.CATALOG:
        return None
    return service.library.source(opened.path, principal=caller.principal)


def source_href(spot: Spot, **changes: int) -> str:
    """Return the address of a source at a spot, or at one that differs in page or beginning."""
    if "page" in changes:
        spot = Spot(path=spot.path, page=changes["page"])
    elif changes:
        spot = replace(spot, at=changes["at"])
    named = {
        "path": spot.path,
        "start": spot.start,
        "end": spot.end,
        "page": spot.page,
        "at": spot.at,
        "check": spot.check or None,
    }
    given = {name: value for name, value in named.items() if value is not None}
    return f"/sources/view?{urlencode(given)}#quote"


def _once() -> Callable[[], bool]:
    """Return a function that says yes the first time only: one mark is where the address leads."""
    answers = chain([True], repeat(False))
    return lambda: next(answers)


def _grouped(pieces: Iterable[Piece]) -> list[list[Piece]]:
    """Return pieces that stand together in a list, a table or as paragraphs."""
    return [list(group) for _, group in groupby(pieces, key=lambda one: one.kind)]
