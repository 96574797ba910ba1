"""The seams of accounts: what they ask of the database.

Adapters fit these without inheriting from them, as they do those of `copilot.ports`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from datetime import datetime

    from copilot.domain.accounts import Person, Session, Token
    from copilot.domain.event_log import Happening


class PeopleStore(Protocol):
    """Keeps the people that the page and the sign-in add; those of `people.yaml` are not in it."""

    def people(self) -> list[Person]:
        """Return everybody, by id, whether they are active or not."""

    def person(self, id_: str) -> Person | None:
        """Return who has an id in lower case, whether they are active or not."""

    def changing_people(self) -> AbstractContextManager[PeopleChange]:
        """Begin a change that nobody else's comes between; it is kept whole or not at all.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """


class PeopleChange(Protocol):
    """A change of people, together with its entries in the event log."""

    def people(self) -> list[Person]:
        """Return everybody as they are now, by id."""

    def put(self, person: Person, *, at: datetime) -> None:
        """Add a person, or keep them as they have become."""

    def shut_out(self, id_: str, *, at: datetime) -> None:
        """End the sessions of a person and revoke their tokens."""

    def log(self, happening: Happening, *, at: datetime) -> None:
        """Append to the event log."""


class TokenStore(Protocol):
    """Keeps tokens and the hashes of their secrets."""

    def tokens(self, person: str | None = None) -> list[Token]:
        """Return the tokens of a person, or of everybody, newest first."""

    def token(self, id_: str) -> tuple[Token, str] | None:
        """Return a token with the SHA-256 of its secret; nothing if there is none of that id."""

    def add_token(self, token: Token, secret_hash: str, happening: Happening) -> None:
        """Keep a new token, with an entry in the event log at the time when it was made."""

    def revoke_token(self, id_: str, happening: Happening, *, at: datetime) -> bool:
        """Revoke a token with an entry in the event log; say whether it was not revoked before."""

    def use_token(self, id_: str, *, at: datetime) -> None:
        """Keep when a token was used last."""


class SessionStore(Protocol):
    """Keeps sessions by the hashes of their secrets."""

    def session(self, secret_hash: str) -> Session | None:
        """Return a session, whether it has ended by its times or not."""

    def add_session(self, session: Session, secret_hash: str, happening: Happening) -> None:
        """Keep a new session, with an entry in the event log; drop those whose time is over."""

    def see_session(self, secret_hash: str, *, at: datetime) -> None:
        """Keep when a session was used last."""

    def end_session(self, secret_hash: str, happening: Happening, *, at: datetime) -> bool:
        """Drop a session with an entry in the event log; say whether there was one."""

    def end_sessions(self, person: str) -> int:
        """Drop the sessions of a person; return how many there were."""
