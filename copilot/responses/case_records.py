"""What a company's own sources say about a finding: its case, the rule, controls, records on file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from copilot.citations.checking import check_citation
from copilot.citations.quotes import find_quote
from copilot.domain.answers import Citation
from copilot.domain.documents import SourceKind
from copilot.domain.indexing import Filters
from copilot.drafting import marks
from copilot.drafting.record_lines import lines_of, sayings_in, under_heading
from copilot.errors import UnsupportedClaim
from copilot.generation.instructions import find_instructions
from copilot.wording import spoken_of, stems

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from copilot.citations.support import Support
    from copilot.domain.access import Principal
    from copilot.domain.controls import Control
    from copilot.domain.documents import Passage, SourcePath
    from copilot.domain.findings import Finding
    from copilot.drafting.record_lines import RecordLine
    from copilot.ports import Truth
    from copilot.responses.recognising import Encode
    from copilot.retrieval.search import Search
    from copilot.wording import Asked, Vocabulary


SAYS: Final = 0.7
"""Least share of what is looked for, and of each weighty part of it, that a sentence must speak of to be
quoted as its answer."""

_OWN: Final = 0.5
"""Least share of a statement that a line speaks of by itself, whatever stands in its title."""

_NEAR: Final = 0.3
_WEIGHTY: Final = 0.3

_DEPTH: Final = 30
_TOP: Final = 6
_MOST_HELD: Final = 4
_COMPENSATES: Final = 0.5
_NEAREST: Final = 0.5
"""Least likeness to a statement of words that are shown as the nearest to it."""

_TRIED: Final = 12
"""Sentences that are held against a statement, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A line of a source with its checked citation."""

    line: RecordLine
    citation: Citation


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecords:
    """Searches a workspace for one finding, as one principal."""

    truth: Truth
    search: Search
    vocabulary: Vocabulary
    support: Support
    encode: Encode
    principal: Principal
    _asked: dict[str, Asked] = field(default_factory=dict, repr=False)

    def checked(self, line: RecordLine | None) -> Cited | None:
        """Return a line with its citation, or nothing if the citation does not hold.

        Nothing is quoted that gives orders to language models, nor from a text that is a draft itself.
        """
        found = self._verified(line.cite()) if line else None
        if line is None or found is None or find_instructions(f"{found.title}. {line.words}"):
            return None
        whole = self.truth.text_of(found.source, principal=self.principal) or ""
        return None if marks.find(whole) else Cited(line, found)

    def own_words(self, text: str, source: SourcePath | None) -> tuple[Citation, ...]:
        """Return a citation of words of the finding's own file, or none if they are not found in it."""
        if source is None or not text:
            return ()
        whole = self.truth.text_of(source, principal=self.principal)
        span = find_quote(whole, text) if whole else None
        if whole is None or span is None:
            return ()
        for passage in self.truth.passages_of(source, principal=self.principal):
            if passage.start <= span[0] < passage.end:
                citation = Citation(
                    source=source,
                    title=passage.title,
                    page=passage.page,
                    start=span[0],
                    end=span[1],
                    quote=whole[span[0] : span[1]],
                    place=passage.place,
                )
                found = self._verified(citation)
                return (found,) if found else ()
        return ()

    def named(self, finding: Finding) -> list[Cited]:
        """Return the lines that name an item of the finding, those that say most of it first.

        Accounts and people are looked for in records of the control only: they stand in many others.
        """
        ids, others = item_ids(finding), own_names(finding)
        of_control = Filters(
            kinds=frozenset({SourceKind.EVIDENCE}), controls=frozenset({finding.control})
        )
        asked = self.asked(finding.words)
        lines: dict[tuple[str, int, int], tuple[float, RecordLine]] = {}
        for wanted, filters in ((ids, _RECORDS), (others, of_control)):
            if not wanted:
                continue
            for line in self._naming(wanted, filters, finding):
                held = [one for one in wanted if _names(line.quote, one)]
                share = spoken_of(asked, self.vocabulary.concepts(line.words))
                key = (line.passage.source.path, line.start, line.end)
                score = 1.0 - 0.2 * wanted.index(held[0]) + share + 0.2 * len(held)
                lines[key] = max(lines.get(key, (0.0, line)), (score, line), key=lambda one: one[0])
        ranked = sorted(lines.values(), key=lambda one: -one[0])
        found = (self.checked(line) for _, line in ranked)
        return [one for one in found if one is not None]

    def _naming(
        self, wanted: Sequence[str], filters: Filters, finding: Finding
    ) -> Iterator[RecordLine]:
        hits = self.search.search(
            " ".join(wanted), principal=self.principal, limit=_DEPTH, filters=filters
        )
        for hit in hits:
            labels = hit.passage.source.metadata.controls
            if filters is not _RECORDS and finding.control not in labels:
                continue
            for line in lines_of(hit.passage):
                if any(_names(line.quote, one) for one in wanted):
                    yield line

    def after(self, cited: Cited) -> list[Cited]:
        """Return what else is said where a line stands: a row's cells, or the sentences after it."""
        line = cited.line
        if line.cells:
            more = list(sayings_in(line))
        else:
            whole = list(lines_of(line.passage))
            more = [one for one in whole if line.end <= one.start][:2]
        found = (self.checked(one) for one in more)
        return [one for one in found if one is not None]

    def described(self, control: Control) -> tuple[Citation, ...]:
        """Return a citation of what the company's list says of a control."""
        words = control.description or control.title
        passages = self.passages(control.id, kinds={SourceKind.CONTROL}, limit=_TOP)
        for passage in passages:
            span = find_quote(passage.text, words)
            if span is None or control.id not in passage.text:
                continue
            # The line begins with the control's number and name, which belong to what is quoted.
            begin = passage.text.rfind("\n", 0, span[0]) + 1
            begin = begin if control.id in passage.text[begin : span[0]] else span[0]
            start, end = passage.start + begin, passage.start + span[1]
            citation = Citation(
                source=passage.source.path,
                title=passage.title,
                page=passage.page,
                start=start,
                end=end,
                quote=passage.text[begin : span[1]],
                place=passage.place,
            )
            if found := self._verified(citation):
                return (found,)
        return ()

    def compensating(
        self, looks_for: str, controls: Sequence[Control], *, but: Collection[str]
    ) -> Control | None:
        """Return the control that deals with what is looked for, if the company lists one."""
        best: tuple[float, Control] | None = None
        for passage in self.passages(looks_for, kinds={SourceKind.CONTROL}, limit=_TOP):
            for control in controls:
                if control.id in but or not _names(passage.text, control.id):
                    continue
                score = self.likeness(looks_for, [control.text])[0]
                if score >= _COMPENSATES and (best is None or score > best[0]):
                    best = (score, control)
        return best[1] if best else None

    def held(self, finding: Finding) -> list[Cited]:
        """Return a line of each record on file that is labelled with the control."""
        filters = Filters(
            kinds=frozenset({SourceKind.EVIDENCE}), controls=frozenset({finding.control})
        )
        hits = self.search.search(
            f"{finding.words} {finding.control}"
            if not item_ids(finding)
            else _without_ids(finding.words),
            principal=self.principal,
            limit=_DEPTH,
            filters=filters,
        )
        asked = self.asked(finding.words)
        found: dict[str, Cited] = {}
        for hit in hits:
            path = hit.passage.source.path
            labelled = finding.control in hit.passage.source.metadata.controls
            if path in found or not labelled or len(found) >= _MOST_HELD:
                continue
            ranked = sorted(
                lines_of(hit.passage),
                key=lambda line: -spoken_of(asked, self.vocabulary.concepts(line.words)),
            )
            cited = self.checked(ranked[0]) if ranked else None
            if cited:
                found[path] = cited
        return list(found.values())

    def later(self, row: RecordLine, control: Control, *, after: str) -> Cited | None:
        """Return the latest row of the same record that tells of the same control after a day.

        Args:
            row: The row of the exception.
            control: What its description says of a row, such as `emergency`, the other has as well.
            after: The day, as 2025-08-15.
        """
        said = set(stems(control.text))
        kept = {cell for cell in row.cells if cell[1] and set(stems(cell[1])) <= said}
        rows = [
            line
            for passage in self.truth.passages_of(row.passage.source.path, principal=self.principal)
            for line in lines_of(passage)
            if line.latest > after and line.cells[:1] != row.cells[:1] and kept <= set(line.cells)
        ]
        best = max(rows, key=lambda line: (line.latest, line.start), default=None)
        return self.checked(best) if best else None

    def saying(self, looks_for: str, texts: Sequence[str], *, given: str) -> int | None:
        """Return which of some texts speaks of what is looked for, if one does.

        Args:
            looks_for: Words.
            texts: Sentences about the case.
            given: What all of them are about, so that it need not be said again.
        """
        known = set(self.vocabulary.concepts(given))
        asked = self.vocabulary.asked(looks_for)  # its own copy, of which something is taken away
        for concept in known & asked.keys():
            del asked[concept]
        weighty = [one for one in asked if asked[one] >= _WEIGHTY]
        for place, text in enumerate(texts):
            said = set(self.vocabulary.concepts(text))
            whole = all(asked.spoken_of(one, said) >= SAYS for one in weighty)
            if weighty and whole and spoken_of(asked, said) >= SAYS:
                return place
        return None

    def asked(self, text: str) -> Asked:
        """Return what a text speaks of, with weights; each text is read once."""
        if text not in self._asked:
            self._asked[text] = self.vocabulary.asked(text)
        return self._asked[text]

    def speaks_of(self, looks_for: str, text: str) -> float:
        """Return the share of what is looked for that a text speaks of."""
        return spoken_of(self.asked(looks_for), self.vocabulary.concepts(text))

    def is_near(self, text: str, others: Sequence[str], *, least: float = _NEAR) -> bool:
        """Say whether a text is about the same as one of others."""
        return bool(others) and max(self.likeness(text, others)) >= least

    def shown(self, statement: str) -> tuple[Cited | None, Cited | None]:
        """Return the line whose words carry a statement of management, and the line nearest to it.

        What only comes near carries nothing; it helps whoever looks for the record.
        """
        lines = [
            line
            for passage in self.passages(statement, kinds={SourceKind.EVIDENCE}, limit=_TOP)
            for line in lines_of(passage)
            if not _AIM.match(line.words) and self.speaks_of(statement, line.words) >= _OWN
        ]
        ranked = sorted(self._alike(statement, lines), key=lambda one: -one[0])
        carrying = (
            line
            for _, line in ranked[:_TRIED]
            if not self.support.lacking(statement, [line.grounds()])
        )
        near = (line for score, line in ranked if score >= _NEAREST)
        return self.checked(next(carrying, None)), self.checked(next(near, None))

    def _alike(self, question: str, lines: Sequence[RecordLine]) -> list[tuple[float, RecordLine]]:
        if not lines:
            return []
        asked = self.asked(question)
        texts = [under_heading(line) for line in lines]
        likeness = self.likeness(question, texts)
        return [
            (0.5 * cosine + 0.5 * spoken_of(asked, self.vocabulary.concepts(text)), line)
            for cosine, text, line in zip(likeness, texts, lines, strict=True)
        ]

    def likeness(self, text: str, others: Sequence[str]) -> list[float]:
        """Return how near other texts are to one by meaning."""
        vectors = self.encode([text, *others])
        return [float(one) for one in vectors[1:] @ vectors[0]]

    def passages(self, query: str, *, kinds: Collection[SourceKind], limit: int) -> list[Passage]:
        """Return the passages of sources of some kinds that a query finds, best first."""
        filters = Filters(kinds=frozenset(kinds))
        # Quotation marks would demand those very words.
        plain = query.translate(_UNQUOTED)
        hits = self.search.search(plain, principal=self.principal, limit=limit, filters=filters)
        return [hit.passage for hit in hits]

    def _verified(self, citation: Citation) -> Citation | None:
        try:
            return check_citation(citation, truth=self.truth, principal=self.principal)
        except UnsupportedClaim:
            # What cannot be cited is not said; the draft asks for it instead.
            return None


