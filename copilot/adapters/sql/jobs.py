"""Jobs in SQL: of several processes one takes a job, and each change stands in the event log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from copilot.adapters.sql import events
from copilot.adapters.sql.tables import jobs
from copilot.domain.event_log import Happening
from copilot.domain.jobs import MOST_TRIES, Job, JobId, JobKind, JobState, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy.engine import Connection, Engine

    from copilot.domain.event_log import Entry, Seal, Unreadable

UNSEEN: Final = timedelta(seconds=45)
"""How long nothing may be heard of a runner before its job is given to another."""

_GIVEN_UP: Final = (
    f"it was begun {MOST_TRIES} times, and each time the service ended in the middle of it"
)
_GIVEN_UP_HINT: Final = "The service's log says what ended it. Mend that, then begin the job anew."

_SAID: Final = {
    JobState.QUEUED: "put a job back in the queue",
    JobState.DONE: "finished a job",
    JobState.FAILED: "failed at a job",
}


class SqlLogWithJobs:
    """The event log, for changes that a job has to follow: an entry and its job are added both or neither."""

    def __init__(self, engine: Engine, job_after: Callable[[Happening, datetime], Job]) -> None:
        """Take the database, and what returns the job that follows what happened at a time."""
        self._engine = engine
        self._log = events.SqlEventLog(engine)
        self._job_after = job_after

    def append(self, happening: Happening, *, at: datetime) -> Entry:
        """Add an entry after the newest, and put its job in the queue."""
        with events.writing_alone(self._engine) as connection:
            entry = events.append(connection, happening, at=at)
            _add(connection, self._job_after(happening, at))
        return entry

    def entries(self) -> list[Entry | Unreadable]:
        """Return every row by its number, as it stands: nothing has been checked."""
        return self._log.entries()

    def seal(self) -> Seal:
        """Return how long the log is and the hash of its newest entry."""
        return self._log.seal()


class SqlJobStore:
    """The jobs of one database; whoever calls sees to it who may see and stop them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, job: Job) -> Job:
        """Put a job in the queue; or return one of the same principal that waits and now does both.

        Raises:
            WorkspaceNotWritable: The database can only be read.
        """
        with events.writing_alone(self._engine) as connection:
            return _add(connection, job)

    def job(self, id_: JobId) -> Job | None:
        """Return a job, or nothing if there is none of that id."""
        with self._engine.connect() as connection:
            return next(iter(_those(connection, jobs.c.id == id_)), None)

    def jobs(self, *, who: str | None, start: int, limit: int) -> list[Job]:
        """Return jobs of one principal or of all, the newest first, without the first `start`."""
        query = sa.select(jobs).order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
        query = query.where(_whose(who)).offset(start).limit(limit)
        with self._engine.connect() as connection:
            return [_job(row) for row in connection.execute(query)]

    def count(self, *, who: str | None) -> int:
        """Return how many jobs there are, of one principal or of all."""
        query = sa.select(sa.func.count()).select_from(jobs).where(_whose(who))
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def waits(self, *, now: datetime) -> bool:
        """Say whether a job waits, or one is at work whose runner has not been seen for a while."""
        query = sa.select(jobs.c.id).where(_waiting | _left(now, ())).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(query).first() is not None

    def runners(self) -> frozenset[str]:
        """Return the names of the runners that have a job."""
        query = sa.select(jobs.c.runner).where(_running).distinct()
        with self._engine.connect() as connection:
            return frozenset(connection.execute(query).scalars())

    def take(self, runner: str, *, now: datetime, gone: Collection[str] = ()) -> Job | None:
        """Give the oldest job that waits to a runner, and nobody else; nothing if none waits.

        Jobs of runners that are gone or have not been seen for a while wait again first; those that
        were begun too often have failed.
        """
        with events.writing_alone(self._engine) as connection:
            for left in _those(connection, _left(now, gone)):
                _end(connection, _after(left), now=now)
            waiting = _those(connection, _waiting)
            if not waiting:
                return None
            taken = replace(
                waiting[0],
                state=JobState.RUNNING,
                tries=waiting[0].tries + 1,
                started_at=now,
                doing="",
                done=0,
                total=0,
            )
            connection.execute(
                jobs.update()
                .where(jobs.c.id == taken.id)
                .values(_row(taken) | {"runner": runner, "seen_at": _moment(now)})
            )
            _log(connection, taken, "began a job", at=now, detail={"try": str(taken.tries)})
        return taken

    def seen(self, job: Job, runner: str, *, now: datetime) -> bool:
        """Keep how far a job has come and that its runner is at it.

        Returns:
            Whether the job is still the runner's to do: nobody stopped it or took it.
        """
        come = {"doing": job.doing, "done": job.done, "total": job.total, "seen_at": _moment(now)}
        with self._engine.connect() as connection, connection.begin():
            changed = connection.execute(jobs.update().where(_his(job, runner)).values(come))
            return bool(changed.rowcount)

    def end(self, job: Job, runner: str, *, now: datetime) -> bool:
        """Keep how a job ended, or that it waits again, if it is still the runner's; say whether."""
        with events.writing_alone(self._engine) as connection:
            query = sa.select(jobs.c.id).where(_his(job, runner))
            if connection.execute(query).first() is None:
                return False
            _end(connection, job, now=now)
        return True

    def stop(self, id_: JobId, *, who: str, now: datetime) -> None:
        """Stop a job that is not over."""
        with events.writing_alone(self._engine) as connection:
            for job in _those(connection, (jobs.c.id == id_) & (_waiting | _running)):
                stopped = replace(job, state=JobState.STOPPED, doing="", finished_at=now)
                values = _row(stopped) | {"runner": ""}
                connection.execute(jobs.update().where(jobs.c.id == id_).values(values))
                _log(connection, stopped, "stopped a job", at=now, who=who)


