"""The command as a real process, and workspaces to run it in."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys

import pytest

from tests.once import once

PROVE = "How do I prove that we review access?"
POLICY = "# Access policy\n\nSystem owners review all accounts of their systems each quarter.\n"


def environment(**more):
    """Return this process's environment without settings of ours, and with `more`."""
    outside = ("COPILOT_", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(outside)}
    if cache := os.environ.get("COPILOT_CACHE_DIR"):
        kept["COPILOT_CACHE_DIR"] = cache  # where the encoder is; converting it takes long
    return {**kept, "PYTHONWARNINGS": "default", **more}


@pytest.fixture(scope="session")
def fresh():
    """Return a function that runs the command in a new interpreter and returns the finished process."""

    def run(*arguments, cwd, text=None, **variables):
        return subprocess.run(
            [sys.executable, "-m", "copilot", *arguments],
            cwd=cwd,
            env=environment(**variables),
            input=text,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def copilot(fresh, forked):
    """Return a function that runs the command in a process of its own and returns that, finished.

    With variables that an interpreter heeds when it starts, it is a new one.
    """

    def run(*arguments, cwd, text=None, **variables):
        if not all(name.startswith(("COPILOT_", "OPENAI_")) for name in variables):
            return fresh(*arguments, cwd=cwd, text=text, **variables)
        return forked(*arguments, cwd=cwd, text=text, environment=environment(**variables))

    return run


@pytest.fixture(scope="session")
def document():
    """Return a function that reads the one JSON document that a process printed."""

    def read(done):
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout)

    return read


@pytest.fixture(scope="session")
def company(sample_folder):
    """Return the sample company's workspace, for reading."""
    return sample_folder


@pytest.fixture
def own_company(sample_folder, tmp_path):
    """Return a copy of the sample company's workspace, to change."""
    return shutil.copytree(sample_folder, tmp_path / "company")


@pytest.fixture(scope="session")
def made(fresh, tmp_path_factory):
    """Return what `init` and the first `ingest` of a workspace said, and the workspace; for reading only."""

    def begin(folder):
        folder.mkdir()
        begun = fresh("init", "new", cwd=folder)
        (folder / "new" / "policies" / "access.md").write_text(POLICY)
        ingested = fresh("ingest", "--json", cwd=folder / "new")
        (folder / "said.pickle").write_bytes(pickle.dumps((begun, ingested)))

    folder = once(tmp_path_factory, "made", begin)
    begun, ingested = pickle.loads((folder / "said.pickle").read_bytes())  # noqa: S301  our own
    return begun, ingested, folder / "new"


@pytest.fixture
def small(made, tmp_path):
    """Return an ingested workspace with one policy, to change."""
    return shutil.copytree(made[2], tmp_path / "small")


@pytest.fixture(scope="session")
def answered(fresh, company):
    """Return the finished process that asked the sample company one question."""
    return fresh("ask", "--json", PROVE, cwd=company)


@pytest.fixture
def empty(tmp_path):
    """Return a workspace with settings and nothing else."""
    folder = tmp_path / "empty"
    folder.mkdir()
    (folder / "copilot.toml").write_text('company = "Nobody Ltd"\n')
    return folder
