"""The whole path with the truth on a PostgreSQL server."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from tests.cli.conftest import PROVE, environment
from tests.retrieval import postgres


@pytest.fixture(scope="module")
def url():
    """Return the URL of an empty database, as a person writes it."""
    with postgres.running() as server:
        yield postgres.new_database(server).replace("postgresql+psycopg", "postgresql")


@pytest.fixture(scope="module")
def some_company(company, copilot, tmp_path_factory):
    """Return the sample company's workspace with fewer files: those that the questions are about."""
    folder = shutil.copytree(company, tmp_path_factory.mktemp("some") / "company")
    kept = ("access", "backup", "restore", "recovery", "information")
    for file in (*folder.glob("policies/*.*"), *folder.glob("evidence/*.*")):
        if not file.name.startswith(("manifest", *kept)):
            file.unlink()
    assert copilot("ingest", cwd=folder).returncode == 0
    return folder


@pytest.fixture(scope="module")
def moved(some_company, url, copilot, tmp_path_factory):
    """Return that workspace, ingested into that database."""
    folder = shutil.copytree(some_company, tmp_path_factory.mktemp("moved") / "company")
    shutil.rmtree(folder / ".copilot")
    done = copilot("ingest", "--json", cwd=folder, COPILOT_DATABASE_URL=url)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", PROVE),
        ("ask", "What does CC6.2 ask?", "--as", "employee"),
        ("search", "restore test", "--kind", "evidence", "--period", "2025"),
        ("search", '"production database"', "--criterion", "A1.3"),
    ],
    ids=" ".join,
)
def test_the_same_is_said_as_on_sqlite(copilot, document, some_company, moved, url, arguments):
    """Answers and results do not depend on where the truth is kept."""
    expected = document(copilot(*arguments, "--json", cwd=some_company))
    found = document(copilot(*arguments, "--json", cwd=moved, COPILOT_DATABASE_URL=url))
    assert found == expected
    assert found.get("claims") or found.get("results")


def test_a_second_ingest_changes_nothing(copilot, document, moved, url):
    """What is stored there is recognised."""
    again = document(copilot("ingest", "--json", cwd=moved, COPILOT_DATABASE_URL=url))
    assert (again["added"], again["changed"], again["encoded"]) == ([], [], 0)
    assert not (moved / ".copilot" / "truth.db").exists()


def test_the_doctor_finds_nothing_broken(copilot, document, moved, url):
    """And names the kind of the database, without its address."""
    done = copilot("doctor", "--json", cwd=moved, COPILOT_DATABASE_URL=url)
    said = {one["what"]: one["said"] for one in document(done)["findings"]}
    assert (done.returncode, said["database"]) == (0, "postgresql")


def test_a_server_that_is_not_there_is_named_without_its_password(copilot, document, small):
    """The error says which database, and what to check."""
    pytest.importorskip("psycopg")
    url = "postgresql://someone:hunter2@127.0.0.1:1/truth"
    done = copilot("search", "access", "--json", cwd=small, COPILOT_DATABASE_URL=url)
    error = document(done)["error"]
    assert (done.returncode, error["type"]) == (1, "TruthUnavailable")
    assert "database_url" in error["hint"]
    assert "hunter2" not in done.stdout + done.stderr


def test_without_its_driver_the_line_that_installs_it_is_given(document, small):
    """The extra is named."""
    hidden = "import sys; sys.modules['psycopg'] = None; from copilot.__main__ import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", hidden, "search", "access", "--json"],
        cwd=small,
        env=environment(COPILOT_DATABASE_URL="postgresql://127.0.0.1:1/truth"),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    error = document(done)["error"]
    assert done.returncode == 1
    assert "soc2-copilot[postgres]" in error["hint"]
