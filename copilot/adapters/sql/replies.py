"""Kept replies in SQL."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from copilot.adapters.sql import events
from copilot.adapters.sql.tables import replies
from copilot.domain.replies import Known, Order, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection, Engine

_RUNNER: Final = "runner"


class SqlReplies:
    """The replies of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(
        self, order: Order, runner: str, *, at: datetime, free: Callable[[Known], bool]
    ) -> Known | None:
        """Note that `runner` is at work on an order; return what is known of its key if it may not.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with events.writing_alone(self._engine) as connection:
            known = _known(connection, order)
            if known is not None and not free(known):
                return known
            connection.execute(replies.delete().where(_same(order)))
            values = {
                "person": order.person,
                "key": order.key,
                "request": order.request,
                "status": None,
                "headers": {_RUNNER: runner},
                "body": b"",
                "at": _written(at),
            }
            connection.execute(replies.insert().values(values))
        return None

    def keep(self, order: Order, reply: Reply, *, at: datetime) -> None:
        """Keep the reply to an order that is at work.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        values = {
            "status": reply.status,
            "headers": {"headers": [list(one) for one in reply.headers]},
            "body": reply.body,
            "at": _written(at),
        }
        with events.writing_alone(self._engine) as connection:
            connection.execute(replies.update().where(_at_work(order)).values(values))

    def release(self, order: Order) -> None:
        """Forget an order that is at work.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with events.writing_alone(self._engine) as connection:
            connection.execute(replies.delete().where(_at_work(order)))

    def forget(self, *, before: datetime) -> int:
        """Forget what came before a time; return how many replies there were.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with events.writing_alone(self._engine) as connection:
            old = replies.c.at < _written(before)
            return connection.execute(replies.delete().where(old)).rowcount


def _same(order: Order) -> sa.ColumnElement[bool]:
    return (replies.c.person == order.person) & (replies.c.key == order.key)


def _at_work(order: Order) -> sa.ColumnElement[bool]:
    return _same(order) & (replies.c.request == order.request) & replies.c.status.is_(None)


def _known(connection: Connection, order: Order) -> Known | None:
    row = connection.execute(sa.select(replies).where(_same(order))).one_or_none()
    if row is None:
        return None
    return Known(
        request=row.request,
        reply=_reply(row),
        runner=row.headers.get(_RUNNER, ""),
        at=datetime.fromisoformat(row.at),
    )


def _reply(row: sa.Row[Any]) -> Reply | None:
    if row.status is None:
        return None
    headers = tuple((name, value) for name, value in row.headers.get("headers", ()))
    return Reply(status=row.status, headers=headers, body=bytes(row.body))


def _written(at: datetime) -> str:
    # Always with microseconds, so that texts are in the order of the times.
    return at.isoformat(timespec="microseconds")
