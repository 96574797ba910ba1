"""The pages of drafts in a real browser: start, close, edit, decide; nothing typed is lost."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from copilot.domain.access import Role
from tests.service.desk import CLOSED, OPEN

EVIL = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def test_from_a_kind_of_policy_to_a_file_in_force(desk, page_of):
    """One person starts it and closes what is open, another approves it; it is written and logged."""
    page = page_of(Role.COMPLIANCE, path="/drafts", at=desk.served)
    kinds = page.locator("details.kinds")
    if kinds.get_attribute("open") is None:
        kinds.locator("summary").click()
    page.get_by_label("Find a kind of policy").fill("code conduct")
    expect(page.locator(".kind-list > li:visible")).to_have_count(1)
    page.get_by_role("button", name="Draft Code of conduct").click()
    page.wait_for_url("**/drafts/policy/code-of-conduct")
    while page.get_by_role("button", name="Answer", exact=True).count():
        count = page.locator("#open-title .count")
        before = int(count.inner_text())
        page.get_by_role("button", name="Answer", exact=True).first.click()
        page.get_by_label("The answer, in plain words").fill("The <b>Security</b> Lead.")
        page.get_by_role("button", name="Save the answer").click()
        expect(count).to_have_text(str(before - 1))
    page.locator("[data-confirm-all]").click()
    page.locator("#step").get_by_role("button", name="Confirm").click()
    expect(page.locator("#open-title .count")).to_have_text("0")
    page.get_by_role("button", name="Submit for review").click()
    expect(page.locator(".facts .badge").first).to_have_text("in review")
    page.locator(".why-not summary").click()
    expect(page.locator(".why-not")).to_contain_text("somebody else has to read and approve it")
    other = page_of(Role.ADMIN, path="/drafts/policy/code-of-conduct", at=desk.served)
    other.get_by_role("button", name="Approve").click()
    other.get_by_label("A note, if you like").fill("Read on paper.")
    other.locator("#step").get_by_role("button", name="Approve").click()
    expect(other.locator(".facts .badge").first).to_have_text("approved")
    expect(other.locator(".comments")).to_contain_text("Read on paper.")
    file = desk.served.folder / "policies" / "code-of-conduct.md"
    assert "approved_by: jonas.mendes" in file.read_text()
    logged = desk[Role.ADMIN].get("/api/v1/log", params={"about": "policy/code-of-conduct"})
    assert logged.json()["items"][0]["action"] == "approved a version"


def test_what_people_write_is_shown_as_text(desk, page_of):
    """In the text, the title, comments, notes, questions, answers and footnotes of a draft."""
    text = (
        f'---\ntitle: "{EVIL[:20]}"\n---\n\n# T\n\n{EVIL}\n\n[a](javascript:alert(1)) ![i](https://evil.example/i.png)\n\n'
        f'[open question → {EVIL[:9]}: {EVIL[:12]}"\'?] `{EVIL}`[^1]\n\n[^1]: “{EVIL}” — a"><b>.md, characters 1–2\n'
    )
    desk.write("policy/evil", text, title=f"Title {EVIL}")
    desk.step("policy/evil", "comments", {"text": f"Comment {EVIL}"})
    desk.step("policy/evil", "versions", {"text": text + EVIL, "note": f"Note {EVIL}"}, seen='"1"')
    for path in ("", "/edit", "/changes"):
        page = page_of(Role.COMPLIANCE, path=f"/drafts/policy/evil{path}", at=desk.served)
        expect(page.locator("h1")).to_be_visible()
        assert "owned" not in page.title().replace(EVIL, "")
        assert page.locator("main script, main img").count() == 0
    page = page_of(Role.COMPLIANCE, path="/drafts/policy/evil", at=desk.served)
    assert page.locator("a[href^='javascript']").count() == 0
    expect(page.locator(".prose")).to_contain_text("<script>document.title='owned'</script>")
    expect(page.locator(".comments")).to_contain_text(f"Comment {EVIL}")
    expect(page.locator(".versions")).to_contain_text(f"Note {EVIL}")
    page_of(Role.COMPLIANCE, path="/drafts", at=desk.served)


def test_a_citation_opens_its_source_over_the_text(desk, page_of):
    """With the quote in sight; without script the link leads to the source's own page."""
    truth = desk.served.service.copilot.truth
    principal = desk.served.service.register.find("mara.lindqvist").principal()
    source = truth.text_of("policies/access-control.md", principal=principal)
    quote = "Nobody shares an account."
    start = source.index(quote)
    note = (
        f"[^1]: “{quote}” — policies/access-control.md, characters {start}–{start + len(quote)}\n"
    )
    desk.write("policy/opens", f"# O\n\nAccounts are not shared.[^1]\n\n{note}")
    page = page_of(Role.COMPLIANCE, path="/drafts/policy/opens", at=desk.served)
    link = page.locator(".prose sup a")
    assert "/sources/view?path=policies%2Faccess-control.md" in link.get_attribute("href")
    link.click()
    expect(page.locator("#source mark")).to_contain_text(quote)
    page.keyboard.press("Escape")
    expect(page.locator("#source")).not_to_be_visible()


