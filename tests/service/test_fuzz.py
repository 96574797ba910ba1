"""Requests made up from the OpenAPI document: nothing breaks, and every reply is as it is described."""

from __future__ import annotations

import pytest

from benchmarks.fuzz import fuzz
from copilot.domain.access import Role
from tests.service.conftest import PEOPLE

SLOW = (
    "/api/v1/commands",
    "/api/v1/ask",
    "/api/v1/ask/stream",
    "/api/v1/passed-on",
    "/api/v1/drafts/policy",
    "/api/v1/drafts/description",
)
"""Left to the benchmark, which has the time."""


@pytest.mark.filterwarnings("ignore::hypothesis.errors.NonInteractiveExampleWarning")
def test_nothing_breaks(spare):
    """Sensible requests and others, as people who may do little, more, everything, by turns."""
    tokens = [spare.token(PEOPLE[role]) for role in (Role.EMPLOYEE, Role.COMPLIANCE, Role.ADMIN)]
    seen = fuzz(spare.url, tokens, each=1, number=17, left_out=SLOW)
    assert seen.problems == {}
    assert seen.faults == 0
    assert seen.sent > 60
