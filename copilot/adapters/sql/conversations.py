"""Conversations in SQL; a text that is deleted is overwritten, and not only unreachable."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from copilot.adapters.sql import sqlite
from copilot.adapters.sql.events import writing_alone
from copilot.adapters.sql.tables import conversations
from copilot.domain.conversations import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.engine import Connection, Engine

    from copilot.domain.conversations import Wording


class SqlConversations:
    """The conversations of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(self, wording: Wording, *, at: datetime) -> bool:
        """Keep a question; return False if it was deleted or is known in a later wording.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        values = {
            "thread": wording.thread,
            "sent": wording.sent,
            "edition": wording.edition,
            # PostgreSQL stores no NUL.
            "text": wording.text.replace("\0", "\ufffd"),
            "at": _written(at),
        }
        with self._erasing() as connection:
            known = _row(connection, wording.place)
            if known is None:
                named = {"channel": wording.place.channel, "message": wording.place.message}
                fresh = {**named, **values, "answers": {}, "gone": False}
                connection.execute(conversations.insert().values(fresh))
                return True
            if known.gone or known.edition > wording.edition:
                return False
            here = conversations.update().where(_named(wording.place))
            connection.execute(here.values(values))
        if known.text and known.text != values["text"]:
            sqlite.truncate_log(self._engine)
        return True

    def stands(self, place: Place, edition: float) -> bool:
        """Say whether a question is still there in this wording, as far as anything is known of it."""
        with self._engine.connect() as connection:
            known = _row(connection, place)
        return known is None or not (known.gone or known.edition > edition)

    def withdraw(self, place: Place) -> None:
        """Forget the text of a question, and nothing else.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with self._erasing() as connection:
            connection.execute(conversations.update().where(_named(place)).values(text=""))
        sqlite.truncate_log(self._engine)

    def earlier(self, thread: Place, *, before: float, most: int) -> tuple[str, ...]:
        """Return the newest questions of a conversation from before a time, oldest first."""
        columns = conversations.c
        query = (
            sa.select(columns.text)
            .where(
                columns.channel == thread.channel,
                columns.thread == thread.message,
                columns.sent < before,
                columns.text != "",
            )
            .order_by(columns.sent.desc())
            .limit(most)
        )
        with self._engine.connect() as connection:
            return tuple(reversed(connection.execute(query).scalars().all()))

    def answer(self, place: Place, edition: float, message: Place) -> bool:
        """Note a message that answers a question, in place of another in its channel.

        Return False, and note nothing, if the question was deleted or reworded meanwhile.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with writing_alone(self._engine) as connection:
            known = _row(connection, place)
            if known is None:
                return True  # it was asked longer ago than anything is known
            if known.gone or known.edition > edition:
                return False
            _answer(connection, place, {**known.answers, message.channel: message.message})
        return True

    def answers(self, place: Place) -> tuple[Place, ...]:
        """Return the messages that answer a question."""
        with self._engine.connect() as connection:
            return _answers(_row(connection, place))

    def unanswer(self, place: Place, message: Place) -> None:
        """Forget that a message answers a question.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with writing_alone(self._engine) as connection:
            kept = [one for one in _answers(_row(connection, place)) if one != message]
            _answer(connection, place, {one.channel: one.message for one in kept})

    def delete(self, place: Place, *, at: datetime) -> tuple[Place, ...]:
        """Forget a question for good, note that it is gone, and return the messages that answer it.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with self._erasing() as connection:
            known = _row(connection, place)
            connection.execute(conversations.delete().where(_named(place)))
            gone = {
                "channel": place.channel,
                "message": place.message,
                "thread": "",
                "sent": 0.0,
                "edition": 0.0,
                "text": "",
                "answers": {},
                "gone": True,
                "at": _written(at),
            }
            connection.execute(conversations.insert().values(gone))
        if known is not None and known.text:
            sqlite.truncate_log(self._engine)
        return _answers(known)

    def forget(self, *, before: datetime, gone_before: datetime) -> int:
        """Forget questions, and what was deleted, from before a time each; return how many.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        columns = conversations.c
        old = (columns.at < _written(before)) | (
            columns.gone & (columns.at < _written(gone_before))
        )
        with self._erasing() as connection:
            count = connection.execute(conversations.delete().where(old)).rowcount
        if count:
            sqlite.truncate_log(self._engine)
        return count

    @contextlib.contextmanager
    def _erasing(self) -> Iterator[Connection]:
        with writing_alone(self._engine) as connection, sqlite.erasing(connection):
            yield connection


def _named(place: Place) -> sa.ColumnElement[bool]:
    columns = conversations.c
    return (columns.channel == place.channel) & (columns.message == place.message)


def _row(connection: Connection, place: Place) -> sa.Row[Any] | None:
    return connection.execute(sa.select(conversations).where(_named(place))).one_or_none()


def _answer(connection: Connection, place: Place, answers: dict[str, str]) -> None:
    connection.execute(conversations.update().where(_named(place)).values(answers=answers))


def _answers(row: sa.Row[Any] | None) -> tuple[Place, ...]:
    listed = row.answers.items() if row is not None else ()
    return tuple(Place(channel=channel, message=message) for channel, message in listed)


def _written(at: datetime) -> str:
    # Always with microseconds, so that texts are in the order of the times.
    return at.isoformat(timespec="microseconds")
