"""Jobs over HTTP: begun, followed, stopped; and a service that is killed goes on with its work."""

from __future__ import annotations

import json
import shutil
import socket
import time

import pytest

from copilot.domain.access import Role
from tests.service.killing import running, token_of

JOBS = "/api/v1/jobs"
SOURCES = "/api/v1/sources"


def followed(client, job):
    """Return what a job's stream says, until it ends."""
    with client.stream("GET", f"{JOBS}/{job}/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        return [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]


def test_a_job_is_begun_followed_and_over(clients):
    """Its stream says how it comes along, and ends with what came of it."""
    compliance = clients[Role.COMPLIANCE]
    begun = compliance.post(JOBS, json={"kind": "ingest"})
    assert begun.status_code == 202
    job = begun.json()
    assert begun.headers["location"] == f"{JOBS}/{job['id']}"
    told = followed(compliance, job["id"])
    assert told[-1]["state"] == "done"
    assert told[-1]["result"]["unchanged"] > 70
    assert compliance.get(f"{JOBS}/{job['id']}").json() == told[-1]
    assert compliance.get(JOBS).json()["items"][0]["id"] == job["id"]


def test_the_mapper_runs_as_a_job(clients):
    """Its suggestions are kept, so that nobody waits for them later."""
    compliance = clients[Role.COMPLIANCE]
    job = compliance.post(JOBS, json={"kind": "map"}).json()
    assert followed(compliance, job["id"])[-1]["result"]["controls"] > 30


@pytest.mark.parametrize(
    ("role", "kind", "status"),
    [
        (Role.EMPLOYEE, "ingest", 403),
        (Role.AUDITOR, "ingest", 403),
        (Role.ENGINEER, "draft-all", 403),
        (Role.ADMIN, "dance", 422),
    ],
)
def test_who_may_not_begin_a_job_is_told(clients, role, kind, status):
    """Drafting everything is for those who review."""
    assert clients[role].post(JOBS, json={"kind": kind}).status_code == status


def test_a_job_of_somebody_else_is_no_job(served, clients):
    """An engineer sees their own; whoever reviews sees all, without files that they may not read."""
    engineer = clients[Role.ENGINEER]
    job = engineer.post(JOBS, json={"kind": "ingest"}).json()["id"]
    with served.client("dev.malhotra") as other:
        hidden = other.get(f"{JOBS}/{job}")
        absent = other.get(f"{JOBS}/{'0' * 16}")
        assert (hidden.status_code, absent.status_code) == (404, 404)
        assert hidden.json()["detail"].replace(job, "0" * 16) == absent.json()["detail"]
        for way in ("events", "stop"):
            method = other.get if way == "events" else other.post
            assert method(f"{JOBS}/{job}/{way}").status_code == 404
        assert job not in other.get(JOBS).text
    assert clients[Role.COMPLIANCE].get(f"{JOBS}/{job}").status_code == 200
    assert followed(engineer, job)[-1]["state"] == "done"


def test_a_job_that_is_over_stays_as_it_is_when_it_is_stopped(clients):
    """Stopping is safe to ask for at any time."""
    compliance = clients[Role.COMPLIANCE]
    job = compliance.post(JOBS, json={"kind": "ingest"}).json()["id"]
    over = followed(compliance, job)[-1]
    assert compliance.post(f"{JOBS}/{job}/stop").json() == over


def test_a_service_that_is_killed_loses_nothing(sample_folder, tmp_path):
    """Killed in the middle of an upload and of an ingest, it goes on with its job when it starts again.

    The file that was on its way is nowhere, the one that had arrived is ingested, and nothing else.
    """
    folder = tmp_path / "harbourlight"
    shutil.copytree(sample_folder, folder)
    token = token_of(folder, "mara.lindqvist")
    long = "\n\n".join(
        f"On day {day} the restore of backup {day * 7919 % 1009} took {day % 50} minutes and the "
        f"checksum {day * 104729} was right, as the operator of shift {day % 7} has noted."
        for day in range(300)
    )
    with running(folder, token) as (process, client):
        told = client.post(
            SOURCES, files={"file": ("restores.txt", long)}, data={"folder": "evidence"}
        ).json()
        job = told["job"]["id"]
        with socket.create_connection((client.base_url.host, client.base_url.port)) as sent:
            sent.sendall(
                f"POST {SOURCES} HTTP/1.1\r\nHost: 127.0.0.1:{client.base_url.port}\r\n"
                f"Authorization: Bearer {token}\r\nContent-Length: 1000000\r\n"
                "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
                '--x\r\nContent-Disposition: form-data; name="file"; filename="half.txt"\r\n\r\n'
                "half of it".encode()
            )
            until = time.monotonic() + 60
            while client.get(f"{JOBS}/{job}").json()["state"] == "queued":
                assert time.monotonic() < until
                time.sleep(0.01)
            process.kill()
            process.wait()
    before = {str(one.relative_to(folder)) for one in (folder / "evidence").iterdir()}
    assert "evidence/restores.txt" in before
    assert not any("half" in one for one in before)
    with running(folder, token) as (_, client):
        told = followed(client, job)[-1]
        # The job may have been done just before it was to be killed; mostly it was in the middle.
        assert (told["state"], told["tries"] in {1, 2}) == ("done", True)
        (found,) = client.get(SOURCES, params={"text": "restores.txt"}).json()["items"]
        assert (found["path"], found["stale"]) == ("evidence/restores.txt", False)
        assert client.get(SOURCES, params={"text": "half"}).json()["items"] == []
        assert client.get(f"{SOURCES}/refused").json()["items"] == []
        assert client.get(JOBS).json()["total"] == 1
    assert {str(one.relative_to(folder)) for one in (folder / "evidence").iterdir()} == before
