"""People and tokens, as the API has them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from copilot.domain.access import Role
from copilot.domain.accounts import Origin, Scope

if TYPE_CHECKING:
    from copilot.domain.accounts import Person, Token
    from copilot.service.access import Caller

_Id = Annotated[str, StringConstraints(min_length=1, max_length=120)]
_Audience = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class PersonBody(BaseModel):
    """What is said of a person."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Sam Ek",
                    "email": "sam.ek@example.com",
                    "role": "engineer",
                    "audiences": ["engineering"],
                }
            ]
        },
    )

    name: str = Field(default="", max_length=200, description="The id stands in for an empty one.")
    email: str = Field(default="", max_length=254)
    role: Role = Role.EMPLOYEE
    audiences: list[_Audience] = Field(
        default=[],
        max_length=100,
        description="Those held besides `everyone`; each must exist already.",
    )


class NewPersonBody(PersonBody):
    """A person to be added."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"id": "sam.ek", "name": "Sam Ek", "email": "sam.ek@example.com"}]
        },
    )

    id: _Id


class PersonReply(BaseModel):
    """A person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "sam.ek",
                    "name": "Sam Ek",
                    "email": "sam.ek@example.com",
                    "role": "engineer",
                    "audiences": ["engineering", "everyone"],
                    "origin": "page",
                    "active": True,
                }
            ]
        }
    )

    id: str
    name: str
    email: str
    role: Role
    audiences: list[str]
    origin: Origin = Field(
        description="Who says so: people.yaml, which cannot be changed here; an admin; the sign-in."
    )
    active: bool = Field(description="Whether they may sign in.")

    @classmethod
    def of(cls, person: Person) -> Self:
        """Return a person as the API has them."""
        return cls(
            id=person.id,
            name=person.name,
            email=person.email,
            role=person.role,
            audiences=sorted(person.audiences),
            origin=person.origin,
            active=person.active,
        )


class MeReply(BaseModel):
    """Who makes the request, and what they may do."""

    id: str
    name: str
    role: Role
    audiences: list[str]
    scopes: list[Scope] = Field(description="What this session or token is good for.")
    via: str = Field(description="`session` or `token`.")
    period: str | None = Field(
        description="For an auditor, the audit period that they are limited to."
    )

    @classmethod
    def of(cls, caller: Caller) -> Self:
        """Return what is said to a caller of themselves."""
        who = caller.principal
        return cls(
            id=who.id,
            name=who.name,
            role=who.role,
            audiences=sorted(who.audiences),
            scopes=sorted(caller.scopes),
            via=caller.via,
            period=str(who.within) if who.within else None,
        )


class TokenBody(BaseModel):
    """A token to be made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name": "nightly upload", "scopes": ["read", "write"], "days": 90}]
        },
    )

    name: str = Field(min_length=1, max_length=100, description="What it is for.")
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    days: int = Field(default=90, ge=1, le=365, description="How long it holds.")
    person: _Id | None = Field(
        default=None, description="As whom the program acts; yourself, if nothing is said."
    )


class TokenReply(BaseModel):
    """A token, without its secret."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0a1b2c3d4e5f",
                    "name": "nightly upload",
                    "person": "sam.ek",
                    "scopes": ["read", "write"],
                    "created_by": "sam.ek",
                    "created_at": "2026-03-02T09:00:00Z",
                    "expires_at": "2026-05-31T09:00:00Z",
                    "used_at": None,
                    "revoked_at": None,
                }
            ]
        }
    )

    id: str
    name: str
    person: str
    scopes: list[Scope]
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, token: Token) -> Self:
        """Return a token as the API has it."""
        return cls(
            id=token.id,
            name=token.name,
            person=token.person,
            scopes=sorted(token.scopes),
            created_by=token.created_by,
            created_at=token.created_at,
            expires_at=token.expires_at,
            used_at=token.used_at,
            revoked_at=token.revoked_at,
        )


class NewTokenReply(BaseModel):
    """A token with its secret, which is shown this once."""

    token: TokenReply
    secret: str = Field(
        description="Send it as `Authorization: Bearer …`. It cannot be shown again."
    )
    good_until: date
