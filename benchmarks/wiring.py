"""The product on a folder of its own, for measurements within one process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from copilot.adapters.parsing import BoundedParser, Limits
from copilot.bootstrap import Copilot
from copilot.config import Settings, Workspace
from copilot.ingestion.pipeline import Ingestion

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from copilot.adapters.encoders import OnnxEncoder
    from copilot.ingestion.folders import Root
    from copilot.ingestion.reporting import Progress, Report


def open_workspace(folder: Path, *, encoder: OnnxEncoder | None = None) -> Copilot:
    """Return the wired product on a folder, with default settings.

    Args:
        folder: Made if need be; a `copilot.toml` in it is not read.
        encoder: Used instead of the one that the product would load.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copilot = Copilot(Workspace(folder.resolve(), Settings()))
    if encoder is not None:
        copilot.encoder = encoder
    return copilot


def store(copilot: Copilot, roots: Sequence[Root], *, progress: Progress | None = None) -> Report:
    """Read, cut, encode and store what stands under `roots`; the indexes do not hear of it yet.

    This is `Copilot.ingest` without two things that would blur a measurement: the catalog, and the
    cache of its vectors, which belongs to the user.
    """
    settings = copilot.settings
    reader = BoundedParser(
        Limits(
            seconds=settings.parse_seconds,
            megabytes=settings.parse_megabytes,
            file_megabytes=settings.file_megabytes,
        )
    )
    try:
        with ThreadPoolExecutor(settings.readers) as pool:
            ingestion = Ingestion(
                truth=copilot.truth, encoder=copilot.encoder, reader=reader, executor=pool
            )
            return ingestion.run(roots, scope=[root.label for root in roots], progress=progress)
    finally:
        reader.close()
