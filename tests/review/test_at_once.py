"""Several people at one text: nothing that somebody wrote is overwritten."""

from __future__ import annotations

import threading

import pytest

from copilot.domain.access import Role, principal
from copilot.errors import BadInput, EditConflict, WrongStep
from copilot.review.witness import contradictions
from tests.processes import context
from tests.review.desks import ANN, BOB, CLOSED, ITEM, Desk


def test_a_stale_base_is_told_who_saved_what_when(desk):
    """And their text is not kept, so that they can take over what the other wrote."""
    desk.save()
    desk.save(CLOSED + "Bob's line.\n", by=BOB, base=1, note="added a line")
    with pytest.raises(EditConflict) as told:
        desk.save(CLOSED + "Ann's line.\n", base=1)
    assert not isinstance(told.value, BadInput)
    assert "bob saved version 2 on 2 March 2026 at 09:0" in str(told.value)
    assert "(added a line)" in str(told.value)
    assert "--base 2" in told.value.hint
    assert [one.author for one in desk.store.versions(ITEM)] == ["ann", "bob"]


def test_a_new_item_does_not_replace_one_that_exists(desk):
    """Whoever thinks that it is new is told that somebody was there before."""
    desk.save()
    with pytest.raises(EditConflict, match="already an item policy/access-control: ann saved"):
        desk.save("# Another\n", by=BOB)


def _save_at_once(folder, name, barrier, results):
    own = Desk(folder)
    try:
        barrier.wait()
        own.save(f"{CLOSED}{name}\n", by=principal(name, role=Role.COMPLIANCE), base=1)
        results.append((name, "saved"))
    except EditConflict as exc:
        results.append((name, str(exc)))
    finally:
        own.close()


def test_of_threads_that_save_at_once_one_is_kept_and_the_others_are_told(desk, tmp_path):
    """On one file, each with a connection of its own."""
    desk.save()
    results, barrier = [], threading.Barrier(8)
    threads = [
        threading.Thread(target=_save_at_once, args=(tmp_path, f"p{n}", barrier, results))
        for n in range(8)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    (winner,) = [name for name, said in results if said == "saved"]
    losers = [said for name, said in results if name != winner]
    assert len(losers) == 7
    assert all(f"{winner} saved version 2" in said for said in losers)
    assert [one.author for one in desk.store.versions(ITEM)] == ["ann", winner]


def test_of_processes_that_save_at_once_one_is_kept(desk, tmp_path):
    """The same between processes."""
    desk.save()
    with context().Manager() as manager:
        results, barrier = manager.list(), manager.Barrier(3)
        started = [
            context().Process(target=_save_at_once, args=(tmp_path, f"p{n}", barrier, results))
            for n in range(3)
        ]
        for one in started:
            one.start()
        for one in started:
            one.join()
        assert sorted(said == "saved" for _, said in results) == [False, False, True]
    assert len(desk.store.versions(ITEM)) == 2


def test_an_approval_never_falls_on_a_text_that_was_saved_meanwhile(desk):
    """The reviewer approves what is in review; a version that came after it is a draft."""
    desk.save()
    desk.workflow.submit(ITEM, principal=ANN)
    desk.save(CLOSED + "Slipped in.\n", base=1)
    with pytest.raises(WrongStep, match="version 2 is draft"):
        desk.workflow.approve(ITEM, principal=BOB)


def test_a_postgresql_server_keeps_the_same(server_url, tmp_path):
    """Save, conflict, approval and log where the truth is kept by a server."""
    desk = Desk(tmp_path, url=server_url)
    desk.approved()
    desk.save(CLOSED + "New.\n", base=1)
    with pytest.raises(EditConflict):
        desk.save("# Late\n", by=BOB, base=1)
    assert desk.store.item(ITEM).in_force == 1
    assert [action for _, action, _ in desk.actions()][-1] == "saved a version"
    assert list(contradictions(desk.log.entries(), {ITEM: desk.store.versions(ITEM)})) == []
    desk.close()
