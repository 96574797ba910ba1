"""What both indexes promise, whatever holds them."""

from __future__ import annotations

import numpy as np
import pytest

from copilot.adapters.chroma import ChromaIndex
from copilot.adapters.tantivy import TantivyIndex
from copilot.domain.documents import SourceKind
from copilot.domain.indexing import LexicalEntry, text_hash
from copilot.errors import IndexUnavailable
from tests.retrieval.workspace import HashingEncoder


class Dense:
    """The dense index, driven by texts."""

    def __init__(self, folder):
        self.folder = folder
        self.index = ChromaIndex(folder)
        self.encode = HashingEncoder().encode

    def apply(self, removed, added):
        keys = {part: [text_hash(one) for one in texts] for part, texts in removed.items()}
        entries = {
            part: dict(zip(map(text_hash, texts), self.encode(texts), strict=True))
            for part, texts in added.items()
        }
        self.index.apply(keys, entries)

    def search(self, query, partitions, limit=10):
        (vector,) = self.encode([query])
        return self.index.search(vector, partitions=partitions, limit=limit)

    key = staticmethod(text_hash)


class Lexical:
    """The word index, driven by texts."""

    def __init__(self, folder):
        self.folder = folder
        self.index = TantivyIndex(folder)
        self.ids = {}

    def key(self, text):
        return self.ids.setdefault(text, len(self.ids) + 1)

    def apply(self, removed, added):
        self.index.apply(
            {part: [self.key(one) for one in texts] for part, texts in removed.items()},
            [
                LexicalEntry(self.key(text), part, SourceKind.POLICY, text, "")
                for part, texts in added.items()
                for text in texts
            ],
        )

    def search(self, query, partitions, limit=10):
        return self.index.search(query, partitions=partitions, limit=limit)


@pytest.fixture(params=[Dense, Lexical])
def index(request, tmp_path):
    """Return an empty index of either kind."""
    made = request.param(tmp_path / "index")
    yield made
    made.index.close()


LAPTOPS = "laptops are encrypted"
ACCESS = "access is reviewed each quarter"
SALARY = "salary bands are secret"


def test_what_was_added_is_found(index):
    """A text that was added is the best answer to its own words."""
    index.apply({}, {"to-everyone": [LAPTOPS, ACCESS]})
    best, _score = index.search(ACCESS, ["to-everyone"])[0]
    assert best == index.key(ACCESS)


def test_applying_twice_changes_nothing(index):
    """The same changes once more leave one of everything."""
    for _ in range(2):
        index.apply({"to-everyone": [SALARY]}, {"to-everyone": [LAPTOPS, ACCESS]})
    found = [key for key, _ in index.search(ACCESS, ["to-everyone"])]
    assert sorted(found).count(index.key(ACCESS)) == 1
    assert index.index.reachable() == {
        "to-everyone": frozenset({index.key(LAPTOPS), index.key(ACCESS)})
    }


def test_what_was_removed_is_gone(index):
    """A removed text is neither found nor reachable."""
    index.apply({}, {"to-everyone": [LAPTOPS, ACCESS]})
    index.apply({"to-everyone": [ACCESS]}, {})
    assert index.key(ACCESS) not in dict(index.search(ACCESS, ["to-everyone"]))
    assert index.index.reachable() == {"to-everyone": frozenset({index.key(LAPTOPS)})}


def test_removing_what_was_never_there_is_harmless(index):
    """A removal from an unknown partition, or of an unknown text, does nothing."""
    index.apply({}, {"to-everyone": [LAPTOPS]})
    index.apply({"to-nobody": [ACCESS], "to-everyone": [SALARY]}, {})
    assert index.search(LAPTOPS, ["to-everyone"])


def test_partitions_do_not_mix(index):
    """A search sees the partitions that it names and no other."""
    index.apply({}, {"to-everyone": [LAPTOPS], "to-hr": [SALARY]})
    assert [key for key, _ in index.search(SALARY, ["to-hr"])] == [index.key(SALARY)]
    assert index.key(SALARY) not in dict(index.search(SALARY, ["to-everyone"]))
    assert index.search(SALARY, ["to-nobody"]) == []
    assert index.search(SALARY, []) == []


def test_another_partition_changes_no_score(index):
    """Scores and order are the same with and without what may not be read."""
    index.apply({}, {"to-everyone": [LAPTOPS, ACCESS]})
    alone = index.search("access to laptops", ["to-everyone"])
    index.apply({}, {"to-hr": [f"access to laptops {at}" for at in range(40)]})
    assert index.search("access to laptops", ["to-everyone"]) == alone


