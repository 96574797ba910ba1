"""What an admin enters about a person, checked: ids, addresses, roles and audiences that exist."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from copilot.domain.access import EVERYONE, Audience, Role, parse_audience
from copilot.domain.accounts import OPERATOR
from copilot.errors import BadInput, InvalidAudience

if TYPE_CHECKING:
    from collections.abc import Collection

ALWAYS: Final = frozenset({EVERYONE, Audience("compliance"), Audience("engineering")})
"""Audiences that exist before any source has them: drafts are compliance's, engineers read theirs."""

MOST_NAME: Final = 200
"""Characters in a person's name."""

_ID: Final = re.compile(r"[a-z0-9][a-z0-9._+@'-]{0,119}")
_EMAIL: Final = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,189}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What is said of a person, as it was typed."""

    name: str
    email: str = ""
    role: str = Role.EMPLOYEE
    audiences: Collection[str] = ()


def parse_person_id(text: str) -> str:
    """Read an id: lower-case letters, digits and `._+@'-`.

    Raises:
        BadInput: It is no id, or the word means something else.
    """
    id_ = text.strip().lower()
    if not _ID.fullmatch(id_):
        raise BadInput(
            f"{text!r} cannot be the id of a person",
            hint="Use up to 120 letters, digits, dots and dashes, such as jo.berg or an address.",
        )
    if id_ == OPERATOR or id_ in {*Role, EVERYONE}:
        raise BadInput(
            f"{id_} cannot be the id of a person: the word means something else",
            hint="Take the name, such as jo.berg.",
        )
    return id_


def parse_email(text: str) -> str:
    """Read an e-mail address; an empty text is none.

    Raises:
        BadInput: It is no address.
    """
    email = text.strip().lower()
    if email and not (_EMAIL.fullmatch(email) and email.isprintable()):
        raise BadInput(f"{text!r} is no e-mail address", hint="Write it as jo@example.com.")
    return email


def parse_name(text: str, id_: str) -> str:
    """Read a person's name; the id stands in for an empty one.

    Raises:
        BadInput: It is too long, or holds signs that cannot be shown.
    """
    name = " ".join(text.split()) or id_
    if len(name) > MOST_NAME or not name.isprintable():
        raise BadInput(
            "this cannot be the name of a person", hint=f"A name has up to {MOST_NAME} letters."
        )
    return name


def parse_role(text: str) -> Role:
    """Read a role.

    Raises:
        BadInput: There is no such role.
    """
    try:
        return Role(text.strip().lower())
    except ValueError as exc:
        raise BadInput(f"there is no role {text!r}", hint=f"Roles are {', '.join(Role)}.") from exc


def parse_audiences(texts: Collection[str], known: Collection[Audience]) -> frozenset[Audience]:
    """Read audiences, of which somebody or something must have each already.

    Raises:
        InvalidAudience: One of them cannot be an audience, or nothing and nobody has it.
    """
    held = frozenset(parse_audience(one) for one in texts)
    if unknown := sorted(held.difference(known)):
        near = get_close_matches(unknown[0], known, n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise InvalidAudience(
            f"there is no audience {unknown[0]!r}",
            hint=f"{meant}Audiences are {', '.join(sorted(known))}; another one begins with a "
            "source that has it, or with people.yaml.",
        )
    return held | {EVERYONE}
