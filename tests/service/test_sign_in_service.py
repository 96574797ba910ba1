"""What is asked of a sign-in service, and what it says of itself; its secret."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from copilot import config
from copilot.bootstrap import accounts
from copilot.errors import InvalidSettings, SignInFailed, SignInUnavailable
from copilot.service.oidc import Attempt
from copilot.service.oidc import Provider as OurSide
from tests.service.signing import KIM, get, our_side


def test_what_the_service_says_of_itself_is_kept(provider):
    """For an hour; new keys are fetched when one is named that is not known, once a minute."""
    at = [0.0]
    ours, attempt, code = our_side(provider, clock=lambda: at[0])
    provider.asked.clear()
    assert ours.finish(code, attempt).identity.email == KIM["email"]
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
    assert ours.finish(code, attempt).identity.subject == "00u1"


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