_ID: Final = re.compile(r"\b[A-Z]{1,10}(?:-[A-Z]{2,10})*-\d{1,6}\b")
_ACCOUNT: Final = re.compile(r"\b[a-z]{2,}(?:[.-][a-z0-9]+)*[.-]\d{1,4}\b")
_PERSON: Final = re.compile(r"(?=\b([A-Z][a-zà-ÿ]+ [A-Z][a-zà-ÿ]+)\b)")
_OCCASION: Final = r"(?i:incident|outage|during)"
_AIM: Final = re.compile(r"^(?:to [a-z]+|in order to|the aim|purpose)\b", re.IGNORECASE)
"""How a sentence begins that says what something is for, not that it was so."""

_RECORDS: Final = Filters(kinds=frozenset({SourceKind.EVIDENCE}))
_UNQUOTED: Final = str.maketrans(dict.fromkeys('"“”', " "))


def item_ids(finding: Finding) -> tuple[str, ...]:
    """Return the ids of tickets, changes and the like that a finding names, in its order.

    The incident during which something happened is its occasion: it is no item if there are others.
    """
    found = dict.fromkeys(_ID.findall(finding.words))
    own = [one for one in found if one not in {finding.control, finding.id}]
    items = [one for one in own if not re.search(rf"{_OCCASION}\s+{one}\b", finding.words)]
    return tuple(items or own)


def own_names(finding: Finding) -> tuple[str, ...]:
    """Return what may be accounts and people among the words of a finding."""
    accounts, people = _ACCOUNT.findall(finding.words), _PERSON.findall(finding.words)
    return tuple(dict.fromkeys((*accounts, *people)))


def _without_ids(text: str) -> str:
    return _ID.sub(" ", text)


def _names(text: str, id_: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(id_)}(?![\w-])", text) is not None
