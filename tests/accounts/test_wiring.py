"""Who a command acts for: people whom admins have added are found like those of the file."""

from __future__ import annotations

import pytest

from copilot import bootstrap, config
from copilot.accounts.entries import Entered
from copilot.domain.access import Role
from copilot.domain.periods import parse_period
from copilot.errors import UnknownPrincipal


@pytest.fixture
def workspace(tmp_path):
    """Return a workspace without files, wired."""
    (tmp_path / "copilot.toml").write_text('period = "2025"')
    with bootstrap.Copilot(config.find_workspace(tmp_path)) as copilot:
        yield copilot


def test_somebody_who_was_added_can_be_named(workspace):
    """By id and by address; an auditor is limited to the audit period; who is deactivated is nobody."""
    operator = workspace.principal(None)
    sam = Entered(name="Sam Ek", email="sam@example.com", role="auditor", audiences=["compliance"])
    workspace.register.add("sam.ek", sam, principal=operator)
    for named in ("sam.ek", " SAM@example.com"):
        found = workspace.principal(named)
        assert (found.id, found.role, found.within) == (
            "sam.ek",
            Role.AUDITOR,
            parse_period("2025"),
        )
    workspace.register.deactivate("sam.ek", principal=operator)
    with pytest.raises(UnknownPrincipal):
        workspace.principal("sam.ek")
