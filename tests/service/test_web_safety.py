"""What a hostile document, site or person tries: each is tried, each is refused."""

from __future__ import annotations

import re
import socket
import time
from urllib.parse import quote

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from copilot.domain.access import Role
from copilot.service import limits
from tests.service.conftest import COOKIE, PEOPLE

SOURCES = "/api/v1/sources"
EVIL = "https://evil.example"
MARKUP = "<img src=x onerror=window.pwned=1><script>window.pwned=1</script>"
LINK = "[click](javascript:window.pwned=1) <a href='javascript:window.pwned=1'>here</a>"
TITLE = f"Badge rules {MARKUP}"
TEXT = f"# Badge rules {MARKUP}\n\nVisitors wear a zebra badge at all times. {MARKUP} {LINK}\n"
NAME = "badges<img src=x onerror=window.pwned=1>.md"
ITEM = "/api/v1/review/policy/badges"

SECRET = "evidence/background-checks-2025.csv"
"""A source of the audience hr."""


@pytest.fixture(scope="module")
def mara(spare):
    """Return a client of somebody who reviews, on a service to be attacked."""
    with spare.client(Role.COMPLIANCE) as client:
        yield client


def over(client, job):
    """Wait until a job is over, and return it."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        found = client.get(f"/api/v1/jobs/{job['id']}").json()
        if found["state"] not in {"queued", "running"}:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{found} is not over")


@pytest.fixture(scope="module")
def planted(mara, spare):
    """Return the path of a hostile document; its draft, comment and request are there too."""
    given = mara.post(
        SOURCES,
        files=[("file", (NAME, TEXT.encode()))],
        data={"folder": "policies", "title": TITLE, "owner": MARKUP, "audience": "everyone"},
    )
    assert given.status_code == 201, given.text
    told = given.json()
    assert over(mara, told["job"])["state"] == "done"
    body = {"text": TEXT, "title": TITLE, "note": MARKUP}
    saved = mara.post(f"{ITEM}/versions", json=body, headers={"If-None-Match": "*"})
    assert saved.status_code == 201, saved.text
    assert mara.post(f"{ITEM}/comments", json={"text": MARKUP + LINK}).status_code == 201
    wanted = {"title": TITLE, "detail": MARKUP + LINK, "criterion": "CC6.4"}
    assert mara.post("/api/v1/requests", json=wanted).status_code == 201
    return told["files"][0]["path"]


@pytest.mark.parametrize(
    "path",
    [
        "/library?text=Badge",
        "/library/about?path={path}",
        "/sources/view?path={path}",
        "/?q=Do visitors wear a zebra badge?",
        "/drafts",
        "/drafts/policy/badges",
        "/drafts/policy/badges/edit",
        "/review",
        "/requests",
        "/log",
        "/nowhere/{path}?next=<script>window.pwned=1</script>",
    ],
)
def test_markup_of_others_is_shown_and_never_run(page_of, spare, planted, path):
    """A document, its name, its title, a comment: all of it is text, so no policy has to save us."""
    page = page_of(Role.COMPLIANCE, at=spare, path=path.format(path=quote(planted)))
    page.wait_for_timeout(100)
    assert page.evaluate("() => window.pwned") is None
    planted_in_page = page.locator("[onerror], script:not([src]), a[href^='javascript:' i]")
    assert planted_in_page.count() == 0


def test_a_streamed_answer_runs_nothing_either(page_of, spare, planted):
    """What the script of the page shows is text as well."""
    page = page_of(Role.COMPLIANCE, at=spare)
    page.get_by_role("textbox").first.fill("Do visitors wear a zebra badge?")
    page.keyboard.press("Enter")
    page.locator(".answer .actions").first.wait_for()
    assert "zebra" in page.locator(".answer").first.inner_text()
    page.locator(".answer a.cite").first.click()
    page.locator("#source .opened").wait_for()
    assert page.evaluate("() => window.pwned") is None
    assert page.locator("[onerror], script:not([src]), a[href^='javascript:' i]").count() == 0


def test_a_file_that_is_opened_is_kept_and_not_shown(mara, planted):
    """The browser saves what was uploaded; it never takes it for a page of ours."""
    answer = mara.get(f"{SOURCES}/file", params={"path": planted})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "html" not in answer.headers["content-type"]


@pytest.fixture(scope="module")
def changing(spare):
    """Return every route that changes something, as method and path."""
    return [
        (method, re.sub(r"\{[^}]+\}", "1", one.path))
        for one in iter_route_contexts(spare.app.routes)
        if one.path != "/static"
        for method in sorted(one.methods - {"GET", "HEAD", "OPTIONS"})
    ]


@pytest.mark.parametrize(
    ("headers", "form"),
    [
        pytest.param({}, False, id="no token"),
        pytest.param({"X-CSRF-Token": "0" * 64}, False, id="a token of nobody"),
        pytest.param({}, True, id="a form"),
        pytest.param({"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}, True, id="a foreign form"),
    ],
)
def test_another_site_changes_nothing(spare, changing, headers, form):
    """A browser sends the cookie along; that is not enough, on any route."""
    cookie = {"Cookie": f"{COOKIE}={spare.session(Role.ADMIN)}"}
    body = {"data": {"csrf": "0" * 64}} if form else {"json": {}}
    with httpx.Client(base_url=spare.url, headers=cookie | headers) as client:
        holes = [
            (method, path, status)
            for method, path in changing
            if (status := client.request(method, path, **body).status_code) != 403
        ]
    assert holes == []
    assert len(changing) > 20


def test_the_right_token_from_a_foreign_site_changes_nothing(spare):
    """However it got it."""
    session = spare.session(Role.ADMIN)
    cookie = {"Cookie": f"{COOKIE}={session}"}
    page = httpx.get(f"{spare.url}/", headers=cookie | {"Accept": "text/html"}).text
    token = re.search(r'name="csrf" content="([0-9a-f]{64})"', page).group(1)
    own = {"X-CSRF-Token": token}
    foreign = own | {"Sec-Fetch-Site": "cross-site"}
    assert httpx.post(f"{spare.url}/sign-out", headers=cookie | foreign).status_code == 403
    assert httpx.post(f"{spare.url}/sign-out", headers=cookie | own).status_code == 200


OUTSIDE = [
    "../people.yaml",
    "policies/../../people.yaml",
    "/etc/passwd",
    "policies/../people.yaml",
    "people.yaml",
    ".copilot/service.key",
    "policies/%2e%2e/people.yaml",
    "policies\\..\\people.yaml",
    "policies/access-control.md/../../people.yaml",
    "C:\\x",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out_of_the_sources(mara, path):
    """Neither as a value nor as a part of the address."""
    for url, values in (
        (f"{SOURCES}/view", {"path": path}),
        (f"{SOURCES}/text", {"path": path}),
        (f"{SOURCES}/file", {"path": path}),
        (f"{SOURCES}/page.png", {"path": path, "page": 1}),
        (f"{SOURCES}/{quote(path, safe='')}", {}),
        (f"/static/{quote(path, safe='')}", {}),
        (f"/static/..{path}", {}),
    ):
        answer = mara.get(url, params=values)
        assert answer.status_code in {400, 404, 405, 422}, (url, answer.status_code)
        assert "root:" not in answer.text
        assert "jonas.mendes" not in answer.text


@pytest.mark.parametrize(
    "name", ["../x.md", "../../people.yaml", "/etc/x.md", "a/../../x.md", ".x.md"]
)
def test_no_upload_lands_elsewhere(mara, spare, name):
    """A name with a way in it is refused, or only its end counts."""
    before = {one for one in spare.folder.rglob("*") if ".copilot" not in one.parts}
    files = [("file", (name, b"Nothing of interest."))]
    given = mara.post(SOURCES, files=files, data={"folder": "evidence"})
    made = {one for one in spare.folder.rglob("*") if ".copilot" not in one.parts} - before
    assert given.status_code < 500
    assert all(one.is_relative_to(spare.folder / "evidence") for one in made)


def test_no_address_leads_to_another_site(spare):
    """What asks to be led on is led to paths of ours."""
    for address in (
        EVIL,
        "//evil.example",
        "/\\evil.example",
        "/%5Cevil.example",
        "https:evil.example",
    ):
        page = httpx.get(f"{spare.url}/sign-in", params={"next": address})
        assert not re.search(r'(?:href|action|value)="[^"/]*(?://|\\)+evil', page.text)
    for path in ("//evil.example/", "/library/", "//evil.example/%2e%2e"):
        answer = httpx.get(f"{spare.url}{path}", headers={"Accept": "text/html"})
        assert "evil.example" not in answer.headers.get("location", "").partition("?")[0]


def test_who_forwards_does_not_decide_where_links_lead(spare):
    """Only the host that we were called by, out of those we know, is heeded."""
    forged = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    for path in ("/library/", "/", "/sign-in"):
        answer = httpx.get(f"{spare.url}{path}", headers=forged)
        assert "evil.example" not in str(answer.headers) + answer.text


def test_a_session_that_somebody_else_chose_is_not_taken(spare):
    """Signing in always begins a new one, and ends the one that the browser had."""
    known = spare.session(Role.EMPLOYEE)
    link = f"{spare.url}/sign-in/first-look?key={spare.app.state.first_look.link_key()}"
    answer = httpx.get(link, headers={"Cookie": f"{COOKIE}={known}"})
    assert answer.status_code == 303
    fresh = re.search(rf"{COOKIE}=([^;]+)", answer.headers["set-cookie"]).group(1)
    assert fresh != known
    after = httpx.get(f"{spare.url}/api/v1/me", headers={"Cookie": f"{COOKIE}={known}"})
    assert after.status_code == 401


def test_an_upload_that_is_too_large_is_refused(mara, spare):
    """By what it says of itself, before any of it is read; and by what comes."""
    most = spare.service.settings.file_megabytes * 1_000_000 + 1_000_000
    with socket.create_connection(("127.0.0.1", spare.options.port), timeout=20) as wire:
        head = (
            f"POST {SOURCES} HTTP/1.1\r\nHost: 127.0.0.1:{spare.options.port}\r\n"
            f"Authorization: {mara.headers['authorization']}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {most + 1}\r\n\r\n"
        )
        wire.sendall(head.encode())
        assert wire.recv(200).startswith(b"HTTP/1.1 413")


def test_a_body_that_never_ends_is_given_up(mara, spare, monkeypatch):
    """A client that sends a byte now and then holds nothing open for long."""
    monkeypatch.setattr(limits, "_BODY_SECONDS", 0.3)
    with socket.create_connection(("127.0.0.1", spare.options.port), timeout=20) as wire:
        head = (
            f"POST /api/v1/search HTTP/1.1\r\nHost: 127.0.0.1:{spare.options.port}\r\n"
            f"Authorization: {mara.headers['authorization']}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"
        )
        wire.sendall(head.encode())
        assert wire.recv(200).startswith(b"HTTP/1.1 408")


def same_refusal(one, other, *names):
    """Say whether two problems differ in nothing but the names that were asked for."""
    texts = [answer.text for answer in (one, other)]
    for name in names:
        texts = [text.replace(name, "NAME").replace(quote(name), "NAME") for text in texts]
    return one.status_code == other.status_code == 404 and texts[0] == texts[1]


def test_another_audiences_source_is_as_good_as_none(clients):
    """By its path, its text, its file, its picture, in lists and in searches."""
    grace, nobody = clients[Role.EMPLOYEE], "evidence/background-checks-1999.csv"
    for way in ("view", "text", "file", "page.png"):
        values = {"page": 1} if way == "page.png" else {}
        there = grace.get(f"{SOURCES}/{way}", params={"path": SECRET} | values)
        absent = grace.get(f"{SOURCES}/{way}", params={"path": nobody} | values)
        assert same_refusal(there, absent, SECRET, nobody), way
    there, absent = grace.get(f"{SOURCES}/{SECRET}"), grace.get(f"{SOURCES}/{nobody}")
    assert same_refusal(there, absent, SECRET, nobody)
    listed = grace.get(SOURCES, params={"limit": 200}).json()["items"]
    assert SECRET not in {one["path"] for one in listed}
    found = grace.post("/api/v1/search", json={"query": "background checks", "k": 100})
    assert found.status_code == 200
    assert SECRET not in found.text
    asked = {"question": "Which background checks were made in 2025?"}
    assert SECRET not in grace.post("/api/v1/ask", json=asked).text
    shown = grace.get("/sources/view", params={"path": SECRET}, headers={"Accept": "text/html"})
    assert shown.status_code == 404


def test_another_audiences_source_is_seen_by_those_who_hold_it(clients):
    """So that the test above tests something."""
    assert clients[Role.COMPLIANCE].get(f"{SOURCES}/text", params={"path": SECRET}).is_success


def test_anothers_draft_is_as_good_as_none(spare, mara, planted):
    """For who neither wrote nor reviews it: read, compared, commented on, exported."""
    with spare.client(Role.EMPLOYEE) as grace:
        for way in ("", "/versions", "/versions/1", "/diff", "/export?form=md"):
            there = grace.get(f"{ITEM}{way}")
            absent = grace.get(f"{ITEM.replace('badges', 'nothing')}{way}")
            assert same_refusal(there, absent, "policy/badges", "policy/nothing"), way
        for way, body in (("comments", {"text": "x"}), ("submit", {})):
            there = grace.post(f"{ITEM}/{way}", json=body, headers={"If-Match": "*"})
            assert there.status_code == 404, there.text
        listed = grace.get("/api/v1/review").json()["items"]
        assert "policy/badges" not in {one["id"] for one in listed}
    with spare.client(Role.AUDITOR) as eleanor:
        assert eleanor.get(ITEM).status_code == 404


def test_anothers_job_is_as_good_as_none(spare, mara):
    """Nobody learns from it which files there are."""
    job = mara.post("/api/v1/jobs", json={"kind": "ingest"}).json()
    over(mara, job)
    with spare.client(Role.ENGINEER) as tomasz:
        for way in ("", "/events"):
            there = tomasz.get(f"/api/v1/jobs/{job['id']}{way}")
            absent = tomasz.get(f"/api/v1/jobs/{'0' * 32}{way}")
            assert same_refusal(there, absent, job["id"], "0" * 32)
        listed = tomasz.get("/api/v1/jobs").json()["items"]
        assert job["id"] not in {one["id"] for one in listed}


def test_anothers_token_cannot_be_revoked_or_seen(spare, mara):
    """It is their own matter, and an admin's."""
    spare.token(PEOPLE[Role.EMPLOYEE])
    with spare.client(Role.ADMIN) as admin:
        listed = admin.get("/api/v1/tokens", params={"limit": 200})
        theirs = next(
            one for one in listed.json()["items"] if one["person"] == PEOPLE[Role.EMPLOYEE]
        )
    session = {"Cookie": f"{COOKIE}={spare.session(Role.ENGINEER)}"}
    page = httpx.get(f"{spare.url}/", headers=session | {"Accept": "text/html"}).text
    csrf = re.search(r'name="csrf" content="([0-9a-f]{64})"', page).group(1)
    with httpx.Client(base_url=spare.url, headers=session | {"X-CSRF-Token": csrf}) as tomasz:
        there = tomasz.delete(f"/api/v1/tokens/{theirs['id']}")
        absent = tomasz.delete(f"/api/v1/tokens/{'0' * 12}")
        assert same_refusal(there, absent, theirs["id"], "0" * 12), there.text
        assert theirs["id"] not in tomasz.get("/api/v1/tokens").text


