"""What is known of findings."""

from __future__ import annotations

import pytest

from copilot.drafting.outlines import load_terms
from copilot.responses.kinds import load_kinds


@pytest.fixture(scope="session")
def kinds(knowledge):
    """Return what is known of findings of each kind."""
    return load_kinds(knowledge / "responses", roles=load_terms(knowledge / "policies").roles)
