"""The page Ask in a real browser: from a question to the highlighted quote, by mouse and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from copilot.bootstrap.viewing import feedback
from copilot.domain.access import Role

BACKUPS = "How long do we keep backups?"
ACCESS = "How do I prove that we review access?"

SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


def asked(page, question):
    """Ask by typing, and wait for the whole answer."""
    before = page.locator(".answer").count()
    page.get_by_role("textbox").first.fill(question)
    page.keyboard.press("Enter")
    answer = page.locator(".answer").nth(before)
    answer.locator(".actions").wait_for()
    return answer


@pytest.fixture
def answered(page_of):
    """Return a page on which somebody of compliance has asked about backups, and the answer."""
    page = page_of(Role.COMPLIANCE)
    return page, asked(page, BACKUPS)


def test_a_citation_opens_the_page_of_the_pdf_with_the_quote_highlighted(answered):
    """The focus goes there and, on Esc, back to the citation."""
    page, answer = answered
    citation = answer.locator("a.cite").first
    citation.click()
    figure = page.locator("#source figure")
    expect(figure).to_be_focused()
    assert figure.locator("rect").count() >= 2
    assert figure.locator("img").evaluate("one => one.decode().then(() => one.naturalWidth)") > 1000
    box, pane = figure.locator("rect").first.bounding_box(), page.locator("#source").bounding_box()
    assert pane["y"] <= box["y"] <= pane["y"] + pane["height"]
    expect(citation).to_have_attribute("aria-current", "true")
    page.keyboard.press("Escape")
    expect(citation).to_be_focused()
    expect(page.locator("#source")).to_be_hidden()


def test_a_citation_of_a_table_opens_its_rows_as_cells(answered):
    """Those that are quoted stand out, under the names of their columns."""
    page, _ = answered
    answer = asked(page, ACCESS)
    answer.locator("a.cite", has_text=re.compile("^6$")).click()
    expect(page.locator("#source tr.quoted")).to_have_count(2)
    expect(page.locator("#source thead th").nth(1)).to_have_text("account")
    expect(page.locator("#source td.touched").first).to_be_visible()
    page.locator("#source").get_by_role("button", name="Next citation").click()
    expect(page.locator("#source-title")).to_have_text("Access review, first quarter 2025")


def test_what_is_marked_is_what_was_cited(answered, served):
    """For every citation of an answer: text, table, criterion and page."""
    page, _ = answered
    answer = asked(page, ACCESS)
    quotes = answer.locator(".sources q").all_text_contents()
    for number, quote in enumerate(quotes):
        answer.locator("a.cite").nth(number).click()
        expect(answer.locator("a.cite").nth(number)).to_have_attribute("aria-current", "true")
        page.locator("#source .opened").wait_for()
        marked = "".join(page.locator("#source mark").all_text_contents())
        assert _words(marked) == _words(quote)


def _words(text):
    return "".join(filter(str.isalnum, text))


def test_the_whole_story_by_keyboard(page_of):
    """From the slash that leads to the box, over a citation and back, to feedback with a reason."""
    page = page_of(Role.COMPLIANCE)
    page.locator("main").focus()
    page.keyboard.press("/")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type(BACKUPS)
    page.keyboard.press("Enter")
    page.locator(".actions").wait_for()
    _tab_to(page, page.locator("a.cite").first, "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#source figure")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("a.cite").first).to_be_focused()
    _tab_to(page, page.get_by_role("button", name="Not helpful"), "Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("It does not speak of tapes.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Thank you")


def _tab_to(page, wanted, key):
    for _ in range(60):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press(key)
    pytest.fail("the keyboard does not lead there")


def test_an_answer_comes_without_moving_what_is_read(page_of):
    """Nothing shifts but by what the reader does; a follow-up stands below."""
    page = page_of(Role.COMPLIANCE)
    page.evaluate(SHIFTS)
    asked(page, ACCESS)
    second = asked(page, "And how long do we keep them?")
    assert page.evaluate("() => window.shifted") <= 0.01
    expect(second.locator(".made")).to_contain_text("Asked as")
    assert "earlier=" in page.url


def test_feedback_reaches_those_who_review(answered, served):
    """Helpful is one press; it is kept with who pressed it."""
    page, answer = answered
    answer.get_by_role("button", name="Helpful", exact=True).click()
    expect(page.locator("#said")).to_contain_text("helpful")
    [(_, newest)], _ = feedback(served.service.copilot).newest(start=0, limit=1)
    assert (newest.who, newest.question, newest.helpful) == ("mara.lindqvist", BACKUPS, True)


def test_a_question_is_passed_on_to_people_with_names(page_of):
    """The page says to whom it goes, and under which name it waits."""
    page = page_of(Role.EMPLOYEE)
    answer = asked(page, "Which zebra feeds the backup tapes?")
    answer.get_by_role("button", name="Pass on to compliance").click()
    expect(answer.locator(".more")).to_contain_text("Mara Lindqvist")
    page.keyboard.type("Asked by a customer.")
    answer.get_by_role("button", name="Pass on", exact=True).click()
    expect(page.locator("#said")).to_contain_text("answer/")


def test_an_auditor_is_offered_no_passing_on(page_of):
    """They have their requests for that."""
    page = page_of(Role.AUDITOR)
    answer = asked(page, ACCESS)
    expect(answer.get_by_role("button", name="Helpful", exact=True)).to_be_visible()
    expect(answer.get_by_role("button", name="Pass on to compliance")).to_have_count(0)


def test_an_answer_is_copied_with_its_citations(answered):
    """As Markdown, in which each citation is a footnote."""
    page, answer = answered
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer.get_by_role("button", name="Copy with citations").click()
    expect(page.locator("#said")).to_contain_text("Copied")
    text = page.evaluate("() => navigator.clipboard.readText()")
    assert text.startswith(f"**{BACKUPS}**")
    notes = re.findall(r"^\[\^(\d+)\]: “.+” — .+, characters \d+–\d+$", text, re.MULTILINE)
    assert notes == [str(n) for n in range(1, answer.locator("a.cite").count() + 1)]
    assert set(re.findall(r"\[\^(\d+)\](?!:)", text)) == set(notes)


def test_on_a_phone_a_source_covers_the_page(page_of):
    """Nothing is wider than 360 pixels, and nothing behind the sheet can be reached."""
    page = page_of(Role.COMPLIANCE, viewport={"width": 360, "height": 740})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    answer = asked(page, BACKUPS)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    answer.locator("a.cite").first.click()
    expect(page.locator("#source figure")).to_be_focused()
    assert page.locator("#source").bounding_box()["width"] == 360
    assert page.evaluate("() => document.querySelector('.talking').inert")
    page.get_by_role("button", name="Close").click()
    expect(answer.locator("a.cite").first).to_be_focused()


def test_without_a_script_a_question_is_answered_all_the_same(page_of):
    """By a form, on a page of its own; a citation leads to the page of its source."""
    page = page_of(Role.COMPLIANCE, java_script_enabled=False)
    page.locator("#question").fill(BACKUPS)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".answer h2")).to_have_text(BACKUPS)
    page.locator("a.cite").first.click()
    expect(page.locator("h1")).to_have_text("Backup policy")
    assert page.locator("figure rect").count() >= 2
    assert page.locator("mark").count() >= 1


def test_a_refusal_says_what_was_searched_and_what_to_do(page_of):
    """It looks like no fault of the product."""
    page = page_of(Role.EMPLOYEE)
    answer = asked(page, "What is the weather in Paris?")
    expect(answer.locator(".state")).to_contain_text("Not found")
    expect(answer.locator(".lead")).to_contain_text("sources and the SOC 2 catalog were searched")
    expect(answer.locator(".after h3")).to_have_text("What you can do")


def test_a_fault_is_said_and_the_question_is_kept(page_of):
    """A criterion that does not exist, with and without a script."""
    page = page_of(Role.EMPLOYEE)
    page.locator("#question").fill("What is CC6.99?")
    page.keyboard.press("Enter")
    expect(page.locator(".notice.bad")).to_contain_text("CC6.99")
    expect(page.locator("#question")).to_have_value("What is CC6.99?")
    page.goto(page.url.split("?")[0] + "?q=What+is+CC6.99%3F")
    expect(page.locator(".notice.bad")).to_contain_text("CC6.99")


def test_an_answer_that_came_with_the_page_can_be_used_like_any_other(page_of):
    """After a reload, the citations open beside it and a follow-up knows the question."""
    page = page_of(Role.COMPLIANCE, path="/?q=How+long+do+we+keep+backups%3F")
    page.locator("a.cite").first.click()
    expect(page.locator("#source figure")).to_be_focused()
    page.keyboard.press("Escape")
    second = asked(page, "And who tests them?")
    expect(second.locator(".made")).to_contain_text("Asked as")


def test_the_address_leads_back_to_the_answer_with_its_scope_and_what_came_before(page_of):
    """Also on a page that was loaded anew, a follow-up knows both questions."""
    page = page_of(Role.COMPLIANCE)
    asked(page, BACKUPS)
    assert "category" not in page.url
    page.locator(".scope summary").click()
    page.get_by_label("Privacy").check()
    page.get_by_label("Audit period").fill("2024")
    asked(page, "And who tests them?")
    assert page.url.count("earlier=") == 1
    assert "category=privacy" in page.url
    page.reload()
    expect(page.locator("input[value=privacy]")).to_be_checked()
    asked(page, "And how often?")
    assert page.url.count("earlier=") == 2
