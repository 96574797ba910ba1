"""Accounts: the people who may sign in, the tokens of programs, the sessions of browsers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from copilot.domain.access import EVERYONE, Principal, Role

if TYPE_CHECKING:
    from datetime import datetime

    from copilot.domain.access import Audience
    from copilot.domain.periods import Period

OPERATOR: Final = "operator"
"""The id of whoever runs the product on its machine: they own the files, so they may read them all."""


class Scope(StrEnum):
    """What a token lets a program do, of what the person it belongs to may do."""

    ASK = "ask"
    """Ask questions, search, open what an answer cites, say whether it helped, pass it on."""
    READ = "read"
    """Look at controls, readiness, drafts, requests, people, jobs and the event log."""
    WRITE = "write"
    """Upload and describe sources, import controls, write drafts, comment, make and answer requests."""
    REVIEW = "review"
    """Decide: accept and reject suggestions, approve drafts."""
    ADMIN = "admin"
    """Change people; make and revoke tokens."""


class Origin(StrEnum):
    """Who says that a person may sign in."""

    FILE = "file"
    """`people.yaml`, which is stronger than everything else."""
    PAGE = "page"
    """An admin, on the page or through the API."""
    SIGN_IN = "sign-in"
    """The company's sign-in service, by the e-mail's domain and the groups that it names."""
    BUILT_IN = "built-in"
    """The product itself; so is the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who may sign in while they are active."""

    id: str
    name: str
    email: str = ""
    """In lower case; empty if it is not known."""
    role: Role
    audiences: frozenset[Audience] = frozenset()
    """Every audience held; always has `everyone`."""
    origin: Origin
    subject: str = ""
    """Issuer and subject of the sign-in service, once they have signed in with it; else empty."""
    active: bool = True
    within: Period | None = None
    """The audit period, for an auditor: they read no evidence of another."""

    def __post_init__(self) -> None:
        if EVERYONE not in self.audiences:
            object.__setattr__(self, "audiences", self.audiences | {EVERYONE})

    def principal(self) -> Principal:
        """Return what they may read and do."""
        return Principal(
            id=self.id,
            name=self.name,
            role=self.role,
            audiences=self.audiences,
            within=self.within if self.role is Role.AUDITOR else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A program's key, without the key: that is shown once, when it is made, and never kept."""

    id: str
    name: str
    """What it is for, in the words of whoever made it."""
    person: str
    """The id of the person as whom the program acts."""
    scopes: frozenset[Scope]
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    """When it was used last, to the minute; nothing if it never was."""
    revoked_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Say whether it is neither revoked nor expired."""
        return self.revoked_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser in which somebody is signed in."""

    person: str
    """Their id."""
    via: str
    """How they signed in: `first look` or `sign-in`."""
    created_at: datetime
    seen_at: datetime
    """When it was used last, to the minute."""
    expires_at: datetime
    """When it ends however much it is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a sign-in service says of somebody, after its signature and its times were checked."""

    issuer: str
    subject: str
    email: str
    verified: bool
    """Whether the service has made sure that the address is theirs."""
    name: str = ""
    groups: frozenset[str] = field(default_factory=frozenset)
