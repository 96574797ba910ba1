"""Signing in with the company's service: there, and back to where somebody was."""

from __future__ import annotations

import threading
from base64 import urlsafe_b64encode
from hashlib import shake_256
from urllib.parse import parse_qs, urlsplit

import pytest

from copilot.domain.access import Role
from copilot.service.pages.sign_in import is_this_machine
from tests.service.conftest import COOKIE
from tests.service.signing import KIM, begin, browser, get, signed_in


def test_somebody_signs_in_and_comes_back_to_where_they_were(company):
    """With the role and the audiences of their groups; the cookie is for this service alone."""
    with browser(company) as client:
        answer = client.get(begin(client, next="/controls?x=1"))
        assert (answer.status_code, answer.headers["location"]) == (303, "/controls?x=1")
        assert signed_in(client) == "kim@example.com"
    kim = company.service.register.find("kim@example.com")
    assert (kim.role, kim.audiences) == (Role.COMPLIANCE, {"everyone", "compliance", "hr"})
    [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith(COOKIE)]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))


def test_the_request_has_pkce_a_state_and_a_nonce(company):
    """Each new every time; the verifier is not in it."""
    asked = []
    with browser(company) as client:
        for _ in range(2):
            location = client.get("/sign-in/oidc").headers["location"]
            asked.append(parse_qs(urlsplit(location).query))
    for one in asked:
        assert one["response_type"] == ["code"]
        assert one["code_challenge_method"] == ["S256"]
        assert one["scope"] == ["openid email profile groups"]
        assert one["redirect_uri"] == [f"{company.url}/sign-in/callback"]
        assert "code_verifier" not in one
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


def test_somebody_of_the_file_signs_in_from_any_domain(company, provider):
    """As what the file says."""
    provider.claims |= {"email": "ada@elsewhere.example", "groups": ["grc"], "sub": "00u9"}
    with browser(company) as client:
        client.get(begin(client))
        assert signed_in(client) == "ada"
        assert client.get("/api/v1/me").json()["role"] == "admin"


def test_what_the_id_token_leaves_out_is_asked_for(company, provider):
    """If the service speaks of the same person."""
    provider.claims, provider.userinfo = {}, {"sub": "00u1", **KIM}
    with browser(company) as client:
        client.get(begin(client))
        assert signed_in(client) == "kim@example.com"
    provider.userinfo["sub"] = "00u2"
    with browser(company) as client:
        assert "somebody else" in client.get(begin(client)).text
        assert signed_in(client) is None


def test_a_session_that_was_there_before_ends(company):
    """So that nobody can have laid one ready, and go on with it."""
    with browser(company) as client:
        planted = company.session("ada")
        client.cookies.set(COOKIE, planted, domain="127.0.0.1")
        back = begin(client)
        answer = client.get(back)
        [fresh] = [
            one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}=")
        ]
        assert planted not in fresh
    with browser(company) as attacker:
        attacker.cookies.set(COOKIE, planted, domain="127.0.0.1")
        assert signed_in(attacker) is None


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_no_other_site_is_led_to(company, then):
    """Before and after the service."""
    with browser(company) as client:
        assert client.get(begin(client, next=then)).headers["location"] == "/"


def test_the_page_for_signing_in_offers_the_service(company):
    """And says nothing but its name."""
    page = get(f"{company.url}/sign-in?next=/log%3Fa=%22%3E").text
    assert 'href="/sign-in/oidc?next=/log%3Fa%3D%22%3E"' in page
    assert "127.0.0.1" in page


def test_without_a_service_the_page_says_how_to_set_one_up(served):
    """And its addresses sign nobody in."""
    assert "docs/people.md" in get(f"{served.url}/sign-in").text
    for path in ("/sign-in/oidc", "/sign-in/callback?code=x&state=y"):
        assert get(served.url + path).status_code == 403


def test_an_address_that_no_cookie_can_hold_leads_to_the_start(company):
    """Signing in works all the same."""
    letters = urlsafe_b64encode(shake_256(b"any").digest(2_900)).decode()
    with browser(company) as client:
        answer = client.get(begin(client, next=f"/{letters}"))
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("", False),
        ("testclient", False),
    ],
)
def test_a_first_look_is_had_on_the_machine_that_serves(address, ours):
    """However its address is written."""
    assert is_this_machine(address) is ours


def test_many_sign_in_at_once(company):
    """Each of them gets a session; the person is added once."""
    failed = []

    def one():
        with browser(company) as client:
            client.get(begin(client))
            if signed_in(client) != "kim@example.com":
                failed.append(client)

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    people = [one.id for one in company.service.register.people()]
    assert people.count("kim@example.com") == 1
