"""What is counted and logged of requests, and the page that lists them."""

from __future__ import annotations

import json
import logging
import time

import pytest

from copilot.domain.access import Role
from copilot.service import logs
from copilot.service.pages.api_docs import subjects

PRIVATE = "Hunter2-and-a-question"


@pytest.fixture
def logged(capsys):
    """Return a function that begins a log and returns what was written to it."""
    ours = logging.getLogger("copilot")
    access = logging.getLogger("copilot.service.access_log")
    before = ours.handlers[:], ours.level, ours.propagate, access.level

    def begin(form):
        logs.begin(form)
        written = []

        def read(*awaited):
            # A line is written once its request is answered, so that its sender may be here sooner.
            until = time.monotonic() + 20
            while True:
                written.append(capsys.readouterr().err)
                text = "".join(written)
                if all(one in text for one in awaited) or time.monotonic() > until:
                    return text
                time.sleep(0.01)

        return read

    yield begin
    ours.handlers[:], level, ours.propagate, access_level = before
    ours.setLevel(level)
    access.setLevel(access_level)


def test_requests_are_counted_by_route_and_not_by_path(clients):
    """Labels hold templates: what stands in a path is nobody's to collect."""
    clients[Role.ADMIN].get(f"/api/v1/catalog/{PRIVATE}")
    clients[Role.ADMIN].get(f"/{PRIVATE}?q={PRIVATE}")
    text = clients[Role.ADMIN].get("/metrics").text
    assert 'route="/api/v1/catalog/{criterion}"' in text
    assert 'route="none"' in text
    assert "copilot_index_lag_changes " in text
    assert "copilot_database_reached 1.0" in text
    assert PRIVATE not in text
    assert "mendes" not in text


def test_answers_are_counted_by_status(clients):
    """So that a rise of refusals shows."""
    question = {"question": "How do I prove that we review access?"}
    assert clients[Role.EMPLOYEE].post("/api/v1/ask", json=question).status_code == 200
    assert "copilot_answers_total{" in clients[Role.ADMIN].get("/metrics").text


def test_the_figures_are_for_admins(clients):
    """Others are refused."""
    assert clients[Role.COMPLIANCE].get("/metrics").status_code == 403


def test_a_request_is_one_line_of_json(clients, served, logged):
    """It names who, what, how it went; no query, no body, no token."""
    read = logged("json")
    clients[Role.COMPLIANCE].post(f"/api/v1/search?x={PRIVATE}", json={"query": PRIVATE})
    clients[Role.COMPLIANCE].get(f"/{PRIVATE}", headers={"Authorization": f"Bearer {PRIVATE}"})
    written = read("/api/v1/search", '"none"')
    lines = [json.loads(line) for line in written.splitlines()]
    seen = {(one["principal"], one["route"]) for one in lines}
    assert {("mara.lindqvist", "/api/v1/search"), ("", "none")} <= seen
    assert all(isinstance(one["ms"], int) for one in lines)
    assert PRIVATE not in written
    assert served.token("mara.lindqvist") not in written


def test_a_plain_line_says_the_same(clients, logged):
    """For those who look on."""
    read = logged("plain")
    clients[Role.COMPLIANCE].get("/api/v1/catalog/CC6.1")
    line = " mara.lindqvist GET /api/v1/catalog/{criterion} 200 "
    assert line in read(line)


def test_an_error_in_the_log_says_where_and_not_what(logged):
    """What an error says may quote a document."""
    read = logged("json")
    try:
        int(PRIVATE)
    except ValueError:
        logging.getLogger("copilot.service.failures").exception("fault %s", "1f")
    said = json.loads(next(line for line in read("fault").splitlines() if "fault" in line))
    assert said["message"] == "fault 1f"
    assert said["raised"][0] == "builtins.ValueError"
    assert "test_observing.py" in said["raised"][1]
    assert PRIVATE not in json.dumps(said)


def test_a_forged_line_stays_one_line(logged):
    """What comes from outside begins no line of its own."""
    read = logged("plain")
    logging.getLogger("copilot.x").warning("one\n00:00:00 two\x1b[31m")
    assert "\n00:00:00 two" not in read("two")


def test_the_page_lists_every_operation(clients):
    """With what is sent and what comes back."""
    client = clients[Role.EMPLOYEE]
    document = client.get("/api/v1/openapi.json").json()
    page = client.get("/api/docs", headers={"Accept": "text/html"}).text
    listed = [one for operations in subjects(document).values() for one in operations]
    assert len(listed) > 20
    assert all(f"<code>{one.method} {one.path}</code>" in page for one in listed)
    bodies = [one for one in listed if one.kind == "application/json"]
    assert all(json.loads(one.body) is not None for one in bodies)
    assert "https://" not in page.replace("https://copilot", "")