def test_unsaved_text_comes_back_after_a_reload(desk, page_of):
    """And is gone once it is saved or discarded."""
    desk.write("policy/reload")
    page = page_of(Role.COMPLIANCE, path="/drafts/policy/reload/edit", at=desk.served)
    page.get_by_label("Text of version").fill(OPEN + "\nMore.\n")
    expect(page.locator("#kept")).to_contain_text("Not saved yet")
    page.reload()
    expect(page.locator("#returned")).to_contain_text("is back")
    assert page.get_by_label("Text of version").input_value().endswith("More.\n")
    page.get_by_role("button", name="Discard it").click()
    assert page.get_by_label("Text of version").input_value() == OPEN
    page.reload()
    expect(page.locator("#returned")).not_to_be_visible()


def test_the_editor_says_what_is_open_and_which_citation_is_gone(desk, page_of):
    """A save that would lose one asks; the citation can be put back at the cursor."""
    desk.write("policy/editor")
    page = page_of(Role.COMPLIANCE, path="/drafts/policy/editor/edit", at=desk.served)
    field = page.get_by_label("Text of version")
    assert field.input_value() == OPEN
    field.fill("# Access control policy\n\n[open question → CEO: Why?] Words\n")
    expect(page.locator("#open-list")).to_have_text("Why? CEO")
    expect(page.locator("#citations")).to_contain_text("1 of 1 citations are gone")
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.locator("#losing")).to_contain_text("Nobody shares an account.")
    page.get_by_role("button", name="Back to the text").click()
    page.get_by_role("button", name="Insert at the cursor").click()
    expect(page.locator("#citations")).to_contain_text("All 1 citations")
    page.get_by_role("button", name="Save as a new version").click()
    page.wait_for_url("**/drafts/policy/editor")
    expect(page.locator(".prose sup a")).to_have_count(1)


def test_of_two_editors_the_second_sees_both_texts(desk, page_of):
    """Nothing is overwritten, nothing typed is lost, and saving goes on top of the newest."""
    desk.write("policy/two", "# Two\n\nOriginal.\n")
    first, second = (
        page_of(role, path="/drafts/policy/two/edit", at=desk.served)
        for role in (Role.COMPLIANCE, Role.ADMIN)
    )
    first.get_by_label("Text of version").fill("# Two\n\nBy the first.\n")
    first.get_by_role("button", name="Save as a new version").click()
    first.wait_for_url("**/drafts/policy/two")
    second.get_by_label("Text of version").fill("# Two\n\nBy the second.\n")
    second.get_by_role("button", name="Save as a new version").click()
    expect(second.locator("#conflict")).to_contain_text("mara.lindqvist saved version 2")
    assert second.locator("#theirs").input_value() == "# Two\n\nBy the first.\n"
    assert second.locator("#mine").input_value() == "# Two\n\nBy the second.\n"
    second.get_by_role("button", name="Go on, on top of version 2").click()
    second.get_by_role("button", name="Save as a new version").click()
    second.wait_for_url("**/drafts/policy/two")
    versions = desk.shown("policy/two")["versions"]
    assert [(one["number"], one["base"]) for one in versions] == [(1, None), (2, 1), (3, 2)]


