"""What people said of answers, on the page of those who review."""

from __future__ import annotations

import re

import pytest

from copilot.domain.access import Role

QUESTION = "Do <b>wombats</b> review access?"
SAID = (
    (Role.EMPLOYEE, False, "It names no 100% wombat."),
    (Role.ENGINEER, False, "No source says it."),
    (Role.EMPLOYEE, True, ""),
)


@pytest.fixture(scope="module")
def said(clients):
    """Say something of an answer, three times."""
    for role, helpful, reason in SAID:
        body = {"question": QUESTION, "status": "partial", "helpful": helpful, "reason": reason}
        assert clients[role].post("/api/v1/feedback", json=body).status_code == 201


@pytest.fixture
def listed(clients, said):
    """Return a function that gives the reasons and people that the page lists for a filter."""

    def entries(role=Role.COMPLIANCE, **asked):
        page = clients[role].get(
            "/review/feedback",
            params={"words": "wombats", **asked},
            headers={"Accept": "text/html"},
        )
        assert page.status_code == 200
        reasons = re.findall(r'<blockquote class="said-so">([^<]*)<', page.text)
        return reasons, page.text

    return entries


def test_what_did_not_help_comes_first_and_can_be_narrowed_down(listed):
    """By what was said, by who said it, and by words, in which no sign means something else."""
    newest = ["No source says it.", "It names no 100% wombat."]
    assert listed()[0] == newest
    assert listed(who="grace.whitlock")[0] == newest[1:]
    assert listed(words="100% WOMBAT")[0] == newest[1:]
    assert listed(words="100_ wombat")[0] == []
    assert listed(helpful="yes")[0] == []
    assert "Grace Whitlock" in listed(helpful="yes")[1]
    assert listed(helpful="all")[0] == newest


def test_a_question_leads_to_the_answer_that_the_reader_gets(listed):
    """Nothing is kept of the answer that was given: the reader may read other things than who asked."""
    page = listed()[1]
    href = "/?q=Do%20%3Cb%3Ewombats%3C/b%3E%20review%20access%3F"
    assert page.count(f'href="{href}') == 4
    assert "<b>wombats" not in page


def test_the_queue_says_how_many_answers_did_not_help(clients, said):
    """And leads there."""
    page = clients[Role.ADMIN].get("/review", headers={"Accept": "text/html"}).text
    count = re.search(r'<a href="/review/feedback"><strong>(\d+)</strong>', page)
    assert int(count.group(1)) >= 2


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.ENGINEER, Role.AUDITOR])
def test_only_those_who_review_see_it(clients, role):
    """It has the words of others."""
    assert clients[role].get("/review/feedback").status_code == 403
