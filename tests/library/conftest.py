"""A workspace with a few files in it, ingested once, and its library."""

from __future__ import annotations

import shutil

import pytest

from copilot.adapters.sql.jobs import SqlJobStore
from copilot.bootstrap import library, review
from copilot.domain.access import Role, principal
from copilot.library.keeping import Given
from tests.library.small import build_small
from tests.once import once
from tests.workspaces import open_workspace

ENG = principal("eng", role=Role.ENGINEER)
COM = principal("com", role=Role.COMPLIANCE, audiences=["compliance"])
ADM = principal("adm", role=Role.ADMIN, audiences=["compliance", "board"])
EMP = principal("emp")


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory):
    """Return the small workspace, ingested; for reading only."""
    return once(tmp_path_factory, "small-workspace", build_small)


class Shelf:
    """The library of a workspace, with what its tests look at."""

    def __init__(self, copilot):
        self.copilot = copilot
        self.root = copilot.workspace.root
        self.library = library.source_library(copilot)

    def put(self, name, content=b"said", *, who=COM, folder="evidence", **given):
        return self.library.put(
            Given(name=name, folder=folder, content=[content], **given), principal=who
        )

    def describe(self, path, *, who=COM, seen=None, **wanted):
        """Say something about a file, having seen the state `seen`, or whichever it is in."""

        def check(state):
            assert seen in {None, state}, "somebody else was here"

        return self.library.describe(path, wanted, principal=who, check=check)

    def remove(self, path, *, who=COM):
        self.library.remove(path, principal=who, check=lambda _: None)

    def log(self):
        """Return who did what to which file, by the event log."""
        entries = review.event_log(self.copilot).entries()
        known = [(one.happening.who, one.happening.action, one.happening.about) for one in entries]
        return [one for one in known if not one[2].startswith("job/")]

    def waiting(self):
        """Return the paths that wait to be ingested, by who gave or changed them."""
        found = SqlJobStore(self.copilot.database).jobs(who=None, start=0, limit=200)
        return {one.who: one.arguments["paths"] for one in found}

    def hidden(self):
        """Return what is left of changes that are not in their places."""
        return [str(one.relative_to(self.root)) for one in self.root.glob("*/.change-*")]

    def removed(self):
        """Return what was put away, by the content of the files."""
        return {one.read_bytes() for one in (self.root / ".copilot/removed").glob("*")}


@pytest.fixture
def shelf(small_folder, tmp_path):
    """Return the library of a copy of the workspace, which a test may change."""
    shutil.copytree(small_folder, tmp_path / "small")
    with open_workspace(tmp_path / "small") as copilot:
        yield Shelf(copilot)