def test_versions_stand_beside_each_other_or_below_on_a_phone(desk, page_of):
    """Signs and struck or underlined words tell what colours tell; nothing is wider than the screen."""
    desk.write("policy/sides", "# S\n\nAccess ends after three days, says this rule.\n")
    desk.step(
        "policy/sides", "versions", {"text": "# S\n\nAccess ends after one day, says this rule.\n"}
    )
    wide = page_of(Role.COMPLIANCE, path="/drafts/policy/sides/changes", at=desk.served)
    before, after = wide.locator("td.removed"), wide.locator("td.added")
    assert before.bounding_box()["y"] == after.bounding_box()["y"]
    expect(before.locator("del").first).to_have_text("three")
    expect(after).to_contain_text("+")
    small = page_of(
        Role.COMPLIANCE,
        path="/drafts/policy/sides/changes",
        at=desk.served,
        viewport={"width": 360, "height": 740},
    )
    before, after = small.locator("td.removed"), small.locator("td.added")
    assert before.bounding_box()["y"] < after.bounding_box()["y"]
    assert small.evaluate("document.documentElement.scrollWidth") == 360


def test_without_a_script_no_button_is_there_that_would_do_nothing(desk, page_of):
    """What needs one is not offered, and where it can be done is said."""
    page = page_of(Role.COMPLIANCE, path="/drafts", at=desk.served, java_script_enabled=False)
    expect(page.locator("noscript .notice")).to_be_visible()
    assert page.locator("main button:visible").count() == 0


def test_a_response_is_drafted_from_a_form(desk, page_of):
    """What is wrong is said by field, and what was typed stays."""
    page = page_of(
        Role.COMPLIANCE,
        path="/drafts/new/response",
        at=desk.served,
        viewport={"width": 360, "height": 740},
    )
    page.get_by_label("Finding (required)").fill("F-2026-77")
    page.get_by_label("Control (required)").fill("AC-03")
    page.get_by_label("Criterion (required)").fill("CC99")
    page.get_by_label("What was found").fill("1 of 4 reviews was late.")
    keep = page.get_by_role("button", name="Keep the finding and draft the response")
    keep.click()
    expect(page.locator("#finding-problem")).to_contain_text("CC99")
    expect(page.locator("#criterion[aria-invalid] + .wrong")).to_contain_text("CC99")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_label("Criterion (required)").fill("CC6.2")
    keep.click()
    page.wait_for_url("**/drafts/response/F-2026-77")
    expect(page.locator("h1")).to_contain_text("F-2026-77")
    assert (desk.served.folder / "findings" / "finding-F-2026-77.yaml").is_file()


@pytest.mark.parametrize(
    ("path", "scheme"),
    [
        ("/drafts/policy/axe", "light"),
        ("/drafts/policy/axe", "dark"),
        ("/drafts/policy/axe/edit", "dark"),
        ("/drafts/policy/axe/changes", "light"),
    ],
)
def test_the_pages_of_a_draft_break_no_rule_of_accessibility(desk, page_of, path, scheme):
    """No serious or critical one, with everything on them that a draft can have."""
    if desk[Role.COMPLIANCE].get("/api/v1/review/policy/axe").status_code == 404:
        desk.write("policy/axe")
        desk.step("policy/axe", "versions", {"text": OPEN.replace("quarter", "month")})
        desk.step("policy/axe", "waivers", {"question": 1, "reason": "Settled."})
        desk.step("policy/axe", "comments", {"text": "Look at this."})
    page = page_of(Role.COMPLIANCE, path=path, at=desk.served, color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    grave = [one for one in found if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], one["nodes"][0]["html"]) for one in grave] == []


def test_an_approved_policy_is_read_by_everybody_and_edited_by_few(desk, page_of):
    """An employee sees what is in force, and why there is no button."""
    desk.in_review("policy/public", CLOSED.format(title="Public policy"), title="Public policy")
    desk.step("policy/public", "approve", {}, by=Role.ADMIN)
    page = page_of(Role.EMPLOYEE, path="/drafts/policy/public", at=desk.served)
    expect(page.locator("h1")).to_have_text("Public policy")
    assert page.locator("[data-step], a[href$='/edit']").count() == 0
    page.locator(".why-not summary").click()
    expect(page.locator(".why-not")).to_contain_text("You see what is in force")
    page.goto(f"{desk.served.url}/drafts/policy/public/edit")
    expect(page.locator("h1")).to_have_text("Not permitted")
