"""What surrounds every request: headers, hosts, problems, limits, sign-in."""

from __future__ import annotations

import socket

import httpx
import pytest

from copilot.domain.access import Role
from copilot.errors import TooManyRequests
from copilot.service.limits import BODY_BYTES, Rates
from copilot.service.pages.rendering import safe_next


def test_it_is_alive_and_ready(served):
    """Both are said to anybody."""
    assert httpx.get(f"{served.url}/healthz", timeout=60).json() == {"status": "alive"}
    assert httpx.get(f"{served.url}/readyz", timeout=60).json() == {"status": "ready"}


def test_every_response_has_the_headers_that_keep_browsers_safe(served):
    """Whatever is answered, nothing foreign is loaded, framed, guessed or kept."""
    for path in ("/healthz", "/nowhere", "/sign-in", "/api/v1/openapi.json"):
        headers = httpx.get(served.url + path, timeout=60).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_a_program_without_a_token_gets_a_problem_document(served):
    """It says what to do, and of which scheme."""
    answer = httpx.get(f"{served.url}/api/v1/openapi.json", timeout=60)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "/sign-in" in answer.json()["hint"]


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer", "Basic b3BlcmF0b3I6", "x"])
def test_a_token_that_is_none_opens_nothing(served, header):
    """Other schemes and other words are refused alike."""
    answer = httpx.get(f"{served.url}/api/v1/openapi.json", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_person_without_a_session_is_led_to_the_page_for_signing_in(served):
    """And from there back to where they wanted to go."""
    answer = httpx.get(f"{served.url}/nowhere?a=b", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<h1>Not Found</h1>" in answer.text


@pytest.mark.parametrize(
    "given",
    ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "", None],
)
def test_signing_in_leads_to_no_other_site(given):
    """Only paths of our own are followed."""
    assert safe_next(given) == "/"


def test_a_request_by_another_name_is_refused(served):
    """A page of another site whose name points at this machine reads nothing."""
    answer = httpx.get(f"{served.url}/healthz", headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_a_session_of_another_key_is_none(served):
    """A cookie that we did not sign opens nothing."""
    cookie = served.session(Role.ADMIN)[:-1] + "x"
    answer = httpx.get(
        f"{served.url}/api/v1/openapi.json", headers={"Cookie": f"copilot-session={cookie}"}
    )
    assert answer.status_code == 401


def test_a_change_by_cookie_needs_what_only_our_pages_know(served):
    """Another site can have a browser send the cookie, and not the header."""
    cookie = {"Cookie": f"copilot-session={served.session(Role.ADMIN)}"}
    answer = httpx.post(f"{served.url}/sign-out", headers=cookie)
    assert answer.status_code == 403


def test_the_link_for_a_first_look_opens_once(served):
    """It signs the operator in; a second use of it does nothing."""
    link = f"{served.url}/sign-in/first-look?key={served.app.state.first_look.link_key()}"
    first, second = httpx.get(link), httpx.get(link)
    assert (first.status_code, second.status_code) == (303, 401)
    cookie = first.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_body_that_is_too_large_is_refused_before_it_is_read(served):
    """By what it declares, and by what comes."""
    declared = httpx.post(f"{served.url}/sign-out", content=b"x" * (BODY_BYTES + 1))
    assert declared.status_code == 413

    def chunks():
        for _ in range(BODY_BYTES // 100_000 + 2):
            yield b"x" * 100_000

    with served.client() as client:
        measured = client.post("/api/v1/search", content=chunks())
    assert measured.status_code in {404, 413}


def test_a_client_that_asks_too_often_is_told_how_long_to_wait():
    """After a burst the allowance comes back with time."""
    at = [0.0]
    rates = Rates(60, clock=lambda: at[0])
    for _ in range(20):
        rates.count("jo")
    with pytest.raises(TooManyRequests) as refused:
        rates.count("jo")
    rates.count("somebody else")
    at[0] += refused.value.seconds
    rates.count("jo")


def test_nonsense_on_the_wire_is_refused(served):
    """What is no HTTP gets a 400 and nothing more."""
    with socket.create_connection(("127.0.0.1", served.options.port), timeout=10) as wire:
        wire.sendall(b"\x00\xff nonsense\r\n\r\n")
        assert wire.recv(100).startswith(b"HTTP/1.1 400")
