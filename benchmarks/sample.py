"""The sample company's workspace, for measurements on it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.common import ROOT
from copilot import bootstrap, config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def make(folder: Path) -> None:
    """Make the workspace; nothing is ingested yet."""
    script = ROOT / "examples" / "build.py"
    subprocess.run([sys.executable, script, folder], check=True, capture_output=True)  # noqa: S603  our own script


def ingest(folder: Path) -> None:
    """Ingest a workspace."""
    with bootstrap.Copilot(config.find_workspace(folder)) as copilot:
        copilot.ingest()


def build(folder: Path) -> None:
    """Make the workspace and ingest it."""
    make(folder)
    ingest(folder)


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Serve a workspace in a process of its own; yield its port and the process, once it answers.

    Raises:
        RuntimeError: It does not start.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    running = subprocess.Popen(  # noqa: S603  our own command
        [sys.executable, "-m", "copilot", "serve", "--port", str(port)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COPILOT_HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        if running.stdout is None or not running.stdout.readline():
            raise RuntimeError("the service did not start")
        yield port, running
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)
