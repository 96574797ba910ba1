"""Who asks, and what they may read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NewType

from copilot.errors import InvalidAudience

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copilot.domain.periods import Period

Audience = NewType("Audience", str)
"""Who may read a source: `everyone`, or the name of a group such as `compliance`."""

EVERYONE: Final = Audience("everyone")

_AUDIENCE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def parse_audience(text: str) -> Audience:
    """Read the name of an audience: lower-case letters, digits and dashes.

    Raises:
        InvalidAudience: It is no such name.
    """
    candidate = text.strip().lower().replace(" ", "-")
    if not _AUDIENCE.fullmatch(candidate):
        raise InvalidAudience(
            f"{text!r} cannot name an audience",
            hint="Use up to 40 letters, digits and dashes, such as `compliance`.",
        )
    return Audience(candidate)


class Role(StrEnum):
    """What a person does with the product."""

    EMPLOYEE = "employee"
    ENGINEER = "engineer"
    COMPLIANCE = "compliance"
    AUDITOR = "auditor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The person or token that asks."""

    id: str
    name: str
    role: Role
    audiences: frozenset[Audience]
    """Every audience held; always has `everyone`."""
    within: Period | None = None
    """The audit period, for an auditor: they read no evidence of another time, and none at all if it is
    not known. It says nothing for other roles."""

    def __post_init__(self) -> None:
        if EVERYONE not in self.audiences:
            object.__setattr__(self, "audiences", self.audiences | {EVERYONE})

    @property
    def reviews(self) -> bool:
        """Whether this principal decides on what others wrote, and so sees what was withheld."""
        return self.role in {Role.COMPLIANCE, Role.ADMIN}

    @property
    def audits(self) -> bool:
        """Whether this principal is an auditor, who sees approved material of the audit period only."""
        return self.role is Role.AUDITOR

    def may_read(self, audience: Audience) -> bool:
        """Say whether this principal holds `audience`; of a source `may_read` of `documents` decides."""
        return audience in self.audiences


def principal(id_: str, *, role: Role = Role.EMPLOYEE, audiences: Iterable[str] = ()) -> Principal:
    """Return a principal who holds `everyone` and the audiences named."""
    held = frozenset(parse_audience(one) for one in audiences)
    return Principal(id=id_, name=id_, role=role, audiences=held)
