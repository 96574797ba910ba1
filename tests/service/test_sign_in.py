"""Signing in with the company's service: a real provider, which is also told to misbehave."""

from __future__ import annotations

import threading
from base64 import urlsafe_b64encode
from functools import partial
from hashlib import shake_256
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from copilot import config
from copilot.bootstrap import accounts
from copilot.domain.access import Role
from copilot.errors import InvalidSettings, SignInFailed, SignInUnavailable
from copilot.service.oidc import Attempt
from copilot.service.oidc import Provider as OurSide
from copilot.service.pages.sign_in import is_this_machine
from tests.service import oidc_provider
from tests.service.conftest import COOKIE, serving

get = partial(httpx.get, timeout=60)

KIM = {
    "email": "Kim@Example.com",
    "email_verified": True,
    "name": "Kim Oh",
    "groups": ["grc", "everybody"],
}
SETTINGS = """
company = "Example"
period = "2025"
oidc_issuer = "{issuer}"
oidc_client_id = "soc2-copilot"
oidc_client_secret_file = "oidc.secret"
oidc_domains = ["example.com"]

[oidc_roles]
grc = "compliance"

[oidc_audiences]
grc = ["compliance", "hr"]
"""


@pytest.fixture(scope="module")
def provider():
    """Return a sign-in service."""
    with oidc_provider.running() as made:
        yield made


@pytest.fixture(scope="module")
def company(provider, tmp_path_factory):
    """Return a service over an empty workspace whose people sign in with it."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "copilot.toml").write_text(SETTINGS.format(issuer=provider.issuer))
    (folder / "oidc.secret").write_text(f"{oidc_provider.SECRET}\n")
    (folder / "people.yaml").write_text(
        "people: [{id: ada, email: ada@elsewhere.example, role: admin}]"
    )
    with serving(folder) as running:
        yield running


@pytest.fixture(autouse=True)
def _well_behaved(provider):
    provider.wrong, provider.claims, provider.userinfo = "", dict(KIM), {}
    provider.metadata, provider.secret = {}, oidc_provider.SECRET


def browser(company):
    return httpx.Client(base_url=company.url, headers={"Accept": "text/html"}, timeout=60)


def begin(client, **query):
    """Return where the sign-in service sends the browser back to."""
    away = client.get("/sign-in/oidc", params=query)
    assert away.status_code == 303
    return get(away.headers["location"]).headers["location"]


def signed_in(client):
    """Return the API's word on who is signed in."""
    answer = client.get("/api/v1/me", headers={"Accept": "application/json"})
    return answer.json()["id"] if answer.status_code == 200 else None


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


def test_a_wrong_secret_is_refused_and_not_told(company, provider):
    """Neither to the browser nor in the page's source."""
    provider.secret = "another"
    with browser(company) as client:
        answer = client.get(begin(client))
        assert (answer.status_code, "invalid_client" in answer.text) == (403, True)
        assert oidc_provider.SECRET not in answer.text


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


def our_side(provider, **changed):
    """Return our side of a sign-in service, and a code for an attempt."""
    given = {
        "issuer": provider.issuer,
        "client_id": oidc_provider.CLIENT,
        "secret": lambda: oidc_provider.SECRET,
        "redirect_uri": "http://127.0.0.1/sign-in/callback",
    } | changed
    ours, attempt = OurSide(given.pop("issuer"), given.pop("client_id"), **given), Attempt()
    back = get(ours.begin(attempt)).headers["location"]
    return ours, attempt, parse_qs(urlsplit(back).query)["code"][0]


def test_what_the_service_says_of_itself_is_kept(provider):
    """For an hour; new keys are fetched when one is named that is not known, once a minute."""
    at = [0.0]
    ours, attempt, code = our_side(provider, clock=lambda: at[0])
    provider.asked.clear()
    assert ours.finish(code, attempt).email == KIM["email"]
    assert provider.asked == ["/token", "/keys"]
    provider.wrong = "unknown key"
    fetched = []
    for _ in range(3):
        at[0] += 59
        begun = get(ours.begin(attempt)).headers["location"]
        with pytest.raises(SignInFailed, match="does not hold"):
            ours.finish(parse_qs(urlsplit(begun).query)["code"][0], attempt)
        fetched.append(provider.asked.count("/keys"))
    assert fetched == [1, 2, 2]
    at[0] += 3_600
    ours.begin(attempt)
    assert provider.asked.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize("methods", [["client_secret_post"], None, ["private_key_jwt"]])
