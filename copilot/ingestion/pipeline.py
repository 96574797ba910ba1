"""Bring the truth in line with the folders: what is new, changed, moved and gone.

Three things run at once: files are read in child processes, texts are encoded in a thread, and what
is ready is stored, each source in one transaction. A process that is killed loses nothing that it
has reported as stored, and the next run goes on from there.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from copilot.domain.documents import Refusal, SourceKind
from copilot.errors import BadInput, InvalidManifest, UnreadableFile
from copilot.ingestion import metadata as about
from copilot.ingestion.catalog_passages import asked_in, cut_series
from copilot.ingestion.chunking import cut
from copilot.ingestion.folders import content_hash_of, walk, within
from copilot.ingestion.reporting import Progress, Report, Silent
from copilot.ingestion.statements import MEND, read_statements
from copilot.ports import Fingerprint, text_hash

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor, Future

    import numpy as np
    from numpy.typing import NDArray

    from copilot.domain.documents import (
        Metadata,
        NewPassage,
        ParsedDocument,
        SourcePath,
    )
    from copilot.ingestion.folders import Found, Root, Walked
    from copilot.ports import Encoder, Reader, TextHash, Truth, VectorCache

FORM: Final = "4"
"""Raised when readers or cutting change what is stored for the same file, so that all is read again."""

_AHEAD: Final = 24
"""Files that are being read while others are encoded and stored."""

_MENDABLE: Final = ("tesseract", "file_megabytes")
"""Words in the hints of refusals that can end without a change of the file."""

_FIRST_BATCH: Final = 32
"""The first batch is small and each is twice the one before: encoding starts with the first files."""

_BATCH: Final = 512
"""Texts encoded together: enough to sort by length, little enough to keep both cores busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """A file that has to be read."""

    found: Found
    said: tuple[Mapping[str, object], Mapping[str, object]]
    fingerprint: Fingerprint
    known: bool
    moved_from: SourcePath | None = None


