"""What is kept for speed never outlives what it rests on: over HTTP, with answers composed apart."""

from __future__ import annotations

import shutil
import time

import httpx
import pytest
import yaml

from copilot.accounts.entries import Entered
from copilot.bootstrap.service import Service
from copilot.domain.access import Role
from copilot.service.schemas.asking import AnswerReply
from tests.service.conftest import COOKIE, PEOPLE, Served
from tests.workspaces import open_workspace

PROVE = "How do I prove that we review access?"
REVIEW = "access-review-2025-q4.csv"
ASK = "/api/v1/ask"


@pytest.fixture(scope="module")
def kept(sample_folder, tmp_path_factory):
    """Return a service over a copy of the sample company that has a process compose its answers."""
    folder = tmp_path_factory.mktemp("kept") / "harbourlight"
    shutil.copytree(sample_folder, folder)
    served = Served(folder, askers=1)
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def mara(kept):
    """Return a client of somebody who may read evidence."""
    with kept.client(Role.COMPLIANCE) as client:
        yield client


def ask(client, question=PROVE):
    """Ask, and return the reply, which is whole and in the form that is promised."""
    reply = client.post(ASK, json={"question": question})
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == "application/json"
    document = reply.json()
    assert AnswerReply.model_validate(document, strict=False).model_dump(mode="json") == document
    return reply


def test_an_answer_that_is_kept_is_the_same_answer(mara):
    """Byte by byte; and it does come at once, without being composed again."""
    assert ask(mara).content == ask(mara).content


def test_others_with_other_rights_get_answers_of_their_own(mara, kept):
    """Whatever was kept for somebody who may read more."""
    before = ask(mara).json()
    with kept.client(Role.EMPLOYEE) as grace:
        theirs = ask(grace).json()
    assert REVIEW in str(before)
    assert REVIEW not in str(theirs)
    assert theirs["searched"] < before["searched"]


def test_another_owner_is_in_the_next_answer(mara, kept):
    """Although not a word of any source has changed, and no index."""
    assert "Ottilie Brandt" not in ask(mara).text
    manifest = kept.folder / "evidence" / "manifest.yaml"
    listed = yaml.safe_load(manifest.read_text())
    for one in listed["files"]:
        one["owner"] = "Ottilie Brandt"
    manifest.write_text(yaml.safe_dump(listed))
    before = kept.service.copilot.follower.stamp()
    with open_workspace(kept.folder) as another:
        another.ingest([kept.folder / "evidence" / REVIEW])
    assert kept.service.copilot.follower.stamp() == before
    assert "Ottilie Brandt" in ask(mara).text


def test_other_audiences_act_at_the_next_question(kept):
    """Those that people.yaml gives, which nobody has to be told of."""
    file = kept.folder / "people.yaml"
    with kept.client(Role.EMPLOYEE) as grace:
        before = ask(grace).json()["searched"]
        listed = yaml.safe_load(file.read_text())
        (entry,) = [one for one in listed["people"] if one["id"] == PEOPLE[Role.EMPLOYEE]]
        entry["audiences"] = ["compliance"]
        file.write_text(yaml.safe_dump(listed))
        assert ask(grace).json()["searched"] > before


def test_a_token_that_another_process_revokes_is_worthless_at_once(kept):
    """However often it was good before."""
    person = kept.service.register.find(PEOPLE[Role.ENGINEER])
    token, secret = kept.service.tokens.issue(
        person, "to be revoked", {"ask"}, 1, principal=person.principal()
    )
    header = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=kept.url, headers=header, timeout=60) as client:
        assert [client.get("/api/v1/feedback").status_code for _ in range(3)] == [403] * 3
        with open_workspace(kept.folder) as another:
            Service(another.workspace).tokens.revoke(token.id, person.principal())
        assert client.get("/api/v1/feedback").status_code == 401


def test_a_session_that_was_ended_is_none_at_once(kept):
    """And a change by its cookie needs its token every time."""
    cookie = {"Cookie": f"{COOKIE}={kept.session(Role.ADMIN)}"}
    with httpx.Client(base_url=kept.url, headers=cookie, timeout=60) as client:
        assert [client.get("/settings").status_code for _ in range(3)] == [200] * 3
        assert client.post(ASK, json={"question": PROVE}).status_code == 403
        assert client.get("/settings").status_code == 200
        kept.service.sessions.end_all(PEOPLE[Role.ADMIN])
        assert client.get("/api/v1/people").status_code == 401


def test_an_answer_of_before_somebody_was_added_is_not_kept(mara, kept):
    """What is private is asked about somebody who works here, whom an admin may have added on the page."""
    question = "What is marigolda's salary?"
    assert ask(mara, question).json()["reason"] != "personal_data"
    before = kept.service.standing()
    boss = kept.service.register.find(PEOPLE[Role.ADMIN]).principal()
    entered = Entered(name="Marigolda", role="employee")
    kept.service.register.add("marigolda", entered, principal=boss)
    assert kept.service.standing() != before
    # What is open is opened anew every two seconds at the most.
    until = time.monotonic() + 30
    while ask(mara, question).json()["reason"] != "personal_data":
        assert time.monotonic() < until, "an answer was kept that rests on who worked here before"
        time.sleep(0.1)