def test_the_secret_goes_the_way_that_the_service_knows(provider, methods):
    """In the header unless it says otherwise."""
    provider.metadata["token_endpoint_auth_methods_supported"] = methods
    ours, attempt, code = our_side(provider)
    assert ours.finish(code, attempt).subject == "00u1"


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"authorization_endpoint": "http://"},
    ],
)
def test_a_service_that_describes_itself_badly_is_not_used(company, provider, metadata):
    """The page says that it cannot be used now."""
    provider.metadata = metadata
    ours = OurSide(
        provider.issuer, "x", secret=str, redirect_uri="http://127.0.0.1/sign-in/callback"
    )
    with pytest.raises(SignInUnavailable, match="sign-in service at 127"):
        ours.begin(Attempt())


@pytest.mark.parametrize("wrong", ["broken", "gone"])
def test_a_service_that_cannot_be_reached_is_said_to_be_so(provider, wrong):
    """And is not asked again for some seconds, so that nobody waits for the same failure."""
    provider.wrong, at = wrong, [0.0]
    issuer = provider.issuer if wrong == "broken" else "http://127.0.0.1:9"
    back = "http://127.0.0.1/sign-in/callback"
    ours = OurSide(issuer, "x", secret=str, redirect_uri=back, clock=lambda: at[0])
    provider.asked.clear()
    for _ in range(3):
        with pytest.raises(SignInUnavailable, match=r"cannot be (used|reached)"):
            ours.begin(Attempt())
        at[0] += 4
    assert len(provider.asked) == (2 if wrong == "broken" else 0)


def test_entra_says_in_its_own_way_that_an_address_is_verified():
    """Nobody else's word for it counts."""
    claims = {"iss": "i", "sub": "s", "email": "kim@example.com", "xms_edov": True}
    for host, verified in (("login.microsoftonline.com", True), ("id.example", False)):
        ours = OurSide(f"https://{host}/v2.0", "x", secret=str, redirect_uri="https://c.example")
        assert ours._identity(claims).verified is verified
        assert ours._identity(claims | {"xms_edov": False}).verified is False


def test_an_address_that_no_cookie_can_hold_leads_to_the_start(company):
    """Signing in works all the same."""
    letters = urlsafe_b64encode(shake_256(b"any").digest(2_900)).decode()
    with browser(company) as client:
        answer = client.get(begin(client, next=f"/{letters}"))
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_an_address_without_tls_is_only_taken_on_this_machine(provider):
    """A token endpoint that others can listen to is not one."""
    ours = OurSide("https://id.example", "x", secret=str, redirect_uri="https://c.example")
    with pytest.raises(SignInUnavailable, match="cannot be used: its token_endpoint"):
        ours._endpoint({"token_endpoint": "http://id.example/token"}, "token_endpoint")


@pytest.mark.parametrize("content", [None, "", "\xff"])
def test_a_secret_that_cannot_be_read_is_named_by_its_setting(tmp_path, content):
    """And nothing of it is said."""
    (tmp_path / "copilot.toml").write_text('oidc_client_secret_file = "oidc.secret"')
    if content is not None:
        (tmp_path / "oidc.secret").write_bytes(content.encode("latin-1"))
    with pytest.raises(InvalidSettings, match="oidc_client_secret_file"):
        accounts.sign_in_secret(config.find_workspace(tmp_path))


def test_a_secret_may_stand_in_the_environment(tmp_path, monkeypatch):
    """Where no file is named."""
    (tmp_path / "copilot.toml").write_text("")
    monkeypatch.setenv("OIDC_CLIENT_SECRET", " s3cret \n")
    assert accounts.sign_in_secret(config.find_workspace(tmp_path)) == "s3cret"


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