@dataclass(slots=True, kw_only=True)
class _Ready:
    """A file that has been read and cut, and waits for its vectors."""

    work: _Work
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
    ) -> None:
        """Name the parts.

        Args:
            truth: Where everything is stored.
            encoder: Makes the vectors.
            reader: Reads one file; called in the executor.
            executor: All that this asks of its workers: a pool of threads, or a client of a cluster.
            cache: Vectors of the catalog's texts, shared between workspaces.
        """
        self._truth = truth
        self._encoder = encoder
        self._reader = reader
        self._executor = executor
        self._cache = cache

    def run(
        self,
        roots: Sequence[Root],
        *,
        scope: Collection[str],
        progress: Progress | None = None,
    ) -> Report:
        """Bring what stands under `scope` in line with the files under `roots`.

        Args:
            roots: Folders and files to walk.
            scope: Beginnings of the paths that the roots speak for: what is stored under one of
                them and was not found is removed.
            progress: Is told how far the run has come.

        Returns:
            What became of every file.
        """
        told = progress or Silent()
        report = Report()
        walked = walk(roots)
        work = self._plan(walked, scope, report)
        for done, ready in enumerate(self._encoded(self._read(work, report), report), start=1):
            self._store(ready, report)
            told.step("read", min(done + report.failed, len(work)), len(work))
        return report

    # What has to be done

    def _plan(self, walked: Walked, scope: Collection[str], report: Report) -> list[_Work]:
        known = dict(self._truth.fingerprints())
        refused = self._truth.refusals()
        statements = read_statements(walked)
        work: list[_Work] = []
        touched: dict[SourcePath, Fingerprint] = {}
        for found in walked.found:
            try:
                said = statements.about(found)
            except InvalidManifest as exc:
                before = known.get(found.path)
                self._refuse(found, exc, before, report)
                if before is not None:
                    # Nothing that is said later may look like what was said when it was stored.
                    touched[found.path] = replace(before, about_hash="", stale=True)
                continue
            self._judge(
                found,
                said,
                (known.get(found.path), refused.get(found.path)),
                (work, touched, report),
            )
        self._truth.touch_all(touched)
        self._refuse_unfit(walked, known, refused, report)
        self._remove_gone(walked, scope, known, (work, report))
        return work

    def _refuse_unfit(
        self,
        walked: Walked,
        known: Mapping[SourcePath, Fingerprint],
        refused: Mapping[str, tuple[Refusal, int, int]],
        report: Report,
    ) -> None:
        """Report what could not even be opened; what is stored of it stays, and is stale."""
        stale: dict[SourcePath, Fingerprint] = {}
        for refusal in walked.refused:
            if refusal.path not in refused or refused[refusal.path][0] != refusal:
                self._truth.refuse(refusal, size=0, mtime_ns=0)
            kept = [path for path in known if within(path, [refusal.path])]
            stale |= {path: replace(known[path], about_hash="", stale=True) for path in kept}
            (report.stale if kept else report.refused).append(refusal)
        self._truth.touch_all(stale)

    def _judge(
        self,
        found: Found,
        said: tuple[Mapping[str, object], Mapping[str, object]],
        stored: tuple[Fingerprint | None, tuple[Refusal, int, int] | None],
        into: tuple[list[_Work], dict[SourcePath, Fingerprint], Report],
    ) -> None:
        """Decide what a file needs: nothing, a new date, or to be read."""
        (known, refused), (work, touched, report) = stored, into
        about_hash = about.digest(*said, FORM, str(found.root.kind), str(found.root.audience))
        same_file = known is not None and (known.size, known.mtime_ns) == (
            found.size,
            found.mtime_ns,
        )
        if known is not None and same_file and known.about_hash == about_hash:
            if known.stale and refused is not None:
                report.stale.append(refused[0])
            else:
                report.unchanged += 1
            return
        if known is None and refused is not None and _still_refused(refused, found):
            report.refused.append(refused[0])
            return
        try:
            content_hash = content_hash_of(found)
        except OSError as exc:
            self._refuse(found, UnreadableFile(f"it cannot be read: {exc.strerror}"), known, report)
            return
        fingerprint = Fingerprint(found.size, found.mtime_ns, content_hash, about_hash)
        if (
            known is not None
            and not known.stale
            and (known.content_hash, known.about_hash) == (content_hash, about_hash)
        ):
            touched[found.path] = fingerprint
            report.unchanged += 1
            return
        work.append(_Work(found=found, said=said, fingerprint=fingerprint, known=known is not None))

    def _remove_gone(
        self,
        walked: Walked,
        scope: Collection[str],
        known: Mapping[SourcePath, Fingerprint],
        into: tuple[list[_Work], Report],
    ) -> None:
        work, report = into
        refused = {refusal.path for refusal in walked.refused}
        present = {found.path for found in walked.found} | refused
        # What stands in a folder that cannot be opened just now is not gone.
        gone = [
            path
            for path in known
            if path not in present and within(path, scope) and not within(path, refused)
        ]
        by_content = {known[path].content_hash: path for path in gone}
        for at, one in enumerate(work):
            old = by_content.pop(one.fingerprint.content_hash, None) if not one.known else None
            if old is not None:
                work[at] = replace(one, moved_from=old)
        moved = {one.moved_from for one in work}
        report.removed += [path for path in gone if path not in moved]
        self._truth.remove(report.removed)
        listed = self._truth.refusals()
        self._truth.forget_refusals(
            [path for path in listed if path not in present and within(path, scope)]
        )

    # Read, encode, store

    def _read(self, work: Sequence[_Work], report: Report) -> Iterator[_Ready]:
        waiting: deque[tuple[_Work, Future[ParsedDocument]]] = deque()
        for one in work:
            waiting.append((one, self._executor.submit(self._read_one, one.found)))
            if len(waiting) >= _AHEAD:
                yield from self._cut(*waiting.popleft(), report)
        while waiting:
            yield from self._cut(*waiting.popleft(), report)

    def _read_one(self, found: Found) -> ParsedDocument:
        return self._reader.read(found.file, name=found.path)

    def _cut(
        self, work: _Work, reading: Future[ParsedDocument], report: Report
    ) -> Iterator[_Ready]:
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
        wanted = {text_hash(p.indexed): p.indexed for one in batch for p in one.passages}
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
            for passage in one.passages:
                key = text_hash(passage.indexed)
                if key in everything:
                    one.encoded[key] = everything[key]

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
        self._truth.forget_refusals([path])
        report.passages += len(ready.passages)
        report.notes += [(path, note) for note in notes]
        if work.moved_from is not None:
            self._truth.remove([work.moved_from])
            report.moved.append((work.moved_from, path))
        elif work.known:
            report.changed.append(path)
        else:
            report.added.append(path)

    def _give_up(self, work: _Work, problem: BadInput, report: Report) -> None:
        """Leave out a file that was tried."""
        report.failed += 1
        known = work.fingerprint if work.known else None
        self._refuse(work.found, problem, known, report, tried=True)
        if work.moved_from is not None:
            # Its old place is as empty as if it had not moved.
            self._truth.remove([work.moved_from])
            report.removed.append(work.moved_from)

    def _refuse(
        self,
        found: Found,
        problem: BadInput,
        known: Fingerprint | None,
        report: Report,
        *,
        tried: bool = False,
    ) -> None:
        """Leave a file out; if an earlier version is stored, keep it and mark it stale."""
        refusal = Refusal(path=found.path, reason=str(problem), hint=problem.hint)
        self._truth.refuse(refusal, size=found.size, mtime_ns=found.mtime_ns)
        if known is None:
            report.refused.append(refusal)
            return
        if tried:
            self._truth.touch(found.path, replace(known, stale=True))
        report.stale.append(refusal)


def _still_refused(refused: tuple[Refusal, int, int], found: Found) -> bool:
    """Say whether a file that was refused would be refused again.

    What is said about it may have been mended, and what it waited for may have been installed or
    allowed since; only those are read again, so that a file that takes a minute to fail does so once.
    """
    refusal, *status = refused
    mendable = refusal.hint == MEND or any(word in refusal.hint for word in _MENDABLE)
    return status == [found.size, found.mtime_ns] and not mendable
