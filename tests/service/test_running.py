"""A service that cannot start says why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from copilot import config
from copilot.errors import TruthUnavailable
from copilot.service.parts import Options
from copilot.service.running import serve


def test_a_service_whose_database_is_none_says_so(tmp_path):
    """It is the error that any other command would end with, and nobody is told that it listens."""
    (tmp_path / "copilot.toml").write_text("")
    state = tmp_path / ".copilot"
    state.mkdir()
    (state / "truth.db").write_bytes(b"no database " * 1_000)
    told = []

    def serving():
        serve(
            config.find_workspace(tmp_path),
            Options(port=0),
            listening=lambda _service, link: told.append(link),
        )

    # In a thread of its own: a browser of other tests may have a loop of events running in this one.
    with ThreadPoolExecutor(1) as thread, pytest.raises(TruthUnavailable, match="cannot be used"):
        thread.submit(serving).result()
    assert told == []
