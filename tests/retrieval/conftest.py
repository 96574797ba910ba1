"""A workspace for each test."""

from __future__ import annotations

import pytest

from tests.retrieval.workspace import Workspace


@pytest.fixture
def workspace(tmp_path):
    """Return an empty workspace with the stand-in encoder."""
    made = Workspace(tmp_path / "workspace")
    yield made
    made.close()
