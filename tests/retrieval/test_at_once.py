"""Many threads search at the same time, and one of them mends an index."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

from copilot.adapters.sql.matrices import Matrices
from copilot.domain.access import EVERYONE, principal
from copilot.domain.documents import SourceKind, partition_of
from copilot.domain.indexing import Filters
from copilot.errors import IndexUnavailable
from tests.retrieval.workspace import open_indexes

TEXTS = [f"rule {number} is about subject {number}" for number in range(12)]
ANYONE = principal("p")
HERE = frozenset({partition_of(SourceKind.POLICY, EVERYONE)})
SEARCHERS = 4


@pytest.fixture
def filled(workspace):
    """Return a workspace whose indexes are up to date."""
    workspace.put("a.md", *TEXTS)
    workspace.catch_up()
    return workspace


def test_one_thread_mends_an_index_and_the_others_wait(filled):
    """Of several threads that find an index broken, each gets what it looked for."""
    (folder,) = (filled.folder / "index").glob("generation-*")
    table = folder / "dense" / "chroma.sqlite3"
    together = Barrier(SEARCHERS)
    with filled.searching() as search:
        table.write_bytes(table.read_bytes()[:5000])

        def found(text):
            together.wait(timeout=60)
            return search.search(text, principal=ANYONE, limit=1)[0].passage.text

        with ThreadPoolExecutor(SEARCHERS) as pool:
            assert list(pool.map(found, TEXTS[:SEARCHERS])) == TEXTS[:SEARCHERS]
    assert filled.follower.check()


def test_an_index_that_was_closed_is_not_an_empty_one(filled):
    """Whoever still searches an index that is closed is told, and does not find nothing in it."""
    (folder,) = (filled.folder / "index").glob("generation-*")
    indexes = open_indexes(folder)
    indexes.close()
    with pytest.raises(IndexUnavailable):
        indexes.dense.search(filled.encoder.encode(["rule"])[0], partitions=HERE, limit=3)
    with pytest.raises(IndexUnavailable):
        indexes.lexical.search("rule", partitions=HERE, limit=3)


def test_vectors_are_read_once(filled):
    """What was compared once need not be read again, until there is something else to compare."""

    def vectors():
        return filled.truth.vectors_passing(
            Filters(), filled.encoder.name, principal=ANYONE, partitions=HERE
        )

    ids, first = vectors()
    assert vectors() == (ids, first)
    filled.put("b.md", "one more rule")
    more, second = vectors()
    assert (len(more), len(second)) == (len(ids) + 1, len(first) + 1)


def test_only_so_many_vectors_are_kept():
    """The bytes that are kept are bounded: what was not asked for the longest goes first."""
    matrix = np.ones((4, 8), dtype=np.float32)
    kept = Matrices(most=2 * matrix.nbytes)
    for name in (b"a", b"b", b"b"):
        kept.put("encoder", [name], matrix.copy())
    assert kept.get("encoder", [b"a"]) is not None
    kept.put("encoder", [b"c"], matrix.copy())
    assert kept.get("encoder", [b"b"]) is None
    assert kept.get("encoder", [b"a"]) is not None
    assert kept.get("another", [b"a"]) is None
