"""People and tokens through the API and on their pages; settings and health."""

from __future__ import annotations

from functools import partial

import httpx
import pytest

from copilot.config import Settings
from copilot.domain.access import Role, principal
from copilot.domain.accounts import Scope
from copilot.service.pages.people import DOES
from copilot.service.pages.settings import findings, shown_settings
from copilot.service.permissions import SCOPE, Permission
from tests.service.conftest import PEOPLE

get = partial(httpx.get, timeout=60)

SAM = {"id": "sam.ek", "name": "Sam Ek", "email": "Sam@Example.com", "role": "engineer"}


@pytest.fixture
def admin(clients):
    """Return an admin's client."""
    return clients[Role.ADMIN]


@pytest.fixture
def sam(served, admin):
    """Return somebody who is added for a test, and is as new afterwards."""
    made = admin.post("/api/v1/people", json=SAM)
    if made.status_code == 422:
        path = "/api/v1/people/sam.ek"
        admin.put(path, json={k: SAM[k] for k in SAM if k != "id"}, headers={"If-Match": "*"})
        admin.post(f"{path}/activate", headers={"If-Match": "*"})
    return "sam.ek"


def changed(client, method, path, **said):
    """Change something on the state that it has now."""
    seen = client.get(path.removesuffix("/activate"))
    return client.request(method, path, headers={"If-Match": seen.headers["etag"]}, **said)


@pytest.mark.parametrize("role", Role)
def test_everybody_can_ask_who_they_are(clients, role):
    """The auditor is told of the period that limits them."""
    said = clients[role].get("/api/v1/me").json()
    assert (said["id"], said["role"], said["via"]) == (PEOPLE[role], role, "token")
    assert said["period"] == ("2025-01-01..2025-12-31" if role is Role.AUDITOR else None)


@pytest.mark.parametrize("role", Role)
def test_who_sees_and_who_changes_people(clients, role):
    """Compliance sees; admins change."""
    client = clients[role]
    sees = {Role.COMPLIANCE, Role.ADMIN}
    assert client.get("/api/v1/people").status_code == (200 if role in sees else 403)
    assert client.get("/people").status_code == (200 if role in sees else 403)
    if role is not Role.ADMIN:
        body = SAM | {"id": "new"}
        assert client.post("/api/v1/people", json=body).status_code == 403
        assert client.delete("/api/v1/people/sam.ek").status_code == 403


def test_somebody_is_added_changed_and_let_in_no_more(served, admin, sam):
    """Each at once for a token that they have."""
    path = f"/api/v1/people/{sam}"
    with served.client(sam) as theirs:
        assert theirs.get("/api/v1/me").json()["role"] == "engineer"
        body = {"name": "Sam", "role": "auditor", "audiences": ["hr"]}
        assert changed(admin, "PUT", path, json=body).json()["audiences"] == ["everyone", "hr"]
        assert theirs.get("/api/v1/me").json()["role"] == "auditor"
        assert changed(admin, "DELETE", path).json()["active"] is False
        assert theirs.get("/api/v1/me").status_code == 401
        assert changed(admin, "POST", f"{path}/activate").json()["active"] is True
        assert theirs.get("/api/v1/me").status_code == 401
    served._tokens = {key: one for key, one in served._tokens.items() if key[0] != sam}


def test_a_change_says_on_which_state_it_is_made(admin, sam):
    """Without it, or on another one, nothing changes."""
    path = f"/api/v1/people/{sam}"
    assert admin.put(path, json={"role": "admin"}).status_code == 428
    stale = admin.put(path, json={"role": "admin"}, headers={"If-Match": '"other"'})
    assert stale.status_code == 412
    assert admin.get(path).json()["role"] == "engineer"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"id": "jonas.mendes"}, 422, "people.yaml"),
        ({"id": "new", "email": "jonas.mendes@harbourlight.example"}, 422, "people.yaml"),
        ({"id": "operator"}, 422, "something else"),
        ({"id": "new", "role": "boss"}, 422, "role"),
        ({"id": "new", "audiences": ["nobody-has-it"]}, 422, "nobody-has-it"),
        ({"id": "new", "subject": "x"}, 422, "subject"),
        ({"id": "a\u0000b"}, 422, "id"),
        ({}, 422, "id"),
    ],
)
def test_what_cannot_be_added_is_refused(admin, body, status, said):
    """With what is wrong with it."""
    answer = admin.post("/api/v1/people", json=body)
    assert (answer.status_code, said in answer.text) == (status, True)


def test_people_of_the_file_are_not_changed_here(admin):
    """The refusal says where."""
    answer = changed(admin, "DELETE", f"/api/v1/people/{PEOPLE[Role.AUDITOR]}")
    assert (answer.status_code, "people.yaml" in answer.text) == (403, True)


@pytest.mark.parametrize("path", ["nobody", "%00", "..%2F..%2Fpeople.yaml", "x" * 200])
def test_nobody_is_not_found(admin, path):
    """Or cannot be anybody's id."""
    assert admin.get(f"/api/v1/people/{path}").status_code in {404, 422}


