"""Tokens: keys with which programs act for a person, each for some of what that person may do."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from copilot.accounts.secrets import hash_of, new_secret, same
from copilot.domain.access import Role
from copilot.domain.accounts import Scope, Token
from copilot.domain.event_log import Happening
from copilot.errors import BadInput, NotPermitted, NotThere

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from copilot.accounts.ports import TokenStore
    from copilot.domain.access import Principal
    from copilot.domain.accounts import Person

MOST_DAYS: Final = 365
"""The longest that a token holds."""

MOST_NAME: Final = 100
"""Characters in a token's name."""

_SECRET: Final = re.compile(r"soc2_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_USED: Final = timedelta(minutes=1)
_NOBODY: Final = hash_of("")


class TokenDesk:
    """Makes tokens, knows them by their secret, revokes them."""

    def __init__(self, store: TokenStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def issue(
        self,
        person: Person,
        name: str,
        scopes: Collection[Scope],
        days: int,
        *,
        principal: Principal,
    ) -> tuple[Token, str]:
        """Make a token and return it with its secret, which is nowhere else.

        Args:
            person: As whom the program acts; what they may not do, the token may not do either, now and
                whenever it is used.
            name: What it is for.
            scopes: What it lets through of that; at least one.
            days: How long it holds, 1 to 365.
            principal: Who makes it: the person themselves, or an admin.

        Raises:
            NotPermitted: Somebody else's token, and the principal is no admin; or a scope that the
                person's role has no use for.
            BadInput: A name, scopes or days that cannot be.
            WorkspaceNotWritable: The database can only be read.
        """
        if person.id != principal.id and principal.role is not Role.ADMIN:
            raise NotPermitted(
                f"{principal.id} cannot make tokens of {person.id}: the role is {principal.role}",
                hint="Everybody makes their own; the role admin makes those of others.",
            )
        name = _name(name)
        if not 1 <= days <= MOST_DAYS:
            raise BadInput(
                f"a token cannot hold for {days} days", hint=f"It holds for 1 to {MOST_DAYS}."
            )
        _check_scopes(scopes, person.role)
        now = self._now()
        token = Token(
            id=secrets.token_hex(6),
            name=name,
            person=person.id,
            scopes=frozenset(scopes),
            created_by=principal.id,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
        secret = f"soc2_{token.id}_{new_secret()}"
        said = {
            "person": person.id,
            "scopes": ", ".join(sorted(token.scopes)),
            "expires": token.expires_at.date().isoformat(),
        }
        happening = Happening(
            who=principal.id, action="made a token", about=f"token/{token.id}", detail=said
        )
        self._store.add_token(token, hash_of(secret), happening)
        return token, secret

    def check(self, secret: str) -> Token | None:
        """Return the token of a secret; nothing if there is none, or if it is expired or revoked."""
        match = _SECRET.fullmatch(secret)
        found = self._store.token(match[1]) if match else None
        # An unknown id takes as long as a wrong secret.
        token, kept = found or (None, _NOBODY)
        right, now = same(hash_of(secret), kept), self._now()
        if token is None or not right or not token.holds(now):
            return None
        if token.used_at is None or now - token.used_at >= _USED:
            self._store.use_token(token.id, at=now)
        return token

    def tokens(self, principal: Principal) -> list[Token]:
        """Return one's own tokens, newest first; for an admin everybody's."""
        return self._store.tokens(None if principal.role is Role.ADMIN else principal.id)

    def revoke(self, id_: str, principal: Principal) -> None:
        """Make a token worthless from now on; one that is revoked already stays so.

        Raises:
            NotThere: There is no such token, or it is not the principal's to revoke.
            WorkspaceNotWritable: The database can only be read.
        """
        found = self._store.token(id_)
        own = found is not None and found[0].person == principal.id
        if found is None or not (own or principal.role is Role.ADMIN):
            raise NotThere(f"there is no token {id_!r}", hint="The page People lists the tokens.")
        happening = Happening(
            who=principal.id,
            action="revoked a token",
            about=f"token/{id_}",
            detail={"person": found[0].person},
        )
        self._store.revoke_token(id_, happening, at=self._now())


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise BadInput(
            "a token needs a name",
            hint=f"Say what it is for, in 1 to {MOST_NAME} characters: `nightly upload`.",
        )
    return name


def _check_scopes(scopes: Collection[Scope], role: Role) -> None:
    if not scopes:
        raise BadInput("a token needs a scope", hint=f"Scopes are {', '.join(Scope)}.")
    reviews = role in {Role.COMPLIANCE, Role.ADMIN}
    beyond = {Scope.REVIEW} if not reviews else set()
    if role is not Role.ADMIN:
        beyond.add(Scope.ADMIN)
    if wrong := sorted(beyond.intersection(scopes)):
        raise NotPermitted(
            f"a token of the role {role} cannot have the scope {wrong[0]}",
            hint="A token never lets through more than its person may do.",
        )
