"""Find the names of people in text, however a page has set them."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from copilot.domain.access import Principal

_UNSEEN: Final = "\u00ad\u200b-\u200d\u2060\ufeff"
_MARKS: Final = "\u0300-\u036f"
_WORD: Final = re.compile(
    # A word may be broken at the end of a line, or hold marks that nobody sees.
    rf"[^\W_]+(?:(?:[{_MARKS}{_UNSEEN}]|[-\u2010]\r?\n[ \t]*(?=[a-zà-ÿ]))[^\W_]*)*"
)
_NOT_LETTERS: Final = re.compile(rf"[{_MARKS}{_UNSEEN}]|[-\u2010]\r?\n[ \t]*")
_BETWEEN: Final = re.compile(
    rf"(?=.{{1,40}}\Z)(?:[\s{_UNSEEN}]|\\[nrt])*(?:[._,'’+\u2010-]|%20)?(?:[\s{_UNSEEN}]|\\[nrt])*",
    re.DOTALL,
)
"""What may stand between the parts of one name: `Jo Berg`, `jo.berg`, `Berg, Jo`."""

_SHORTEST: Final = 3
"""Letters of a first or last name that is looked for on its own."""

_ADDITIONS: Final = frozenset("dr prof mr mrs ms mx sir jr sr ii iii iv phd msc mba cpa".split())

_PARTICLES: Final = frozenset(
    "af al av bin da de del den der di do dos du el la le ten ter van von zu".split()
)

_ROLES: Final = frozenset(
    "admin administrator api auditor bot ceo cfo cio ciso compliance coo cso cto demo dpo employee "
    "engineer engineering finance guest legal operator owner reader root security service slack "
    "support system test".split()
)
"""What an account that is nobody's is called."""

_ALSO_WORDS: Final = frozenset(
    "abbey ace amber april archer art ash august autumn bailey baker banks barber bay bell berry bill "
    "bishop black blue bob bond booth bridge bridges brook brooks brown bush butler carpenter carter "
    "case cash chance chase christian church clay cliff coast cole cook cooper crystal daisy dale dawn "
    "day dean dev dick dixon dot drew duke earl east eve faith field fields finch fish fisher ford "
    "forest foster fox frank franklin garland gene glass glen gold grace grant gray green grey guy hall "
    "harbour hardy harper heather hill hills hinge holiday holly hope house hunt hunter iris ivy jack "
    "jay jean jewel john joy june justice key king knight lake lane law lily little long love luna "
    "major march mark marks marsh mason max may mercy mike miles mill miller mills mint moon moore "
    "morning nice noble north novel olive page paige park parker parks pat patience paul peace pearl "
    "penny pepper perry pierce pike piper pole pond pool pope porter power powers price prince ray reed "
    "rich river rivers rob robin rock rocky rod rose rowan royal ruby rush rusty sage sandy sawyer scout "
    "sergeant sharp shepherd short sky sky skip small smith snow south spencer star stark steel sterling "
    "stone storm street strong sue summer summers swift tanner taylor temple terry tiger tony trace "
    "tucker turner victor violet wade walker wall walls ward waters way weaver webb wells west white "
    "wild will winter winters wolf wood woods wright young".split()
)
"""Names that are ordinary words too, or that half the world has: alone they name nobody."""


@dataclass(frozen=True, slots=True)
class _Form:
    """One way of naming somebody."""

    words: tuple[str, ...]
    whose: str
    capital: bool
    """Whether it is a name only where its words begin with capitals."""


class _Word(NamedTuple):
    start: int
    end: int
    folded: str


