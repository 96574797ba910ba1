"""Tokens: shown once, kept as a hash, never good for more than their person."""

from __future__ import annotations

import pytest

from copilot.adapters.sql.tables import tokens
from copilot.domain.access import Role
from copilot.domain.accounts import Scope
from copilot.errors import BadInput, NotPermitted, NotThere
from tests.accounts.office import ROOT


@pytest.fixture
def jo(office):
    """Return somebody who is an engineer."""
    return office.register.find("jo.berg")


@pytest.fixture
def issue(office, jo):
    """Return a function that makes a token of an engineer, by themselves."""

    def made(name="nightly", scopes=(Scope.ASK,), days=30, *, person=jo, by=None):
        return office.tokens.issue(person, name, scopes, days, principal=by or person.principal())

    return made


def test_a_token_is_known_by_its_secret(office, issue):
    """Which names it, and is nowhere in the database."""
    token, secret = issue(scopes=[Scope.ASK, Scope.READ])
    assert secret.startswith(f"soc2_{token.id}_")
    found = office.tokens.check(secret)
    assert (found.person, found.scopes, found.name) == ("jo.berg", {"ask", "read"}, "nightly")
    with office.engine.connect() as connection:
        kept = str(connection.execute(tokens.select()).all())
    assert secret not in kept
    assert secret.rpartition("_")[2] not in kept
    assert secret not in str(office.log.entries())


def test_another_secret_is_none(office, issue):
    """Whatever it is like."""
    token, secret = issue()
    wrong = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    others = [
        "",
        "soc2_",
        token.id,
        wrong,
        secret.upper(),
        f"{secret} ",
        f"{secret}\n",
        "é",
        "\ud800",
    ]
    others += [secret.replace(token.id, "0" * 12), f"soc2_{token.id}_"]
    assert [one for one in others if office.tokens.check(one)] == []


def test_a_token_ends_with_its_time(office, issue):
    """To the second."""
    _, secret = issue(days=1)
    office.later(days=1, seconds=-1)
    assert office.tokens.check(secret)
    office.later(seconds=1)
    assert office.tokens.check(secret) is None


def test_a_revoked_token_is_none(office, issue):
    """At once; a second time changes nothing and says nothing."""
    token, secret = issue()
    for _ in range(2):
        office.tokens.revoke(token.id, ROOT)
    assert office.tokens.check(secret) is None
    assert office.logged() == [
        ("jo.berg", "made a token", f"token/{token.id}"),
        ("operator", "revoked a token", f"token/{token.id}"),
    ]


def test_the_use_of_a_token_is_known_to_the_minute(office, issue, jo):
    """Not every request writes."""
    _, secret = issue()
    seen = []
    for seconds in (0, 30, 29, 1):
        office.later(seconds=seconds)
        office.tokens.check(secret)
        seen.append(office.tokens.tokens(jo.principal())[0].used_at)
    assert seen[0] == seen[1] == seen[2] < seen[3]


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"days": 0}, BadInput),
        ({"days": 366}, BadInput),
        ({"scopes": []}, BadInput),
        ({"name": "  "}, BadInput),
        ({"name": "x" * 101}, BadInput),
        ({"name": "a\x00b"}, BadInput),
        ({"scopes": [Scope.REVIEW]}, NotPermitted),
        ({"scopes": [Scope.ASK, Scope.ADMIN]}, NotPermitted),
    ],
)
def test_what_no_token_can_be_is_refused(office, issue, said, problem):
    """Neither for too long nor for more than the role has a use for."""
    with pytest.raises(problem) as refused:
        issue(**said)
    assert refused.value.hint
    assert office.logged() == []


@pytest.mark.parametrize("role", Role)
def test_only_scopes_of_the_role_can_be_had(office, role):
    """Those who review may have a token that does; admins one that manages."""
    file = f"people: [{{id: who, role: {role}}}]"
    office.write(file)
    who = office.register.find("who")
    had = set()
    for scope in Scope:
        try:
            office.tokens.issue(who, "x", [scope], 1, principal=who.principal())
            had.add(scope)
        except NotPermitted:
            pass
    reviews = {Scope.REVIEW} if role in {Role.COMPLIANCE, Role.ADMIN} else set()
    manages = {Scope.ADMIN} if role is Role.ADMIN else set()
    assert had == {Scope.ASK, Scope.READ, Scope.WRITE} | reviews | manages


def test_only_admins_make_and_revoke_those_of_others(office, issue):
    """To anybody else they are not there."""
    ada, fin = (office.register.find(one) for one in ("ada.lind", "fin"))
    with pytest.raises(NotPermitted):
        issue(by=fin.principal())
    token, secret = issue(by=ada.principal())
    assert (token.person, token.created_by) == ("jo.berg", "Ada.Lind")
    with pytest.raises(NotThere):
        office.tokens.revoke(token.id, fin.principal())
    with pytest.raises(NotThere):
        office.tokens.revoke("0" * 12, ada.principal())
    assert office.tokens.tokens(fin.principal()) == []
    assert office.tokens.tokens(ada.principal()) == office.tokens.tokens(token_owner(office))
    assert office.tokens.check(secret)


def token_owner(office):
    return office.register.find("jo.berg").principal()