GRADES = {
    "content-security-policy": lambda value: (
        "unsafe" not in value
        and "*" not in value
        and all(
            part in value
            for part in (
                "default-src 'none'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
                "form-action 'self'",
            )
        )
    ),
    "x-content-type-options": "nosniff".__eq__,
    "x-frame-options": "DENY".__eq__,
    "referrer-policy": {"no-referrer", "same-origin"}.__contains__,
    "cross-origin-opener-policy": "same-origin".__eq__,
    "cross-origin-resource-policy": "same-origin".__eq__,
    "permissions-policy": lambda value: "camera=()" in value,
}


@pytest.mark.parametrize("header", GRADES)
def test_headers_are_the_strict_ones_everywhere(spare, header):
    """On pages, the API, files, refusals and what is not there; whoever asks."""
    with spare.client(Role.ADMIN) as client:
        paths = (
            "/",
            "/library",
            "/sign-in",
            "/nowhere",
            "/api/v1/people",
            "/static/api.js",
            "/metrics",
        )
        answers = [client.get(path, headers={"Accept": "text/html"}) for path in paths]
        answers += [httpx.get(f"{spare.url}{path}") for path in paths]
        answers.append(client.post("/api/v1/search", content=b"x" * 3_000_000))
    assert [one.url.path for one in answers if not GRADES[header](one.headers[header])] == []
