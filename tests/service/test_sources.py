"""The library over HTTP: files are given, listed, described and removed by those who may."""

from __future__ import annotations

import contextlib
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from copilot.domain.access import Role
from copilot.service.limits import BodyLimits

SOURCES = "/api/v1/sources"


def give(client, *named, folder="evidence", **said):
    """Give files as `(name, content)`, and return the response."""
    files = [("file", (name, content)) for name, content in named]
    return client.post(SOURCES, files=files, data={"folder": folder, **said})


def over(client, job):
    """Wait until a job is over, and return it."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = client.get(f"/api/v1/jobs/{job['id']}").json()
        if found["state"] in {"done", "failed", "stopped"}:
            return found
        time.sleep(0.02)
    raise AssertionError(f"{found} is not over")


def remove(client, path):
    """Remove a file, and return the job that forgets it."""
    gone = client.delete(f"{SOURCES}/{quote(path)}", headers={"If-Match": "*"})
    assert gone.status_code == 200, gone.text
    return gone.json()


@pytest.fixture(scope="module", autouse=True)
def _forgotten(clients):
    """At the end nothing is left of these files for other tests."""
    yield
    client = clients[Role.ADMIN]
    assert (
        over(client, client.post("/api/v1/jobs", json={"kind": "ingest"}).json())["state"] == "done"
    )


@contextlib.contextmanager
def kept(client, name, content=b"The backups of March were restored.", **said):
    """Give one file, wait until it is ingested, yield its path, and remove it."""
    told = give(client, (name, content), **said)
    assert told.status_code == 201, told.text
    path = told.json()["files"][0]["path"]
    try:
        assert over(client, told.json()["job"])["state"] == "done"
        yield path
    finally:
        remove(client, path)


def test_a_file_that_is_given_is_found_and_forgotten_when_it_is_removed(clients):
    """From the upload to the list, to a search, and away again."""
    compliance = clients[Role.COMPLIANCE]
    path = "evidence/Zorbing drill.txt"
    told = give(
        compliance, ("Zorbing drill.txt", b"The zorbing drill took place."), period="2025-03"
    )
    over(compliance, told.json()["job"])
    (listed,) = compliance.get(SOURCES, params={"text": "zorbing"}).json()["items"]
    assert (listed["path"], listed["period"]) == (path, "2025-03-01..2025-03-31")
    assert listed["freshness"] == []
    found = compliance.post("/api/v1/search", json={"query": "zorbing drill", "k": 1}).json()
    assert found["results"][0]["source"] == path
    over(compliance, remove(compliance, path))
    assert compliance.get(SOURCES, params={"text": "zorbing"}).json()["items"] == []


def test_the_list_is_filtered_and_comes_in_parts(clients):
    """Every filter leaves only what it names, and a cursor leads through all of it."""
    compliance = clients[Role.COMPLIANCE]
    whole = compliance.get(SOURCES, params={"limit": 200}).json()
    assert whole["total"] == len(whole["items"])
    assert {one["kind"] for one in whole["items"]} >= {"policy", "evidence"}
    parts, cursor = [], None
    while True:
        params = {"limit": 30} | ({"cursor": cursor} if cursor else {})
        part = compliance.get(SOURCES, params=params).json()
        parts += part["items"]
        if not (cursor := part["next"]):
            break
    assert parts == whole["items"]
    for name, wanted, has in [
        ("kind", "policy", lambda one: one["kind"] == "policy"),
        ("audience", "hr", lambda one: one["audience"] == "hr"),
        ("criterion", "cc6.2", lambda one: "CC6.2" in one["criteria"]),
        ("control", "AC-03", lambda one: "AC-03" in one["controls"]),
        ("owner", "Jonas Mendes", lambda one: one["owner"] == "Jonas Mendes"),
        ("text", "ACCESS review", lambda one: "access" in one["path"] + one["title"].lower()),
        ("freshness", "no-period", lambda one: one["freshness"] == ["no-period"]),
        ("freshness", "outside-period", lambda one: one["freshness"] == ["outside-period"]),
    ]:
        found = compliance.get(SOURCES, params={name: wanted, "limit": 200}).json()["items"]
        assert found, name
        assert all(map(has, found)), name
        assert len(found) < len(parts), name


def test_each_file_of_an_upload_is_taken_or_refused_by_itself(clients):
    """What cannot be used is named with its reason, and the rest comes in."""
    compliance = clients[Role.COMPLIANCE]
    assert give(compliance, ("manifest.yaml", b"x"), ("empty.txt", b"")).status_code == 200
    told = give(
        compliance, ("one of three.txt", b"One."), ("manifest.yaml", b"x"), ("empty.txt", b"")
    )
    assert told.status_code == 201
    one, two, three = told.json()["files"]
    assert (one["status"], one["path"]) == (201, "evidence/one of three.txt")
    assert [(bad["status"], bad["path"], bool(bad["hint"])) for bad in (two, three)] == [
        (422, None, True)
    ] * 2
    remove(compliance, one["path"])


def test_a_file_is_never_put_over_another_by_mistake(clients):
    """The second of a name is told so; who may change files replaces it when they say so."""
    compliance, engineer = clients[Role.COMPLIANCE], clients[Role.ENGINEER]
    with kept(compliance, "twice.txt", b"first") as path:
        assert give(engineer, ("twice.txt", b"second")).status_code == 409
        assert give(engineer, ("twice.txt", b"second"), replace="true").status_code == 403
        told = give(compliance, ("twice.txt", b"third"), replace="true")
        assert told.json()["files"][0]["replaced"]
        over(compliance, told.json()["job"])
        text = compliance.get(f"{SOURCES}/text", params={"path": path}).json()["text"]
        assert text.strip() == "third"


def test_of_two_uploads_of_one_name_at_once_one_is_told(served, clients):
    """Both arrive, one is kept whole."""
    with served.client(Role.COMPLIANCE) as one, served.client(Role.COMPLIANCE) as other:
        with ThreadPoolExecutor(2) as pool:
            names = [(one, b"a" * 300_000), (other, b"b" * 300_000)]
            told = list(pool.map(lambda each: give(each[0], ("race.txt", each[1])), names))
        assert sorted(each.status_code for each in told) == [201, 409]
        file = served.folder / "evidence/race.txt"
        assert (file.stat().st_size, len(set(file.read_bytes()))) == (300_000, 1)
        remove(one, "evidence/race.txt")


def began(served, client, length):
    """Send the beginning of an upload, and return the first line of the answer."""
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as sent:
        sent.sendall(
            f"POST {SOURCES} HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Authorization: {client.headers['authorization']}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {length}\r\n\r\n".encode()
        )
        sent.settimeout(30)
        return sent.recv(100).split(b"\r\n")[0]


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.AUDITOR])
def test_who_may_not_give_files_is_refused_before_the_file_is_read(served, clients, role):
    """The body of the request is never asked for."""
    assert began(served, clients[role], 50_000_000).startswith(b"HTTP/1.1 403 ")


def test_what_is_too_large_is_refused_by_its_declared_length(served, clients):
    """Nothing of it is read."""
    most = (served.service.settings.file_megabytes + 1) * 1_000_000
    assert began(served, clients[Role.COMPLIANCE], most + 1).startswith(b"HTTP/1.1 413 ")


def test_a_file_that_is_larger_than_files_may_be_is_refused(served, clients, monkeypatch):
    """The limit of a file holds for each file of a request."""
    monkeypatch.setattr(served.service.library, "_largest", 1_000)
    refused = give(clients[Role.COMPLIANCE], ("large.txt", b"x" * 1_001))
    assert refused.status_code == 413
    assert "larger than" in refused.json()["detail"]
    told = give(clients[Role.COMPLIANCE], ("large.txt", b"x" * 1_001), ("small.txt", b"x"))
    assert [one["status"] for one in told.json()["files"]] == [413, 201]
    remove(clients[Role.COMPLIANCE], "evidence/small.txt")


@contextlib.contextmanager
def listened(app):
    """Serve an application on loopback, and yield its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as pool:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        running = pool.submit(server.run, [listening])
        try:
            yield listening.getsockname()
        finally:
            server.should_exit = True
            running.result()


