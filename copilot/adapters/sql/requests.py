"""Auditors' requests in SQL, with what was provided for each."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from copilot.adapters.sql import events
from copilot.adapters.sql.conditions import readable
from copilot.adapters.sql.rows import SOURCE, source_of
from copilot.adapters.sql.tables import provided as provided_table
from copilot.adapters.sql.tables import requests, sources
from copilot.domain.criteria import CriterionId
from copilot.domain.requests import Provided, Request, RequestState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

    from copilot.domain.access import Principal
    from copilot.domain.event_log import Happening


class SqlRequests:
    """The requests of one database; whoever calls sees to it who may see and do what."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def requests(self) -> list[Request]:
        """Return every request, newest first."""
        with self._engine.connect() as connection:
            return _requests(connection)

    def request(self, id_: int) -> Request | None:
        """Return a request, or nothing if there is none of that id."""
        with self._engine.connect() as connection:
            return next(iter(_requests(connection, id_)), None)

    @contextlib.contextmanager
    def changing_requests(self) -> Iterator[SqlRequestChange]:
        """Begin a change that nobody else's comes between; it is kept whole or not at all.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with events.writing_alone(self._engine) as connection:
            yield SqlRequestChange(connection)


class SqlRequestChange:
    """A change of requests with its entries in the event log, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def request(self, id_: int) -> Request | None:
        """Return a request as it is now, or nothing if there is none of that id."""
        return next(iter(_requests(self._connection, id_)), None)

    def add(self, request: Request) -> int:
        """Keep a new request, and return its id."""
        values = {
            "title": request.title,
            "detail": request.detail,
            "criterion": request.criterion or "",
            "due": request.due,
            "state": request.state.value,
            "who": request.who,
            "at": request.at.isoformat(),
        }
        done = self._connection.execute(requests.insert().values(values))
        (id_,) = done.inserted_primary_key or (0,)
        return int(id_)

    def set_state(self, id_: int, state: RequestState) -> None:
        """Keep where a request stands."""
        change = requests.update().where(requests.c.id == id_).values(state=state.value)
        self._connection.execute(change)

    def provide(self, id_: int, provided: Provided) -> None:
        """Keep what was provided for a request."""
        self._connection.execute(
            provided_table.insert().values(
                request_id=id_,
                what=provided.what,
                note=provided.note,
                who=provided.who,
                at=provided.at.isoformat(),
            )
        )

    def take_back(self, provided: int) -> None:
        """Drop something that was provided."""
        self._connection.execute(provided_table.delete().where(provided_table.c.id == provided))

    def log(self, happening: Happening, *, at: datetime) -> None:
        """Append to the event log."""
        events.append(self._connection, happening, at=at)


def title_of(engine: Engine, path: str, *, principal: Principal) -> str | None:
    """Return what a source is called; nothing if it is absent or may not be read."""
    query = sa.select(*SOURCE).where(sources.c.path == path, readable(principal))
    with engine.connect() as connection:
        row = connection.execute(query).one_or_none()
    return source_of(*row).metadata.title if row else None


def _requests(connection: Connection, id_: int | None = None) -> list[Request]:
    asked = sa.select(requests).order_by(requests.c.id.desc())
    given = sa.select(provided_table).order_by(provided_table.c.id)
    if id_ is not None:
        asked = asked.where(requests.c.id == id_)
        given = given.where(provided_table.c.request_id == id_)
    pieces: dict[int, list[Provided]] = defaultdict(list)
    for row in connection.execute(given):
        at = datetime.fromisoformat(row.at)
        piece = Provided(id=row.id, what=row.what, note=row.note, who=row.who, at=at)
        pieces[row.request_id].append(piece)
    return [
        Request(
            id=row.id,
            title=row.title,
            detail=row.detail,
            criterion=CriterionId(row.criterion) if row.criterion else None,
            due=row.due,
            state=RequestState(row.state),
            who=row.who,
            at=datetime.fromisoformat(row.at),
            provided=tuple(pieces[row.id]),
        )
        for row in connection.execute(asked)
    ]
