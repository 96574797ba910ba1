"""Approvals that were cut off are finished, and those that were not kept leave nothing."""

from __future__ import annotations

import pytest

from copilot.errors import EditConflict
from copilot.review.finishing import finish_approvals
from tests.review.desks import ANN, BOB, CLOSED, ITEM, Desk


@pytest.fixture
def desk(tmp_path, blank):
    """Return a desk with an approved policy."""
    made = Desk(tmp_path, blank=blank)
    made.save(CLOSED)
    made.workflow.submit(ITEM, principal=ANN)
    made.workflow.approve(ITEM, principal=BOB)
    return made


def test_a_file_whose_approval_was_kept_comes_into_its_place(desk):
    """Once; after that there is nothing left to do."""
    place = desk.shelf.path(ITEM)
    content = place.read_text()
    place.unlink()
    desk.shelf.prepare(ITEM, content)
    assert finish_approvals(desk.store, desk.shelf) == [ITEM]
    assert place.read_text() == content
    assert finish_approvals(desk.store, desk.shelf) == []
    assert desk.shelf.left() == []


def test_a_file_whose_approval_was_not_kept_is_thrown_away(desk):
    """What stands in the folder stays as it is."""
    before = desk.shelf.path(ITEM).read_text()
    desk.shelf.prepare(ITEM, "never approved")
    assert finish_approvals(desk.store, desk.shelf) == []
    assert desk.shelf.path(ITEM).read_text() == before
    assert desk.shelf.left() == []


def test_who_was_slow_finds_the_file_in_its_place(desk):
    """Somebody else has finished the approval that is still at work."""
    place = desk.shelf.path(ITEM)
    content = place.read_text()
    place.unlink()
    prepared = desk.shelf.prepare(ITEM, content)
    finish_approvals(desk.store, desk.shelf)
    prepared.put()
    assert place.read_text() == content


def test_no_step_is_taken_on_a_version_that_was_not_seen(desk):
    """Whoever names an older one is told, and nothing happens."""
    desk.save(CLOSED + "More.\n", base=1)
    for step in (
        lambda: desk.workflow.submit(ITEM, principal=ANN, seen=1),
        lambda: desk.workflow.approve(ITEM, principal=BOB, seen=1),
        lambda: desk.workflow.request_changes(ITEM, "No.", principal=BOB, seen=1),
        lambda: desk.workflow.waive(ITEM, 1, "No.", principal=BOB, seen=1),
    ):
        with pytest.raises(EditConflict, match="ann saved version 2"):
            step()
    desk.workflow.submit(ITEM, principal=ANN, seen=2)
