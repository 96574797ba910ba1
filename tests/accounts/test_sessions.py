"""Sessions of browsers, and the link for a first look."""

from __future__ import annotations

import pytest

from copilot.adapters.sql.tables import sessions


def count(office):
    with office.engine.connect() as connection:
        return len(connection.execute(sessions.select()).all())


def test_a_session_is_known_by_its_secret(office):
    """Which is another each time, and kept as a hash only."""
    one, other = (office.sessions.begin("jo.berg", "sign-in") for _ in range(2))
    assert one != other
    found = office.sessions.check(one)
    assert (found.person, found.via) == ("jo.berg", "sign-in")
    with office.engine.connect() as connection:
        assert one not in str(connection.execute(sessions.select()).all())
    assert office.logged() == [("jo.berg", "signed in", "person/jo.berg")] * 2


@pytest.mark.parametrize("secret", ["", "nonsense", "\ud800", "a" * 10_000])
def test_another_secret_is_none(office, secret):
    """Whatever it is."""
    office.sessions.begin("jo.berg", "sign-in")
    assert office.sessions.check(secret) is None


def test_a_session_that_is_not_used_ends_after_two_hours(office):
    """Whoever goes on working stays signed in."""
    secret = office.sessions.begin("jo.berg", "sign-in")
    for _ in range(3):
        office.later(hours=1, minutes=59)
        assert office.sessions.check(secret)
    office.later(hours=2)
    assert office.sessions.check(secret) is None


def test_a_session_ends_after_twelve_hours(office):
    """However much it is used; and the next sign-in clears it away."""
    secret = office.sessions.begin("jo.berg", "sign-in")
    for _ in range(11):
        office.later(hours=1)
        assert office.sessions.check(secret)
    office.later(hours=1)
    assert office.sessions.check(secret) is None
    assert count(office) == 1
    office.sessions.begin("fin", "sign-in")
    assert count(office) == 1


def test_a_session_is_ended(office):
    """By whoever it is, once; then nothing is left of it."""
    secret = office.sessions.begin("jo.berg", "sign-in")
    for _ in range(2):
        office.sessions.end(secret)
    office.sessions.end("")
    assert (office.sessions.check(secret), count(office)) == (None, 0)
    assert office.logged()[1:] == [("jo.berg", "signed out", "person/jo.berg")]


def test_all_sessions_of_somebody_are_ended(office):
    """Those of others go on."""
    mine = [office.sessions.begin("jo.berg", "sign-in") for _ in range(2)]
    other = office.sessions.begin("fin", "sign-in")
    assert office.sessions.end_all("jo.berg") == 2
    assert [office.sessions.check(one) for one in mine] == [None, None]
    assert office.sessions.check(other)


def test_the_link_opens_once(office):
    """The newest only."""
    first, second = office.first_look.link_key(), office.first_look.link_key()
    assert not office.first_look.use(first)
    assert not office.first_look.use("")
    assert not office.first_look.use("\ud800")
    assert office.first_look.use(second)
    assert not office.first_look.use(second)


def test_the_link_is_worth_nothing_after_a_quarter_of_an_hour(office):
    """Trying it then uses it up."""
    key = office.first_look.link_key()
    office.later(minutes=15)
    assert not office.first_look.use(key)
    office.later(minutes=-15)
    assert not office.first_look.use(key)