class Names:
    """The names of a company's people.

    A full name is found in any order and spelling of capitals and accents, and over the end of a
    line. A first or last name alone is found where it is distinctive: any spelling of a name that
    is no common word, the capitalised spelling of one that is, and never a word such as `will`.
    """

    def __init__(self, people: Iterable[Principal], *, ordinary: Collection[str] = ()) -> None:
        """Take the people, and the common words of the language in lower case."""
        self._ordinary = frozenset(ordinary)
        self._forms: dict[str, list[_Form]] = defaultdict(list)
        owners: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for person in {one.id.lower(): one for one in people}.values():
            for words in self._ways(person):
                owners[words].add(person.id.lower())
        for words, whose in owners.items():
            # What two people are called by is a name, but not of either.
            owner = min(whose) if len(whose) == 1 else " ".join(sorted(words))
            self._forms[words[0]].append(_Form(words, owner, self._needs_capitals(words)))
        self._known = {word for words in owners for word in words}
        for forms in self._forms.values():
            forms.sort(key=lambda form: -len(form.words))

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield where somebody is named, and a mark that is the same for the same person."""
        if not self._forms:
            return
        words = [self._word(text, match) for match in _WORD.finditer(text)]
        passed = 0
        for at, word in enumerate(words):
            if at < passed or word.folded not in self._forms:
                continue
            for form in self._forms[word.folded]:
                end = at + len(form.words)
                if _reads(text, words[at:end], form):
                    yield word.start, words[end - 1].end, form.whose
                    passed = end
                    break

    def _word(self, text: str, match: re.Match[str]) -> _Word:
        start, end = match.span()
        folded = _fold(match.group())
        # In JSON a line ends in `\\n`, and its letter looks like the next word's first.
        if folded not in self._known and text[start - 1 : start + 1] in {"\\n", "\\r", "\\t"}:
            return _Word(start + 1, end, folded[1:])
        return _Word(start, end, folded)

    def _ways(self, person: Principal) -> Iterator[tuple[str, ...]]:
        """Yield every way of naming a person, as folded words."""
        parts = _parts(person.name)
        if len(parts) > 1:
            first, last = parts[0], parts[-1]
            yield _run(parts)
            yield first + last
            yield last + first
            yield _run(parts[1:]) + first  # `van der Berg, Jo`
            yield last + _run(parts[:-1])
            yield ("".join(first + last),)
            yield from (part for part in (first, last) if self._names_alone(part))
        elif parts and self._names_alone(parts[0]) and not self._needs_capitals(parts[0]):
            yield parts[0]
        id_ = _run(_parts(re.sub(r"[._]", " ", person.id)))
        # Roles have ids too, such as `ciso`: one word has to be made from the name.
        made = any(len(word) >= _SHORTEST and word in "".join(id_) for word in _run(parts))
        if len(id_) > 1 or (made and len(parts) > 1):
            yield id_

    def _names_alone(self, part: tuple[str, ...]) -> bool:
        letters = "".join(part)
        return len(letters) >= _SHORTEST and letters not in _ALSO_WORDS | _ROLES

    def _needs_capitals(self, words: tuple[str, ...]) -> bool:
        return all(word in self._ordinary or word in _ALSO_WORDS for word in words)


def _run(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(word for part in parts for word in part)


def _parts(name: str) -> list[tuple[str, ...]]:
    """Return the parts of a name, each as folded words, without titles and remarks."""
    name = re.sub(r"\(.*?\)|\[.*?\]", " ", name)
    last, comma, rest = name.partition(",")
    if comma and _fold(rest.strip(" .")) not in _ADDITIONS:
        name = f"{rest} {last}"
    parts = [tuple(_fold(word.group()) for word in _WORD.finditer(part)) for part in name.split()]
    return [part for part in parts if part and part not in {(one,) for one in _ADDITIONS}]


def _fold(word: str) -> str:
    """Return a word without capitals, accents and what a page's layout adds."""
    if word.isascii() and "\n" not in word:
        return word.lower()
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKD", word.casefold()))


def _reads(text: str, words: Sequence[_Word], form: _Form) -> bool:
    """Say whether words that follow each other are a name, and are set as one."""
    if tuple(word.folded for word in words) != form.words:
        return False
    if form.capital and not all(
        text[word.start].isupper() or word.folded in _PARTICLES for word in words
    ):
        return False
    return all(
        _BETWEEN.fullmatch(text, first.end, second.start) for first, second in pairwise(words)
    )
