"""A service that is killed in the middle of an approval leaves no half state behind."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys

import pytest

from copilot.bootstrap import review
from copilot.domain.access import Role
from copilot.domain.review import ItemId, State
from copilot.review.workflow import Saved
from tests.service.conftest import serving
from tests.service.desk import CLOSED, desk_over, until
from tests.workspaces import open_workspace

ITEM = ItemId("policy/killed")

DYING = """
import os, signal, sys
from pathlib import Path

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
"""

BEFORE = f"""{DYING}
from copilot.bootstrap import review
from copilot.adapters.sql.reviews import SqlReviewChange
from tests.workspaces import open_workspace

SqlReviewChange.set_in_force = die
with open_workspace(Path(sys.argv[1])) as copilot:
    review.workflow(copilot).approve("{ITEM}", principal=copilot.principal("jonas.mendes"))
"""
"""A process that dies when the file is written and the approval is not kept."""

AFTER = f"""{DYING}
from copilot.adapters.policy_shelf import FileBeside
from copilot.domain.access import Role
from tests.service.conftest import serving
from tests.service.desk import desk_over

FileBeside.put = die
with serving(Path(sys.argv[1])) as running, desk_over(running) as desk:
    desk.step("{ITEM}", "approve", {{}}, by=Role.ADMIN)
"""
"""A service that dies when the approval is kept and its file is not in its place."""


@pytest.fixture(scope="module")
def folder(sample_folder, tmp_path_factory):
    """Return a workspace with a policy that waits for approval."""
    made = tmp_path_factory.mktemp("killed") / "harbourlight"
    shutil.copytree(sample_folder, made)
    with open_workspace(made) as copilot:
        workflow = review.workflow(copilot)
        author = copilot.principal("mara.lindqvist")
        workflow.save(ITEM, Saved(text=CLOSED.format(title="Killed policy")), principal=author)
        workflow.submit(ITEM, principal=author)
    return made


def approve_and_die(folder, program):
    """Approve in a process of its own, which is killed meanwhile."""
    done = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def left(folder):
    """Return what stands in the folder of policies and is no policy yet."""
    return list((folder / "policies").glob(".approved-*"))


def test_killed_on_either_side_of_the_database_both_agree_after_the_next_start(folder):
    """Before: it is in review and there is no file. After: it is in force, its file is there and indexed."""
    approve_and_die(folder, BEFORE)
    assert len(left(folder)) == 1
    with open_workspace(folder) as copilot:
        principal = copilot.principal("jonas.mendes")
        shown = review.library(copilot).show(ITEM, principal=principal)
        assert shown.item.state is State.IN_REVIEW
        assert review.examined_log(copilot).holds
    approve_and_die(folder, AFTER)
    file = folder / "policies" / "killed.md"
    assert not file.exists()
    with serving(folder) as running, desk_over(running) as desk:
        shown = desk.shown(ITEM, by=Role.ADMIN)
        assert (shown["state"], shown["published"]["state"]) == ("approved", "as approved")
        assert "Each quarter all accounts are reviewed." in file.read_text()
        assert left(folder) == []
        assert desk[Role.ADMIN].get("/api/v1/log/verify").json()["status"] == "whole"
        truth = running.service.copilot.truth
        assert until(lambda: "policies/killed.md" in truth.fingerprints())
