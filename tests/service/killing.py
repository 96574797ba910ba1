"""A service in a process of its own, to be killed and started again."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time

import httpx

from copilot.accounts.tokens import TokenDesk
from copilot.adapters.sql.accounts import SqlAccounts
from copilot.bootstrap import review
from copilot.domain.accounts import Scope
from tests.workspaces import ROOT, open_workspace


def token_of(folder, person):
    """Return a token of somebody, made while no service runs."""
    with open_workspace(folder) as copilot:
        found = copilot.register.find(person)
        desk = TokenDesk(SqlAccounts(copilot.database), now=review.now)
        scopes = frozenset({Scope.ASK, Scope.READ, Scope.WRITE})
        _, secret = desk.issue(found, "tests", scopes, 1, principal=found.principal())
        return secret


@contextlib.contextmanager
def running(folder, token):
    """Yield a process that serves a workspace, and a client for it; it is killed at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "copilot", "serve", "--port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"COPILOT_HOME": str(folder), "COPILOT_ASKERS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60
        ) as client:
            _wait(process, client)
            yield process, client
    finally:
        process.kill()
        process.communicate()


def _wait(process, client):
    until = time.monotonic() + 180
    while time.monotonic() < until:
        assert process.poll() is None, process.stderr.read().decode()
        with contextlib.suppress(httpx.TransportError):
            if client.get("/readyz").status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError("it does not start")
