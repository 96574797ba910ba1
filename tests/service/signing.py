"""A company whose people sign in with a service of its own: what tests of that share."""

from __future__ import annotations

from functools import partial
from urllib.parse import parse_qs, urlsplit

import httpx

from copilot.service.oidc import Attempt
from copilot.service.oidc import Provider as OurSide
from tests.service import oidc_provider

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


def small_company(folder, provider):
    """Make an empty workspace whose people sign in with `provider`."""
    (folder / "copilot.toml").write_text(SETTINGS.format(issuer=provider.issuer))
    (folder / "oidc.secret").write_text(f"{oidc_provider.SECRET}\n")
    (folder / "people.yaml").write_text(
        "people: [{id: ada, email: ada@elsewhere.example, role: admin}]"
    )
    return folder


def well_behaved(provider):
    """Have a sign-in service sign Kim in, as it should."""
    provider.wrong, provider.claims, provider.userinfo = "", dict(KIM), {}
    provider.metadata, provider.secret = {}, oidc_provider.SECRET
    provider.left = []
    return provider


def browser(company):
    """Return a client that asks for pages, as a browser does."""
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
