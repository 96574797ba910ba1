"""The request list over the sample company's material, with a database of its own for each test."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest

from copilot.adapters.sql.database import connect
from copilot.adapters.sql.events import SqlEventLog
from copilot.adapters.sql.requests import SqlRequests
from copilot.auditing.requests import RequestList
from copilot.bootstrap.auditing import WorkspaceMaterial

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="package")
def blank(tmp_path_factory):
    """Return the file of a database with its tables and nothing in them."""
    file = tmp_path_factory.mktemp("blank") / "truth.db"
    connect(f"sqlite:///{file}").dispose()
    return file


@pytest.fixture(scope="package")
def auditor(sample):
    """Return the sample company's auditor."""
    return sample.principal("eleanor.finch")


@pytest.fixture(scope="package")
def mara(sample):
    """Return its head of compliance."""
    return sample.principal("mara.lindqvist")


@pytest.fixture
def engine(tmp_path, blank):
    """Return a database of the test's own."""
    shutil.copy(blank, tmp_path / "truth.db")
    made = connect(f"sqlite:///{tmp_path / 'truth.db'}")
    yield made
    made.dispose()


@pytest.fixture
def log(engine):
    """Return its event log."""
    return SqlEventLog(engine)


@pytest.fixture
def requests(engine, sample, auditor):
    """Return an empty request list."""
    return RequestList(
        SqlRequests(engine),
        material=WorkspaceMaterial(sample),
        auditors=lambda: [auditor],
        period=sample.settings.period,
        now=lambda: AT,
    )
