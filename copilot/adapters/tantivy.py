"""The word index on tantivy: BM25 over stems, one small index for each partition."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import tantivy
from tantivy import Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from copilot.domain.documents import PassageId
from copilot.errors import IndexUnavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from copilot.domain.documents import SourceKind
    from copilot.domain.indexing import LexicalEntry

_STEMMED: Final = "soc2_stemmed"
_EXACT: Final = "soc2_exact"
_BOOSTS: Final = {"text": 1.0, "context": 0.6}
"""Titles and headings count, and less than the words themselves."""

_ID: Final = re.compile(
    r"\b(?:(?:(?i:CC|PI|[ACP])|(?:CC|PI|[ACP]) )\d\.\d|(?i:[A-Z][A-Z0-9]{1,9}-\d{1,5}[A-Z]?))\b"
)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_Word = tuple[str, str]
"""A field and a term."""

_Holding = dict[_Word, int]
"""How many passages of a partition have a word."""

_HEAP: Final = 64_000_000
_SLICE: Final = 1_000


def _stemmer() -> Any:
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.remove_long(60))
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .filter(Filter.stopword("english"))
        .filter(Filter.stemmer("english"))
        .build()
    )


def _exact() -> Any:
    return (
        TextAnalyzerBuilder(Tokenizer.simple())
        .filter(Filter.lowercase())
        .filter(Filter.ascii_fold())
        .build()
    )


def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name=_STEMMED)
    builder.add_text_field("context", tokenizer_name=_STEMMED)
    builder.add_text_field("exact", tokenizer_name=_EXACT)
    builder.add_text_field("ids", tokenizer_name="raw", index_option="basic")
    return builder.build()


class TantivyIndex:
    """Passages by their words, in a folder that this class alone writes.

    Each partition is an index of its own. In one index for all, how rare a word is would be counted
    over everything, and the order of what somebody may read would tell of what they may not.
    """

    def __init__(self, folder: Path) -> None:
        """Open the index, or make an empty one.

        Raises:
            IndexUnavailable: What lies there cannot be opened.
        """
        self._folder = folder
        self._schema = _schema()
        self._analyze = _stemmer()
        self._analyze_exact = _exact()
        self._parts: dict[str, Any] = {}
        self._closed = False
        folder.mkdir(parents=True, exist_ok=True)
        for part in sorted(folder.iterdir()):
            self._parts[part.name] = self._open(part)

    def search(
        self,
        query: str,
        *,
        partitions: Collection[str],
        kinds: Collection[SourceKind] = (),
        phrases: Sequence[str] = (),
        ids: Sequence[str] = (),
        among: Collection[PassageId] | None = None,
        limit: int,
    ) -> list[tuple[PassageId, float]]:
        """Return the best passages of those partitions with their score, best first.

        Only passages that hold every one of `phrases` word for word and any of `ids` are found, and
        of those only the ones that are in `among`, if it is given.
        """
        parts = [self._parts.get(one) for one in sorted(partitions)]
        if self._closed:  # by another thread, which mends it: it has no parts any more
            raise IndexUnavailable("the word index was closed while it was searched")
        searchers = [one.searcher() for one in parts if one is not None]
        terms = list(dict.fromkeys(self._analyze.analyze(query)))
        demands = [(Occur.Must, one) for one in self._demands(phrases, ids)]
        if not terms and not demands:
            return []
        if kinds:
            demands.append((Occur.Must, self._any("kind", [kind.value for kind in kinds])))
        if among is not None:
            demands.append((Occur.Must, self._any("id", among)))
        # Where something is demanded, words only order what meets the demand.
        role = Occur.Should if phrases or ids else Occur.Must
        holding = [
            {(field, term): one.doc_freq(field, term) for term in terms for field in _BOOSTS}
            for one in searchers
        ]
        rarity = _rarity(holding, sum(one.num_docs for one in searchers))
        found: list[tuple[PassageId, float]] = []
        for searcher, here in zip(searchers, holding, strict=True):
            words = self._words(here, searcher.num_docs, rarity)
            clauses = [*demands, (role, words)] if words is not None else demands
            if words is not None or role is Occur.Should:
                found += _hits(searcher, Query.boolean_query(clauses), limit)
        return sorted(found, key=lambda one: (-one[1], one[0]))[:limit]

    def apply(
        self, removed: Mapping[str, Collection[PassageId]], added: Iterable[LexicalEntry]
    ) -> None:
        """Remove passages by partition and add others; applying the same twice changes nothing."""
        entries: dict[str, list[LexicalEntry]] = defaultdict(list)
        for entry in added:
            entries[entry.partition].append(entry)
        for partition in sorted({*removed, *entries}):
            self._apply(partition, removed.get(partition, ()), entries.get(partition, ()))

    def rewrite(self, partition: str, entries: Iterable[LexicalEntry]) -> None:
        """Write a partition anew: what was removed from it stops counting in scores."""
        self._apply(partition, (), list(entries), anew=True)

    def reachable(self) -> dict[str, frozenset[PassageId]]:
        """Return every passage that can really be found, by partition."""
        found: dict[str, frozenset[PassageId]] = {}
        for partition, index in self._parts.items():
            searcher = index.searcher()
            hits = _hits(searcher, Query.all_query(), max(1, searcher.num_docs))
            if hits:
                found[partition] = frozenset(id_ for id_, _ in hits)
        return found

    def close(self) -> None:
        """Let go of the folder."""
        self._closed = True
        self._parts.clear()

    def _open(self, folder: Path) -> Any:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            index = tantivy.Index(self._schema, path=str(folder))
            index.register_tokenizer(_STEMMED, self._analyze)
            index.register_tokenizer(_EXACT, self._analyze_exact)
            index.config_reader("manual")
            index.reload()
        except (ValueError, OSError) as exc:
            raise IndexUnavailable(f"the word index in {folder} cannot be opened: {exc}") from exc
        return index

    def _apply(
        self,
        partition: str,
        removed: Collection[PassageId],
        entries: Sequence[LexicalEntry],
        *,
        anew: bool = False,
    ) -> None:
        if partition not in self._parts:
            if not _NAME.fullmatch(partition):
                raise IndexUnavailable(f"{partition!r} cannot name a word index")
            self._parts[partition] = self._open(self._folder / partition)
        index = self._parts[partition]
        known = index.searcher().num_docs
        try:
            writer = index.writer(_HEAP, 1)
            if anew:
                writer.delete_all_documents()
            gone = [*removed, *(entry.id for entry in entries)] if known and not anew else []
            for first in range(0, len(gone), _SLICE):
                some = gone[first : first + _SLICE]
                writer.delete_documents_by_query(Query.term_set_query(self._schema, "id", some))
            for entry in entries:
                writer.add_document(self._document(entry))
            writer.commit()
            writer.wait_merging_threads()
            index.reload()
        except (ValueError, OSError) as exc:
            raise IndexUnavailable(f"the word index cannot be written: {exc}") from exc

    def _document(self, entry: LexicalEntry) -> Any:
        document = tantivy.Document()
        document.add_unsigned("id", entry.id)
        document.add_text("kind", entry.kind.value)
        document.add_text("text", entry.text)
        document.add_text("context", entry.context)
        document.add_text("exact", entry.text)
        for id_ in {_spelled(match) for match in _ID.findall(f"{entry.context} {entry.text}")}:
            document.add_text("ids", id_)
        return document

    def _words(self, holding: _Holding, total: int, rarity: Mapping[_Word, float]) -> Any:
        """Return the query over the stems of the words, or nothing if none is there."""
        clauses = []
        for (field, term), here in holding.items():
            if here:
                # Replaces the weight that this partition alone would give the term.
                factor = _BOOSTS[field] * rarity[field, term] / _weight(here, total)
                query = Query.term_query(self._schema, field, term)
                clauses.append((Occur.Should, Query.boost_query(query, factor)))
        return Query.boolean_query(clauses) if clauses else None

    def _demands(self, phrases: Sequence[str], ids: Sequence[str]) -> Iterator[Any]:
        for phrase in phrases:
            terms = self._analyze_exact.analyze(phrase)
            if len(terms) > 1:
                yield Query.phrase_query(self._schema, "exact", terms)
            elif terms:
                yield Query.term_query(self._schema, "exact", terms[0])
        if ids:
            yield self._any("ids", [_spelled(one) for one in ids])

    def _any(self, field: str, values: Collection[str] | Collection[PassageId]) -> Any:
        # A constant score: what is demanded of every passage says nothing about how well it fits.
        return Query.const_score_query(
            Query.term_set_query(self._schema, field, sorted(values)), 0.0
        )


def _hits(searcher: Any, query: Any, limit: int) -> list[tuple[PassageId, float]]:
    hits = searcher.search(query, limit, count=False).hits
    found = searcher.fast_field_values("id", [address for _, address in hits])
    return [
        (PassageId(int(id_)), float(score))
        for id_, (score, _) in zip(found, hits, strict=True)
        if id_ is not None
    ]


def _rarity(holding: Sequence[_Holding], total: int) -> dict[_Word, float]:
    """Return the weight of each term in each field, counted over everything that is opened."""
    words = holding[0] if holding else {}
    return {word: _weight(sum(one[word] for one in holding), total) for word in words}


def _weight(holding: int, total: int) -> float:
    """Return what BM25 makes of a term that so many passages hold."""
    return math.log(1 + (max(total - holding, 0) + 0.5) / (holding + 0.5))


def _spelled(id_: str) -> str:
    return id_.upper().replace(" ", "")
