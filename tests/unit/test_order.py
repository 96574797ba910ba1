"""The order of the test files."""

from __future__ import annotations

from tests.order import LONG
from tests.workspaces import ROOT


def test_the_files_that_come_first_are_there():
    """One that was renamed would lose its place, and a run would take longer without a word."""
    assert [name for name in LONG if not (ROOT / "tests" / name).is_file()] == []
