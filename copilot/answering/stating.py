"""What the company's own sources state on a point, sentence by sentence, without the rest of an answer.

An answer may quote what comes near and say what it lacks. A draft puts what is quoted among its own
sentences, so here a sentence has to answer by itself: by its words, and by its meaning.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from itertools import islice, zip_longest
from typing import TYPE_CHECKING, Final

from copilot.answering.expecting import expected, meets
from copilot.answering.finding import Finder
from copilot.answering.orders import without_orders
from copilot.answering.questions import read_question
from copilot.answering.quoting import LONGEST_QUOTE, cite, sentences
from copilot.answering.telling import plain
from copilot.citations.checking import check_claims
from copilot.citations.support import is_record
from copilot.domain.answers import BASIS_OF, Claim
from copilot.domain.documents import SourceKind
from copilot.wording import spoken_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import NDArray

    from copilot.answering.support import Supported
    from copilot.domain.access import Principal
    from copilot.domain.documents import Passage
    from copilot.ports import Truth
    from copilot.retrieval.search import Search
    from copilot.wording import Asked, Vocabulary

    _Carried: TypeAlias = tuple[Asked, list[Supported]]

KINDS: Final = frozenset({SourceKind.POLICY, SourceKind.CONTROL, SourceKind.EVIDENCE})
"""What a company does: what it has written down, its controls, and records of them."""

SPEAKS: Final = 0.55
"""Least share of a question of which a sentence, with the headings above it, has to speak."""

MEANS: Final = 0.45
"""Least likeness by meaning between a sentence and the question."""

TOGETHER: Final = 1.2
"""Least sum of both."""

ON_POINT: Final = 1.45
"""The same sum for a sentence that settles a question, without the passage around it. On the sample
company nearly every sentence above it has the figure that is asked for, and not half of those below."""

SAME: Final = 0.6
"""Least likeness of two sentences that are about one thing; as for policies that disagree."""

_LOOSELY: Final = 0.6

_OF_RECORDS: Final = 0.4
"""How much more a sentence of evidence needs: it mostly tells of one occasion."""

_FITTING: Final = 0.1
"""What a sentence gains for having words of the kind that is asked for."""

_PASSAGES: Final = 8
_SHORTEST: Final = 20
_UNDER: Final = 0.85
"""How much of a heading's words counts for a sentence under it."""

_LEADING: Final = re.compile(r"\s*(?:(?:#{1,6}|[-*•>]|\d{1,2}[.)])\s+)*")
_BEGINS: Final = re.compile(r"[\"“‘(*_\[]*[A-ZÀ-Þ0-9]")
_LEANS: Final = re.compile(
    r"(?:It|Its|They|Their|Them|This|That|These|Those|He|She|His|Her|Such|Then|Each one|Both|There|So|And|But|Also|However|Therefore|Otherwise)\b"
)
"""How a sentence begins that cannot be understood without the one before it."""

_ABOUT_ITSELF: Final = re.compile(
    r"(?:this|the) (?:polic|document|standard|procedure|plan|section|page|code|register)\w* "
    r"(?:sets|says|describes|covers|applies|explains|is for|defines|lists|belongs|is binding)"
    r"|^\W*(?:approved|owner|version|audience|classification|next review|last review|effective|status)\b",
    re.IGNORECASE,
)
"""What a document says of itself, not of what the company does."""

_OF_ANOTHER: Final = re.compile(r"“[^”]{2,200}”: ")
"""What a document says that another one says: that is for the other to state."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence that may answer."""

    passage: Passage
    start: int
    end: int
    text: str
    share: float
    nearness: float
    """The likeness of its passage to the question."""
    fits: bool