_waiting: Final = jobs.c.state == JobState.QUEUED.value
_running: Final = jobs.c.state == JobState.RUNNING.value


def _whose(who: str | None) -> sa.ColumnElement[bool]:
    return sa.true() if who is None else jobs.c.who == who


def _add(connection: Connection, job: Job) -> Job:
    for other in _those(connection, _waiting & (jobs.c.who == job.who)):
        both = joined(job.kind, other.arguments, job.arguments)
        if other.kind is job.kind and both is not None:
            same = jobs.c.id == other.id
            connection.execute(jobs.update().where(same).values(arguments=dict(both)))
            return replace(other, arguments=both)
    connection.execute(jobs.insert().values(_row(job)))
    _log(connection, job, "put a job in the queue", at=job.created_at)
    return job


def _his(job: Job, runner: str) -> sa.ColumnElement[bool]:
    return (jobs.c.id == job.id) & (jobs.c.runner == runner) & _running


def _left(now: datetime, gone: Collection[str]) -> sa.ColumnElement[bool]:
    unseen = jobs.c.seen_at < _moment(now - UNSEEN)
    return _running & (unseen | jobs.c.runner.in_(sorted(gone)))


def _after(left: Job) -> Job:
    """Return what becomes of a job whose runner ended in the middle of it."""
    if left.tries < MOST_TRIES:
        return replace(left, state=JobState.QUEUED)
    return replace(left, state=JobState.FAILED, problem=_GIVEN_UP, hint=_GIVEN_UP_HINT)


def _end(connection: Connection, job: Job, *, now: datetime) -> None:
    ended = replace(job, doing="", finished_at=now if job.over else None)
    values = _row(ended) | {"runner": "", "seen_at": None}
    connection.execute(jobs.update().where(jobs.c.id == job.id).values(values))
    _log(connection, ended, _SAID[job.state], at=now)


def _log(
    connection: Connection,
    job: Job,
    action: str,
    *,
    at: datetime,
    who: str = "",
    detail: dict[str, str] | None = None,
) -> None:
    happening = Happening(
        who=who or job.who,
        action=action,
        about=f"job/{job.id}",
        detail={"kind": job.kind.value, **(detail or {})},
    )
    events.append(connection, happening, at=at)


def _those(connection: Connection, condition: sa.ColumnElement[bool]) -> list[Job]:
    query = sa.select(jobs).where(condition).order_by(jobs.c.created_at, jobs.c.id)
    return [_job(row) for row in connection.execute(query)]


def _row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind.value,
        "arguments": dict(job.arguments),
        "who": job.who,
        "state": job.state.value,
        "doing": job.doing,
        "done": job.done,
        "total": job.total,
        "tries": job.tries,
        "result": None if job.result is None else dict(job.result),
        "problem": job.problem,
        "hint": job.hint,
        "runner": "",
        "created_at": _moment(job.created_at),
        "started_at": _moment(job.started_at) if job.started_at else None,
        "finished_at": _moment(job.finished_at) if job.finished_at else None,
    }


def _job(row: sa.Row[Any]) -> Job:
    return Job(
        id=JobId(row.id),
        kind=JobKind(row.kind),
        arguments=row.arguments,
        who=row.who,
        state=JobState(row.state),
        doing=row.doing,
        done=row.done,
        total=row.total,
        tries=row.tries,
        result=row.result,
        problem=row.problem,
        hint=row.hint,
        created_at=datetime.fromisoformat(row.created_at),
        started_at=datetime.fromisoformat(row.started_at) if row.started_at else None,
        finished_at=datetime.fromisoformat(row.finished_at) if row.finished_at else None,
    )


def _moment(at: datetime) -> str:
    # All of one length and in UTC, so that their order as text is their order in time.
    return at.isoformat(timespec="microseconds")
