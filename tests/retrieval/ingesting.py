"""What child processes do: ingest a folder, to be killed at any moment, or open a database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from copilot.adapters.readers import registry
from copilot.adapters.sql.database import connect
from copilot.adapters.sql.truth import SqlTruth
from copilot.ingestion.folders import Root
from copilot.ingestion.pipeline import Ingestion
from tests.retrieval.workspace import Workspace

FOLDERS = ("policies", "evidence")


class _Reader:
    """Reads in this process: a parser's child would outlive the kill by a moment."""

    def read(self, path, *, name):
        return registry.read(path, name)


def ingest(folder):
    """Bring truth and indexes of a workspace in line with its folders."""
    folder = Path(folder)
    workspace = Workspace(folder)
    with workspace.writer.writing(wait=0), ThreadPoolExecutor(2) as pool:
        ingestion = Ingestion(
            truth=workspace.truth, encoder=workspace.encoder, reader=_Reader(), executor=pool
        )
        roots = [Root(label=name, path=folder / name) for name in FOLDERS]
        ingestion.run(roots, scope=FOLDERS)
        workspace.follower.catch_up()
    workspace.close()


def make_database(url):
    """Open a truth, making its database if it is not there, and close it."""
    SqlTruth(connect(url)).close()
