"""Questions over the API: whole and as events, search, the catalog, feedback, passing on."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from copilot.answering.asking import LONGEST_QUESTION, MOST_EARLIER
from copilot.bootstrap.review import event_log
from copilot.bootstrap.viewing import feedback
from copilot.cli.main import app
from copilot.domain.access import Role
from copilot.domain.event_log import Entry
from copilot.service.schemas.asking import AskBody
from copilot.service.streaming import EventStream

QUESTION = "How do I prove that we review access?"


def printed(served, *arguments):
    """Return the document that a command prints for the person of the role compliance."""
    done = CliRunner().invoke(
        app,
        [*arguments, "--json"],
        env={"COPILOT_HOME": str(served.folder)},
        catch_exceptions=False,
    )
    return json.loads(done.stdout)


def events_of(text):
    """Return the events of a stream as names and data."""
    found = []
    for one in filter(None, text.split("\n\n")):
        name, data = one.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


@pytest.fixture(scope="module")
def answered(clients):
    """Return what somebody of compliance is answered."""
    return clients[Role.COMPLIANCE].post("/api/v1/ask", json={"question": QUESTION}).json()


def test_an_answer_is_the_document_of_the_command(served, answered):
    """Word for word what `copilot ask --json` prints for the same person."""
    assert answered == printed(served, "ask", QUESTION, "--as", "mara.lindqvist")
    assert answered["claims"]


def test_claims_come_one_by_one_and_stand_in_the_whole_answer(clients, answered):
    """Nothing is sent that the answer does not have, and `done` comes last."""
    reply = clients[Role.COMPLIANCE].post("/api/v1/ask/stream", json={"question": QUESTION})
    assert reply.headers["content-type"].startswith("text/event-stream")
    found = events_of(reply.text)
    assert [name for name, _ in found][-1] == "done"
    assert [data["claim"] for name, data in found if name == "claim"] == answered["claims"]
    assert found[-1][1]["answer"] == answered


def test_a_follow_up_is_asked_with_what_came_before(clients):
    """The answer says how it was understood."""
    body = {"question": "And how long do we keep them?", "earlier": ["Who makes our backups?"]}
    answer = clients[Role.COMPLIANCE].post("/api/v1/ask", json=body).json()
    assert "backups" in answer["asked_as"]


def test_nobody_is_answered_from_what_they_may_not_read(clients):
    """The sources that are searched, counted and cited are those of the asker."""
    few = clients[Role.EMPLOYEE].post("/api/v1/ask", json={"question": QUESTION}).json()
    many = clients[Role.COMPLIANCE].post("/api/v1/ask", json={"question": QUESTION}).json()
    assert few["searched"] < many["searched"]
    cited = {one["source"] for claim in few["claims"] for one in claim["citations"]}
    readable = clients[Role.EMPLOYEE]
    for path in cited:
        assert readable.get("/api/v1/sources/text", params={"path": path}).status_code == 200


def test_what_goes_wrong_within_a_stream_is_an_event(clients):
    """It is the problem document that the whole answer would be refused with."""
    body = {"question": "What is CC6.99?"}
    streamed = events_of(clients[Role.EMPLOYEE].post("/api/v1/ask/stream", json=body).text)
    refused = clients[Role.EMPLOYEE].post("/api/v1/ask", json=body)
    assert refused.status_code == 422
    [(name, data)] = streamed
    assert name == "problem"
    assert data["problem"]["detail"] == refused.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": "  "},
        {"question": "x" * (LONGEST_QUESTION + 1)},
        {"question": "a", "earlier": ["b"] * (MOST_EARLIER + 1)},
        {"question": "a", "period": "soon"},
        {"question": "a", "category": ["everything"]},
        {"question": "a", "unknown": 1},
        {"question": "a\ud800"},
    ],
)
def test_what_is_no_question_is_refused(clients, body):
    """With what is wrong, before anything is searched."""
    written = json.dumps(body)
    for path in ("/api/v1/ask", "/api/v1/ask/stream", "/api/v1/passed-on"):
        reply = clients[Role.EMPLOYEE].post(
            path, content=written, headers={"Content-Type": "application/json"}
        )
        assert reply.status_code == 422
        assert reply.json()["detail"]


def test_the_limits_of_a_question_are_those_of_answering():
    """What the API lets in, answering takes."""
    schema = AskBody.model_json_schema()["properties"]
    assert schema["question"]["maxLength"] == LONGEST_QUESTION
    assert schema["earlier"]["maxItems"] == MOST_EARLIER


def test_a_stream_says_that_it_must_not_be_gathered_or_kept():
    """Proxies pass it on as it comes."""
    headers = EventStream(lambda: iter(())).headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-accel-buffering"] == "no"
    assert "content-length" not in headers


# Search


def test_a_search_is_the_document_of_the_command(served, clients):
    """With what it takes to go on."""
    found = clients[Role.COMPLIANCE].post("/api/v1/search", json={"query": "access review", "k": 3})
    wanted = printed(served, "search", "access review", "-k", "3", "--as", "mara.lindqvist")
    assert {name: found.json()[name] for name in wanted} == wanted
    assert found.json()["next"] == 3


def test_a_search_goes_on_where_it_stopped(clients):
    """The parts make up the whole."""

    def part(**more):
        body = {"query": "backup", "kind": ["policy"], **more}
        return clients[Role.COMPLIANCE].post("/api/v1/search", json=body).json()

    first = part(k=2)
    second = part(k=2, start=first["next"])
    assert first["results"] + second["results"] == part(k=4)["results"]
    assert {one["kind"] for one in first["results"]} == {"policy"}


def test_a_search_can_be_narrowed(clients):
    """To criteria, and to the catalog; what is no criterion is refused."""
    client = clients[Role.COMPLIANCE]
    body = {"query": "review", "criterion": ["CC6.2"]}
    assert client.post("/api/v1/search", json=body).json()["results"]
    kinds = client.post("/api/v1/search", json={"query": "CC6.1", "catalog": True}).json()[
        "results"
    ]
    assert {one["kind"] for one in kinds} == {"catalog"}
    assert (
        client.post("/api/v1/search", json={"query": "a", "criterion": ["X1"]}).status_code == 422
    )


# The catalog


def test_the_catalog_is_the_document_of_the_command(served, clients):
    """All 61 criteria, or one."""
    whole = clients[Role.EMPLOYEE].get("/api/v1/catalog").json()
    assert whole == printed(served, "catalog")
    one = clients[Role.AUDITOR].get("/api/v1/catalog/cc6.1").json()["criteria"]
    assert one == [each for each in whole["criteria"] if each["id"] == "CC6.1"]


@pytest.mark.parametrize("id_", ["CC9.9", "nothing", "%00"])
def test_a_criterion_that_does_not_exist_is_not_there(clients, id_):
    """With the nearest as a hint."""
    assert clients[Role.EMPLOYEE].get(f"/api/v1/catalog/{id_}").status_code == 404


# Feedback and passing on


def test_feedback_is_kept_for_those_who_review(clients, served):
    """With who said it, and an entry in the event log that has no words of it."""
    body = {
        "question": QUESTION,
        "status": "partial",
        "helpful": False,
        "reason": "Zebras are missing.",
    }
    given = clients[Role.EMPLOYEE].post("/api/v1/feedback", json=body)
    assert given.status_code == 201
    listed = clients[Role.COMPLIANCE].get("/api/v1/feedback", params={"limit": 1}).json()
    assert listed["items"] == [given.json()]
    assert given.json()["who"] == "grace.whitlock"
    entries = event_log(served.service.copilot).entries()
    last = [one for one in entries if isinstance(one, Entry)][-1].happening
    assert (last.who, last.action) == ("grace.whitlock", "gave feedback")
    assert last.about == f"feedback/{given.json()['id']}"
    assert "Zebras" not in str(last)


def test_what_was_wrong_is_asked_for(clients):
    """An answer that did not help, without a reason, helps nobody."""
    body = {"question": QUESTION, "status": "partial", "helpful": False, "reason": "  "}
    assert clients[Role.EMPLOYEE].post("/api/v1/feedback", json=body).status_code == 422
    body["helpful"] = True
    assert clients[Role.EMPLOYEE].post("/api/v1/feedback", json=body).status_code == 201


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.ENGINEER, Role.AUDITOR])
def test_others_do_not_read_feedback(clients, role):
    """It names people."""
    assert clients[role].get("/api/v1/feedback").status_code == 403


def test_feedback_is_read_in_parts(served):
    """Newest first, with how much there is."""
    kept = feedback(served.service.copilot)
    found, total = kept.newest(start=0, limit=1)
    rest, same = kept.newest(start=1, limit=200)
    assert total == same == len(found) + len(rest)


def test_a_question_is_passed_on_once(clients, served):
    """With what was answered; asked again, it gets a comment."""
    client = clients[Role.EMPLOYEE]
    body = {"question": "Which zebra guards the server room?", "note": "A customer wants to know."}
    first = client.post("/api/v1/passed-on", json=body)
    assert first.status_code == 201
    again = client.post("/api/v1/passed-on", json=body).json()
    assert (first.json()["again"], again["again"]) == (False, True)
    assert again["item"] == first.json()["item"]
    assert first.json()["item"].startswith("answer/")


def test_an_auditor_passes_nothing_on(clients):
    """They ask through their requests."""
    reply = clients[Role.AUDITOR].post("/api/v1/passed-on", json={"question": QUESTION})
    assert reply.status_code == 403
