"""Whether quotes carry what a claim says: its facts, its negations, its strength, its content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from copilot.citations.alignment import Beside
from copilot.citations.amounts import number
from copilot.citations.bounds import turned_limits
from copilot.citations.content import LEAST, MOST_NEW, hear
from copilot.citations.cues import Cue
from copilot.citations.facts import facts_of, named_numbers, uncarried_facts
from copilot.citations.left_out import left_out
from copilot.citations.lemmas import lemma
from copilot.citations.moments import take_moments
from copilot.citations.naming import ID, foreign, names_of, of_a_country
from copilot.citations.pairing import swapped
from copilot.citations.placing import exchanged, replaced
from copilot.citations.quotes import fold
from copilot.citations.records import cells_of, in_words
from copilot.citations.reversal import reversed_words
from copilot.citations.roles import PERSON, other_roles
from copilot.citations.strength import only_to_be_said, stronger
from copilot.citations.words import Words, roots_of
from copilot.domain.periods import label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from copilot.citations.content import Heard
    from copilot.citations.records import Cells
    from copilot.domain.documents import Passage
    from copilot.wording import Vocabulary

_SENTENCE_END: Final = re.compile(
    r"[.!?](?=[\s\"”’)*_]|$)|\n\s*\n|\n(?=\s*(?:[-*•|]|\d+[.)])\s|\d{4}-\d\d-\d\d)"
)
_LINE_END: Final = re.compile(r"\n(?!\s{2,}[^\s:\"{-][^:\"]*$)", re.MULTILINE)
"""The end of a row or entry; a value that goes on in the next, indented line belongs to it."""

_FAR: Final = 800
"""Characters on either side of a quote within which its sentence begins and ends."""

_HEADER: Final = 2_000
"""Characters of a passage within which the names of its columns stand."""

_DOUBTFUL: Final = 0.005
_ALIKE: Final = 0.4
"""Where the words leave it in doubt, the least cosine of each part of the claim that is new and the part of
the quotes that is nearest to it. On the half of the corpus for fitting and on `honest_pairs.py`, what is
added to a claim has .3 and less, and what is put in other words has .4 and more."""

_MOST, _LONG, _SHORT = 24, 600, 8
"""Parts of the quotes that are encoded, and their characters at most and at least."""

_QUOTED_PART: Final = re.compile(r"[.;:]\s|,\s(?=and|but|which)")

_WORDS: Final = re.compile(r"[^\W_]+")
_WHOLE: Final = re.compile(r"\d[\d,]*(?:\.\d+)?")
_DENYING: Final = Cue(
    r"\b(?:no|not|none|nobody|never|without|still|yet|open|overdue|missing)\b|n't"
)
_OF_COLUMNS: Final = frozenset("on at by date of the id".split())
_FILE: Final = Cue(
    r"\b[\w./-]*[\w-]\.(?:md|pdf|docx?|xlsx?|csv|tsv|jsonl?|ya?ml|html?|eml|txt|log)\b"
)
_DOER: Final = re.compile(r"([a-z]{4,}?)(?:er|or)s?")
_GLUE: Final = re.compile(r"[._/@:=+-]+")
_GLUED: Final = re.compile(r"[._/@:=+-](?!\s*$)")
"""The same but at the end of a text, where it holds nothing together."""

_ITEMS: Final = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)")
_CELLS: Final = re.compile(r"\s*[|;:]\s+|\s\|\s")
_ROWS: Final = (".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".ndjson", ".yaml", ".yml", ".log")


@dataclass(frozen=True, slots=True)
class Grounds:
    """A quote that was found, with what stands around it."""

    quote: str
    around: str
    """The whole sentences or rows that the quote is part of: a negation outside it still holds."""
    passage: Passage
    paragraph: str = ""
    """The paragraph or rows that the quote is part of: an order beside it may speak of it."""

    @property
    def columns(self) -> str:
        """Return the lines that may name the columns of a table: those above it, and its first."""
        first = self.passage.text[:_HEADER].splitlines()
        return "\n".join((*first[:3], self.passage.context))

    def rows(self) -> list[Cells]:
        """Return the rows of a table that the quote stands in, with their columns."""
        if not is_record(self.passage):
            return []
        found = (cells_of(line, self.columns) for line in _LINE_END.split(self.around))
        return [row for row in found if row]

    def parts(self) -> list[str]:
        """Return what stands around the quote, as one text for each paragraph or row."""
        if is_record(self.passage):
            lines = _LINE_END.split(self.around)
            return [self._in_words(line) for line in lines if line.strip()]
        return [" ".join(one.split()) for one in _ITEMS.split(self.around) if one.strip()]

    def _in_words(self, line: str) -> str:
        cells = cells_of(line, self.columns)
        return in_words(cells) if cells else " ".join(_CELLS.sub(", ", line).split())


@dataclass(frozen=True)
class _Case:
    """A claim with everything that its quotes say, in the forms in which the checks want it."""

    claim: str
    grounds: tuple[Grounds, ...]
    around: tuple[str, ...]
    """The sentences and rows that the quotes stand in."""
    prose: tuple[str, ...]
    """Those of them that are sentences."""
    rows: tuple[Cells, ...]
    """Those of them that are rows with named columns."""
    read: tuple[tuple[str, bool], ...]
    """All of them, each with whether it is a row."""
    company: str
    """The company's name, which a claim may always use."""

    @cached_property
    def known(self) -> tuple[str, ...]:
        """All that the claim may speak of: its quotes, and what their sources are called."""
        about = (one.passage for one in self.grounds)
        names = (" ".join((one.source.metadata.title, *one.heading, one.context)) for one in about)
        said = tuple(dict.fromkeys((*self.around, *names)))
        # Names of machines are written together: `hl-backup`, `state=COMPLETED`.
        apart = (_GLUE.sub(" ", one) for one in said if _GLUED.search(one))
        return (*said, *apart, self.company)

    @classmethod
    def of(cls, claim: str, grounds: Sequence[Grounds], *, company: str) -> _Case:
        """Read the quotes of a claim."""
        parts = [(is_record(one.passage), part) for one in grounds for part in one.parts()]
        return cls(
            claim,
            tuple(grounds),
            tuple(part for _, part in parts),
            tuple(part for record, part in parts if not record),
            tuple(row for one in grounds for row in one.rows()),
            tuple((part, record) for record, part in parts),
            company,
        )


