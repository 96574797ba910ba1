"""The truth on SQLite is a file for its owner alone."""

from __future__ import annotations

import os
import stat

import pytest

from copilot.adapters.sql.database import connect
from copilot.adapters.sql.truth import SqlTruth


@pytest.fixture
def generous():
    """Let this process give every right to everybody, unless something says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def rights(folder):
    """Return the rights of each file."""
    return {file.name: oct(stat.S_IMODE(file.stat().st_mode)) for file in folder.iterdir()}


@pytest.mark.usefixtures("generous")
def test_a_new_database_and_the_files_beside_it_are_private(tmp_path):
    """From the first moment, and wherever `database_url` puts it."""
    truth = SqlTruth(connect(f"sqlite:///{tmp_path / 'truth.db'}"))
    truth.forget_refusals(["nothing"])
    found = rights(tmp_path)
    truth.close()
    assert found == dict.fromkeys(("truth.db", "truth.db-wal", "truth.db-shm"), "0o600")


def test_a_database_that_others_could_read_is_closed(tmp_path):
    """Also where another process has it open, so that its other files are there already."""
    url = f"sqlite:///{tmp_path / 'truth.db'}"
    first = SqlTruth(connect(url))
    first.forget_refusals(["nothing"])
    for file in tmp_path.iterdir():
        file.chmod(0o666)
    second = SqlTruth(connect(url))
    assert set(rights(tmp_path).values()) == {"0o600"}
    second.close()
    first.close()
