"""An office for each test; the tables are made once."""

from __future__ import annotations

import pytest

from copilot.adapters.sql.database import connect
from tests.accounts.office import Office


@pytest.fixture(scope="package")
def blank(tmp_path_factory):
    """Return the file of a database with its tables and nothing in them."""
    file = tmp_path_factory.mktemp("blank") / "truth.db"
    connect(f"sqlite:///{file}").dispose()
    return file


@pytest.fixture
def office(tmp_path, blank):
    """Return the accounts of a workspace with three people in its file."""
    made = Office(tmp_path, blank=blank)
    yield made
    made.close()
