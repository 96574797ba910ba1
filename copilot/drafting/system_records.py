"""What a company's sources say of its system: its inventory, what happened, what carries a statement."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from copilot.citations.checking import check_citation
from copilot.citations.support import is_record
from copilot.domain.documents import SourceKind
from copilot.domain.drafts import Statement
from copilot.domain.indexing import Filters
from copilot.drafting import marks
from copilot.drafting.record_lines import lines_of
from copilot.errors import UnsupportedClaim
from copilot.generation.instructions import find_instructions
from copilot.wording import spoken_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from copilot.citations.support import Support
    from copilot.domain.access import Principal
    from copilot.domain.answers import Citation
    from copilot.domain.documents import Passage, Source, SourcePath
    from copilot.domain.periods import Period
    from copilot.drafting.description_outline import Events, RecordTable
    from copilot.drafting.record_lines import RecordLine
    from copilot.ports import Truth
    from copilot.retrieval.search import Search
    from copilot.wording import Vocabulary

CARRIES: Final = 0.7
"""Least share of a statement of which a line has to speak before it is asked whether it carries it."""

_DEPTH: Final = 12
_EVENTS_DEPTH: Final = 40
_TRIED: Final = 4
_MOST_SENTENCES: Final = 3
"""Sentences that tell of one event; more is the record itself."""

_SHORTEST: Final = 25
_LEAD: Final = re.compile(r"summary|overview|what happened", re.IGNORECASE)
_HEADER: Final = re.compile(r"(?:From|To|Cc|Date|Subject|Message-ID|MIME-Version): ")
"""How the header of an e-mail begins, which tells who wrote to whom and nothing of the system."""

_OTHERS: Final = 2
"""How many columns a row needs besides its name, to be of the kind of record that is looked for."""

_OWN_KINDS: Final = frozenset({SourceKind.EVIDENCE, SourceKind.POLICY, SourceKind.CONTROL})
_APPROVAL: Final = re.compile(r"\bapproved\b", re.IGNORECASE)
_DATED: Final = re.compile(r"\b\d{4}\b")
_UNQUOTED: Final = str.maketrans(dict.fromkeys('"“”', " "))


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a record, with the cells that were asked for; empty where it has none."""

    cells: tuple[str, ...]
    citation: Citation


