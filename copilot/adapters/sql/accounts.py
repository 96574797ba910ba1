"""Accounts in SQL: people, the hashes of tokens and of sessions; secrets are never stored."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from copilot.adapters.sql import events, sqlite
from copilot.adapters.sql.tables import people, sessions, tokens
from copilot.domain.access import Audience, Role
from copilot.domain.accounts import Origin, Person, Scope, Session, Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

    from copilot.domain.event_log import Happening


class SqlAccounts:
    """The accounts of one database; whoever calls sees to it who may see and do what."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # People

    def people(self) -> list[Person]:
        """Return everybody, by id, whether they are active or not."""
        with self._engine.connect() as connection:
            return _people(connection)

    def person(self, id_: str) -> Person | None:
        """Return who has an id in lower case, whether they are active or not."""
        query = sa.select(people).where(people.c.id == id_)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return _person(row) if row else None

    @contextlib.contextmanager
    def changing_people(self) -> Iterator[SqlPeopleChange]:
        """Begin a change that nobody else's comes between; it is kept whole or not at all.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with events.writing_alone(self._engine) as connection:
            yield SqlPeopleChange(connection)

    # Tokens

    def tokens(self, person: str | None = None) -> list[Token]:
        """Return the tokens of a person, or of everybody, newest first."""
        query = sa.select(tokens).order_by(tokens.c.created_at.desc(), tokens.c.id)
        if person is not None:
            query = query.where(tokens.c.person == person)
        with self._engine.connect() as connection:
            return [_token(row) for row in connection.execute(query)]

    def token(self, id_: str) -> tuple[Token, str] | None:
        """Return a token with the SHA-256 of its secret; nothing if there is none of that id."""
        query = sa.select(tokens).where(tokens.c.id == id_)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return (_token(row), row.hash) if row else None

    def add_token(self, token: Token, secret_hash: str, happening: Happening) -> None:
        """Keep a new token, with an entry in the event log at the time when it was made."""
        values = {
            "id": token.id,
            "name": token.name,
            "person": token.person,
            "hash": secret_hash,
            "scopes": sorted(token.scopes),
            "created_by": token.created_by,
            "created_at": _written(token.created_at),
            "expires_at": _written(token.expires_at),
        }
        with events.writing_alone(self._engine) as connection:
            connection.execute(tokens.insert().values(values))
            events.append(connection, happening, at=token.created_at)

    def revoke_token(self, id_: str, happening: Happening, *, at: datetime) -> bool:
        """Revoke a token with an entry in the event log; say whether it was not revoked before."""
        held = (tokens.c.id == id_) & tokens.c.revoked_at.is_(None)
        with events.writing_alone(self._engine) as connection:
            done = connection.execute(tokens.update().where(held).values(revoked_at=_written(at)))
            if done.rowcount:
                events.append(connection, happening, at=at)
            return bool(done.rowcount)

    def use_token(self, id_: str, *, at: datetime) -> None:
        """Keep when a token was used last; a database that can only be read keeps nothing."""
        self._touch(tokens.update().where(tokens.c.id == id_).values(used_at=_written(at)))

    # Sessions

    def session(self, secret_hash: str) -> Session | None:
        """Return a session, whether it has ended by its times or not."""
        query = sa.select(sessions).where(sessions.c.hash == secret_hash)
        with self._engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        return _session(row) if row else None

    def add_session(self, session: Session, secret_hash: str, happening: Happening) -> None:
        """Keep a new session, with an entry in the event log; drop those whose time is over."""
        now = _written(session.created_at)
        values = {
            "hash": secret_hash,
            "person": session.person,
            "via": session.via,
            "created_at": now,
            "seen_at": _written(session.seen_at),
            "expires_at": _written(session.expires_at),
        }
        with events.writing_alone(self._engine) as connection:
            connection.execute(sessions.delete().where(sessions.c.expires_at <= now))
            connection.execute(sessions.insert().values(values))
            events.append(connection, happening, at=session.created_at)

    def see_session(self, secret_hash: str, *, at: datetime) -> None:
        """Keep when a session was used last; a database that can only be read keeps nothing."""
        same = sessions.c.hash == secret_hash
        self._touch(sessions.update().where(same).values(seen_at=_written(at)))

    def end_session(self, secret_hash: str, happening: Happening, *, at: datetime) -> bool:
        """Drop a session with an entry in the event log; say whether there was one."""
        with events.writing_alone(self._engine) as connection:
            done = connection.execute(sessions.delete().where(sessions.c.hash == secret_hash))
            if done.rowcount:
                events.append(connection, happening, at=at)
            return bool(done.rowcount)

    def end_sessions(self, person: str) -> int:
        """Drop the sessions of a person; return how many there were."""
        with events.writing_alone(self._engine) as connection:
            return connection.execute(sessions.delete().where(sessions.c.person == person)).rowcount

    def _touch(self, statement: sa.Update) -> None:
        if not sqlite.reads_only(self._engine):
            with self._engine.begin() as connection:
                connection.execute(statement)


class SqlPeopleChange:
    """A change of people with its entries in the event log, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def people(self) -> list[Person]:
        """Return everybody as they are now, by id."""
        return _people(self._connection)

    def put(self, person: Person, *, at: datetime) -> None:
        """Add a person, or keep them as they have become."""
        same = people.c.id == person.id
        values = {
            "name": person.name,
            "email": person.email,
            "role": person.role.value,
            "audiences": sorted(person.audiences),
            "origin": person.origin.value,
            "subject": person.subject,
            "active": person.active,
            "changed_at": _written(at),
        }
        if not self._connection.execute(people.update().where(same).values(values)).rowcount:
            self._connection.execute(people.insert().values(id=person.id, **values))

    def shut_out(self, id_: str, *, at: datetime) -> None:
        """End the sessions of a person and revoke their tokens."""
        self._connection.execute(sessions.delete().where(sessions.c.person == id_))
        held = (tokens.c.person == id_) & tokens.c.revoked_at.is_(None)
        self._connection.execute(tokens.update().where(held).values(revoked_at=_written(at)))

    def log(self, happening: Happening, *, at: datetime) -> None:
        """Append to the event log."""
        events.append(self._connection, happening, at=at)


def _written(at: datetime) -> str:
    # Always with microseconds, so that texts are in the order of the times.
    return at.isoformat(timespec="microseconds")


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _people(connection: Connection) -> list[Person]:
    found = [_person(row) for row in connection.execute(sa.select(people))]
    return sorted(found, key=lambda one: one.id)


def _person(row: sa.Row[Any]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        audiences=frozenset(Audience(one) for one in row.audiences),
        origin=Origin(row.origin),
        subject=row.subject,
        active=row.active,
    )


def _token(row: sa.Row[Any]) -> Token:
    return Token(
        id=row.id,
        name=row.name,
        person=row.person,
        scopes=frozenset(Scope(one) for one in row.scopes),
        created_by=row.created_by,
        created_at=datetime.fromisoformat(row.created_at),
        expires_at=datetime.fromisoformat(row.expires_at),
        used_at=_read(row.used_at),
        revoked_at=_read(row.revoked_at),
    )


def _session(row: sa.Row[Any]) -> Session:
    return Session(
        person=row.person,
        via=row.via,
        created_at=datetime.fromisoformat(row.created_at),
        seen_at=datetime.fromisoformat(row.seen_at),
        expires_at=datetime.fromisoformat(row.expires_at),
    )