def test_it_can_be_opened_again(index):
    """What was applied is there after the folder was closed."""
    index.apply({}, {"to-everyone": [LAPTOPS], "to-hr": [SALARY]})
    before = index.index.reachable()
    index.index.close()
    index.index = type(index.index)(index.folder)
    assert index.index.reachable() == before


def test_a_partition_with_an_unusable_name_is_refused(index):
    """Only names that both indexes can make a folder of are taken."""
    with pytest.raises(IndexUnavailable):
        index.apply({}, {"../outside": [LAPTOPS]})


@pytest.mark.parametrize("size", [100, 1500, 2600])
def test_a_reader_does_not_write_the_graph(tmp_path, size):
    """Opening and searching leaves the graph's files as the writer made them, whatever the batch."""
    vectors = np.random.default_rng(1).normal(size=(size, 16)).astype(np.float32)
    keys = [text_hash(str(at)) for at in range(size)]
    index = ChromaIndex(tmp_path)
    for first in range(0, size, 2000):
        index.apply({}, {"to-everyone": dict(zip(keys[first:], vectors[first : first + 2000]))})  # noqa: B905
    index.close()
    graph = {file: file.stat().st_mtime_ns for file in tmp_path.glob("*/*")}
    index = ChromaIndex(tmp_path)
    assert index.search(vectors[-1], partitions=["to-everyone"], limit=1)[0][0] == keys[-1]
    index.close()
    assert graph
    assert {file: file.stat().st_mtime_ns for file in tmp_path.glob("*/*")} == graph


@pytest.fixture
def words(tmp_path):
    """Return a word index with a few passages."""
    made = TantivyIndex(tmp_path / "words")
    texts = {
        1: (SourceKind.POLICY, "Access is reviewed under control AC-07 each quarter."),
        2: (SourceKind.EVIDENCE, "The quarter was reviewed late, and access was not."),
        3: (SourceKind.EVIDENCE, "CC6.1 and CC 6.2 ask for it."),
    }
    made.apply(
        {},
        [LexicalEntry(id_, "to-everyone", kind, text, "") for id_, (kind, text) in texts.items()],
    )
    yield made
    made.close()


@pytest.mark.parametrize(
    ("query", "demands", "expected"),
    [
        pytest.param("access", {"phrases": ["access is reviewed"]}, {1}, id="phrase"),
        pytest.param("access", {"phrases": ["ACCESS IS"]}, {1}, id="phrase in capitals"),
        pytest.param("access", {"phrases": ["reviewed access"]}, set(), id="phrase in no order"),
        pytest.param("access", {"phrases": ["late"]}, {2}, id="phrase of one word"),
        pytest.param("access", {"phrases": ["quarter", "late"]}, {2}, id="every phrase"),
        pytest.param("the", {"phrases": ["the quarter"]}, {2}, id="phrase of stop words"),
        pytest.param("anything", {"ids": ["AC-07"]}, {1}, id="control"),
        pytest.param("anything", {"ids": ["cc6.1"]}, {3}, id="criterion in lower case"),
        pytest.param("anything", {"ids": ["CC6.2"]}, {3}, id="criterion written with a space"),
        pytest.param("anything", {"ids": ["CC6.1", "AC-07"]}, {1, 3}, id="any id"),
        pytest.param("quarter", {"kinds": [SourceKind.EVIDENCE]}, {2}, id="kind"),
        pytest.param("reviewed", {"among": [2, 3, 99]}, {2}, id="among some"),
        pytest.param("reviewed", {"among": []}, set(), id="among none"),
        pytest.param("the of", {}, set(), id="stop words only"),
        pytest.param("zebra", {}, set(), id="unknown word"),
        pytest.param("Reviewing", {}, {1, 2}, id="stem"),
    ],
)
def test_words_meet_every_demand(words, query, demands, expected):
    """Phrases, ids, kinds and lists of passages narrow; words are matched by their stems."""
    found = words.search(query, partitions=["to-everyone"], limit=10, **demands)
    assert {id_ for id_, _ in found} == expected


def test_a_word_weighs_the_same_in_every_partition(tmp_path):
    """Equal passages of two partitions score alike, however many others each of them has."""
    index = TantivyIndex(tmp_path)
    rest = [
        LexicalEntry(10 + at, "to-everyone", SourceKind.POLICY, f"quarter {at}", "")
        for at in range(9)
    ]
    pair = [
        LexicalEntry(1, "to-everyone", SourceKind.POLICY, "access quarter", ""),
        LexicalEntry(2, "to-hr", SourceKind.POLICY, "access quarter", ""),
    ]
    index.apply({}, [*rest, *pair])
    found = dict(index.search("access", partitions=["to-everyone", "to-hr"], limit=10))
    assert found[1] == pytest.approx(found[2], rel=0.01)
    index.close()
