"""The pages of what auditors ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request

from copilot.auditing.requests import NEXT
from copilot.bootstrap import auditing, review
from copilot.domain.criteria import CRITERION_IDS
from copilot.domain.requests import RequestState
from copilot.domain.review import ItemKind
from copilot.errors import BadInput
from copilot.service.pages.rendering import render
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.routes.requests import Number, Reader, etag_of

if TYPE_CHECKING:
    from fastapi.responses import HTMLResponse

    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal

router: Final = APIRouter()

BADGES: Final = {
    RequestState.OPEN: "warn",
    RequestState.PROVIDED: "accent",
    RequestState.CLOSED: "good",
    RequestState.WITHDRAWN: "",
}

_MOVES: Final = {
    RequestState.PROVIDED: "Mark as provided",
    RequestState.CLOSED: "Close",
    RequestState.OPEN: "Open again",
    RequestState.WITHDRAWN: "Withdraw",
}

_MOST_OFFERED: Final = 300
"""Sources that are offered by name while somebody types."""


@router.get("/requests")
def requests(
    *,
    request: Request,
    caller: Reader,
    service: ServiceOf,
    state: Annotated[str, Query(max_length=20)] = "",
    criterion: Annotated[str, Query(max_length=12)] = "",
) -> HTMLResponse:
    """List the requests, and let somebody make one; a link may say for which criterion."""
    try:
        wanted = RequestState(state) if state else None
    except ValueError as exc:
        raise BadInput(f"there is no state {state!r}", hint="Choose one of the list.") from exc
    everything = service.requests.listed(principal=caller.principal)
    provides = caller.may(Permission.ANSWER_REQUESTS)
    timeless = auditing.timeless(service.copilot, caller.principal) if provides else []
    return render(
        request,
        "requests.html",
        caller,
        requests=[one for one in everything if wanted in {None, one.request.state}],
        counts={one: sum(each.request.state is one for each in everything) for one in RequestState},
        wanted=wanted,
        badges=BADGES,
        today=review.now().date(),
        criteria=CRITERION_IDS,
        criterion=criterion,
        timeless=timeless,
        period=service.settings.period,
        provides=provides,
    )


@router.get("/requests/{request_id}")
def one(request: Request, request_id: Number, caller: Reader, service: ServiceOf) -> HTMLResponse:
    """Show a request, what was provided for it, and what can be done."""
    seen = service.requests.show(request_id, principal=caller.principal)
    provides = caller.may(Permission.ANSWER_REQUESTS)
    possible = NEXT[seen.request.state] - (set() if provides else {RequestState.PROVIDED})
    return render(
        request,
        "request.html",
        caller,
        seen=seen,
        etag=etag_of(seen),
        badges=BADGES,
        moves={state: said for state, said in _MOVES.items() if state in possible},
        provides=provides and seen.request.state in {RequestState.OPEN, RequestState.PROVIDED},
        offered=_offered(service, caller.principal) if provides else [],
        address=_address,
    )


def _offered(service: Service, principal: Principal) -> list[str]:
    """Return some of what can be provided: approved items, then sources that an auditor may read."""
    library = review.library(service.copilot)
    items = [one.id for one in library.listed(principal=principal) if one.in_force is not None]
    sources = auditing.for_auditors(service.copilot, principal)
    return [*items, *(one.path for one in sources)][:_MOST_OFFERED]


def _address(what: str) -> str:
    """Return where a source or an item can be opened."""
    kind, _, name = what.partition("/")
    if kind in set(ItemKind) and "/" not in name:
        return f"/drafts/{kind}/{quote(name)}"
    return f"/sources/view?{urlencode({'path': what})}"
