"""A claim laid beside its quotes, clause by clause: which of them say the same, and which deny it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from copilot.citations.antonyms import opposites_of
from copilot.citations.clauses import clauses_of, denies
from copilot.citations.lemmas import plain_words
from copilot.citations.words import nearly, roots_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from copilot.citations.clauses import Clause
    from copilot.citations.words import Words

_HEARD: Final = 0.85
"""What a word counts that stands for another one."""
_POINTED: Final = 0.6
"""What a word of the clauses before counts, where a clause has `it` or `they`."""
_NEAR: Final = 0.5
_FEW: Final = 3
"""Words of a clause that says what it is about in the clause before it."""
_CLOSE: Final = 0.4
"""Share of a clause of the quotes that the claim must speak of for its negation to matter."""

_UNSURE: Final = -0.3
_SOME: Final = 0.3
_SURELY: Final = -0.85
_WHOLLY: Final = 0.9
"""Bounds of what is sure, chosen on the half of the corpus that is for fitting."""

_EMPTY: Final = '""'
_MOST: Final = 200
"""Clauses of a text that are laid beside those of another."""


class Read:
    """A clause with what it speaks of, which is found out when it is first asked for."""

    def __init__(self, clause: Clause, earlier: tuple[Read, ...], words: Words) -> None:
        """Take a clause, and those before it in its text."""
        self.clause = clause
        self._earlier = earlier
        self._words = words

    @cached_property
    def said(self) -> tuple[tuple[str, float], ...]:
        """Its words in order, with their weights."""
        return self._words.said(self.clause.text)

    @cached_property
    def roots(self) -> frozenset[str]:
        """Its words, those that `said` leaves out included."""
        return roots_of(plain_words(self.clause.text))

    @cached_property
    def concepts(self) -> frozenset[str]:
        """What it speaks of."""
        return self._words.concepts(self.clause.text)

    @cached_property
    def heard(self) -> frozenset[str]:
        """What its words may stand for."""
        return self._words.heard(self.clause.text)

    @property
    def before(self) -> Iterator[frozenset[str]]:
        """What may be meant by `it`: what the clauses before it may stand for."""
        return (one.heard for one in self._earlier)

    @cached_property
    def turned(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Its words that have opposites, none of which it has itself, with these."""
        return _turned({word for word, _ in self.said})


