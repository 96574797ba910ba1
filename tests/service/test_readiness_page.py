"""The pages of readiness in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from copilot.domain.access import Role

# How busy the machine is decides nothing.
expect.set_options(timeout=60_000)


@pytest.fixture
def score(clients):
    """Return the score as the page writes it."""
    found = clients[Role.COMPLIANCE].get("/api/v1/readiness").json()
    return f"{round(100 * found['score'])} %"


def test_the_map_has_a_cell_for_each_criterion_that_leads_to_its_page(page_of, score):
    """With its status in words, so that nobody has to tell colours apart."""
    page = page_of(path="/readiness")
    cells = page.locator(".series a")
    expect(cells).to_have_count(61)
    cell = page.get_by_role("link", name="CC3.3 Thinking about fraud: gap")
    expect(cell.locator(".sign")).to_have_text("✗")
    expect(page.locator(".whole strong")).to_have_text(score)
    cell.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("CC3.3")
    expect(page.locator("main")).to_contain_text("No control serves it.")


def test_a_criterion_shows_its_records_over_time_and_opens_them(page_of):
    """The missing quarter is named; a record opens in the viewer."""
    page = page_of(path="/readiness/CC6.3")
    review = page.locator("article.lane").filter(has_text="AC-03")
    expect(review.locator(".slot.held")).to_have_count(3)
    expect(review.locator(".slot.missing")).to_have_count(1)
    expect(review).to_contain_text("No record for Q3 2025")
    add = review.get_by_role("link", name="Add it for AC-03, Q3 2025")
    expect(add).to_have_attribute(
        "href", "/library?controls=AC-03&period=2025-07-01..2025-09-30#add-title"
    )
    expect(page.locator(".todo li").first).to_contain_text("Find the record of AC-03 for Q3 2025")
    expect(page.locator("#auditors + .sheet li").first).to_be_visible()
    expect(page.locator(".points .touched")).to_have_count(4)
    review.get_by_role("link", name="Access review, first quarter 2025").click()
    expect(page.locator("h1")).to_contain_text("Access review, first quarter 2025")
    expect(page.locator(".about-source")).to_contain_text("speaks for Q1 2025")


def test_tasks_are_filtered_and_reports_are_saved(page_of, clients):
    """By owner; the report is a download."""
    tasks = clients[Role.COMPLIANCE].get("/api/v1/readiness/tasks?owner=Jonas Mendes").json()
    page = page_of(path="/readiness")
    page.get_by_label("Owner").select_option("Jonas Mendes")
    page.locator("form").filter(has=page.get_by_label("Owner")).get_by_role("button").click()
    expect(page.locator(".tasks tbody tr")).to_have_count(tasks["total"])
    page.get_by_text("Export").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Report (HTML)").click()
    assert saved.value.suggested_filename == "readiness.html"


def test_a_period_that_is_none_is_said_to_be_so_where_it_was_typed(page_of, score):
    """And the usual one is shown meanwhile."""
    page = page_of(path="/readiness?period=soon")
    expect(page.get_by_label("Audit period")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#period-problem")).to_contain_text("soon")
    expect(page.locator(".whole strong")).to_have_text(score)


@pytest.mark.parametrize(
    ("role", "words"),
    [(Role.ENGINEER, "that you may not read"), (Role.AUDITOR, "records of the audit period only")],
)
def test_whoever_may_not_read_everything_is_told(page_of, role, words):
    """So that nobody takes their part for the whole."""
    page = page_of(role, path="/readiness")
    expect(page.locator("main .notice").first).to_contain_text(words)


@pytest.mark.parametrize("path", ["/readiness", "/readiness/CC6.3"])
def test_a_phone_shows_it_without_scrolling_sideways(page_of, path):
    """360 pixels are enough, in the dark as well."""
    page = page_of(path=path, viewport={"width": 360, "height": 740}, color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