class Stating:
    """Finds sentences of the company's own sources that answer questions."""

    def __init__(self, *, truth: Truth, search: Search, vocabulary: Vocabulary) -> None:
        """Name the parts.

        Args:
            truth: Where sources are read from, with the audience applied.
            search: Search over the workspace's indexes.
            vocabulary: Turns words into concepts.
        """
        self._truth = truth
        self._search = search
        self._vocabulary = vocabulary
        self._finder = Finder(truth=truth, search=search, vocabulary=vocabulary)
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._carried: dict[tuple[str, Principal], _Carried] = {}

    def stated(
        self,
        questions: Sequence[str],
        *,
        principal: Principal,
        most: int = 2,
        nearly: float = 0.85,
    ) -> list[tuple[Claim, ...]]:
        """Return for each question the sentences that answer it, best first; mostly one, often none.

        Each claim has one citation, which has been checked. Nothing is stated from a source that the
        principal may not read, or with an order to a machine in or around it.

        Args:
            questions: What is looked for.
            principal: For whom.
            most: Sentences for one question at most.
            nearly: How well a further sentence has to carry the question, as a share of how well the
                best one does.
        """
        found = self._found(questions, principal)
        return [
            self._claims(self._best(question, each, nearly)[:most], principal)
            for question, each in zip(questions, found, strict=True)
        ]

    def on_point(
        self, questions: Sequence[str], *, principal: Principal, most: int = 4
    ) -> list[tuple[Claim, ...]]:
        """Return for each question the sentences that settle it, best first; mostly none.

        The best has to answer the question as a whole. The others say the same thing, perhaps with
        another figure: so a contradiction between two sources is among what is returned.
        """
        found = self._found(questions, principal)
        settled: list[tuple[Claim, ...]] = []
        for question, each in zip(questions, found, strict=True):
            best = self._best(question, each, _LOOSELY)
            if not best or self._on_point(question, best[0]) < ON_POINT:
                settled.append(())
                continue
            same = [one for one in best if self._alike(best[0], one) >= SAME][:most]
            settled.append(self._claims(same, principal))
        return settled

    def passages(
        self, questions: Sequence[str], *, principal: Principal, most: int
    ) -> list[Passage]:
        """Return passages that a model may find answers to the questions in, the likeliest first.

        Args:
            questions: What is looked for.
            principal: For whom; nothing that they may not read is returned.
            most: Passages at most.
        """
        ranked = []
        for _, own in self._carrying(questions, principal):
            ranked.append([each.hit.passage for each in own if _states(each.hit.passage)])
        # The best for each question come before the second best for any.
        turns = (one for turn in zip_longest(*ranked) for one in turn if one is not None)
        return list({one.id: one for one in turns}.values())[:most]

    def _on_point(self, question: str, one: _Candidate) -> float:
        return one.share + float(self._vectors[question] @ self._vectors[one.text])

    def _alike(self, one: _Candidate, other: _Candidate) -> float:
        return float(self._vectors[one.text] @ self._vectors[other.text])

    def _found(self, questions: Sequence[str], principal: Principal) -> list[list[_Candidate]]:
        """Return the candidates for each question, with vectors of all texts at hand."""
        carrying = self._carrying(questions, principal)
        found = [
            list(self._candidates(question, asked, own))
            for question, (asked, own) in zip(questions, carrying, strict=True)
        ]
        self._encode([*questions, *(one.text for each in found for one in each)])
        return found

    def _carrying(self, questions: Sequence[str], principal: Principal) -> list[_Carried]:
        """Return for each question what is asked and the passages, of which each is found once."""
        new = [one for one in dict.fromkeys(questions) if (one, principal) not in self._carried]
        read = [read_question(one) for one in new]
        vectors = self._search.encode_each([one.text for one in read]) if new else ()
        for text, question, vector in zip(new, read, vectors, strict=True):
            found = self._finder.carrying(question, principal, vector)
            self._carried[text, principal] = found
        return [self._carried[one, principal] for one in questions]

    def _candidates(
        self, text: str, asked: Asked, own: Sequence[Supported]
    ) -> Iterator[_Candidate]:
        wanted = expected(text)
        useful = (one.hit for one in own if _states(one.hit.passage))
        for hit in islice(useful, _PASSAGES):
            for start, end, said in _sentences(hit.passage):
                share = self._share(asked, hit.passage, said)
                if share >= SPEAKS:
                    fits = bool(wanted) and meets(said, wanted)
                    near = hit.cosine or 0.0
                    yield _Candidate(hit.passage, start, end, said, share, near, fits)

    def _share(self, asked: Asked, passage: Passage, said: str) -> float:
        """Return how much of what is asked a sentence speaks of; its heading helps a little."""
        alone = spoken_of(asked, self._vocabulary.concepts(said))
        under = " ".join((*passage.heading[-1:], said))
        return max(alone, _UNDER * spoken_of(asked, self._vocabulary.concepts(under)))

    def _best(
        self, question: str, candidates: Sequence[_Candidate], nearly: float
    ) -> list[_Candidate]:
        scored: list[tuple[float, _Candidate]] = []
        for one in candidates:
            own = float(self._vectors[question] @ self._vectors[one.text])
            likeness = max(own, (own + one.nearness) / 2)
            score = likeness + one.share + _FITTING * one.fits
            least = TOGETHER
            if one.passage.source.metadata.kind is SourceKind.EVIDENCE:
                least += _OF_RECORDS
            if likeness >= MEANS and score >= least:
                scored.append((score, one))
        scored.sort(key=lambda each: (-each[0], each[1].passage.source.path, each[1].start))
        chosen: list[_Candidate] = []
        for score, one in scored:
            if score >= nearly * scored[0][0] and not any(_overlap(one, each) for each in chosen):
                chosen.append(one)
        return chosen

    def _claims(self, chosen: Sequence[_Candidate], principal: Principal) -> tuple[Claim, ...]:
        claims = [
            Claim(
                text=one.text,
                basis=BASIS_OF[one.passage.source.metadata.kind],
                citations=(cite(one.passage, one.start, one.end),),
            )
            for one in chosen
        ]
        checked, _ = check_claims(claims, truth=self._truth, principal=principal)
        kept, _ = without_orders(checked, [one.passage for one in chosen])
        return tuple(kept)

    def _encode(self, texts: Sequence[str]) -> None:
        """Make the vectors of texts that have none yet, all at once."""
        new = [one for one in dict.fromkeys(texts) if one not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._search.encode_all(new), strict=True))


