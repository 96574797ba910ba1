"""What people said of answers, in SQL; what was said is only ever added to."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from copilot.adapters.sql.events import append, writing_alone
from copilot.adapters.sql.tables import feedback
from copilot.domain.answers import Status
from copilot.domain.event_log import Happening
from copilot.domain.feedback import Feedback, SoughtFeedback

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

GAVE: Final = "gave feedback"
"""The action in the event log."""


class SqlFeedback:
    """The feedback of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, given: Feedback) -> int:
        """Keep what somebody said, with its entry in the event log, and return its number.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with writing_alone(self._engine) as connection:
            # PostgreSQL stores no NUL.
            number = connection.execute(
                feedback.insert()
                .values(
                    who=given.who,
                    question=given.question.replace("\0", "\ufffd"),
                    status=given.status.value,
                    helpful=given.helpful,
                    reason=given.reason.replace("\0", "\ufffd"),
                    at=given.at.isoformat(timespec="microseconds"),
                )
                .returning(feedback.c.id)
            ).scalar_one()
            happening = Happening(
                who=given.who,
                action=GAVE,
                about=f"feedback/{number}",
                detail={"helpful": "yes" if given.helpful else "no"},
            )
            append(connection, happening, at=given.at)
        return int(number)

    def newest(
        self, *, start: int, limit: int, sought: SoughtFeedback | None = None
    ) -> tuple[list[tuple[int, Feedback]], int]:
        """Return a part of what was said, newest first, each with its number, and how much there is."""
        where = _matching(sought or SoughtFeedback())
        count = sa.select(sa.func.count()).select_from(feedback).where(where)
        query = sa.select(feedback).where(where).order_by(feedback.c.id.desc())
        with self._engine.connect() as connection:
            total = connection.execute(count).scalar_one()
            rows = connection.execute(query.offset(start).limit(limit)).all()
        return [
            (
                row.id,
                Feedback(
                    who=row.who,
                    question=row.question,
                    status=Status(row.status),
                    helpful=row.helpful,
                    reason=row.reason,
                    at=datetime.fromisoformat(row.at),
                ),
            )
            for row in rows
        ], int(total)

    def people(self) -> list[str]:
        """Return the ids of those who said something, each once, in the order of the alphabet."""
        query = sa.select(feedback.c.who).distinct().order_by(feedback.c.who)
        with self._engine.connect() as connection:
            return list(connection.execute(query).scalars())


def _matching(sought: SoughtFeedback) -> sa.ColumnElement[bool]:
    columns = feedback.c
    wanted: list[sa.ColumnElement[bool]] = [sa.true()]
    if sought.helpful is not None:
        wanted.append(columns.helpful.is_(sought.helpful))
    if sought.who:
        wanted.append(columns.who == sought.who)
    if sought.words:
        wanted.append(
            columns.question.icontains(sought.words, autoescape=True)
            | columns.reason.icontains(sought.words, autoescape=True)
        )
    return sa.and_(*wanted)