class Support:
    """Judges whether quotes carry a claim."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        encode: Callable[[Sequence[str]], NDArray[np.float32]],
        *,
        company: str = "",
    ) -> None:
        """Name the parts.

        Args:
            vocabulary: Turns words into concepts.
            encode: Turns texts into unit vectors.
            company: The company's name, which a claim may always use.
        """
        self._words = Words(vocabulary)
        self._encode = encode
        self._company = company

    def lacking(self, claim: str, grounds: Sequence[Grounds]) -> str:
        """Return what the claim says that its quotes do not carry; nothing if they carry it."""
        case = _Case.of(claim, grounds, company=self._company)
        checks = (
            _other_facts,
            _other_files,
            self._turned,
            self._only_asked,
            _left_empty,
            self._exchanged,
            self._stronger,
            self._strangers,
            self._beyond,
            self._misplaced,
        )
        return next((why for check in checks if (why := check(case))), "")

    def _turned(self, case: _Case) -> str:
        beside = Beside(case.claim, case.read, self._words)
        why = reversed_words(case.claim, case.around, self._words, beside)
        # Of a whole sentence nothing is left out, whatever another quote makes depend on what.
        claimed = fold(case.claim).text.strip(" .")
        whole = any(fold(one.around).text.strip(" .") == claimed for one in case.grounds)
        return why or ("" if whole else left_out(beside, self._words))

    def _only_asked(self, case: _Case) -> str:
        around = (" ".join(one.around.split()) for one in case.grounds)
        asked = all(only_to_be_said(case.claim, text, self._words) for text in around)
        return "the quote only asks that this be said" if asked else ""

    def _exchanged(self, case: _Case) -> str:
        return (
            other_roles(case.claim, case.rows, case.prose)
            or swapped(case.claim, case.around, self._words, prose=case.prose)
            or turned_limits(case.claim, case.around, self._words)
        )

    def _stronger(self, case: _Case) -> str:
        # What the company says of itself has `we` and `our` in the place of its name.
        claim = (
            re.sub(rf"\b{re.escape(self._company)}['’]s\b", "our", case.claim)
            if self._company
            else case.claim
        )
        return stronger(claim, case.around, self._words, rows=case.rows)

    def _strangers(self, case: _Case) -> str:
        """Return the names, persons and posts of which the quotes do not speak; else nothing."""
        names, persons = names_of(case.claim, self._words), PERSON.findall(case.claim)
        if not names and not persons:
            return ""
        known = case.known
        names = [
            one for one in names if not self._named(one, known) and not of_a_country(one, known)
        ]
        names += [one for one in persons if not self._spoken_of(one, " ".join(known))]
        return f"the quote does not speak of {_listed(names)}" if names else ""

    def _named(self, name: str, known: Sequence[str]) -> bool:
        """Say whether one of some texts has a name, as it stands or in other words."""
        meant = self._words.concepts(name)
        return any(
            not meant.isdisjoint(said(one))
            for said in (self._words.concepts, self._words.heard)
            for one in known
        )

    def _spoken_of(self, person: str, known: str) -> bool:
        """Say whether a text names a person or a post, or a post by another name of the field."""
        if _singular(person) in _singular(known):
            return True
        doing = _DOER.fullmatch(person)
        if doing and any(lemma(form) in roots_of(known) for form in (doing[1], f"{doing[1]}e")):
            return True  # who reviews is a reviewer
        terms = {one for one in self._words.concepts(person) if one.startswith("=")}
        return bool(terms & self._words.concepts(known)) and roots_of(person) <= roots_of(known)

    def _beyond(self, case: _Case) -> str:
        """Return that the claim speaks of much that its quotes do not; nothing if it is little."""
        if foreign(case.claim, self._words):
            return "the claim is not in English, so it cannot be checked"
        heard = self._heard(case)
        if heard.likely >= LEAST and heard.share <= MOST_NEW:
            return ""
        if heard.likely >= _DOUBTFUL and self._alike(heard.parts, case):
            return ""
        if heard.new:
            return f"the quote does not speak of {_listed(heard.new)}"
        return "the quote does not say what the claim says"

    def _misplaced(self, case: _Case) -> str:
        """Return a word in the place of another, or two exchanged, in a near copy of the quotes."""
        return exchanged(case.claim, case.prose) or replaced(
            case.claim, case.around, case.known, self._words
        )

    def _heard(self, case: _Case) -> Heard:
        return hear(_without_facts(case.claim), case.known, self._words)

    def _alike(self, parts: Sequence[str], case: _Case) -> bool:
        """Say whether parts of a claim mean what the quotes mean, by the encoder: asked in doubt only."""
        quoted = [
            part[:_LONG] for text in case.around for part in (text, *_QUOTED_PART.split(text))
        ]
        quoted = list(dict.fromkeys(part for part in quoted if len(part) >= _SHORT))[:_MOST]
        if not parts or not quoted:
            return False
        encoded = self._encode([*parts, *quoted])
        cosines = encoded[: len(parts)] @ encoded[len(parts) :].T
        return float(cosines.max(axis=1).min()) >= _ALIKE


def _other_facts(case: _Case) -> str:
    """Return the numbers, times and ids of the claim that its quotes do not have."""
    claimed = facts_of(case.claim)
    if not claimed.stated:
        return ""
    quotes = " \n".join(one.quote for one in case.grounds)
    columns = " ".join((quotes, *(one.passage.context for one in case.grounds)))
    dated = [moment for one in case.grounds for moment in take_moments(_dating(one.passage))[0]]
    named = named_numbers(quotes)
    named += [
        (name.lower(), number(value))
        for row in case.rows
        for name, value in row
        if value[:1].isdigit() and _WHOLE.fullmatch(value)
    ]
    wrong = uncarried_facts(
        claimed,
        facts_of(quotes, loose=True),
        dated=dated,
        columns=columns,
        named=named,
    )
    return f"the quote does not say {_listed(wrong)}" if wrong else ""


def _left_empty(case: _Case) -> str:
    """Return a column of which the claim speaks, and that its row leaves empty."""
    if _DENYING.search(case.claim):
        return ""
    roots = roots_of(case.claim)
    for name, value in (cell for row in case.rows for cell in row):
        words = roots_of(name) - _OF_COLUMNS
        if not value and words and words <= roots:
            return f"the quote leaves “{name}” empty"
    return ""


def _other_files(case: _Case) -> str:
    """Return the files that a claim names and that are none of its sources; else nothing."""
    sources = [f"{one.passage.source.path}\n{one.quote}".lower() for one in case.grounds]
    named = [
        name
        for name in _FILE.findall(case.claim)
        if not any(name.lower() in source for source in sources)
    ]
    return f"the claim names {_listed(named)}, which it does not quote" if named else ""


def _without_facts(claim: str) -> str:
    """Return the claim without its times, which are checked as such, whatever their form."""
    return take_moments(ID.sub(" ", claim))[1]


def is_record(passage: Passage) -> bool:
    """Say whether a passage consists of rows or entries rather than of sentences."""
    return passage.source.path.lower().endswith(_ROWS) or passage.text.count(" | ") >= 2


def paragraph(text: str, start: int, end: int, *, rows: bool = False) -> str:
    """Return the paragraph of `text` that holds the stretch from `start` to `end`, or its rows.

    Rows of a record have nothing to do with each other; sentences of a paragraph have.
    """
    if rows:
        return surrounding(text, start, end, rows=True)
    before = text.rfind("\n\n", 0, start) + 1
    after = text.find("\n\n", end)
    return text[before : after if after >= 0 else len(text)]


def surrounding(text: str, start: int, end: int, *, rows: bool = False) -> str:
    """Return the whole sentences, or rows, of `text` that hold the stretch from `start` to `end`."""
    pattern = _LINE_END if rows else _SENTENCE_END
    least, most = max(0, start - _FAR), min(len(text), end + _FAR)
    first = max((m.end() for m in pattern.finditer(text, least, start)), default=least)
    match = pattern.search(text, max(start, end - 1), most)
    return text[first : match.end() if match else most].strip()


def _dating(passage: Passage) -> str:
    """Return what says for which time a passage speaks: its title, headings and period."""
    about = passage.source.metadata
    period = label(about.period) if about.period else ""
    return " . ".join((about.title, *passage.heading, passage.context, period))


def _singular(text: str) -> str:
    return " ".join(word.removesuffix("s") for word in _WORDS.findall(text.lower()))


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f"“{one.strip().removeprefix('=')}”" for one in words[:4])
