"""Files that are given by a form without a script, and a library that says what there is to do."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from copilot.domain.access import Role
from tests.service.conftest import COOKIE

PAGE = {"Accept": "text/html"}


@pytest.fixture
def sender(served):
    """Return a function that gives files as the form of a page does: with a cookie, and the token as a field."""

    def send(files, *, role=Role.COMPLIANCE, token=None, headers=None, **fields):
        cookie = {"Cookie": f"{COOKIE}={served.session(role)}"}
        with httpx.Client(base_url=served.url, headers=cookie | PAGE, timeout=60) as client:
            if token is None:
                found = client.get("/library").text
                token = re.search(r'name="csrf" (?:value|content)="([0-9a-f]{64})"', found).group(1)
            sent = {"folder": "evidence", "csrf": token, **fields}
            parts = [("file", (name, content)) for name, content in files]
            return client.post("/library", data=sent, files=parts, headers=headers)

    return send


def forget(client, path):
    """Take a file out of the library again, and wait until the index is up to date."""
    gone = client.delete(f"/api/v1/sources/{path}", headers={"If-Match": "*"})
    with client.stream("GET", f"/api/v1/jobs/{gone.json()['id']}/events") as stream:
        last = [line for line in stream.iter_lines() if line.startswith("data: ")][-1]
    assert json.loads(last[6:])["state"] == "done"


def test_each_file_of_a_form_says_what_became_of_it(served, clients, sender):
    """One is taken with what was said of it, the other refused with the reason; names are only names."""
    page = sender(
        [("Dugong <b>count.txt", b"Dugongs were counted."), ("manifest.yaml", b"x")],
        period="2025-05",
    )
    assert page.status_code == 200
    given = re.search(r'<ul id="given".*?</ul>', page.text, re.DOTALL).group(0)
    assert re.findall(r'class="badge (?:accent|bad)">([^<]+)<', given) == ["added", "not added"]
    assert "would say something about other files" in given
    assert "<b>" not in given
    [kept] = (served.folder / "evidence").glob("Dugong*count*.txt")
    assert kept.read_bytes() == b"Dugongs were counted."
    path = f"evidence/{kept.name}"
    described = clients[Role.COMPLIANCE].get(f"/api/v1/sources/{path}").json()
    assert described["period"] == "2025-05-01..2025-05-31"
    forget(clients[Role.COMPLIANCE], path)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        pytest.param({"token": ""}, 403, id="no token"),
        pytest.param({"token": "0" * 64}, 403, id="another token"),
        pytest.param({"token": "é" * 64}, 403, id="no hexadecimal"),
        pytest.param({"headers": {"Sec-Fetch-Site": "cross-site"}}, 403, id="another site"),
        pytest.param({"role": Role.EMPLOYEE}, 403, id="somebody who adds no files"),
        pytest.param({"role": Role.ENGINEER, "replace": "true"}, 403, id="who replaces none"),
    ],
)
def test_a_form_that_is_not_ours_or_not_theirs_adds_nothing(served, sender, changed, status):
    """Whoever sent it is told on a page."""
    page = sender([("Narwhal.txt", b"Narwhals swim.")], **changed)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert not (served.folder / "evidence" / "Narwhal.txt").exists()


def test_a_form_without_a_file_says_so_on_the_page(sender):
    """A browser sends a nameless file for a field in which none was chosen."""
    page = sender([("", b"")])
    assert page.status_code == 422
    assert "There is no file in the request." in page.text
    assert "<h1>Evidence and policies</h1>" in page.text


def test_a_link_says_what_the_files_are_that_somebody_is_to_add(served):
    """The fields of the form hold it, as text."""
    cookie = {"Cookie": f"{COOKIE}={served.session(Role.COMPLIANCE)}"}
    about = {"controls": 'AC-03"><i>', "period": "2025-07-01..2025-09-30"}
    page = httpx.get(f"{served.url}/library", params=about, headers=cookie | PAGE, timeout=60).text
    assert 'name="period" type="text" value="2025-07-01..2025-09-30"' in page
    assert "AC-03&#34;&gt;&lt;i&gt;" in page
