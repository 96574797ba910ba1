"""A child process that ingests a folder, as `copilot ingest` does, to be killed at any moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from copilot.adapters.readers import registry
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
