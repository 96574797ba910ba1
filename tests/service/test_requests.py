"""What auditors ask for and open, through the API and on the pages."""

from __future__ import annotations

import pytest

from copilot.bootstrap import review as bootstrap_review
from copilot.domain.access import Role

LEAVERS = {"title": "Leavers <of> the period", "criterion": "cc6.2", "due": "2026-03-09"}
REVIEW = "evidence/access-review-2025-q3.csv"
NO_PERIOD = "evidence/onboarding-checklist.yaml"


@pytest.fixture(scope="module")
def review(served):
    """Return a piece of evidence of the audit period that the auditor may read."""
    auditor = served.service.copilot.principal("eleanor.finch")
    known = [one.path for one in served.service.copilot.truth.sources(principal=auditor)]
    return next(one for one in known if "access-review" in one)


@pytest.fixture
def made(clients):
    """Return the path of a request that the auditor has made."""
    answer = clients[Role.AUDITOR].post("/api/v1/requests", json=LEAVERS)
    assert answer.status_code == 201
    return answer.headers["location"]


@pytest.mark.parametrize("role", Role)
def test_who_takes_part(clients, made, role):
    """Auditors ask, compliance provides, others see nothing of it."""
    part = role in {Role.AUDITOR, Role.COMPLIANCE, Role.ADMIN}
    provides = role in {Role.COMPLIANCE, Role.ADMIN}
    client = clients[role]
    for path in ("/api/v1/requests", made, "/requests", made.removeprefix("/api/v1")):
        assert client.get(path).status_code == (200 if part else 403)
    assert client.post("/api/v1/requests", json=LEAVERS).status_code == (201 if part else 403)
    body = {"what": "nothing"}
    answer = client.post(f"{made}/provided", json=body)
    assert answer.status_code == (404 if provides else 403)
    assert client.get("/api/v1/requests/timeless").status_code == (200 if provides else 403)


def test_a_request_from_asking_to_closing(clients, made, review):
    """With a note, an ETag for each state, and what was provided for the auditor to open."""
    auditor, mara = clients[Role.AUDITOR], clients[Role.COMPLIANCE]
    given = mara.post(f"{made}/provided", json={"what": review, "note": "Sheet 2."})
    assert given.status_code == 201
    stale = auditor.get(made).headers["etag"]
    state = {"state": "provided"}
    assert mara.put(f"{made}/state", json=state).status_code == 428
    now = {"If-Match": mara.get(made).headers["etag"]}
    assert mara.put(f"{made}/state", json=state, headers=now).json()["state"] == "provided"
    closed = {"state": "closed"}
    old = auditor.put(f"{made}/state", json=closed, headers={"If-Match": stale})
    assert old.status_code == 412
    now = {"If-Match": auditor.get(made).headers["etag"]}
    assert auditor.put(f"{made}/state", json=closed, headers=now).json()["state"] == "closed"
    seen = auditor.get(made).json()
    assert (seen["criterion"], seen["due"]) == ("CC6.2", "2026-03-09")
    assert [(one["what"], one["note"]) for one in seen["provided"]] == [(review, "Sheet 2.")]
    again = mara.post(f"{made}/provided", json={"what": review})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"title": " "}, 422),
        ({"title": "x", "criterion": "CC99"}, 422),
        ({"title": "x", "due": "soon"}, 422),
        ({"title": "x", "detail": "a\x00b"}, 422),
        ({"title": "x" * 201}, 422),
    ],
)
def test_a_request_that_cannot_be_is_refused(clients, body, status):
    """With what is wrong with it."""
    assert clients[Role.AUDITOR].post("/api/v1/requests", json=body).status_code == status


def test_evidence_without_a_period_is_named_and_not_provided(clients, made):
    """Compliance is told what to do about it."""
    mara = clients[Role.COMPLIANCE]
    answer = mara.post(f"{made}/provided", json={"what": NO_PERIOD})
    assert (answer.status_code, "period" in answer.json()["hint"]) == (422, True)
    listed = mara.get("/api/v1/requests/timeless").json()["items"]
    assert NO_PERIOD in [one["path"] for one in listed]


def test_the_page_lists_one_state(clients, made):
    """Or says that there is none of that name."""
    auditor = clients[Role.AUDITOR]
    title = "Leavers &lt;of&gt; the period"
    assert title in auditor.get("/requests?state=open").text
    assert title not in auditor.get("/requests?state=withdrawn").text
    assert auditor.get("/requests?state=lost").status_code == 422


@pytest.mark.parametrize("number", ["0", "999999999", "99999999999999999999", "x", "1.5"])
def test_a_request_that_is_not_there(clients, number):
    """Or whose number cannot be one."""
    assert clients[Role.AUDITOR].get(f"/api/v1/requests/{number}").status_code in {404, 422}


def test_the_story_of_a_request_in_the_browser(page_of, served, review):
    """The auditor asks, compliance provides on a phone, the auditor opens it; the log has each step."""
    auditor = page_of(Role.AUDITOR, path="/requests")
    auditor.get_by_label("What for").fill("Access reviews <script>")
    auditor.get_by_label("Details").fill("One line.\nAnother.")
    auditor.get_by_role("button", name="Make the request").click()
    auditor.get_by_role("heading", name="Access reviews <script>").wait_for()
    path = auditor.url.removeprefix(served.url)
    mara = page_of(Role.COMPLIANCE, path=path, viewport={"width": 360, "height": 740})
    assert mara.evaluate("document.documentElement.scrollWidth") <= 360
    mara.get_by_label("Source or approved item").fill(review)
    mara.get_by_role("button", name="Provide", exact=True).click()
    mara.get_by_role("button", name="Take back").wait_for()
    mara.get_by_role("button", name="Mark as provided").click()
    mara.get_by_text("The request is provided now.").wait_for()
    auditor.reload()
    auditor.get_by_role("main").get_by_role("link").last.click()
    auditor.wait_for_url("**/sources/view**")
    entries = bootstrap_review.event_log(served.service.copilot).entries()
    said = [(one.happening.action, one.happening.about) for one in entries]
    assert ("opened a source", review) in said
