"""The sample company's workspace, for measurements on it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.common import ROOT
from copilot import bootstrap, config

if TYPE_CHECKING:
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
