"""A workspace for each test, and a database server for those that want one."""

from __future__ import annotations

import pytest

from tests.retrieval import postgres
from tests.retrieval.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    """Return an empty workspace with the stand-in encoder."""
    made = Workspace(tmp_path / "workspace")
    yield made
    made.close()


@pytest.fixture(scope="session")
def server():
    """Return the URL of a PostgreSQL server, or skip where none is installed."""
    with postgres.running() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request, tmp_path):
    """Return the URL of a new database, once for each kind that the truth may be kept in."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'truth.db'}"
    return postgres.new_database(request.getfixturevalue("server"))
