"""The pages of controls in a real browser: import, decide by key, many at once, the matrix."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from copilot.bootstrap.mapping import MappingDesk
from copilot.bootstrap.review import mapping_store
from copilot.domain.decisions import Verdict, standing
from copilot.errors import EncoderUnavailable
from copilot.service.pages import controls
from tests.service.conftest import serving
from tests.service.lists import ANN, AUD, CONTROLS, as_csv, small_company

# How busy the machine is decides nothing.
expect.set_options(timeout=60_000)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """Return a service over a small company, whose controls wait to be mapped."""
    with serving(small_company(tmp_path_factory.mktemp("lists") / "smallco")) as running:
        yield running


@pytest.fixture
def open_page(page_of, company):
    """Return a function that opens a page of the small company as somebody of compliance."""

    def opened(path="/controls?state=all", who=ANN, **context):
        return page_of(who, path=path, at=company, **context)

    return opened


def decisions(company):
    """Return what was decided last, by control and criterion."""
    return standing(mapping_store(company.service.copilot).decisions())


def waiting(page):
    """Return the rows that wait for a decision."""
    return page.locator("tr.mapping[data-waits]")


def test_a_list_goes_from_the_file_to_a_decision_in_the_database(open_page, company):
    """Preview, import, see what is suggested, accept by a key."""
    page = open_page("/controls/import")
    new = CONTROLS | {
        "PH-01": "Doors; Doors of the server room are locked and logged.; Ben Roe; daily"
    }
    del new["AC-02"]
    page.set_input_files(
        "#file", {"name": "controls.csv", "mimeType": "text/csv", "buffer": as_csv(new)}
    )
    page.get_by_role("button", name="Preview").click()
    seen = page.locator("#preview")
    expect(seen.locator(".added")).to_have_text("1new")
    expect(seen.locator(".removed")).to_have_text("1gone")
    expect(seen).to_contain_text("It takes the place of controls.csv")
    assert b"PH-01" not in (company.folder / "controls" / "controls.csv").read_bytes()
    seen.get_by_role("button", name="Import in its place").click()
    expect(seen).to_contain_text("criteria are suggested", timeout=60_000)
    seen.get_by_role("link", name="Show the controls").click()
    doors = page.locator('tbody[data-control="PH-01"]')
    first = doors.locator("tr.mapping").first
    criterion = first.get_attribute("data-criterion")
    assert criterion.startswith("CC6.")
    first.focus()
    page.keyboard.press("a")
    expect(page.locator("#said")).to_have_text(f"Accepted: {criterion} for PH-01.")
    expect(doors.locator("tr.mapping").first).to_contain_text("accepted")
    decision = decisions(company)["PH-01", criterion]
    assert (decision.verdict, decision.who) == (Verdict.ACCEPTED, ANN)


def test_a_list_with_problems_says_which_rows(open_page):
    """It cannot be imported until they are mended."""
    page = open_page("/controls/import")
    content = as_csv(AC_01="CC6.12")
    page.set_input_files("#file", {"name": "x.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview")).to_contain_text("row 2")
    expect(page.locator("#preview button")).to_have_count(0)


def test_keys_lead_from_one_mapping_to_the_next(open_page):
    """Down and up by letters and arrows; without the mouse at all."""
    page = open_page()
    page.keyboard.press("n")
    here = page.locator("tr.mapping:focus")
    expect(here).to_have_count(1)
    first = here.get_attribute("data-mapping")
    page.keyboard.press("j")
    assert here.get_attribute("data-mapping") != first
    page.keyboard.press("ArrowUp")
    assert here.get_attribute("data-mapping") == first
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_label("Use these keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert here.count() == 0 or here.get_attribute("data-mapping") == first


def test_rejecting_by_key_asks_for_a_reason(open_page, company):
    """The dialog takes it, the decision stands with it, and the next mapping that waits is chosen."""
    page = open_page("/controls?state=all&words=BK-01")
    row = waiting(page).first
    criterion = row.get_attribute("data-criterion")
    row.focus()
    page.keyboard.press("r")
    page.get_by_label("Why", exact=True).fill("It says nothing of this.")
    page.keyboard.press("Enter")
    expect(page.locator(f'tr.mapping[data-criterion="{criterion}"]')).to_contain_text("rejected")
    assert decisions(company)["BK-01", criterion].reason == "It says nothing of this."


def test_replacing_names_another_criterion(open_page, company):
    """A criterion that there is not is refused within the dialog."""
    page = open_page("/controls?state=all&words=CM-01")
    waiting(page).first.focus()
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog", name="Replace")
    dialog.get_by_label("The criterion in its place").fill("CC9.9")
    dialog.get_by_label("Why").fill("It is about suppliers.")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("CC9.9")
    dialog.get_by_label("The criterion in its place").fill("cc9.2")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator('tr.mapping[data-criterion="CC9.2"]')).to_contain_text("accepted")
    assert decisions(company)["CM-01", "CC9.2"].verdict is Verdict.ACCEPTED


def test_what_somebody_else_decided_is_shown_in_its_place(open_page, company):
    """A page that is out of date changes nothing, and shows what holds."""
    page = open_page("/controls?state=all&words=AC-01")
    row = waiting(page).first
    criterion = row.get_attribute("data-criterion")
    other = company.service.register.find(ANN).principal()
    with company.service.mappings.deciding(principal=other) as review:
        review.reject(f"mapping/AC-01/{criterion}", principal=other, reason="Meanwhile.")
    row.focus()
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("Somebody else has decided")
    expect(page.locator(f'tr.mapping[data-criterion="{criterion}"]')).to_contain_text("Meanwhile.")
    assert decisions(company)["AC-01", criterion].verdict is Verdict.REJECTED


def test_many_are_accepted_after_a_look_at_them(open_page, company):
    """The preview lists each; then they are accepted at once."""
    page = open_page()
    page.get_by_label("Accept all that waits").fill("15")
    page.get_by_role("button", name="Preview").click()
    dialog = page.get_by_role("dialog", name="Accept at once")
    listed = dialog.locator("tbody tr")
    expect(listed.first).to_be_visible()
    names = [
        (row.locator("th").inner_text(), row.locator("td").first.inner_text().split()[0])
        for row in listed.all()
    ]
    with page.expect_navigation():
        dialog.get_by_role("button", name=f"Accept {len(names)}").click()
    assert all(decisions(company)[one].verdict is Verdict.ACCEPTED for one in names)


def test_the_matrix_shows_what_serves_what(open_page):
    """A criterion that nothing serves is told by a zero, not by colour alone."""
    page = open_page("/controls/matrix?category=security")
    expect(page.locator("thead th.criterion")).to_have_count(33)
    expect(page.locator("tbody tr")).to_have_count(len(CONTROLS))
    expect(page.locator("tfoot .nothing").first).to_have_text("0")


def test_a_phone_shows_it_without_scrolling_sideways(open_page):
    """List, matrix and import fit 360 pixels."""
    for path in ("/controls?state=all", "/controls/matrix", "/controls/import"):
        page = open_page(path, viewport={"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_somebody_who_does_not_decide_has_no_buttons_for_it(open_page):
    """The auditor reads."""
    page = open_page(who=AUD)
    expect(page.get_by_role("heading", name="Controls")).to_be_visible()
    expect(page.locator("[data-decide]")).to_have_count(0)
    expect(page.get_by_role("link", name=re.compile("Import"))).to_have_count(0)


def test_a_page_does_not_wait_for_suggestions_that_take_long(open_page, company, monkeypatch):
    """It says that they are being made, and gives way to them by itself."""
    desk = MappingDesk(company.service.copilot)
    monkeypatch.setattr(company.service, "mappings", desk)
    monkeypatch.setattr(controls, "PATIENCE", 0.05)
    with desk._suggesting:  # somebody is at it
        page = open_page("/controls?state=all")
        expect(page.get_by_role("status").first).to_contain_text("finding the criteria")
        assert page.get_by_role("progressbar").count() == 1
        matrix = open_page("/controls/matrix")
        expect(matrix.get_by_role("progressbar")).to_have_count(1)
        assert desk.prepare() is False
    expect(page.locator("tbody[data-control]").first).to_be_visible()
    expect(matrix.get_by_role("heading", name="Controls against criteria")).to_be_visible()
    assert desk.prepare() is True


def test_what_goes_wrong_with_suggestions_is_told_to_who_waits_for_them(company, monkeypatch):
    """And the next one who asks has them made again."""
    desk = MappingDesk(company.service.copilot)
    failures = [EncoderUnavailable("no encoder today")]

    def encoding():
        raise failures.pop()

    monkeypatch.setattr(type(desk), "_mapper", property(lambda _: encoding()))
    (company.folder / ".copilot" / "mapping" / "suggestions.json").unlink(missing_ok=True)
    with pytest.raises(EncoderUnavailable, match="no encoder today"):
        desk.prepare(wait=60)
    monkeypatch.undo()
    assert desk.prepare(wait=60) is True
