"""The event log through HTTP and on its page: found, verified, exported."""

from __future__ import annotations

import sqlite3

from playwright.sync_api import expect

from copilot.domain.access import Role
from copilot.domain.tampering import check
from copilot.review.log_files import read_log


def test_entries_are_found_by_who_what_and_when(desk):
    """Newest first, in parts; a kind finds all its items."""
    desk.write("policy/found-first", "# P\n\nText.\n")
    desk.write("policy/found", "# P\n\nText.\n")
    desk.write("policy/found-not", "# P\n\nText.\n", by=Role.ADMIN)
    desk.step("policy/found", "submit")
    log = desk[Role.ADMIN]

    def found(**asked):
        return log.get("/api/v1/log", params=asked).json()

    newest = found(limit=200)
    numbers = [one["number"] for one in newest["items"]]
    assert numbers == sorted(numbers, reverse=True)
    kinds = {one["about"].partition("/")[0] for one in found(about="policy", limit=200)["items"]}
    assert kinds == {"policy"}
    assert [one["action"] for one in found(about="policy/found")["items"]] == [
        "submitted for review",
        "saved a version",
    ]
    assert found(about="polic")["total"] == 0
    mine = {"who": "mara.lindqvist", "action": "saved a version"}
    assert found(**mine, about="policy/found")["total"] == 1
    assert found(**mine, about="policy/found-not")["total"] == 0
    part = found(**mine, limit=1)
    rest = found(**mine, limit=1, cursor=part["next"])
    assert part["total"] == rest["total"] > 1
    assert part["items"][0]["number"] > rest["items"][0]["number"]
    day = newest["items"][0]["at"][:10]
    assert found(about="policy/found", **{"from": day, "to": day})["total"] == 2
    assert found(to="2020-01-01")["total"] == 0
    assert log.get("/api/v1/log", params={"from": "yesterday"}).status_code == 422


def test_only_those_who_review_read_the_log(desk):
    """Neither the entries, nor the check, nor the export."""
    for path in ("log", "log/verify", "log/export"):
        for role in (Role.EMPLOYEE, Role.ENGINEER, Role.AUDITOR):
            assert desk[role].get(f"/api/v1/{path}").status_code == 403


def test_an_export_ends_with_a_seal_that_shows_a_cut_end(desk, tmp_path):
    """The file is the one that the command writes, and its seal can be asked about later."""
    desk.write("policy/sealed", "# S\n\nText.\n")
    log = desk[Role.COMPLIANCE]
    answer = log.get("/api/v1/log/export")
    assert answer.headers["content-disposition"].startswith("attachment")
    (tmp_path / "log.jsonl").write_bytes(answer.content)
    rows, seal = read_log(tmp_path / "log.jsonl")
    assert check(rows, seal) == []
    sealed = {"entries": seal.entries, "hash": seal.hash}
    assert log.get("/api/v1/log/verify", params=sealed).json()["status"] == "whole"
    longer = sealed | {"entries": seal.entries + 50}
    cut = log.get("/api/v1/log/verify", params=longer).json()
    assert cut["status"] == "damaged"
    assert cut["damages"][-1]["harm"] == "cut"
    assert log.get("/api/v1/log/verify", params={"entries": 3}).status_code == 422


def test_the_page_shows_and_filters_entries(desk, page_of):
    """Also on a phone, where nothing is wider than the screen."""
    desk.write("policy/paged", "# P\n\nText.\n")
    page = page_of(
        Role.COMPLIANCE, path="/log", at=desk.served, viewport={"width": 360, "height": 740}
    )
    assert "each as it was written" in page.locator(".notice").inner_text()
    page.get_by_label("About").fill("policy/paged")
    page.get_by_role("button", name="Filter").click()
    rows = page.locator(".log tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Mara Lindqvist")
    page.get_by_role("link", name="Check all of them now").click()
    expect(rows).to_have_count(1)
    assert "check=whole" in page.url
    expect(rows.get_by_role("link", name="policy/paged")).to_have_attribute(
        "href", "/drafts/policy/paged"
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.get_by_role("link", name="Export").get_attribute("href") == "/api/v1/log/export"


def test_a_log_that_was_changed_is_called_so(desk, page_of):
    """On the page, by the API, and there is no sealed export of it."""
    desk.write("policy/changed", "# C\n\nText.\n")
    with sqlite3.connect(desk.served.folder / ".copilot" / "truth.db") as database:
        number, before = database.execute(
            "select number, who from events order by number limit 1"
        ).fetchone()
        database.execute("update events set who = 'nobody' where number = ?", (number,))
    try:
        report = desk[Role.ADMIN].get("/api/v1/log/verify").json()
        assert report["status"] == "damaged"
        assert report["damages"][0]["first"] == number
        assert desk[Role.ADMIN].get("/api/v1/log/export").status_code == 503
        page = page_of(Role.ADMIN, path="/log", at=desk.served)
        assert f"entry {number} is not as written" in page.get_by_role("alert").inner_text()
    finally:
        with sqlite3.connect(desk.served.folder / ".copilot" / "truth.db") as database:
            database.execute("update events set who = ? where number = ?", (before, number))
