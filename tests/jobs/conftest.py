"""A database with nothing in it, runners over it, and works that say what they do."""

from __future__ import annotations

import shutil
import threading
import time
from datetime import UTC, datetime

import pytest

from copilot.adapters.signs_of_life import HeldFiles
from copilot.adapters.sql.database import connect
from copilot.adapters.sql.events import SqlEventLog
from copilot.adapters.sql.jobs import SqlJobStore
from copilot.domain.access import Role, principal
from copilot.domain.jobs import JobKind
from copilot.jobs.running import JobRunner

PEOPLE = {
    "jo": principal("jo"),
    "kim": principal("kim"),
    "ria": principal("ria", role=Role.COMPLIANCE),
    "ann": principal("ann", role=Role.AUDITOR),
}


def now():
    return datetime.now(UTC)


def until(happened, *, seconds=60.0):
    """Wait until something is so, and return what it is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := happened():
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen")


class Desk:
    """A database with runners over it that are stopped at the end."""

    def __init__(self, folder):
        self.folder = folder
        self.engine = connect(f"sqlite:///{folder}/truth.db")
        self.store = SqlJobStore(self.engine)
        self.runners = []

    def runner(self, work, *, kinds=tuple(JobKind)):
        """Return a runner, not started, that does every kind of job by one work."""
        runner = JobRunner(
            self.store,
            dict.fromkeys(kinds, work),
            now,
            find=PEOPLE.__getitem__,
            signs=HeldFiles(self.folder / "jobs"),
        )
        self.runners.append(runner)
        return runner

    def log(self):
        """Return who did what to a job, by the event log."""
        entries = [one.happening for one in SqlEventLog(self.engine).entries()]
        return [(one.who, one.action, one.detail.get("try")) for one in entries]

    def close(self):
        for runner in self.runners:
            runner.stop()
        self.engine.dispose()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    folder = tmp_path_factory.mktemp("jobs")
    connect(f"sqlite:///{folder}/truth.db").dispose()
    return folder / "truth.db"


@pytest.fixture
def desk(empty_database, tmp_path):
    shutil.copy(empty_database, tmp_path / "truth.db")
    made = Desk(tmp_path)
    yield made
    made.close()


class Held:
    """A work that says it has begun and goes on when it is let."""

    def __init__(self):
        self.begun = threading.Event()
        self.go_on = threading.Event()
        self.calls = []

    def __call__(self, arguments, principal, telling):
        self.calls.append((dict(arguments), principal.id))
        telling.step("working", 0, 2)
        self.begun.set()
        while not self.go_on.wait(0.01):
            telling.step("working", 1, 2)
        return {"did": principal.id}