@pytest.mark.parametrize(
    ("seconds", "sent", "status"),
    [
        pytest.param(0.3, b"Content-Length: 900\r\n\r\nx", 408, id="too slow"),
        pytest.param(
            60,
            b"Transfer-Encoding: chunked\r\n\r\n3e9\r\n" + b"x" * 1_001 + b"\r\n",
            413,
            id="too large",
        ),
    ],
)
def test_a_body_that_does_not_end_is_given_up(seconds, sent, status):
    """A byte now and then keeps no connection, and a length need not be declared to be too much."""

    async def read(request):
        return PlainTextResponse(str(len(await request.body())))

    limits = Middleware(
        BodyLimits, uploads=frozenset({"/taken"}), upload_bytes=1_000, upload_seconds=seconds
    )
    app = Starlette(routes=[Route("/taken", read, methods=["POST"])], middleware=[limits])
    with listened(app) as address, socket.create_connection(address) as client:
        client.settimeout(60)
        client.sendall(b"POST /taken HTTP/1.1\r\nHost: here\r\n" + sent)
        assert client.recv(1_000).startswith(f"HTTP/1.1 {status} ".encode())


# Names, and what files hold


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(["..", "/", "\\", "%2e%2e%2f", "\u202e", "copilot.toml", "é", "\x7f", " "]),
        min_size=1,
        max_size=8,
    ).map("".join)
)
def test_a_hostile_name_never_leaves_its_folder(served, clients, name):
    """Whatever a client calls a file, it is refused or stands in the folder it was given to."""
    compliance = clients[Role.COMPLIANCE]
    before = {one for one in served.folder.rglob("*") if ".copilot" not in one.parts}
    told = give(compliance, (name, b"hostile"))
    after = {one for one in served.folder.rglob("*") if ".copilot" not in one.parts}
    if told.status_code == 201:
        (new,) = after - before
        assert new.parent == served.folder / "evidence"
        gone = compliance.delete(
            f"{SOURCES}/{quote(told.json()['files'][0]['path'])}", headers={"If-Match": "*"}
        )
        assert gone.status_code == 200
    else:
        assert (told.status_code, after) == (422, before)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><body><script>alert(1)</script><p>Backups run.</p></body></html>"),
        ("picture.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    ],
)
def test_what_a_browser_would_run_is_never_served_as_such(clients, name, content):
    """A page or a drawing that somebody gave comes back as something to keep, or as text."""
    compliance = clients[Role.COMPLIANCE]
    told = give(compliance, (name, content)).json()
    path = told["files"][0]["path"]
    over(compliance, told["job"])
    for way in ("file", "view", "text"):
        reply = compliance.get(f"{SOURCES}/{way}", params={"path": path})
        kind = reply.headers["content-type"]
        assert kind.split(";")[0] in {
            "application/octet-stream", "application/json", "application/problem+json",
        }  # fmt: skip
        assert reply.headers["x-content-type-options"] == "nosniff"
        if way == "file" and reply.status_code == 200:
            assert reply.headers["content-disposition"].startswith("attachment")
    remove(compliance, path)