@dataclass(frozen=True, slots=True)
class Approved:
    """A policy, and the words with which it says when it was approved and by whom."""

    title: str
    words: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """What one record tells of an event."""

    record: str
    """The title of the record."""
    told: tuple[Statement, ...]
    """Its sentences, each with its citation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRecords:
    """Searches a workspace for what a description of its system says, as one principal."""

    truth: Truth
    search: Search
    vocabulary: Vocabulary
    support: Support
    """Judges whether a quote carries a statement."""
    principal: Principal

    def rows(self, table: RecordTable) -> tuple[Row, ...]:
        """Return the rows of the record that fits a table best, in its order, each cited and checked."""
        found: dict[SourcePath, Source] = {}
        for passage in self._passages(table.search, {SourceKind.EVIDENCE}):
            found.setdefault(passage.source.path, passage.source)
        for path in found:
            lines = [
                line
                for passage in self.truth.passages_of(path, principal=self.principal)
                for line in lines_of(passage)
            ]
            rows = tuple(self._rows(lines, table))
            if rows:
                return rows
        return ()

    def events(self, looked_for: Events, *, period: Period | None) -> tuple[Event, ...]:
        """Return what evidence tells of events of a kind, by source and in the order of their paths.

        A record whose title speaks of such an event is quoted where it sums up, any other record
        under the headings that speak of it. Evidence for another time than the period is left out.
        """
        leads = {
            source.path
            for source in self.truth.sources(principal=self.principal)
            if source.metadata.kind is SourceKind.EVIDENCE
            and looked_for.names(source.metadata.title)
        }
        passages = {
            (passage.source.path, passage.start): passage
            for passage in self._passages(looked_for.search, {SourceKind.EVIDENCE}, _EVENTS_DEPTH)
            if passage.source.path not in leads
            and passage.heading
            and looked_for.names(passage.heading[-1])
        }
        parts = {key: [passage] for key, passage in passages.items()}
        parts |= {(path, 0): self._lead(path) for path in leads}
        found = [
            Event(part[0].source.metadata.title, told)
            for _, part in sorted(parts.items())
            if part and _in_time(part[0].source, period) and (told := tuple(self._told(part)))
        ]
        return tuple(found)

    def carrying(self, statement: str, *, naming: str = "") -> Citation | None:
        """Return the words of a source that carry a statement, checked; nothing if none do.

        Args:
            statement: What has to be said there.
            naming: What has to stand there word for word; anything if empty.
        """
        names = [naming] if naming else []
        ranked = [
            (share, line)
            for share, line in self._ranked(statement, self._lines(statement, names))
            if share >= CARRIES
        ]
        for _, line in ranked[:_TRIED]:
            if not self.support.lacking(statement, [line.grounds()]) and (
                found := self._verified(line)
            ):
                return found
        return None

    def naming(self, names: Collection[str], about: str) -> Citation | None:
        """Return words of a source that hold every one of some names, checked; nothing if none do.

        Args:
            names: What has to stand there, word for word.
            about: What the words should be about; decides which of several are taken.
        """
        for _, line in self._ranked(about, self._lines(about, names))[:_TRIED]:
            if found := self._verified(line):
                return found
        return None

    def policies(self) -> tuple[Approved, ...]:
        """Return the company's policies by title, with what each says of its approval."""
        listed = [
            self._approved(source)
            for source in self.truth.sources(principal=self.principal)
            if source.metadata.kind is SourceKind.POLICY
        ]
        return tuple(sorted(listed, key=lambda one: one.title))

    def _approved(self, source: Source) -> Approved:
        passages = self.truth.passages_of(source.path, principal=self.principal)
        # What a document says of its own approval stands at its end or its beginning.
        for passage in (*reversed(passages[-3:]), *passages[:2]):
            lines = [one for one in lines_of(passage) if _APPROVAL.search(one.words)]
            if not any(_DATED.search(one.words) for one in lines):
                continue
            cited = [(one, found) for one in lines if (found := self._verified(one))]
            words = " ".join(_ended(one.words.replace(" | ", ": ")) for one, _ in cited)
            citations = tuple(found for _, found in cited)
            return Approved(source.metadata.title, words, citations)
        return Approved(source.metadata.title, "", ())

    def _lead(self, path: SourcePath) -> list[Passage]:
        """Return the passages of a record from where it sums up, or from its beginning."""
        passages = [
            one
            for one in self.truth.passages_of(path, principal=self.principal)
            if not is_record(one)
        ]
        under = [
            at for at, one in enumerate(passages) if one.heading and _LEAD.search(one.heading[-1])
        ]
        return passages[under[0] :] if under else passages

    def _told(self, passages: Iterable[Passage]) -> Iterator[Statement]:
        lines = (
            line
            for passage in passages
            for line in _prose(passage)
            if not line.cells and len(line.words) >= _SHORTEST and line.words[-1] not in ",:"
        )
        for line in islice(lines, _MOST_SENTENCES):
            if citation := self._verified(line):
                yield Statement(text=marks.literal(line.words), citations=(citation,))

    def _rows(self, lines: Iterable[RecordLine], table: RecordTable) -> Iterator[Row]:
        for line in lines:
            first = line.cells[0][0] if line.cells else ""
            if first.strip().lower().replace("_", " ") not in table.columns[0]:
                continue  # a list of something else, such as of requests for access to systems
            cells = {name.strip().lower().replace("_", " "): value for name, value in line.cells}
            picked = tuple(_cell(cells, names) for names in table.columns)
            others = sum(bool(one) for one in picked[1:])
            if not picked[0] or others < min(_OTHERS, len(picked) - 1) or not _taken(cells, table):
                continue
            if citation := self._verified(line):
                yield Row(cells=picked, citation=citation)

    def _lines(self, query: str, names: Collection[str]) -> Iterator[RecordLine]:
        """Yield lines in which all of some names stand.

        A row of a record is about what its first cell names: a request for access to a system, or a
        review of an account in it, says nothing of the system.
        """
        for passage in self._passages(query, _OWN_KINDS):
            record = passage.source.metadata.kind is SourceKind.EVIDENCE
            for line in _prose(passage):
                first = line.cells[0][1] if line.cells and record else None
                about = first is None or any(_stands(name, first) for name in names)
                if about and all(_stands(name, line.words) for name in names):
                    yield line

    def _ranked(self, text: str, lines: Iterable[RecordLine]) -> list[tuple[float, RecordLine]]:
        """Return lines by how much of a text they speak of, the most first."""
        asked = self.vocabulary.asked(text)
        scored = [(spoken_of(asked, self.vocabulary.concepts(line.words)), line) for line in lines]
        return sorted(scored, key=lambda one: (-one[0], one[1].passage.source.path, one[1].start))

    def _passages(
        self, query: str, kinds: Collection[SourceKind], limit: int = _DEPTH
    ) -> list[Passage]:
        filters = Filters(kinds=frozenset(kinds))
        # Quotation marks would demand those very words.
        plain = query.translate(_UNQUOTED)
        hits = self.search.search(plain, principal=self.principal, limit=limit, filters=filters)
        return [hit.passage for hit in hits]

    def _verified(self, line: RecordLine) -> Citation | None:
        """Return a citation of a line that holds, from a settled text without orders to machines."""
        try:
            found = check_citation(line.cite(), truth=self.truth, principal=self.principal)
        except UnsupportedClaim:
            return None  # what cannot be cited is not said; the draft asks for it instead
        # Prose with marks around it is a draft itself; rows of a record stand each for itself.
        settled = line.quote if line.cells else line.passage.text
        if marks.find(settled) or find_instructions(f"{found.title}. {line.words}"):
            return None
        return found


def _prose(passage: Passage) -> Iterator[RecordLine]:
    return (line for line in lines_of(passage) if not _HEADER.match(line.words))


def _in_time(source: Source, period: Period | None) -> bool:
    when = source.metadata.period
    return period is None or when is None or when.overlaps(period)


def _ended(words: str) -> str:
    return words if words.endswith(".") else f"{words}."


def _cell(cells: dict[str, str], names: Sequence[str]) -> str:
    return next((cells[one].strip() for one in names if cells.get(one, "").strip()), "")


def _taken(cells: dict[str, str], table: RecordTable) -> bool:
    value = _cell(cells, table.decides).lower()
    if table.values and value not in table.values:
        return False
    return value not in table.but


def _stands(name: str, text: str) -> bool:
    pattern = rf"(?<!\w){re.escape(name.casefold())}(?!\w)"
    return re.search(pattern, text.casefold()) is not None
