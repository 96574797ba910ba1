"""A database server for those that want one, and people."""

from __future__ import annotations

import pytest

from copilot.adapters.sql.database import connect
from tests.retrieval import postgres
from tests.review.desks import Desk


@pytest.fixture(scope="package")
def server():
    """Return the URL of a PostgreSQL server, or skip where none is installed."""
    with postgres.running() as url:
        yield url


@pytest.fixture
def server_url(server):
    """Return the URL of an empty database on it."""
    return postgres.new_database(server)


@pytest.fixture(scope="package")
def blank(tmp_path_factory):
    """Return the file of a database with its tables and nothing in them."""
    file = tmp_path_factory.mktemp("blank") / "truth.db"
    connect(f"sqlite:///{file}").dispose()
    return file


@pytest.fixture
def desk(tmp_path, blank):
    """Return the review of an empty workspace."""
    made = Desk(tmp_path, blank=blank)
    yield made
    made.close()