# What is said about them


def test_two_editors_do_not_overwrite_each_other(clients):
    """A change names the state that it was made on; the second one is told."""
    compliance, admin = clients[Role.COMPLIANCE], clients[Role.ADMIN]
    with kept(compliance, "edited.txt") as path:
        seen = compliance.get(f"{SOURCES}/{path}").headers["etag"]
        assert compliance.put(f"{SOURCES}/{path}", json={"owner": "A"}).status_code == 428
        first = compliance.put(f"{SOURCES}/{path}", json={"owner": "A"}, headers={"If-Match": seen})
        assert first.json()["owner"] == "A"
        assert first.headers["etag"] != seen
        late = admin.put(f"{SOURCES}/{path}", json={"owner": "B"}, headers={"If-Match": seen})
        assert late.status_code == 412
        gone = admin.delete(f"{SOURCES}/{path}", headers={"If-Match": seen})
        assert gone.status_code == 412
        assert over(compliance, first.json()["job"])["state"] == "done"
        assert compliance.get(f"{SOURCES}/{path}").json()["owner"] == "A"


def test_what_cannot_be_said_is_refused_with_what_can(clients):
    """Nothing is written that ingestion would refuse."""
    compliance = clients[Role.COMPLIANCE]
    with kept(compliance, "refused.txt") as path:
        for body in ({"period": "soon"}, {"criteria": ["CC99.9"]}, {"audience": "Us & them"}):
            told = compliance.put(f"{SOURCES}/{path}", json=body, headers={"If-Match": "*"})
            assert told.status_code == 422
            assert told.json()["hint"]
        assert compliance.get(f"{SOURCES}/{path}").json()["problem"] == ""


def test_a_file_of_another_audience_is_no_file(served, clients):
    """Listed, described, changed, removed, replaced or by a job's result: it is not there."""
    mara = clients[Role.COMPLIANCE]
    with (
        served.client("simon.ekdahl") as simon,
        kept(mara, "salaries.txt", b"Salaries.", audience="hr") as path,
    ):
        absent = simon.get(f"{SOURCES}/evidence/absent.txt").json()
        hidden = simon.get(f"{SOURCES}/{path}")
        assert hidden.status_code == 404
        assert hidden.json()["detail"] == absent["detail"].replace("absent", "salaries")
        for change in (
            simon.put(
                f"{SOURCES}/{path}", json={"audience": "everyone"}, headers={"If-Match": "*"}
            ),
            simon.delete(f"{SOURCES}/{path}", headers={"If-Match": "*"}),
        ):
            assert change.status_code == 404
        assert give(simon, ("salaries.txt", b"mine"), replace="true").status_code == 409
        assert simon.get(SOURCES, params={"text": "salaries"}).json()["items"] == []
        assert "salaries" not in simon.get("/api/v1/jobs", params={"limit": 200}).text
        assert "salaries" not in simon.get("/library").text


def test_refused_files_are_for_those_who_review(clients):
    """With the reason and what to do."""
    compliance = clients[Role.COMPLIANCE]
    told = give(compliance, ("damaged.pdf", b"this is no PDF")).json()
    report = over(compliance, told["job"])["result"]
    assert [one["path"] for one in report["refused"]] == ["evidence/damaged.pdf"]
    listed = compliance.get(f"{SOURCES}/refused").json()["items"]
    assert [one for one in listed if one["path"] == "evidence/damaged.pdf" and one["hint"]]
    assert clients[Role.ENGINEER].get(f"{SOURCES}/refused").json()["items"] == []
    over(compliance, remove(compliance, "evidence/damaged.pdf"))
    assert "damaged" not in compliance.get(f"{SOURCES}/refused").text
