"""Bring the truth in line with the folders: what is new, changed, moved and gone.

Three things run at once: files are read in child processes, texts are encoded in a thread, and what
is ready is stored, each source in one transaction. A process that is killed loses nothing that it
has reported as stored, and the next run goes on from there.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import SourceKind, partition_of
from copilot.domain.indexing import text_hash
from copilot.errors import BadInput, UnreadableFile
from copilot.ingestion import metadata as about
from copilot.ingestion.catalog_passages import asked_in, cut_series
from copilot.ingestion.chunking import cut
from copilot.ingestion.folders import walk
from copilot.ingestion.planning import Planner, Work
from copilot.ingestion.reporting import Progress, Report, Silent

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from concurrent.futures import Executor, Future

    import numpy as np
    from numpy.typing import NDArray

    from copilot.domain.documents import (
        Metadata,
        NewPassage,
        ParsedDocument,
    )
    from copilot.domain.indexing import TextHash
    from copilot.ingestion.folders import Found, Root
    from copilot.ports import Encoder, Reader, Truth, VectorCache

_AHEAD: Final = 24
"""Files that are being read while others are encoded and stored."""

_FIRST_BATCH: Final = 32
"""The first batch is small and each is twice the one before: encoding starts with the first files."""

_BATCH: Final = 512
"""Texts encoded together: enough to sort by length, little enough to keep both cores busy."""


@dataclass(slots=True, kw_only=True)
class _Ready:
    """A file that has been read and cut, and waits for its vectors."""

    work: Work
    metadata: Metadata
    document: ParsedDocument
    passages: list[NewPassage]
    encoded: dict[TextHash, NDArray[np.float32]] = field(default_factory=dict)


class Ingestion:
    """One run over the folders of a workspace."""

    def __init__(
        self,
        *,
        truth: Truth,
        encoder: Encoder,
        reader: Reader,
        executor: Executor,
        cache: VectorCache | None = None,
        kept_back: Collection[str] = (),
        limits: str = "",
    ) -> None:
        """Name the parts.

        Args:
            truth: Where everything is stored.
            encoder: Makes the vectors.
            reader: Reads one file; called in the executor.
            executor: All that this asks of its workers: a pool of threads, or a client of a cluster.
            cache: Vectors of the catalog's texts, shared between workspaces.
            kept_back: Partitions whose passages the encoder must not see.
            limits: What the reader is bounded by; a file that went over them is tried again under
                others.
        """
        self._truth = truth
        self._planner = Planner(truth, limits=limits)
        self._encoder = encoder
        self._reader = reader
        self._executor = executor
        self._cache = cache
        self._kept_back = frozenset(kept_back)

    def run(
        self,
        roots: Sequence[Root],
        *,
        scope: Collection[str],
        progress: Progress | None = None,
        retry: bool = False,
    ) -> Report:
        """Bring what stands under `scope` in line with the files under `roots`.

        Args:
            roots: Folders and files to walk.
            scope: Beginnings of the paths that the roots speak for: what is stored under one of
                them and was not found is removed.
            progress: Is told how far the run has come.
            retry: Try every file again that was refused.

        Returns:
            What became of every file.
        """
        told = progress or Silent()
        report = Report()
        walked = walk(roots)
        work = self._planner.plan(walked, scope, report, retry=retry)
        for done, ready in enumerate(self._encoded(self._read(work, report), report), start=1):
            self._store(ready, report)
            told.step("read", min(done + report.failed, len(work)), len(work))
        return report

    # Read, encode, store

    def _read(self, work: Sequence[Work], report: Report) -> Iterator[_Ready]:
        waiting: deque[tuple[Work, Future[ParsedDocument]]] = deque()
        for one in work:
            waiting.append((one, self._executor.submit(self._read_one, one.found)))
            if len(waiting) >= _AHEAD:
                yield from self._cut(*waiting.popleft(), report)
        while waiting:
            yield from self._cut(*waiting.popleft(), report)

    def _read_one(self, found: Found) -> ParsedDocument:
        return self._reader.read(found.file, name=found.path)

    def _cut(self, work: Work, reading: Future[ParsedDocument], report: Report) -> Iterator[_Ready]:
        found = work.found
        try:
            document = reading.result()
            metadata = about.resolve(
                found, said=work.said, own=document.metadata, title=document.title
            )
        except BadInput as exc:
            self._give_up(work, exc, report)
            return
        except OSError as exc:
            self._give_up(work, UnreadableFile(f"it cannot be read: {exc.strerror}"), report)
            return
        series = metadata.kind is SourceKind.CATALOG and found.file.suffix == ".yaml"
        pieces = cut_series(document.text) if series else cut(document, title=metadata.title)
        passages = list(pieces)
        if metadata.kind is SourceKind.CATALOG and not series:
            passages += asked_in(document, title=metadata.title)
        yield _Ready(work=work, metadata=metadata, document=document, passages=passages)

    def _encoded(self, ready: Iterable[_Ready], report: Report) -> Iterator[_Ready]:
        """Yield sources with the vectors they need; while one batch is encoded, another is stored."""
        with ThreadPoolExecutor(1, thread_name_prefix="encode") as pool:
            running: tuple[list[_Ready], Future[None]] | None = None
            for batch in self._batches(ready):
                future = pool.submit(self._encode, batch, report)
                if running is not None:
                    running[1].result()
                    yield from running[0]
                running = (batch, future)
            if running is not None:
                running[1].result()
                yield from running[0]

    def _batches(self, ready: Iterable[_Ready]) -> Iterator[list[_Ready]]:
        batch: list[_Ready] = []
        texts, enough = 0, _FIRST_BATCH
        for one in ready:
            batch.append(one)
            texts += len(one.passages)
            if texts >= enough:
                yield batch
                batch, texts, enough = [], 0, min(_BATCH, 2 * enough)
        if batch:
            yield batch

    def _encode(self, batch: Sequence[_Ready], report: Report) -> None:
        wanted = {
            text_hash(p.indexed): p.indexed
            for one in batch
            if partition_of(one.metadata.kind, one.metadata.audience) not in self._kept_back
            for p in one.passages
        }
        known = self._truth.vectors(wanted.keys(), self._encoder.name).keys()
        missing = {key: text for key, text in wanted.items() if key not in known}
        vectors = self._cache.get(missing.keys()) if self._cache else {}
        fresh = {key: text for key, text in missing.items() if key not in vectors}
        made = self._encoder.encode(list(fresh.values()))
        encoded = dict(zip(fresh, made, strict=True))
        report.encoded += len(encoded)
        if self._cache:
            catalog = [one for one in batch if one.metadata.kind is SourceKind.CATALOG]
            keys = {text_hash(p.indexed) for one in catalog for p in one.passages}
            self._cache.put({key: vector for key, vector in encoded.items() if key in keys})
        everything = {**vectors, **encoded}
        for one in batch:
            keys = {text_hash(passage.indexed) for passage in one.passages}
            one.encoded |= {key: everything[key] for key in keys & everything.keys()}

    def _store(self, ready: _Ready, report: Report) -> None:
        work = ready.work
        path = work.found.path
        notes = ready.document.notes
        if not ready.passages:
            notes = (*notes, "nothing in it can be quoted")
        self._truth.put(
            path,
            metadata=ready.metadata,
            fingerprint=work.fingerprint,
            document=(ready.document.text, notes),
            passages=ready.passages,
            encoded=ready.encoded,
            encoder=self._encoder.name,
        )
        report.passages += len(ready.passages)
        report.notes += [(path, note) for note in notes]
        if work.moved_from is not None:
            self._truth.remove([work.moved_from])
            report.moved.append((work.moved_from, path))
        elif work.known:
            report.changed.append(path)
        else:
            report.added.append(path)

    def _give_up(self, work: Work, problem: BadInput, report: Report) -> None:
        """Leave out a file that was tried."""
        report.failed += 1
        known = work.fingerprint if work.known else None
        self._planner.refuse(work.found, problem, known, report, tried=True)
        if work.moved_from is not None:
            # Its old place is as empty as if it had not moved.
            self._truth.remove([work.moved_from])
            report.removed.append(work.moved_from)
