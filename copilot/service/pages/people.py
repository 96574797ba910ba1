"""The pages of people and of tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request

from copilot.bootstrap import review
from copilot.domain.access import EVERYONE, Role
from copilot.domain.accounts import Origin, Scope
from copilot.service.access import Caller
from copilot.service.pages.rendering import render
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.routes.people import Manager, Owner, PersonId, Reader, etag_of, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi.responses import HTMLResponse

    from copilot.bootstrap.service import Service

router: Final = APIRouter()

NAMED_BY: Final = {
    Origin.FILE: "people.yaml",
    Origin.PAGE: "an admin",
    Origin.SIGN_IN: "the sign-in service",
}
"""What people read for who says that somebody may sign in."""

DOES: Final = {
    Scope.ASK: "Ask, search, open what an answer cites, pass a question on.",
    Scope.READ: "Look at controls, readiness, drafts, requests and jobs.",
    Scope.WRITE: "Upload sources, import controls, write drafts and comments, make requests.",
    Scope.REVIEW: "Accept and reject suggestions, approve drafts.",
    Scope.ADMIN: "Change people; make and revoke tokens.",
}
"""What people read for what a scope lets through."""


@router.get("/people")
def people(request: Request, caller: Reader, service: ServiceOf) -> HTMLResponse:
    """List everybody, and let admins add somebody."""
    found = service.register.people()
    return render(
        request,
        "people.html",
        caller,
        people=found,
        active=sum(one.active for one in found),
        named_by=NAMED_BY,
        roles=list(Role),
        audiences=_audiences(service),
        may_manage=caller.may(Permission.MANAGE_PEOPLE),
    )


@router.get("/people/{person}")
def person(request: Request, person: PersonId, caller: Manager, service: ServiceOf) -> HTMLResponse:
    """Show what somebody may do, to be changed."""
    found = named(service, person)
    return render(
        request,
        "person.html",
        caller,
        person=found,
        etag=etag_of(found),
        roles=list(Role),
        audiences=_audiences(service),
    )


@router.get("/tokens")
def tokens(request: Request, caller: Owner, service: ServiceOf) -> HTMLResponse:
    """List one's tokens, or everybody's for an admin, and let them make one."""
    return render(
        request,
        "tokens.html",
        caller,
        tokens=service.tokens.tokens(caller.principal),
        now=review.now(),
        manages=caller.may(Permission.MANAGE_PEOPLE),
        scopes=_scopes(caller),
    )


def _audiences(service: Service) -> list[str]:
    return sorted(service.register.known_audiences() - {EVERYONE})


def _scopes(caller: Caller) -> Mapping[Scope, str]:
    """Return the scopes that a token of the caller's can have, with what they let through."""
    mine = {Scope.ASK, Scope.READ, Scope.WRITE}
    if caller.principal.reviews:
        mine.add(Scope.REVIEW)
    if caller.principal.role is Role.ADMIN:
        mine.add(Scope.ADMIN)
    return {one: does for one, does in DOES.items() if one in mine}
