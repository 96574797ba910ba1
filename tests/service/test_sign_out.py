"""Signing out, here and of the company's sign-in service."""

from __future__ import annotations

import re
from hashlib import shake_256
from urllib.parse import parse_qsl, urlsplit

import pytest

from copilot.errors import SignInUnavailable
from copilot.service.oidc import Provider as OurSide
from tests.service.conftest import COOKIE
from tests.service.signing import begin, browser, get, our_side, signed_in

KEPT = "copilot-identity"


def csrf(client):
    """Return what the pages of a session send with every change."""
    return re.search(r'name="csrf" content="([0-9a-f]{64})"', client.get("/").text).group(1)


def sign_out(client, **headers):
    """Sign out as the pages' script does, and return where it leads."""
    sent = {"X-CSRF-Token": csrf(client), "Accept": "application/json"} | headers
    answer = client.post("/sign-out", headers=sent)
    assert answer.status_code == 200
    return answer.json()["then"]


def said(url):
    """Return the query of an address."""
    return dict(parse_qsl(urlsplit(url).query))


def test_who_signed_in_there_signs_out_there_and_comes_back(company, provider):
    """The service learns who leaves from the identity that it gave; the session is over here as well."""
    with browser(company) as client:
        client.get(begin(client))
        assert KEPT not in client.get("/").request.headers["cookie"]
        then = sign_out(client)
        assert (signed_in(client), COOKIE in client.cookies, KEPT in client.cookies) == (
            None,
            False,
            False,
        )
    assert said(then).keys() == {"realm", "id_token_hint", "client_id", "post_logout_redirect_uri"}
    assert get(then).headers["location"] == f"{company.url}/sign-in"
    assert provider.left[0]["who"] == "Kim@Example.com"


def test_without_a_script_a_link_leads_there(company):
    """A form may not be led to another site: the page says that the service still knows them."""
    with browser(company) as client:
        client.get(begin(client))
        page = client.post("/sign-out", data={"csrf": csrf(client)})
        assert signed_in(client) is None
    assert page.status_code == 200
    href = re.search(r'href="(http[^"]*)"', page.text).group(1).replace("&amp;", "&")
    assert get(href).headers["location"] == f"{company.url}/sign-in"


@pytest.mark.parametrize("token", ["", "0" * 64])
def test_a_form_of_another_site_signs_nobody_out(company, token):
    """Its token is not known there."""
    with browser(company) as client:
        client.get(begin(client))
        assert client.post("/sign-out", data={"csrf": token}).status_code == 403
        assert signed_in(client) == "kim@example.com"


def test_an_identity_that_no_cookie_can_hold_is_done_without(company, provider):
    """The service knows the session by its own cookie, or asks."""
    provider.claims["groups"] = [shake_256(b"any").hexdigest(2_000)]
    with browser(company) as client:
        client.get(begin(client))
        then = sign_out(client)
    assert said(then).keys() == {"realm", "client_id", "post_logout_redirect_uri"}
    assert get(then).headers["location"] == f"{company.url}/sign-in"


def test_who_came_by_the_link_of_the_first_look_leaves_nothing_but_this(company):
    """The sign-in service never heard of them; nor does a cookie that we did not sign name anybody to it."""
    key = company.app.state.first_look.link_key()
    with browser(company) as client:
        client.get("/sign-in/first-look", params={"key": key})
        assert signed_in(client) == "operator"
        assert sign_out(client) == "/sign-in"
    with browser(company) as client:
        client.cookies.set(COOKIE, company.session("ada"), domain="127.0.0.1")
        client.cookies.set(KEPT, "made.up.here", domain="127.0.0.1", path="/sign-out")
        assert "id_token_hint" not in said(sign_out(client))


def test_somebody_leaves_although_the_service_cannot_be_reached(company):
    """The session here is over all the same."""
    known = company.app.state.sign_in_service
    company.app.state.sign_in_service = OurSide(
        "http://127.0.0.1:9", "x", secret=str, redirect_uri=f"{company.url}/sign-in/callback"
    )
    try:
        with browser(company) as client:
            client.cookies.set(COOKIE, company.session("ada"), domain="127.0.0.1")
            client.cookies.set(KEPT, "any", domain="127.0.0.1", path="/sign-out")
            assert sign_out(client) == "/sign-in"
            assert signed_in(client) is None
    finally:
        company.app.state.sign_in_service = known


def test_a_service_that_signs_nobody_out_is_not_led_to(provider):
    """It need not offer it; an address of it that is none is not used."""
    provider.metadata["end_session_endpoint"] = None
    ours, _, _ = our_side(provider, left_uri="http://127.0.0.1/sign-in")
    assert ours.leave("an identity") == ""
    provider.metadata["end_session_endpoint"] = "javascript:alert(1)"
    ours, _, _ = our_side(provider)
    with pytest.raises(SignInUnavailable, match="cannot be used: its end_session_endpoint"):
        ours.leave("")
