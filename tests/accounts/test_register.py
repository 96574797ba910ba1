"""Who may sign in: the people file before everything else, and what admins have added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.accounts.entries import Entered
from copilot.adapters.sql.tables import people
from copilot.domain.access import Role, principal
from copilot.domain.accounts import Origin, Person
from copilot.errors import (
    BadInput,
    InvalidAudience,
    InvalidSettings,
    NotPermitted,
    NotThere,
    WrongStep,
)
from tests.accounts.office import PERIOD, ROOT, SOME, Office

SAM = Entered(name="Sam Ek", email="Sam@Example.com", role="compliance", audiences=["hr"])


def add(office, id_="sam.ek", entered=SAM):
    return office.register.add(id_, entered, principal=ROOT)


def test_people_of_the_file_are_found_by_id_in_any_case(office):
    """With what the file says of them, and with the id as it stands there."""
    ada = office.register.find(" ADA.lind ")
    assert (ada.id, ada.role, ada.email, ada.origin) == (
        "Ada.Lind",
        Role.ADMIN,
        "ada@example.com",
        Origin.FILE,
    )
    assert ada.principal().audiences == {"everyone", "compliance"}


def test_an_address_is_no_id(office):
    """A session or a token names a person by id alone."""
    assert office.register.find("jo@example.com") is None


def test_the_operator_holds_every_audience_and_is_on_no_list(office):
    """Whoever runs the product owns its files."""
    assert office.register.find("operator").audiences == SOME
    assert "operator" not in [one.id for one in office.register.people()]


def test_auditors_are_limited_to_the_audit_period(office):
    """Others are not."""
    assert office.register.find("fin").principal().within == PERIOD
    assert office.register.find("jo.berg").principal().within is None


def test_somebody_who_is_added_is_found_and_logged(office):
    """With the address in lower case and every audience that was named."""
    add(office)
    sam = office.register.find("SAM.EK")
    assert (sam.email, sam.role, sam.audiences) == (
        "sam@example.com",
        "compliance",
        {"everyone", "hr"},
    )
    assert office.logged() == [("operator", "added a person", "person/sam.ek")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("people: [{id: SAM.ek, role: employee}]", "employee", id="id"),
        pytest.param("people: [{id: other, email: sam@example.com}]", None, id="address"),
    ],
)
def test_the_file_wins_over_whoever_was_added(office, text, found):
    """At once, by id and by address: one human never has two accounts."""
    add(office)
    office.write(text)
    sam = office.register.find("sam.ek")
    assert (sam and sam.role) == found
    assert len(office.register.people()) == 1


def test_a_line_that_is_gone_from_the_file_acts_at_once(office):
    """Nothing is remembered of who stood there."""
    assert office.register.find("jo.berg")
    office.write("people: []")
    assert office.register.find("jo.berg") is None
    office.file.unlink()
    assert office.register.people() == []


def test_a_file_that_cannot_be_used_lets_nobody_in(office):
    """Rather than those whom it listed before."""
    office.register.people()
    office.write("people: 7")
    with pytest.raises(InvalidSettings):
        office.register.find("jo.berg")


@pytest.mark.parametrize("role", [one for one in Role if one is not Role.ADMIN])
def test_only_admins_change_people(office, role):
    """Compliance neither."""
    add(office)
    who = principal("who", role=role, audiences=["compliance"])
    for change in (
        lambda: office.register.add("new", SAM, principal=who),
        lambda: office.register.change("sam.ek", SAM, principal=who),
        lambda: office.register.deactivate("sam.ek", principal=who),
        lambda: office.register.activate("sam.ek", principal=who),
    ):
        with pytest.raises(NotPermitted, match="role is"):
            change()
    assert len(office.logged()) == 1


@pytest.mark.parametrize(
    ("id_", "entered", "problem"),
    [
        ("", SAM, BadInput),
        ("a b", SAM, BadInput),
        ("x" * 200, SAM, BadInput),
        ("operator", SAM, BadInput),
        ("Admin", SAM, BadInput),
        ("everyone", SAM, BadInput),
        ("audience:hr", SAM, BadInput),
        ("JO.berg", SAM, BadInput),
        ("jo@example.com", Entered(name=""), BadInput),
        ("new", Entered(name="", email="JO@example.com"), BadInput),
        ("new", Entered(name="", email="nowhere"), BadInput),
        ("new", Entered(name="a\0b"), BadInput),
        ("new", Entered(name="n" * 300), BadInput),
        ("new", Entered(name="", role="boss"), BadInput),
        ("new", Entered(name="", audiences=["hrr"]), InvalidAudience),
        ("new", Entered(name="", audiences=["../hr"]), InvalidAudience),
    ],
)
def test_what_cannot_be_is_refused(office, id_, entered, problem):
    """With a hint, and with nothing kept."""
    with pytest.raises(problem) as refused:
        office.register.add(id_, entered, principal=ROOT)
    assert refused.value.hint
    assert office.logged() == []


def test_somebody_becomes_something_else_at_once(office):
    """Name, address, role and audiences are replaced together."""
    add(office)
    office.register.change("sam.ek", Entered(name="Sam", role="auditor"), principal=ROOT)
    sam = office.register.find("sam.ek")
    assert (sam.role, sam.audiences, sam.email, sam.within) == ("auditor", {"everyone"}, "", PERIOD)


def test_who_is_deactivated_loses_sessions_and_tokens(office):
    """And does not get them back when they may come in again."""
    sam = add(office)
    session = office.sessions.begin("sam.ek", "tests")
    _, secret = office.tokens.issue(sam, "x", ["ask"], 1, principal=ROOT)
    office.register.deactivate("sam.ek", principal=ROOT)
    assert office.register.find("sam.ek") is None
    assert office.register.principals().keys().isdisjoint({"sam.ek", "sam@example.com"})
    assert (office.sessions.check(session), office.tokens.check(secret)) == (None, None)
    assert [one.active for one in office.register.people() if one.id == "sam.ek"] == [False]
    office.register.activate("sam.ek", principal=ROOT)
    assert office.register.find("sam.ek")
    assert office.tokens.check(secret) is None


@pytest.mark.parametrize("id_", ["jo.berg", "JO.BERG"])
def test_people_of_the_file_are_changed_there(office, id_):
    """The refusal says where."""
    with pytest.raises(NotPermitted, match=r"people\.yaml"):
        office.register.change(id_, SAM, principal=ROOT)
    with pytest.raises(NotPermitted, match=r"people\.yaml"):
        office.register.deactivate(id_, principal=ROOT)


def test_nobody_is_there_to_be_changed(office):
    """As little as somebody whom the file hides."""
    add(office)
    office.write("people: [{id: other, email: sam@example.com}]")
    for id_ in ("sam.ek", "nobody"):
        with pytest.raises(NotThere):
            office.register.change(id_, SAM, principal=ROOT)


def test_the_last_admin_stays_one(office):
    """Whoever changes it, themselves included; with another admin they may go."""
    office.write("people: []")
    boss = add(office, "boss", Entered(name="Boss", role="admin")).principal()
    for change in (
        lambda: office.register.change("boss", Entered(name="Boss"), principal=boss),
        lambda: office.register.deactivate("boss", principal=ROOT),
    ):
        with pytest.raises(WrongStep, match="only admin"):
            change()
    add(office, "second", Entered(name="", role="admin"))
    office.register.change("boss", Entered(name="Boss"), principal=boss)
    assert office.register.find("boss").role == "employee"
    with pytest.raises(WrongStep):
        office.register.deactivate("second", principal=office.register.find("second").principal())


def test_an_admin_of_the_file_counts(office):
    """With Ada there, the other one may go."""
    add(office, "boss", Entered(name="Boss", role="admin"))
    office.register.deactivate("boss", principal=ROOT)
    assert office.register.find("boss") is None


ROLES = st.sampled_from(list(Role))
HELD = st.sets(st.sampled_from(sorted(SOME - {"everyone"})))


@given(
    listed=st.dictionaries(st.sampled_from("abcd"), st.tuples(ROLES, HELD)),
    added=st.dictionaries(st.sampled_from("cdef"), st.tuples(ROLES, HELD, st.booleans())),
)
def test_nobody_is_ever_more_than_was_said_of_them(property_office, listed, added):
    """Whatever the file and the register say, role and audiences are exactly those of the one that holds."""
    office: Office = property_office
    lines = [
        f"  - {{id: {id_}, role: {role}, audiences: [{', '.join(held)}]}}"
        for id_, (role, held) in listed.items()
    ]
    office.write("\n".join(["people:", *lines]))
    put_away(office)
    for id_, (role, held, active) in added.items():
        put(office, id_, role=role, held=held, active=active)
    for id_ in "abcdef":
        found = office.register.find(id_)
        if id_ in listed:
            role, held = listed[id_]
        elif id_ in added and added[id_][2]:
            role, held, _ = added[id_]
        else:
            assert found is None
            continue
        assert (found.role, found.audiences) == (role, held | {"everyone"})
        who = found.principal()
        assert who.within == (PERIOD if role is Role.AUDITOR else None)
        assert office.register.principals()[id_] == who


@pytest.fixture(scope="module")
def property_office(tmp_path_factory, blank):
    """Return an office that is used again for each case."""
    made = Office(tmp_path_factory.mktemp("property"), blank=blank)
    yield made
    made.close()


def put(office, id_, *, role, held, active):
    person = Person(
        id=id_, name=id_, role=role, audiences=frozenset(held), origin=Origin.PAGE, active=active
    )
    with office.store.changing_people() as change:
        change.put(person, at=office.now())


def put_away(office):
    with office.engine.begin() as connection:
        connection.execute(people.delete())
