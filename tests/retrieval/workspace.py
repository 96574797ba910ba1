"""A small workspace of real parts: a database, both indexes, a lock, and a fast stand-in encoder."""

from __future__ import annotations

import contextlib
import re
import zlib
from datetime import date

import numpy as np

from copilot.adapters.chroma import ChromaIndex
from copilot.adapters.locks import FileLock
from copilot.adapters.sql.database import connect
from copilot.adapters.sql.truth import SqlTruth
from copilot.adapters.tantivy import TantivyIndex
from copilot.domain.access import Audience, principal
from copilot.domain.documents import Metadata, NewPassage, SourceKind, SourcePath
from copilot.domain.indexing import Fingerprint, text_hash
from copilot.domain.periods import Period
from copilot.retrieval.following import Follower
from copilot.retrieval.generations import Indexes
from copilot.retrieval.search import Search
from copilot.spare_threads import SpareThreads

_DIMENSIONS = 64


class HashingEncoder:
    """Stands in for the model: texts that share words are near, and nothing else counts."""

    dimensions = _DIMENSIONS
    remote = False

    def __init__(self, name="hashing"):
        self.name = name
        self.encoded = 0
        self._words = {}

    def encode(self, texts):
        self.encoded += len(texts)
        rows = np.zeros((len(texts), _DIMENSIONS), dtype=np.float32)
        for at, text in enumerate(texts):
            rows[at] = 1e-3 + sum(map(self._word, re.findall(r"\w+", text.lower())))
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def _word(self, word):
        if word not in self._words:
            seeded = np.random.default_rng(zlib.crc32(word.encode()))
            self._words[word] = seeded.normal(size=_DIMENSIONS).astype(np.float32)
        return self._words[word]


def open_indexes(folder, spare=None):
    """Open both indexes of one generation."""
    dense = ChromaIndex(folder / "dense", spare=spare)
    return Indexes(dense=dense, lexical=TantivyIndex(folder / "words"))


class Workspace:
    """Everything that search needs, in one folder."""

    def __init__(self, folder, encoder=None, url=None, threads=0):
        self.spare = SpareThreads(threads)
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.encoder = encoder or HashingEncoder()
        self.truth = SqlTruth(connect(url or f"sqlite:///{folder / 'truth.db'}"))
        self.writer = FileLock(folder / "writer.lock", what="writing this workspace")
        self.follower = Follower(
            folder / "index",
            truth=self.truth,
            encoder=self.encoder,
            lock=FileLock(folder / "index.lock", what="updating the index"),
            open_indexes=lambda folder: open_indexes(folder, self.spare),
        )

    def put(self, path, *texts, **about):
        """Store a source whose passages are `texts`."""
        put(self.truth, self.encoder, path, texts, **about)

    def remove(self, *paths):
        self.truth.remove([SourcePath(path) for path in paths])

    def catch_up(self):
        with self.writer.writing(wait=0):
            self.follower.catch_up()

    @contextlib.contextmanager
    def searching(self):
        with self.follower.reading(writer=self.writer) as indexes:
            yield Search(
                truth=self.truth, encoder=indexes.encoder, indexes=indexes, spare=self.spare
            )

    def find(self, query, *, audiences=(), **options):
        """Return the texts that a search finds, best first."""
        options.setdefault("limit", 10)
        with self.searching() as search:
            hits = search.search(query, principal=principal("p", audiences=audiences), **options)
        return [hit.passage.text for hit in hits]

    def close(self):
        self.truth.close()


def put(
    truth,
    encoder,
    path,
    texts,
    *,
    kind=SourceKind.POLICY,
    audience="everyone",
    period=None,
    criteria=(),
    controls=(),
    context="",
):
    """Store one source; offsets are those of the texts joined by blank lines."""
    passages, at = [], 0
    for text in texts:
        passages.append(
            NewPassage(
                start=at,
                end=at + len(text),
                page=None,
                place="",
                heading=(),
                text=text,
                context=context,
            )
        )
        at += len(text) + 2
    metadata = Metadata(
        kind=SourceKind(kind),
        title=path,
        audience=Audience(audience),
        criteria=tuple(criteria),
        controls=tuple(controls),
        period=Period(date(*period[0]), date(*period[1])) if period else None,
    )
    store(truth, encoder, path, "\n\n".join(texts), passages, metadata)


def store(truth, encoder, path, text, passages, metadata):
    """Store one source with passages that are already cut."""
    vectors = encoder.encode([one.indexed for one in passages])
    truth.put(
        SourcePath(path),
        metadata=metadata,
        fingerprint=Fingerprint(len(text), 1, f"{zlib.crc32(text.encode()):x}", "about"),
        document=(text, ()),
        passages=passages,
        encoded={text_hash(p.indexed): v for p, v in zip(passages, vectors, strict=True)},
        encoder=encoder.name,
    )
