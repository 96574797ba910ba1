"""The word index on tantivy: BM25 over stems, with audiences as indexed terms."""

from __future__ import annotations

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
    from copilot.ports import LexicalEntry

_STEMMED: Final = "soc2_stemmed"
_EXACT: Final = "soc2_exact"
_CONTEXT_BOOST: Final = 0.6
"""Titles and headings count, and less than the words themselves."""

_ID: Final = re.compile(
    r"\b(?:(?:CC|PI|[ACP])\d\.\d|[A-Z][A-Z0-9]{1,9}-\d{1,5}[a-z]?)\b", re.IGNORECASE
)
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
    builder.add_text_field("partition", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", tokenizer_name=_STEMMED)
    builder.add_text_field("context", tokenizer_name=_STEMMED)
    builder.add_text_field("exact", tokenizer_name=_EXACT)
    builder.add_text_field("ids", tokenizer_name="raw", index_option="basic")
    return builder.build()


class TantivyIndex:
    """Passages by their words, in a folder that this class alone writes."""

    def __init__(self, folder: Path) -> None:
        """Open the index, or make an empty one.

        Raises:
            IndexUnavailable: What lies there cannot be opened.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._analyze = _stemmer()
        self._analyze_exact = _exact()
        try:
            self._index = tantivy.Index(self._schema, path=str(folder))
            self._index.register_tokenizer(_STEMMED, self._analyze)
            self._index.register_tokenizer(_EXACT, self._analyze_exact)
            self._index.config_reader("manual")
            self._index.reload()
        except (ValueError, OSError) as exc:
            raise IndexUnavailable(f"the word index in {folder} cannot be opened: {exc}") from exc

    def search(
        self,
        query: str,
        *,
        partitions: Collection[str],
        kinds: Collection[SourceKind] = (),
        phrases: Sequence[str] = (),
        ids: Sequence[str] = (),
        limit: int,
    ) -> list[tuple[PassageId, float]]:
        """Return the best passages of those partitions with their score, best first.

        Only passages that hold every one of `phrases` word for word and any of `ids` are found.
        """
        words = self._words(query)
        demands = [(Occur.Must, one) for one in self._demands(phrases, ids)]
        if (words is None and not demands) or not partitions:
            return []
        must = [(Occur.Must, self._any("partition", partitions)), *demands]
        if kinds:
            must.append((Occur.Must, self._any("kind", [kind.value for kind in kinds])))
        if words is not None:
            # Where something is demanded, words only order what meets the demand.
            must.append((Occur.Should if demands else Occur.Must, words))
        searcher = self._index.searcher()
        hits = searcher.search(Query.boolean_query(must), limit, count=False).hits
        found = searcher.fast_field_values("id", [address for _, address in hits])
        return [
            (PassageId(int(id_)), float(score))
            for id_, (score, _) in zip(found, hits, strict=True)
            if id_ is not None
        ]

    def apply(self, removed: Iterable[PassageId], added: Iterable[LexicalEntry]) -> None:
        """Remove and add passages; applying the same twice changes nothing."""
        try:
            writer = self._index.writer(_HEAP, 1)
            entries = list(added)
            gone = [*removed, *(entry.id for entry in entries)]
            for first in range(0, len(gone), _SLICE):
                some = gone[first : first + _SLICE]
                writer.delete_documents_by_query(Query.term_set_query(self._schema, "id", some))
            for entry in entries:
                writer.add_document(self._document(entry))
            writer.commit()
            writer.wait_merging_threads()
            self._index.reload()
        except (ValueError, OSError) as exc:
            raise IndexUnavailable(f"the word index cannot be written: {exc}") from exc

    def reachable(self) -> Mapping[str, frozenset[PassageId]]:
        """Return every passage that can really be found, by partition."""
        searcher = self._index.searcher()
        found: dict[str, frozenset[PassageId]] = defaultdict(frozenset)
        if searcher.num_docs == 0:
            return found
        for partition, count in searcher.terms_with_prefix("partition", ""):
            query = Query.term_query(self._schema, "partition", partition)
            hits = searcher.search(query, max(1, count), count=False).hits
            ids = searcher.fast_field_values("id", [address for _, address in hits])
            if ids:
                found[partition] = frozenset(PassageId(int(i)) for i in ids if i is not None)
        return found

    def close(self) -> None:
        """Let go of the folder."""
        del self._index

    def _document(self, entry: LexicalEntry) -> Any:
        document = tantivy.Document()
        document.add_unsigned("id", entry.id)
        document.add_text("partition", entry.partition)
        document.add_text("kind", entry.kind.value)
        document.add_text("text", entry.text)
        document.add_text("context", entry.context)
        document.add_text("exact", entry.text)
        for id_ in {match.upper() for match in _ID.findall(f"{entry.context} {entry.text}")}:
            document.add_text("ids", id_)
        return document

    def _words(self, query: str) -> Any:
        """Return the query over the stems of the words, or nothing if all are stop words."""
        clauses = []
        for term in dict.fromkeys(self._analyze.analyze(query)):
            clauses.append((Occur.Should, Query.term_query(self._schema, "text", term)))
            about = Query.term_query(self._schema, "context", term)
            clauses.append((Occur.Should, Query.boost_query(about, _CONTEXT_BOOST)))
        return Query.boolean_query(clauses) if clauses else None

    def _demands(self, phrases: Sequence[str], ids: Sequence[str]) -> Iterator[Any]:
        for phrase in phrases:
            terms = self._analyze_exact.analyze(phrase)
            if len(terms) > 1:
                yield Query.phrase_query(self._schema, "exact", terms)
            elif terms:
                yield Query.term_query(self._schema, "exact", terms[0])
        if ids:
            yield self._any("ids", [one.upper() for one in ids])

    def _any(self, field: str, values: Collection[str]) -> Any:
        # A constant score: which audience a passage has says nothing about how well it fits.
        return Query.const_score_query(
            Query.term_set_query(self._schema, field, sorted(values)), 0.0
        )
