"""The queue in a real browser: decide with the keyboard, answer what was passed on."""

from __future__ import annotations

from playwright.sync_api import expect

from copilot.domain.access import Role
from copilot.drafting.passed_on import WITHHELD
from tests.service.desk import OPEN

ASKED = (
    "# Who signs?\n\n## 1. Question\n\nWho signs?\n\n"
    "## 2. What the copilot answered\n\nNo answer (no support).\n\n"
    "Sources searched: 72, besides the SOC 2 catalog.\n\n"
    f"## 3. {WITHHELD}\n\n| Claim | Why |\n| --- | --- |\n"
    "| The board <b>signs</b>. | no quote carries it |\n\n"
    "## 4. Answer\n\n[open question → Compliance: What is the answer to this question?]\n"
)


def test_a_queue_is_worked_through_with_the_keyboard_alone(desk, page_of):
    """j and k move, Enter reads, a approves, c gives back; what is not allowed says why."""
    for name in ("a", "b", "c"):
        desk.in_review(f"policy/keys-{name}", by=Role.ADMIN, title=f"Keys {name}")
    desk.in_review("policy/keys-own", title="Keys own")
    page = page_of(Role.COMPLIANCE, path="/review", at=desk.served)
    entry = page.locator("[data-queued]:focus")

    def press(*keys):
        for key in keys:
            page.keyboard.press(key)

    for _ in range(page.locator("[data-queued]").count()):
        press("j")
        if entry.get_attribute("data-item") == "policy/keys-a":
            break
    press("j", "k")
    expect(entry).to_have_attribute("data-item", "policy/keys-a")
    press("a")
    expect(page.locator("#step")).to_be_visible()
    press("Tab", "Enter")
    expect(page.locator("[data-item='policy/keys-a']")).to_have_count(0)
    expect(entry).to_have_attribute("data-item", "policy/keys-b")
    press("c")
    page.keyboard.type("The limit is missing.")
    press("Tab", "Enter")
    expect(page.locator("[data-item='policy/keys-b']")).to_have_count(0)
    press("j")
    expect(entry).to_have_attribute("data-item", "policy/keys-own")
    press("a")
    expect(page.locator("#said")).to_contain_text("You wrote version 1")
    press("k", "Enter")
    page.wait_for_url("**/drafts/policy/keys-c")
    assert desk.shown("policy/keys-a")["state"] == "approved"
    assert desk.shown("policy/keys-b")["comments"][0]["text"] == "The limit is missing."


def test_a_passed_on_question_is_answered_where_it_stands(desk, page_of):
    """With what was asked and searched; the withheld claim is struck through beside its reason."""
    question = {
        "question": "Who signs the annual penetration test report?",
        "note": "For <i>sales</i>",
    }
    item = desk[Role.EMPLOYEE].post("/api/v1/passed-on", json=question).json()["item"]
    page = page_of(Role.COMPLIANCE, path="/review", at=desk.served)
    entry = page.locator(f"[data-item='{item}']")
    entry.locator("summary").click()
    expect(entry).to_contain_text("Sources searched")
    expect(entry).to_contain_text("For <i>sales</i>")
    entry.get_by_label("Your answer").fill("The Security Lead signs it.")
    entry.get_by_role("button", name="Answer, and hand on for approval").click()
    expect(entry).to_contain_text("somebody else has to read and approve it")
    approver = page_of(Role.ADMIN, path="/review", at=desk.served)
    waiting = approver.locator(f"[data-item='{item}']")
    waiting.get_by_role("button", name="Approve").click()
    approver.locator("#step").get_by_role("button", name="Approve").click()
    expect(waiting).to_have_count(0)
    asker = desk[Role.EMPLOYEE].get(f"/api/v1/review/{item}").json()
    assert "The Security Lead signs it." in asker["version"]["text"]


def test_withheld_claims_are_struck_through_with_the_reason(desk, page_of):
    """As text, whatever they say."""
    desk.in_review("answer/900", ASKED, title="Who signs?", by=Role.ADMIN)
    page = page_of(Role.COMPLIANCE, path="/review", at=desk.served)
    page.locator("[data-item='answer/900'] summary").click()
    claim = page.locator("[data-item='answer/900'] td.withheld")
    expect(claim).to_have_text("The board <b>signs</b>.")
    assert "line-through" in claim.evaluate("one => getComputedStyle(one).textDecorationLine")
    expect(page.locator("[data-item='answer/900'] tbody")).to_contain_text("no quote carries it")


def test_what_is_open_stands_in_the_way_and_somebody_else_may_be_quicker(desk, page_of):
    """The page says which, and never decides on what was not read."""
    desk.in_review("policy/open", OPEN, by=Role.ADMIN, title="Open policy")
    desk.in_review("policy/quick", by=Role.ADMIN, title="Quick policy")
    page = page_of(
        Role.COMPLIANCE, path="/review", at=desk.served, viewport={"width": 360, "height": 740}
    )
    expect(page.locator("[data-item='policy/open']")).to_contain_text("2 questions are open")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    desk.step("policy/quick", "versions", {"text": "# Other\n"}, by=Role.ADMIN)
    desk.step("policy/quick", "submit", by=Role.ADMIN)
    page.locator("[data-item='policy/quick']").get_by_role("button", name="Approve").click()
    page.locator("#step").get_by_role("button", name="Approve").click()
    expect(page.locator("#said")).to_contain_text("Reload the page to see what changed")
    assert desk.shown("policy/quick")["state"] == "in review"


def test_the_keys_can_be_switched_off(desk, page_of):
    """For people whose speech or hands would press them by mistake; the choice is kept."""
    desk.in_review("policy/no-keys", by=Role.ADMIN, title="No keys")
    page = page_of(Role.COMPLIANCE, path="/review", at=desk.served)
    page.get_by_label("Use these keys on this device").uncheck()
    page.reload()
    page.keyboard.press("j")
    assert page.locator("[data-queued]:focus").count() == 0
    page.get_by_label("Use these keys on this device").check()
    page.locator("h1").click()
    page.keyboard.press("j")
    expect(page.locator("[data-queued]:focus")).to_have_count(1)


def test_employees_have_no_queue(desk, page_of):
    """They find their own drafts under Drafts."""
    page = page_of(Role.EMPLOYEE, path="/review", at=desk.served)
    expect(page.locator("h1")).to_have_text("Not permitted")
    assert page.get_by_role("link", name="Review", exact=True).count() == 0
