"""Signing in with a service that misbehaves, or with what is somebody else's: nobody gets in."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.service import oidc_provider
from tests.service.conftest import COOKIE
from tests.service.signing import begin, browser, get, signed_in


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("nonce", "does not hold"),
        ("no nonce", "does not hold"),
        ("audience", "does not hold"),
        ("audience of several", "does not hold"),
        ("party", "does not hold"),
        ("issuer", "does not hold"),
        ("expired", "does not hold"),
        ("no expiry", "does not hold"),
        ("hash of the access token", "does not hold"),
        ("signature", "does not hold"),
        ("unknown key", "does not hold"),
        ("unsigned", "does not hold"),
        ("signed with our secret", "does not hold"),
        ("nonsense", "does not hold"),
        ("no identity", "names nobody"),
        ("denies", "access_denied"),
        ("another issuer in the redirect", "another sign-in service"),
    ],
)
def test_a_provider_that_misbehaves_signs_nobody_in(company, provider, wrong, said):
    """The page says so plainly, and there is no session."""
    provider.wrong = wrong
    with browser(company) as client:
        answer = client.get(begin(client))
        assert (answer.status_code, answer.headers["content-type"]) == (
            403,
            "text/html; charset=utf-8",
        )
        assert said in answer.text
        assert oidc_provider.SECRET not in answer.text
        assert COOKIE not in client.cookies
        assert signed_in(client) is None


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"email_verified": False}, "not verified"),
        ({"email_verified": "no"}, "not verified"),
        ({"email_verified": 1}, "not verified"),
        ({"email": ["kim@example.com"]}, "does not say"),
        ({"email": "kim@elsewhere.example"}, "nobody here"),
        ({"xms_edov": True, "email_verified": False}, "not verified"),
    ],
)
def test_an_identity_that_is_not_enough_signs_nobody_in(company, provider, claims, said):
    """Whatever else it says."""
    provider.claims |= claims
    with browser(company) as client:
        answer = client.get(begin(client))
        assert (answer.status_code, signed_in(client)) == (403, None)
        assert said in answer.text


def test_a_code_is_worth_nothing_a_second_time(company):
    """Nor to whoever has it and not the browser that began."""
    with browser(company) as client, browser(company) as thief:
        back = begin(client)
        assert "not begun in this browser" in thief.get(back).text
        begin(thief)
        assert "not begun in this browser" in thief.get(back).text
        assert client.get(back).status_code == 303
        cookie = client.cookies[COOKIE]
        assert client.get(back).status_code == 403
        assert signed_in(thief) is None
        assert client.cookies[COOKIE] == cookie


def test_a_code_without_its_verifier_is_worth_nothing(company, provider):
    """The service notices that whoever has the code did not begin."""
    with browser(company) as client:
        back = begin(client)
        code = parse_qs(urlsplit(back).query)["code"][0]
        provider.codes[code]["code_challenge"] = "another"
        answer = client.get(back)
        assert (answer.status_code, "invalid_grant" in answer.text) == (403, True)


def test_what_the_browser_keeps_of_an_attempt_cannot_be_made(company):
    """Neither changed nor invented."""
    with browser(company) as client:
        back = begin(client)
        value = client.cookies["copilot-sign-in"]
        for made in (value[:-2] + "xx", "", "e30.x.y", value.partition(".")[0]):
            answer = get(back, headers={"Cookie": f"copilot-sign-in={made}"})
            assert answer.status_code == 403


def test_a_wrong_secret_is_refused_and_not_told(company, provider):
    """Neither to the browser nor in the page's source."""
    provider.secret = "another"
    with browser(company) as client:
        answer = client.get(begin(client))
        assert (answer.status_code, "invalid_client" in answer.text) == (403, True)
        assert oidc_provider.SECRET not in answer.text
