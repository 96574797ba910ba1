"""Workspaces for tests: made once for a whole run, copied where a test changes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from copilot import bootstrap, config

ROOT = Path(__file__).parents[1]


def build_sample(folder):
    """Make the sample company's workspace in `folder` and ingest it."""
    subprocess.run(
        [sys.executable, ROOT / "examples" / "build.py", folder],
        check=True,
        capture_output=True,
    )
    with bootstrap.Copilot(config.find_workspace(folder)) as copilot:
        copilot.ingest()
    return folder


def open_workspace(folder):
    """Return the workspace in `folder`, wired."""
    return bootstrap.Copilot(config.find_workspace(folder))
