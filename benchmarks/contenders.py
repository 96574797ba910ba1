"""Three ways to bring the same texts in, each run in a process of its own that has loaded its model.

What loading costs is measured by `benchmarks.cold`; here only the rate counts.
"""

from __future__ import annotations

import os
import resource
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.common import cpu_seconds, megabytes
from benchmarks.wiring import open_workspace, store
from copilot import bootstrap
from copilot.adapters.encoders import OnnxEncoder
from copilot.adapters.model_conversion import bundled_model
from copilot.ingestion.folders import Root

if TYPE_CHECKING:
    from collections.abc import Sequence

_WARM_UP = ["A text that is encoded before the clock runs, so that nothing is first."] * 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One measured run."""

    texts: int
    seconds: float
    cpu_seconds: float
    peak_megabytes: float
    parts: dict[str, float] = field(default_factory=dict)
    """Seconds by part, where a run has parts."""

    @property
    def rate(self) -> float:
        """Texts a second."""
        return self.texts / self.seconds


class _Clock:
    """Measures a stretch of one process."""

    def __init__(self) -> None:
        self._cpu = cpu_seconds()
        self._begin = time.perf_counter()
        self._parts: dict[str, float] = {}

    def note(self, part: str) -> None:
        self._parts[part] = self._elapsed() - sum(self._parts.values())

    def stop(self, texts: int) -> Run:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return Run(
            texts=texts,
            seconds=self._elapsed(),
            cpu_seconds=cpu_seconds() - self._cpu,
            peak_megabytes=megabytes(peak),
            parts=self._parts,
        )

    def _elapsed(self) -> float:
        return time.perf_counter() - self._begin


@cache
def _encoder() -> OnnxEncoder:
    encoder = OnnxEncoder(bootstrap.prepare_encoder())
    encoder.encode(_WARM_UP)
    return encoder


def texts_of(files: Path) -> list[str]:
    """Return the distinct texts that ingesting `files` encodes."""
    with tempfile.TemporaryDirectory() as scratch:
        copilot = open_workspace(Path(scratch), encoder=_encoder())
        with copilot:
            store(copilot, [Root(label="policies", path=files)])
            return list(copilot.truth.unencoded("no encoder has this name").values())


def whole_ingestion(files: Path) -> Run:
    """Ingest files into a new workspace: read, cut, encode, store, and bring both indexes up."""
    encoder = _encoder()
    with tempfile.TemporaryDirectory() as scratch:
        clock = _Clock()
        with open_workspace(Path(scratch), encoder=encoder) as copilot:
            report = store(copilot, [Root(label="policies", path=files)])
            clock.note("store")
            copilot.follower.catch_up()
            clock.note("index")
            return clock.stop(report.encoded)


def bare_encoder(texts: Sequence[str]) -> Run:
    """Encode the texts in one run, which sorts them by length, and do nothing with the vectors."""
    encoder = _encoder()
    clock = _Clock()
    encoder.encode(texts)
    return clock.stop(len(texts))


@cache
def _embeddings() -> Any:
    os.environ["HF_HUB_OFFLINE"] = "1"
    from langchain_huggingface import HuggingFaceEmbeddings  # noqa: PLC0415  brings torch

    embeddings = HuggingFaceEmbeddings(
        model_name=str(bundled_model()),
        model_kwargs={"device": "cpu", "local_files_only": True},
    )
    embeddings.embed_documents(_WARM_UP)
    return embeddings


def langchain(texts: Sequence[str]) -> Run:
    """Add the texts, cut already, to a new langchain-chroma store on disk."""
    from chromadb.config import Settings  # noqa: PLC0415  only one of the three processes needs it
    from langchain_chroma import Chroma  # noqa: PLC0415  the same

    embeddings = _embeddings()
    scratch = tempfile.mkdtemp()
    try:
        clock = _Clock()
        vectors = Chroma(
            "texts",
            embeddings,
            persist_directory=scratch,
            client_settings=Settings(anonymized_telemetry=False, is_persistent=True),
        )
        vectors.add_texts(list(texts))
        return clock.stop(len(texts))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