class Beside:
    """The clauses of a claim and of its quotes."""

    def __init__(self, claim: str, quotes: Sequence[tuple[str, bool]], words: Words) -> None:
        """Read them.

        Args:
            claim: What is said.
            quotes: Each paragraph or row around a quote, and whether it is a row.
            words: What means the same.
        """
        self._words = words
        self.claim = claim
        self.whole = " \n ".join(text for text, _ in quotes)
        self.rows = any(row for _, row in quotes)
        self._quotes = quotes
        # Every clause is kept for as long as this is, so that its address names it.
        self._fitted: dict[tuple[int, int], float] = {}
        self._agreed: dict[tuple[int, int], bool] = {}

    @cached_property
    def mine(self) -> tuple[Read, ...]:
        """The clauses of the claim."""
        return _read([(self.claim, False)], self._words)

    @cached_property
    def theirs(self) -> tuple[Read, ...]:
        """The clauses of the quotes."""
        return _read(self._quotes, self._words)

    @cached_property
    def _claimed(self) -> frozenset[str]:
        return _telling(self.mine, self._words)

    @cached_property
    def _quoted(self) -> frozenset[str]:
        return _telling(self.theirs, self._words)

    @cached_property
    def _finely(self) -> tuple[Read, ...]:
        """The clauses of the claim, read finely: the same ones where that makes no difference."""
        claim = [(self.claim, False)]
        return _read(claim, self._words, fine=True) if _has_finer(claim) else self.mine

    @cached_property
    def _finer(self) -> tuple[Read, ...]:
        """The clauses of the quotes, read finely: the same ones where that makes no difference."""
        quotes = self._quotes
        return _read(quotes, self._words, fine=True) if _has_finer(quotes) else self.theirs

    @cached_property
    def _all_theirs(self) -> tuple[Read, ...]:
        """The clauses of the quotes, read coarsely and finely, each once."""
        return tuple(dict.fromkeys((*self.theirs, *self._finer)))

    def fit(self, one: Read, other: Read) -> float:
        """Return the share of a clause that another one speaks of, from 0 to 1."""
        key = (id(one), id(other))
        if key not in self._fitted:
            total = found = 0.0
            for word, weight in one.said:
                total += weight
                # Most words stand there as they are, or not at all.
                found += (
                    weight if word in other.concepts else weight * self._share(word, one, other)
                )
            self._fitted[key] = found / total if total else 0.0
        return self._fitted[key]

    def best(self, one: Read) -> Read | None:
        """Return the clause of the quotes that speaks of most of a clause of the claim."""
        return max(self.theirs, key=lambda other: self.fit(one, other), default=None)

    @property
    def contradicted(self) -> bool:
        """Whether the claim denies what its quotes say, or says what they deny, beyond doubt."""
        if not self._comparable:
            return False
        if self._denying and (self._denied_here < _SURELY or self._denied_there() < _SURELY):
            return True
        if not self._turned(self.mine, self.theirs):
            return False
        return not self._denying or self._turned(self._finely, self._finer)

    @property
    def confirmed(self) -> bool:
        """Whether the claim denies what its quotes deny, as far as the clauses show."""
        if not self._comparable:
            return True
        # "Not so: all keys are rotated" denies what comes after it.
        if any(one.clause.denied and not one.said for one in self.mine):
            return False
        return (not self._denying or self._denied_here >= _UNSURE) and self._against() <= _SOME

    @cached_property
    def _comparable(self) -> bool:
        """Whether either text denies anything, or says the opposite of the other: most do not."""
        return denies(self.claim) or denies(self.whole) or self._opposites()

    @cached_property
    def _denying(self) -> bool:
        """Whether any clause of either denies something."""
        return any(one.clause.denied or one.clause.telling for one in (*self.mine, *self.theirs))

    @cached_property
    def _denied_here(self) -> float:
        """How well what the claim denies is denied by its quotes, read coarsely or finely.

        For the worst clause of the claim that denies something: by how much more of it stands in clauses that
        deny it too than in others; from -1, where only its opposite stands there, to 1.
        """
        if not any(one.said and self._denies(one, self._quoted) for one in self.mine):
            return 1.0
        every = [one for one in self._all_theirs if not one.clause.neutral]
        readings = dict.fromkeys((self.mine, self._finely))
        return max(_margin(self._worst(one, every)) for one in readings)

    def _denied_there(self) -> float:
        """Return how well what the quotes deny, as far as the claim speaks of it, is denied by it."""
        denied = [
            one
            for one in self.theirs
            if one.said and _EMPTY not in one.clause.text and self._denies(one, self._claimed)
        ]
        if not denied:
            return 1.0
        every = tuple(dict.fromkeys((*self.mine, *self._finely)))
        return _margin(self._worst(denied, every, quotes=True))

    def _opposites(self) -> bool:
        """Say whether the claim has a word whose opposite the quotes have."""
        stands = roots_of(plain_words(self.whole))
        mine = roots_of(plain_words(self.claim))
        return any(not opposites_of(one).isdisjoint(stands) for one in mine)

    def _share(self, word: str, one: Read, other: Read) -> float:
        """Return for how much a word counts that a clause does not have as it stands."""
        if self._words.hears(word, other.heard):
            return _HEARD
        points = other.clause.points or len(other.said) < _FEW
        if points and any(word in one for one in other.before):
            return _POINTED
        near = nearly(word, other.concepts, self._words.near(one.clause.text))
        return near if near > _NEAR else 0.0

    def _denies(self, one: Read, others: frozenset[str]) -> bool:
        """Say whether a clause denies what it says; a word such as `refused` that both have denies nothing."""
        if not one.clause.telling:
            return one.clause.denied
        counted = sum(not self._words.concepts(word) & others for word in one.clause.telling)
        return one.clause.denied ^ (counted % 2 == 1)

    def _agree(self, mine: Read, other: Read) -> bool:
        """Say whether a clause of the claim and one of the quotes both deny what they say, or neither does."""
        key = (id(mine), id(other))
        if key not in self._agreed:
            self._agreed[key] = self._agreeing(mine, other)
        return self._agreed[key]

    def _agreeing(self, mine: Read, other: Read) -> bool:
        opposed = self._opposed(mine, other)
        if other.clause.neutral:
            return mine.clause.denied or not opposed
        first, second = self._denies(mine, self._quoted), self._denies(other, self._claimed)
        if first == second or opposed:
            return (first == second) is not opposed
        # "Not before it is approved" says that approval is needed.
        denied, plain = (mine, other) if first else (other, mine)
        return denied.clause.later and not plain.clause.later and plain.clause.needed

    def _opposed(self, mine: Read, other: Read) -> bool:
        """Say whether a clause has a word where the other has its opposite."""
        turned = [
            (word, opposites) for word, opposites in mine.turned if word not in other.concepts
        ]
        roots = other.roots
        if all(opposites.isdisjoint(roots) for _, opposites in turned):
            return False
        words = (*mine.clause.telling, *other.clause.telling)
        telling = self._words.concepts(" ".join(words)) if words else frozenset()
        stands = {word for word, _ in other.said} - telling
        return any(opposites & stands and word not in telling for word, opposites in turned)

    def _worst(
        self, ones: Iterable[Read], others: Sequence[Read], *, quotes: bool = False
    ) -> tuple[float, float]:
        """Return how well the worst of the clauses that deny fits to others that do, and to those that do not."""
        worst = (1.0, 0.0)
        for one in ones:
            if not one.said or not self._denies(one, self._claimed if quotes else self._quoted):
                continue
            fits = self._fits(one, others, quotes=quotes)
            if not quotes or max(fits) > _CLOSE:
                worst = min(worst, fits, key=_margin)
        return worst

    def _fits(self, one: Read, others: Sequence[Read], *, quotes: bool) -> tuple[float, float]:
        """Return how well a clause fits to the best of those that agree with it, and of the others."""
        best: dict[bool, float] = {}
        ranked = sorted(
            ((self.fit(one, other), at) for at, other in enumerate(others)), reverse=True
        )
        for fit, at in ranked:
            if not fit or len(best) > 1:
                break
            pair = (others[at], one) if quotes else (one, others[at])
            best.setdefault(self._agree(*pair), fit)
        return best.get(True, 0.0), best.get(False, 0.0)

    def _turned(self, mine: Iterable[Read], theirs: Sequence[Read]) -> bool:
        """Say whether a whole clause of the claim stands in the quotes with the opposite sign, and not with its own."""
        for one in mine:
            weight = min(1.0, sum(weight for _, weight in one.said))
            if weight <= _WHOLLY:
                continue
            wholly = [clause for clause in theirs if self.fit(one, clause) > _WHOLLY]
            against = [self.fit(one, clause) for clause in wholly if not self._agree(one, clause)]
            if not against:
                continue
            same = (
                self.fit(one, clause) for clause in self._all_theirs if self._agree(one, clause)
            )
            if (max(against) - max(same, default=0.0)) * weight > _WHOLLY:
                return True
        return False

    def _against(self) -> float:
        """Return the share of the claim's words that stand only where the opposite is said."""
        total = found = 0.0
        for clause in self.mine:
            for word, weight in clause.said:
                total += weight
                holding = [
                    one
                    for one in self.theirs
                    if word in one.concepts or self._words.hears(word, one.heard)
                ]
                if holding and not any(self._agree(clause, one) for one in holding):
                    found += weight
        return found / total if total else 0.0


def _has_finer(texts: Iterable[tuple[str, bool]]) -> bool:
    """Say whether any of some texts has clauses that are seen only when it is read finely."""
    return any(
        clauses_of(text, row=row, fine=True) is not clauses_of(text, row=row) for text, row in texts
    )


def _margin(fits: tuple[float, float]) -> float:
    return fits[0] - fits[1]


def _turned(said: Collection[str]) -> tuple[tuple[str, frozenset[str]], ...]:
    found = ((word, opposites_of(word)) for word in said)
    return tuple(
        (word, opposites) for word, opposites in found if opposites and opposites.isdisjoint(said)
    )


def _telling(reads: Iterable[Read], words: Words) -> frozenset[str]:
    return words.heard(" ".join(word for one in reads for word in one.clause.telling))


def _read(
    texts: Iterable[tuple[str, bool]], words: Words, *, fine: bool = False
) -> tuple[Read, ...]:
    found: list[Read] = []
    for text, row in texts:
        before: tuple[Read, ...] = ()
        for clause in clauses_of(text, row=row, fine=fine):
            before = (*before, Read(clause, before, words))
        found += before
    return tuple(found[:_MOST])
