"""Who is who: people, what they may do, and the tokens of their programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Path, Response

from copilot.accounts.entries import Entered
from copilot.domain.accounts import Person
from copilot.errors import NotThere
from copilot.service.access import Caller, Needs
from copilot.service.etags import IfMatch, check_match, etag
from copilot.service.paging import Page, WindowOf
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.schemas.people import (
    MeReply,
    NewPersonBody,
    NewTokenReply,
    PersonBody,
    PersonReply,
    TokenBody,
    TokenReply,
)

if TYPE_CHECKING:
    from copilot.bootstrap.service import Service

router: Final = APIRouter(tags=["people"])

Anybody = Annotated[Caller, Needs(Permission.ASK)]
Reader = Annotated[Caller, Needs(Permission.READ_PEOPLE)]
Manager = Annotated[Caller, Needs(Permission.MANAGE_PEOPLE)]
Owner = Annotated[Caller, Needs(Permission.OWN_TOKENS)]

PersonId = Annotated[
    str, Path(min_length=1, max_length=120, description="Their id.", examples=["jo.berg"])
]
TokenId = Annotated[str, Path(pattern="^[0-9a-f]{12}$", examples=["0a1b2c3d4e5f"])]


@router.get("/me")
def me(caller: Anybody) -> MeReply:
    """Return who you are to the service, and what this session or token is good for."""
    return MeReply.of(caller)


@router.get("/people")
def list_people(_: Reader, service: ServiceOf, window: WindowOf) -> Page[PersonReply]:
    """List everybody by id, also those who may no longer sign in."""
    part, after, total = window.of(service.register.people())
    return Page(items=[PersonReply.of(one) for one in part], next=after, total=total)


@router.post("/people", status_code=201)
def add_person(
    body: NewPersonBody, caller: Manager, service: ServiceOf, response: Response
) -> PersonReply:
    """Add a person; they sign in with the address, or with a token."""
    person = service.register.add(body.id, _entered(body), principal=caller.principal)
    response.headers["location"] = f"/api/v1/people/{person.id}"
    return _shown(person, response)


@router.get("/people/{person}")
def show_person(person: PersonId, _: Reader, service: ServiceOf, response: Response) -> PersonReply:
    """Show one person, with the ETag that a change needs."""
    return _shown(named(service, person), response)


@router.put("/people/{person}")
def change_person(
    *,
    person: PersonId,
    body: PersonBody,
    caller: Manager,
    service: ServiceOf,
    response: Response,
    if_match: IfMatch = None,
) -> PersonReply:
    """Give a person another name, address, role and audiences, at once for open sessions and tokens."""
    check_match(if_match, etag_of(named(service, person)))
    changed = service.register.change(person, _entered(body), principal=caller.principal)
    return _shown(changed, response)


@router.delete("/people/{person}")
def deactivate_person(
    *,
    person: PersonId,
    caller: Manager,
    service: ServiceOf,
    response: Response,
    if_match: IfMatch = None,
) -> PersonReply:
    """Let a person in no more: their sessions end and their tokens are revoked."""
    check_match(if_match, etag_of(named(service, person)))
    return _shown(service.register.deactivate(person, principal=caller.principal), response)


@router.post("/people/{person}/activate")
def activate_person(
    *,
    person: PersonId,
    caller: Manager,
    service: ServiceOf,
    response: Response,
    if_match: IfMatch = None,
) -> PersonReply:
    """Let a person in again; tokens that were revoked stay so."""
    check_match(if_match, etag_of(named(service, person)))
    return _shown(service.register.activate(person, principal=caller.principal), response)


@router.get("/tokens")
def list_tokens(caller: Owner, service: ServiceOf, window: WindowOf) -> Page[TokenReply]:
    """List your tokens, or everybody's for an admin, newest first; secrets are never shown again."""
    part, after, total = window.of(service.tokens.tokens(caller.principal))
    return Page(items=[TokenReply.of(one) for one in part], next=after, total=total)


@router.post("/tokens", status_code=201)
def make_token(body: TokenBody, caller: Owner, service: ServiceOf) -> NewTokenReply:
    """Make a token. A program with it may never do more than the person whom it belongs to."""
    id_ = body.person or caller.principal.id
    person = service.register.find(id_)
    if person is None:
        raise NotThere(f"there is no person {id_!r}", hint="The page People lists everybody.")
    token, secret = service.tokens.issue(
        person, body.name, body.scopes, body.days, principal=caller.principal
    )
    return NewTokenReply(
        token=TokenReply.of(token), secret=secret, good_until=token.expires_at.date()
    )


@router.delete("/tokens/{token}", status_code=204)
def revoke_token(token: TokenId, caller: Owner, service: ServiceOf) -> None:
    """Make a token worthless from now on."""
    service.tokens.revoke(token, caller.principal)


def _entered(body: PersonBody) -> Entered:
    return Entered(name=body.name, email=body.email, role=body.role, audiences=body.audiences)


def named(service: Service, id_: str) -> Person:
    """Return a person by id, whether they may sign in or not.

    Raises:
        NotThere: There is none.
    """
    key = id_.strip().lower()
    for person in service.register.people():
        if person.id.lower() == key:
            return person
    raise NotThere(f"there is no person {id_!r}", hint="The page People lists everybody.")


def _shown(person: Person, response: Response) -> PersonReply:
    response.headers["etag"] = etag_of(person)
    return PersonReply.of(person)


def etag_of(person: Person) -> str:
    """Return the ETag of what is said of a person now."""
    held = ",".join(sorted(person.audiences))
    return etag(person.id, person.name, person.email, person.role, held, person.active)