def test_a_token_is_made_used_and_revoked(served, clients):
    """Its secret is in the reply alone; it does what its scopes say and no more."""
    with httpx.Client(base_url=served.url, timeout=60) as session:
        session.headers["Cookie"] = f"copilot-session={served.session(Role.ENGINEER)}"
        assert session.post("/api/v1/tokens", json={}).status_code == 403  # no X-CSRF-Token
        page = session.get("/tokens").text
        session.headers["X-CSRF-Token"] = page.partition('name="csrf" content="')[2][:64]
        body = {"name": "nightly", "scopes": ["read"], "days": 1}
        made = session.post("/api/v1/tokens", json=body).json()
        assert made["token"]["person"] == PEOPLE[Role.ENGINEER]
        listed = session.get("/api/v1/tokens").text
        assert made["token"]["id"] in listed
        assert made["secret"] not in listed
        bearer = {"Authorization": f"Bearer {made['secret']}"}
        assert get(f"{served.url}/api/v1/me", headers=bearer).status_code == 403
        assert get(f"{served.url}/api/v1/review", headers=bearer).status_code == 200
        other = clients[Role.ADMIN].get("/api/v1/tokens").json()["items"]
        theirs = next(one for one in other if one["person"] != PEOPLE[Role.ENGINEER])
        assert session.delete(f"/api/v1/tokens/{theirs['id']}").status_code == 404
        assert session.delete(f"/api/v1/tokens/{made['token']['id']}").status_code == 204
        assert get(f"{served.url}/api/v1/review", headers=bearer).status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "x", "scopes": []}, 422),
        ({"name": "x", "scopes": ["all"]}, 422),
        ({"name": "x", "scopes": ["ask"], "days": 366}, 422),
        ({"name": "x", "scopes": ["ask"], "person": "nobody"}, 404),
        ({"name": "x", "scopes": ["review"], "person": "grace.whitlock"}, 403),
    ],
)
def test_a_token_that_cannot_be_is_refused(admin, body, status):
    """Too long, too much, for nobody."""
    assert admin.post("/api/v1/tokens", json=body).status_code == status


def test_a_token_makes_no_tokens_unless_it_may_manage(clients):
    """So that one that leaks does not become many."""
    body = {"name": "x", "scopes": ["ask"]}
    assert clients[Role.ENGINEER].post("/api/v1/tokens", json=body).status_code == 403


def test_every_scope_is_explained_and_used():
    """On the page, and by some permission."""
    assert set(DOES) == set(Scope) == set(SCOPE.values())
    assert set(SCOPE) == set(Permission)


def test_an_admin_adds_somebody_in_the_browser(page_of, served):
    """By keyboard; then changes and deactivates them, and finds it in the log."""
    page = page_of(Role.ADMIN, path="/people")
    page.get_by_label("Id").focus()
    page.keyboard.type("robin.shah")
    for text in ("Robin <b>Shah</b>", "robin@example.com"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.get_by_label("hr", exact=True).check()
    page.get_by_label("E-mail").press("Enter")
    row = page.get_by_role("row", name="robin.shah")
    row.wait_for()
    assert "Robin <b>Shah</b>" in row.inner_text()
    row.get_by_role("link").click()
    page.get_by_label("Role").select_option("engineer")
    page.get_by_role("button", name="Save").click()
    row.get_by_text("engineer").wait_for()
    row.get_by_role("link").click()
    page.on("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Deactivate").click()
    row.get_by_text("deactivated").wait_for()
    robin = next(one for one in served.service.register.people() if one.id == "robin.shah")
    assert (robin.role, robin.active, robin.audiences) == ("engineer", False, {"everyone", "hr"})


def test_a_token_is_shown_once_in_the_browser(page_of, served):
    """It works, and after a reload nobody sees it."""
    page = page_of(Role.EMPLOYEE, path="/tokens", viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_label("What for").fill("a test")
    page.get_by_role("button", name="Make it").click()
    secret = page.locator("#secret-text")
    secret.wait_for()
    words = secret.inner_text()
    bearer = {"Authorization": f"Bearer {words}"}
    assert get(f"{served.url}/api/v1/me", headers=bearer).json()["id"] == "grace.whitlock"
    page.get_by_role("link", name="I have it").click()
    page.get_by_role("row", name="a test").wait_for()
    assert words not in page.content()


def test_settings_show_no_secret():
    """Neither passwords of addresses nor what follows in them."""
    given = Settings(
        database_url="postgresql://copilot:s3cret@db.example:5432/truth?password=s3cret",
        base_url="https://user:s3cret@models.example/v1",
        oidc_client_secret_file="oidc.secret",
        oidc_roles={"admins": "admin"},
    )
    shown = {name: (value, ours) for name, value, ours in shown_settings(given)}
    assert shown["database_url"] == ("postgresql://db.example:5432/truth", True)
    assert shown["base_url"] == ("https://models.example/v1", True)
    assert shown["oidc_client_secret_file"] == ("oidc.secret", True)
    assert shown["oidc_roles"] == ("admins: admin", True)
    assert shown["period"] == ("–", False)
    assert "s3cret" not in str(shown)


def test_the_examination_names_only_what_its_reader_may_read(served):
    """Which is that of `copilot doctor` otherwise."""
    everybody = principal("new", role=Role.COMPLIANCE)
    for who, named in (
        (served.service.copilot.principal("mara.lindqvist"), True),
        (everybody, False),
    ):
        lines = {line for one in findings(served.service, who) for line in one.details}
        assert ("evidence/crowdstrike-coverage-2025-11.csv" in lines) is named
        assert "evidence/onboarding-checklist.yaml" in lines


def test_the_page_of_settings_examines_when_it_is_asked_to(clients):
    """Those who review see it."""
    assert clients[Role.ENGINEER].get("/settings").status_code == 403
    plain = "Examine now"
    page = clients[Role.ADMIN].get("/settings").text
    assert plain in page
    page = clients[Role.COMPLIANCE].get("/settings?examined=yes").text
    assert plain not in page
    assert "evidence without a period" in page
