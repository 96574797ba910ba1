"""What somebody sees who knows nothing yet, and where nothing stands."""

from __future__ import annotations

import httpx
import pytest

from copilot.domain.access import Role
from tests.service.conftest import COOKIE


def seen(service, path, who=None):
    """Return a page as a browser gets it, of somebody who is signed in or of nobody."""
    cookie = {"Cookie": f"{COOKIE}={service.session(who)}"} if who else {}
    headers = cookie | {"Accept": "text/html"}
    return httpx.get(service.url + path, headers=headers, timeout=60).text


def test_a_workspace_without_files_says_where_to_begin(company):
    """Not with questions that nothing can answer."""
    page = seen(company, "/", "ada")
    assert "Begin here" in page
    assert all(f'href="{one}"' in page for one in ("/library", "/controls/import", "/readiness"))
    assert "Good first questions" not in page


def test_where_there_are_files_there_are_questions(served):
    """Also for somebody who may read only what everybody may."""
    page = seen(served, "/", Role.EMPLOYEE)
    assert "Good first questions" in page
    assert "Begin here" not in page


@pytest.mark.parametrize(("who", "leads_on"), [(Role.ENGINEER, True), (None, False)])
def test_where_nothing_stands_the_way_on_is_shown_to_whom_it_leads(served, who, leads_on):
    """The places are those of the person; nobody else learns of any."""
    page = seen(served, "/nowhere", who)
    assert "There is nothing at /nowhere" in page
    assert ('href="/controls"' in page) is leads_on
