"""Idempotency-Key: a change that is sent twice is made once."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from copilot.adapters.signs_of_life import HeldFiles
from copilot.adapters.sql.database import connect
from copilot.adapters.sql.replies import SqlReplies
from copilot.domain.access import Role
from copilot.domain.replies import Order, Reply
from copilot.replies import KEPT_FOR, AtWork, Begun, KeyReused, ReplyDesk

SAID = {"question": "Who reviews access?", "status": "partial", "helpful": True}
ORDER = Order(person="jo", key="k", request="a" * 64)
OTHER = Order(person="jo", key="k", request="b" * 64)
REPLY = Reply(status=201, headers=(("etag", '"1"'),), body=b"{}")


@pytest.fixture
def desks(tmp_path):
    """Return a function that makes desks over one database, at a time that the test sets."""
    at = [datetime(2026, 1, 1, tzinfo=UTC)]
    made = contextlib.ExitStack()

    def make():
        engine = connect(f"sqlite:///{tmp_path / 'truth.db'}")
        made.callback(engine.dispose)
        desk = ReplyDesk(SqlReplies(engine), HeldFiles(tmp_path / "signs"), now=lambda: at[0])
        made.callback(desk.close)
        return desk

    make.at = at
    with made:
        yield make


def test_the_first_reply_comes_back(desks):
    """The same request under its key is not begun again, whichever process it comes to."""
    first, second = desks(), desks()
    assert first.begin(ORDER) == Begun()
    first.finish(ORDER, REPLY)
    assert first.begin(ORDER) == REPLY
    assert second.begin(ORDER) == REPLY


def test_a_key_stands_for_one_request_of_one_person(desks):
    """Another request under it is refused; another person's is their own."""
    desk = desks()
    desk.begin(ORDER)
    assert desk.begin(OTHER) == KeyReused()
    assert desk.begin(Order(person="kim", key="k", request=OTHER.request)) == Begun()


def test_a_request_at_work_is_waited_for(desks):
    """The same request is not begun beside itself, in this process or another."""
    first, second = desks(), desks()
    first.begin(ORDER)
    assert first.begin(ORDER) == second.begin(ORDER) == AtWork()


def test_what_failed_may_be_sent_again(desks):
    """It changed nothing, so its key is free, for another request too."""
    desk = desks()
    desk.begin(ORDER)
    desk.finish(ORDER, None)
    assert desk.begin(OTHER) == Begun()


def test_a_crash_frees_the_key(desks):
    """What a process was at when it was killed may be begun by another."""
    first = desks()
    if not (child := os.fork()):
        desks().begin(ORDER)
        os._exit(0)  # nothing is closed or taken back
    assert os.waitpid(child, 0)[1] == 0
    assert first.begin(ORDER) == Begun()


def test_what_nobody_can_be_at_any_more_frees_the_key(desks):
    """A process of another machine, say, of which nothing is seen here."""
    first, second = desks(), desks()
    first.begin(ORDER)
    first.close()
    assert second.begin(ORDER) == AtWork()
    desks.at[0] += timedelta(minutes=30)
    assert second.begin(ORDER) == Begun()


def test_a_reply_that_comes_late_is_not_kept_for_another_request(desks):
    """Only who is at work under a key can answer for it."""
    desk = desks()
    desk.begin(ORDER)
    desk.finish(OTHER, REPLY)
    assert desk.begin(ORDER) == AtWork()


def test_a_key_is_forgotten_after_a_day(desks):
    """Then it is as good as new, and nothing of it is stored."""
    desk = desks()
    desk.begin(ORDER)
    desk.finish(ORDER, REPLY)
    desks.at[0] += KEPT_FOR
    assert desk.begin(OTHER) == Begun()
    desk.finish(OTHER, REPLY)
    desks.at[0] += KEPT_FOR + timedelta(minutes=1)
    assert desk._store.forget(before=desks.at[0] - KEPT_FOR) == 1


@pytest.fixture
def send(clients):
    """Return a function that says whether an answer helped, under a key."""

    def sending(key, *, role=Role.COMPLIANCE, reason="", **said):
        headers = {"Idempotency-Key": key}
        body = {**SAID, "reason": reason, **said}
        return clients[role].post("/api/v1/feedback", json=body, headers=headers)

    return sending


def test_a_change_that_is_sent_twice_is_made_once(send):
    """The second reply is the first, and says that it is."""
    first, second = send("once"), send("once")
    assert first.status_code == second.status_code == 201, first.text
    assert first.json()["id"] == second.json()["id"]
    assert second.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers


def test_another_request_under_a_key_is_refused(send):
    """It is told so, and nothing is done."""
    send("taken")
    refused = send("taken", reason="other words")
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("key-reused")


def test_a_key_of_another_person_is_another_key(send):
    """Nobody gets a reply that was another's."""
    mine, theirs = send("shared"), send("shared", role=Role.ADMIN)
    assert mine.json()["id"] != theirs.json()["id"]


def test_a_refused_request_may_be_corrected_under_its_key(send):
    """A mistake does not use the key up."""
    assert send("mended", status="nonsense").status_code == 422
    assert send("mended").status_code == 201


@pytest.mark.parametrize("key", ["two words", "x" * 201, "ü"])
def test_a_key_that_is_none_is_refused(send, key):
    """It is 1 to 200 characters of ASCII without spaces."""
    assert send(key.encode()).status_code == 400


def test_who_is_not_signed_in_learns_nothing_of_keys(served):
    """The route refuses first."""
    headers = {"Idempotency-Key": "once"}
    assert (
        httpx.post(f"{served.url}/api/v1/feedback", json=SAID, headers=headers).status_code == 401
    )


def test_an_upload_is_known_again_though_its_boundary_is_another(clients):
    """A client makes up the lines between the parts of a form for each try."""
    file = {"file": ("controls.csv", b"id,title\nAC-1,Review access\n")}
    headers = {"Idempotency-Key": "upload"}
    replies = [
        clients[Role.COMPLIANCE].post("/api/v1/controls/preview", files=file, headers=headers)
        for _ in range(2)
    ]
    assert [one.status_code for one in replies] == [200, 200], replies[0].text
    assert replies[1].headers["idempotency-replayed"] == "true"


def test_the_header_is_described(clients):
    """The OpenAPI document has it where it is looked at, and nowhere else."""
    paths = clients[Role.ADMIN].get("/api/v1/openapi.json").json()["paths"]
    named = {
        path: [one["name"] for one in operation.get("parameters", ())]
        for path, operations in paths.items()
        for operation in operations.values()
    }
    assert "Idempotency-Key" in named["/api/v1/controls/preview"]
    assert "Idempotency-Key" not in named["/api/v1/commands"]
