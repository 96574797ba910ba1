"""Sources opened over the API: their forms, their pictures, and nobody's but the reader's."""

from __future__ import annotations

import httpx
import pytest

from copilot.bootstrap.review import event_log
from copilot.domain.access import Role
from copilot.domain.event_log import Entry

PDF = "policies/backup-policy.pdf"
FORMS = {
    PDF: "page",
    "policies/access-control.md": "text",
    "policies/change-management-policy.docx": "text",
    "evidence/uptime-report-2025.html": "text",
    "evidence/access-review-2025-q2.csv": "table",
    "evidence/asset-inventory-2025.xlsx": "table",
    "evidence/phishing-incident-SEC-118.eml": "mail",
    "evidence/backup-job-log-2025-11.txt": "text",
    "knowledge/tsc/CC6.yaml": "criterion",
}
WAYS = (
    "/api/v1/sources/view",
    "/api/v1/sources/text",
    "/api/v1/sources/file",
    "/api/v1/sources/page.png",
    "/sources/view",
)
"""Every way to a source by its path."""

OPENED = dict(
    zip(
        WAYS,
        (
            "access-review-2025-q1.csv",
            "access-review-2025-q4.csv",
            "vendor-register-2025.csv",
            "firewall-review-2025-h1.csv",
            "firewall-review-2025-h2.csv",
        ),
        strict=True,
    )
)
"""A source for each of them, so that no test's opening is another's second look."""


@pytest.mark.parametrize("path", FORMS)
def test_a_source_is_opened_in_the_form_of_its_format(clients, path):
    """At the words of it that were asked for."""
    client = clients[Role.COMPLIANCE]
    params = {"path": path, "start": 300, "end": 340}
    opened = client.get("/api/v1/sources/view", params=params).json()
    text = client.get("/api/v1/sources/text", params={"path": path}).json()["text"]
    assert opened["body"]["form"] == FORMS[path]
    assert opened["quote"] == text[300:340]


def test_a_page_is_a_picture_that_browsers_ask_about_again(clients):
    """Kept by the reader's own browser only; unchanged, it is not sent twice."""
    client = clients[Role.COMPLIANCE]
    first = client.get("/api/v1/sources/page.png", params={"path": PDF, "page": 1, "scale": 1})
    assert first.headers["content-type"] == "image/png"
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.content.startswith(b"\x89PNG")
    again = client.get(
        "/api/v1/sources/page.png",
        params={"path": PDF, "page": 1, "scale": 1},
        headers={"If-None-Match": first.headers["etag"]},
    )
    assert (again.status_code, again.content) == (304, b"")


def test_a_file_is_for_keeping_and_never_shown(clients, served):
    """Its own content type is given to no browser."""
    reply = clients[Role.COMPLIANCE].get("/api/v1/sources/file", params={"path": PDF})
    assert reply.content == (served.folder / PDF).read_bytes()
    assert reply.headers["content-type"] == "application/octet-stream"
    assert reply.headers["content-disposition"].startswith("attachment;")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in reply.headers["content-security-policy"]


@pytest.fixture(scope="module")
def hidden(served):
    """Return the path of a source that only HR may read."""
    truth = served.service.copilot.truth
    found = truth.sources(principal=served.service.copilot.principal(None))
    return next(one.path for one in found if one.metadata.audience == "hr")


@pytest.mark.parametrize("way", WAYS)
def test_another_audience_gets_the_words_for_what_is_not_there(clients, hidden, way):
    """By no way, and the same bytes but for the path."""
    client = clients[Role.ENGINEER]
    said = [
        client.get(way, params={"path": path, "page": 1, "start": 0, "end": 5})
        for path in (hidden, "evidence/nowhere.csv")
    ]
    assert [one.status_code for one in said] == [404, 404]
    assert said[0].text.replace(hidden, "evidence/nowhere.csv") == said[1].text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "path",
    ["../copilot.toml", "/etc/passwd", "policies/../copilot.toml", "copilot.toml", "\0", "a" * 999],
)
def test_no_path_leads_out_of_the_sources(clients, way, path):
    """Only what was ingested is a source."""
    reply = clients[Role.ADMIN].get(way, params={"path": path, "page": 1})
    assert reply.status_code == 404


@pytest.mark.parametrize("way", WAYS)
def test_nobody_reads_without_signing_in(served, way):
    """A program is refused."""
    assert httpx.get(served.url + way, params={"path": PDF, "page": 1}).status_code == 401


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"path": ""},
        {"path": PDF, "start": -1, "end": 4},
        {"path": PDF, "start": 9, "end": 4},
        {"path": PDF, "start": 9},
        {"path": PDF, "page": 0},
        {"path": PDF, "at": -3},
    ],
)
def test_a_spot_that_is_none_is_refused(clients, params):
    """With what is wrong with it."""
    reply = clients[Role.COMPLIANCE].get("/api/v1/sources/view", params=params)
    assert reply.status_code == 422
    assert reply.json()["detail"]


def test_a_page_that_is_not_there_is_not_there(clients):
    """As a picture it cannot be drawn, and it cannot be opened."""
    client = clients[Role.COMPLIANCE]
    assert client.get("/api/v1/sources/view", params={"path": PDF, "page": 99}).status_code == 404
    assert (
        client.get("/api/v1/sources/page.png", params={"path": PDF, "page": 99}).status_code == 422
    )


def test_an_auditor_opens_what_falls_into_the_audit_period(clients):
    """And nothing of another year, whatever its audience."""
    client = clients[Role.AUDITOR]
    inside = {"path": "evidence/access-review-2025-q2.csv"}
    outside = {"path": "evidence/penetration-test-report-2024-06.pdf"}
    assert client.get("/api/v1/sources/view", params=inside).status_code == 200
    assert client.get("/api/v1/sources/view", params=outside).status_code == 404


@pytest.mark.parametrize("way", WAYS)
def test_what_an_auditor_opens_is_in_the_event_log(clients, served, way):
    """What is refused is not, and what others open is not either; a second look soon after is the same."""
    path = f"evidence/{OPENED[way]}"

    def entries():
        found = event_log(served.service.copilot).entries()
        return [
            one.happening.who
            for one in found
            if isinstance(one, Entry) and one.happening.about in {path, "nowhere.md"}
        ]

    served.service.openings._seen.clear()  # other tests may have opened it a moment ago
    before = len(entries())
    for role in (Role.COMPLIANCE, Role.AUDITOR, Role.AUDITOR):
        assert clients[role].get(way, params={"path": path, "page": 1}).status_code in {200, 404}
        assert clients[role].get(way, params={"path": "nowhere.md", "page": 1}).status_code == 404
    wanted = 0 if way.endswith("png") else 1
    assert entries()[before:] == ["eleanor.finch"] * wanted
