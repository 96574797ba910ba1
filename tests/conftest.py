"""What every test shares: no network beyond this machine, the shipped knowledge, the shared data."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from copilot import bootstrap

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(autouse=True)
def _loopback_only(request, monkeypatch):
    """Nothing leaves the machine; local servers may be reached."""
    if "online" in request.keywords:
        return
    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            # Not an `Exception`, so no client can catch it and call it an outage.
            pytest.fail(f"a test tried to reach {address!r}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def knowledge():
    """Return the folder of knowledge in this checkout."""
    return ROOT / "knowledge"


@pytest.fixture(scope="session")
def catalog():
    """Return the shipped catalog, checked."""
    return bootstrap.load_catalog()


@pytest.fixture(scope="session")
def shared():
    """Return the folder of shared data, or skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return SHARED