def _overlap(one: _Candidate, other: _Candidate) -> bool:
    same = one.passage.source.path == other.passage.source.path
    return same and one.start < other.end and other.start < one.end


def _states(passage: Passage) -> bool:
    """Say whether a passage may state what the company does: not a log, not a row of a record."""
    kind = passage.source.metadata.kind
    return kind in KINDS and (kind is SourceKind.CONTROL or not is_record(passage))


def _sentences(passage: Passage) -> Iterator[tuple[int, int, str]]:
    """Yield what can stand by itself: where it stands in the source, and its words."""
    if passage.source.metadata.kind is SourceKind.CONTROL and is_record(passage):
        yield from _descriptions(passage)
        return
    before: tuple[int, int] | None = None
    for begin, end in sentences(passage):
        leading = _LEADING.match(_words(passage, begin, end))
        start = begin + (leading.end() if leading else 0)
        said = plain(_words(passage, start, end))
        if before is not None and _LEANS.match(said) and end - before[0] <= LONGEST_QUOTE:
            start = before[0]
            said = plain(_words(passage, start, end))
        before = (start, end)
        if end - start <= LONGEST_QUOTE and _stands_alone(said):
            yield start, end, said


def _stands_alone(said: str) -> bool:
    """Say whether a sentence is whole and states something by itself."""
    begins = _BEGINS.match(said) and not _LEANS.match(said) and not _OF_ANOTHER.match(said)
    whole = len(said) >= _SHORTEST and not said.endswith((":", "?"))
    return bool(begins) and whole and not _ABOUT_ITSELF.search(said)


def _descriptions(passage: Passage) -> Iterator[tuple[int, int, str]]:
    """Yield the longest cell of each row of a list of controls, which is what the control does."""
    for start, end in sentences(passage):
        row = _words(passage, start, end)
        cells = [cell.strip() for cell in next(csv.reader([row]), [])]
        longest = max(cells, key=len, default="")
        at = row.find(longest)
        if len(cells) > 1 and len(longest) >= _SHORTEST and at >= 0 and _BEGINS.match(longest):
            yield start + at, start + at + len(longest), longest


def _words(passage: Passage, start: int, end: int) -> str:
    return passage.text[start - passage.start : end - passage.start]
