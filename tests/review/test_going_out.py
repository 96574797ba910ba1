"""An approved policy is written into the workspace, and nothing else is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from copilot.domain.review import ItemId, State
from copilot.errors import FileInTheWay, WorkspaceNotWritable
from tests.review.desks import ANN, BOB, CLOSED, ITEM


def test_an_approved_policy_is_written_with_who_approved_it(desk, tmp_path):
    """At its top stands what the index needs to know of it."""
    desk.approved()
    assert (tmp_path / "policies" / "access-control.md").read_text() == (
        "---\ntitle: Access control policy\nkind: policy\naudience: everyone\nversion: 1\n"
        "approved_by: bob\napproved_on: 2026-03-02\n---\n\n" + CLOSED
    )


def test_the_next_approval_replaces_the_file(desk, tmp_path):
    """It is ours, so there is nothing to ask."""
    desk.approved()
    desk.approved(CLOSED + "New.\n", base=1)
    assert "New." in (tmp_path / "policies" / "access-control.md").read_text()
    assert len(list((tmp_path / "policies").iterdir())) == 1


@pytest.mark.parametrize("when", ["before", "since"])
def test_a_file_that_is_not_ours_is_left_alone(desk, tmp_path, when):
    """One that was there before, or was edited since; nothing is approved until somebody says so."""
    file = tmp_path / "policies" / "access-control.md"
    base = None
    if when == "since":
        desk.approved()
        base = 1
    file.parent.mkdir(exist_ok=True)
    file.write_text("By hand.\n")
    desk.save(CLOSED + "New.\n", base=base)
    desk.workflow.submit(ITEM, principal=ANN)
    with pytest.raises(FileInTheWay) as told:
        desk.workflow.approve(ITEM, principal=BOB)
    assert "--replace" in told.value.hint
    assert file.read_text() == "By hand.\n"
    assert desk.store.item(ITEM).state is State.IN_REVIEW
    desk.workflow.approve(ITEM, principal=BOB, replace_file=True)
    assert "New." in file.read_text()


def test_an_approval_that_is_not_kept_writes_no_file(desk, tmp_path):
    """The database fails at the last moment: the policies are as they were, with nothing beside."""
    desk.save()
    desk.workflow.submit(ITEM, principal=ANN)
    with desk.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    with pytest.raises(sa.exc.IntegrityError):
        desk.workflow.approve(ITEM, principal=BOB)
    assert list((tmp_path / "policies").iterdir()) == []
    assert desk.store.item(ITEM).state is State.IN_REVIEW


def test_a_folder_that_cannot_be_written_stops_the_approval(desk, tmp_path):
    """A file stands where the folder would be."""
    (tmp_path / "policies").write_text("")
    desk.save()
    desk.workflow.submit(ITEM, principal=ANN)
    with pytest.raises(WorkspaceNotWritable):
        desk.workflow.approve(ITEM, principal=BOB)
    assert desk.store.item(ITEM).state is State.IN_REVIEW


def test_drafts_and_responses_write_no_file(desk, tmp_path):
    """Only an approved policy does."""
    desk.save()
    desk.approved(item=ItemId("response/F-1"))
    assert not (tmp_path / "policies").exists()
