"""Who somebody is whom the company's sign-in service knows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.accounts.entries import Entered
from copilot.accounts.sign_in import SignIn, SignInRules
from copilot.domain.access import Audience, Role
from copilot.domain.accounts import Identity, Origin
from copilot.errors import SignInFailed
from copilot.people import PeopleFile
from tests.accounts.office import PERIOD, ROOT, Office

RULES = SignInRules(
    domains=frozenset({"example.com"}),
    roles={"admins": Role.ADMIN, "grc": Role.COMPLIANCE, "audit": Role.AUDITOR},
    audiences={"grc": frozenset({Audience("compliance"), Audience("hr")}), "all": frozenset()},
)
KIM = Identity(
    issuer="https://id.example",
    subject="00u1",
    email="Kim@Example.com",
    verified=True,
    name="Kim Oh",
    groups=frozenset({"grc", "all"}),
)


@pytest.fixture
def office(tmp_path, blank):
    """Return accounts in which the company's people may sign in."""
    made = Office(tmp_path, blank=blank, rules=RULES)
    yield made
    made.close()


def test_somebody_of_the_domain_is_added_with_what_their_groups_give(office):
    """Under their address, and they are logged."""
    kim = office.sign_in.signed_in(KIM)
    assert (kim.id, kim.name, kim.role, kim.origin) == (
        "kim@example.com",
        "Kim Oh",
        Role.COMPLIANCE,
        Origin.SIGN_IN,
    )
    assert kim.audiences == {"everyone", "compliance", "hr"}
    assert office.register.find(kim.id) == kim
    assert office.logged() == [(kim.id, "added a person at sign-in", f"person/{kim.id}")]


@pytest.mark.parametrize("name", ["", "\x00", "x" * 300])
def test_a_name_that_cannot_be_shown_is_left_out(office, name):
    """The address stands in for it, and later the name that was known."""
    assert office.sign_in.signed_in(replace(KIM, name=name)).name == "kim@example.com"
    assert office.sign_in.signed_in(KIM).name == "Kim Oh"
    assert office.sign_in.signed_in(replace(KIM, name=name)).name == "Kim Oh"


def test_a_second_sign_in_writes_nothing(office):
    """If nothing about them is new."""
    assert office.sign_in.signed_in(KIM) == office.sign_in.signed_in(KIM)
    assert len(office.logged()) == 1


def test_role_and_audiences_follow_the_groups(office):
    """Also where they take something away."""
    office.sign_in.signed_in(KIM)
    kim = office.sign_in.signed_in(replace(KIM, groups=frozenset()))
    assert (kim.role, kim.audiences) == (Role.EMPLOYEE, {"everyone"})
    assert office.register.find(kim.id) == kim


def test_whoever_is_in_the_auditors_group_is_nothing_else(office):
    """Whatever other groups they are in."""
    kim = office.sign_in.signed_in(replace(KIM, groups=frozenset({"admins", "grc", "audit"})))
    assert kim.role is Role.AUDITOR
    assert office.register.find(kim.id).within == PERIOD


def test_somebody_of_the_file_stays_what_the_file_says(office):
    """Groups change nothing, the domain does not matter, and nothing is kept."""
    fin = office.sign_in.signed_in(replace(KIM, email="FIN@audit.example", groups={"admins"}))
    assert (fin.id, fin.role) == ("fin", Role.AUDITOR)
    assert office.logged() == []


def test_somebody_whom_an_admin_added_stays_what_the_admin_says(office):
    """They are known by their account from the first time on, also under another address."""
    office.register.add(
        "kim", Entered(name="Kim", email="kim@other.example", role="engineer"), principal=ROOT
    )
    kim = office.sign_in.signed_in(replace(KIM, email="kim@other.example"))
    assert (kim.id, kim.role) == ("kim", Role.ENGINEER)
    again = office.sign_in.signed_in(replace(KIM, email="kim.oh@other.example"))
    assert (again.id, again.email, again.role) == ("kim", "kim.oh@other.example", Role.ENGINEER)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"verified": False}, "not verified"),
        ({"email": ""}, "does not say"),
        ({"email": "kim"}, "no usable"),
        ({"email": "kim@example.com@evil.example"}, "no usable"),
        ({"email": "kim@evil.example"}, "nobody here"),
        ({"email": "kim@sub.example.com"}, "nobody here"),
        ({"email": "kïm@example.com"}, "cannot be used as an id"),
        ({"email": "kim@example.com.evil.example"}, "nobody here"),
        ({"subject": ""}, "no `sub`"),
        ({"email": "jo@example.com", "verified": False}, "not verified"),
    ],
)
def test_an_identity_that_says_too_little_is_refused(office, said, why):
    """Even if the address is listed."""
    with pytest.raises(SignInFailed, match=why):
        office.sign_in.signed_in(replace(KIM, **said))
    assert office.logged() == []


def test_an_address_that_went_to_somebody_else_is_refused(office):
    """Another account under the same address is another human."""
    office.sign_in.signed_in(KIM)
    with pytest.raises(SignInFailed, match="another account"):
        office.sign_in.signed_in(replace(KIM, subject="00u2"))
    with pytest.raises(SignInFailed, match="another account"):
        office.sign_in.signed_in(replace(KIM, issuer="https://other.example"))


def test_an_account_cannot_take_the_address_of_somebody_else(office):
    """Neither of the file nor of those who were added."""
    office.sign_in.signed_in(KIM)
    office.register.add("lee", Entered(name="", email="lee@example.com"), principal=ROOT)
    with pytest.raises(SignInFailed, match="taken"):
        office.sign_in.signed_in(replace(KIM, email="lee@example.com"))
    assert office.sign_in.signed_in(replace(KIM, email="jo@example.com")).id == "jo.berg"
    assert office.register.find("kim@example.com").email == "kim@example.com"


def test_whoever_was_deactivated_stays_out(office):
    """Until an admin lets them in again."""
    kim = office.sign_in.signed_in(KIM)
    office.register.deactivate(kim.id, principal=ROOT)
    with pytest.raises(SignInFailed, match="any more"):
        office.sign_in.signed_in(KIM)
    office.register.activate(kim.id, principal=ROOT)
    assert office.sign_in.signed_in(KIM).active


def test_whom_an_admin_has_changed_the_groups_change_no_more(office):
    """What a person decided holds."""
    kim = office.sign_in.signed_in(KIM)
    office.register.change(kim.id, Entered(name="Kim", email=kim.email), principal=ROOT)
    assert office.sign_in.signed_in(KIM).role is Role.EMPLOYEE


def test_a_domain_that_is_taken_off_the_list_lets_in_nobody(office):
    """Also those who came in by it before."""
    office.sign_in.signed_in(KIM)
    without = SignIn(PeopleFile(office.file), office.store, rules=SignInRules(), now=office.now)
    with pytest.raises(SignInFailed, match="nobody here"):
        without.signed_in(KIM)


GROUPS = st.sets(st.sampled_from(["admins", "grc", "audit", "all", "unknown"]))


@given(first=GROUPS, second=GROUPS)
def test_groups_never_give_more_than_the_settings_say(first, second):
    """More groups take no audience away; and no role comes from nowhere."""
    both = RULES.held(frozenset(first | second))
    assert RULES.held(frozenset(first)) <= both <= {"everyone", "compliance", "hr"}
    role = RULES.role(frozenset(first))
    assert role is Role.EMPLOYEE or role in {RULES.roles.get(one) for one in first}
    assert (role is Role.AUDITOR) == ("audit" in first)
