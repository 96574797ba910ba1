"""Strangers who are refused at the doors again and again have to wait; whoever else comes does not."""

from __future__ import annotations

import itertools
from collections import Counter

import httpx
import pytest

DOOR = "/sign-in/first-look"
_HOSTS = itertools.count(1)


@pytest.fixture
def stranger(served):
    """Return a client from an address that nobody has come from yet, as a proxy on this machine says."""
    address = f"203.0.113.{next(_HOSTS)}"
    headers = {"X-Forwarded-For": address}
    with httpx.Client(base_url=served.url, headers=headers, timeout=60) as client:
        yield client


def refusals(client, door=DOOR):
    """Try wrong keys until there is another answer; return that, and the others by how many they are."""
    seen = Counter()
    for number in range(100):
        answer = client.get(door, params={"key": f"wrong {number}"})
        if answer.status_code == 429:
            return answer, seen
        seen[answer.status_code] += 1
    raise AssertionError(f"nobody has to wait: {seen}")


@pytest.mark.parametrize(
    ("door", "refused"), [(DOOR, 401), ("/sign-in/callback", 403)], ids=["link", "sign-in service"]
)
def test_a_stranger_who_is_refused_again_and_again_has_to_wait(stranger, door, refused):
    """Not before the tenth time; and the answer says how long."""
    waiting, seen = refusals(stranger, door)
    assert seen[refused] == seen.total() >= 10
    assert int(waiting.headers["retry-after"]) > 0
    assert waiting.json()["hint"].startswith("Wait")


def test_others_do_not_wait_for_a_stranger(stranger, served):
    """Neither other addresses, nor this machine, nor other pages."""
    refusals(stranger)
    assert stranger.get("/sign-in").status_code == 200
    other = {"X-Forwarded-For": "198.51.100.7"}
    assert httpx.get(f"{served.url}{DOOR}?key=wrong", headers=other, timeout=60).status_code == 401
    assert httpx.get(f"{served.url}{DOOR}?key=wrong", timeout=60).status_code == 401


def test_whoever_has_a_network_is_one_stranger(served):
    """The addresses of version 6 that begin alike are one person's, and more than can be counted."""
    with httpx.Client(base_url=served.url, timeout=60) as client:
        for number in range(1, 100):
            headers = {"X-Forwarded-For": f"2001:db8::{number}"}
            if client.get(DOOR, params={"key": "no"}, headers=headers).status_code == 429:
                return
    raise AssertionError("each address is a stranger of its own")
