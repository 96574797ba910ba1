"""Who was let in lately is remembered while nothing was written, and not for long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from copilot.service.callers import Callers

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
STANDING = (7, 1, 2)


class Hands:
    """The time, and a clock, that are put forward by hand."""

    def __init__(self):
        self.passed = 0.0

    def now(self):
        return NOON + timedelta(seconds=self.passed)

    def clock(self):
        return self.passed


@pytest.fixture
def hands():
    """Return the hands of the clock."""
    return Hands()


@pytest.fixture
def callers(hands):
    """Return callers, of whom one is known, with a token that ends in ten seconds."""
    made = Callers(now=hands.now, clock=hands.clock)
    made.keep("secret", "jo", standing=STANDING, expires=NOON + timedelta(seconds=10))
    made.keep("lasting", "mo", standing=STANDING, expires=NOON + timedelta(days=1))
    return made


def test_somebody_is_known_again_by_the_same_secret_only(callers):
    """Another secret is nobody's."""
    assert callers.find("secret", STANDING) == "jo"
    assert callers.find("another", STANDING) is None


@pytest.mark.parametrize("standing", [(8, 1, 2), None])
def test_nobody_is_known_once_anything_was_written(callers, standing):
    """Nor where it cannot be told; and not again when it looks as before."""
    assert callers.find("secret", standing) is None
    assert (callers.find("secret", STANDING) is None) == (standing is not None)


def test_nothing_is_remembered_where_it_cannot_be_told_what_was_written(callers):
    """As on a database that does not say."""
    callers.keep("new", "bo", standing=None, expires=NOON + timedelta(days=1))
    assert callers.find("new", None) is None


def test_a_token_that_ends_is_good_no_more(callers, hands):
    """To the second."""
    hands.passed = 9.9
    assert callers.find("secret", STANDING) == "jo"
    hands.passed = 10
    assert callers.find("secret", STANDING) is None


def test_whoever_goes_on_asking_is_looked_up_now_and_then(callers, hands):
    """So that it is kept when a token was used last."""
    hands.passed = 19.9
    assert callers.find("lasting", STANDING) == "mo"
    hands.passed = 20
    assert callers.find("lasting", STANDING) is None
