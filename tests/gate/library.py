"""The passages that somebody may read, and the choice of those that a model is given."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from tests.gate.drafting import Case, GivenSource, Place, digest, half_of, holds, squeezed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tests.gate.drafting import Draft, Quoted

_WORD = re.compile(r"[^\W_]{3,}")
_FEWEST, _MOST = 6, 10
_FROM_ONE_FILE = 2


class Library:
    """Every passage that one principal may read."""

    def __init__(self, passages: Iterable[GivenSource]) -> None:
        self.passages = tuple(passages)
        texts: dict[str, list[str]] = {}
        for passage in self.passages:
            texts.setdefault(passage.path, []).append(squeezed(passage.text))
        self._texts = {path: "\n".join(parts) for path, parts in texts.items()}
        self._words = [frozenset(_words(passage)) for passage in self.passages]
        seen = Counter(word for words in self._words for word in words)
        self._weights = {word: math.log(len(self._words) / n) for word, n in seen.items()}

    @classmethod
    def of(cls, copilot: Any, principal: str) -> Library:
        """Return what somebody may read of an ingested workspace, its catalog left out."""
        reader = copilot.principal(principal)
        return cls(
            GivenSource(
                number=0,
                path=source.path,
                text=passage.text,
                start=passage.start,
                page=passage.page,
                title=source.metadata.title,
                context=passage.context,
            )
            for source in copilot.truth.sources(principal=reader)
            if not source.path.startswith("knowledge/")
            for passage in copilot.truth.passages_of(source.path, principal=reader)
        )

    def reads(self, path: str) -> bool:
        """Say whether any passage of a file is here."""
        return path in self._texts

    def says(self, words: str, *, path: str | None = None) -> bool:
        """Say whether some words stand in a passage, of one file or of any."""
        texts = self._texts.values() if path is None else [self._texts.get(path, "")]
        return any(squeezed(words) in text for text in texts)

    def complete(self, draft: Draft) -> Case:
        """Choose what the model was given: what the draft needs, and what lies near it."""
        needed = list(dict.fromkeys(self._needed(draft)))
        seed = digest(draft.claim, draft.quotes)
        count = max(_FEWEST + seed % (_MOST - _FEWEST + 1), len(needed) + 3)
        texts = [quoted.text for quoted in draft.quotes]
        # A source beside the right one that says the same would make a wrong number right.
        others = self._near(" ".join((draft.claim, *texts)), without=needed, silent_on=texts)
        chosen = [*needed, *islice(others, count - len(needed))]
        chosen.sort(key=lambda one: digest(seed, one.path, one.start))
        sources = tuple(replace(one, number=number) for number, one in enumerate(chosen, 1))
        return Case(
            id=draft.id,
            kind=draft.kind,
            variant=draft.variant,
            released=draft.kind == "honest",
            claim=draft.claim,
            quotes=tuple(
                (self._number(quoted, draft, sources), quoted.text) for quoted in draft.quotes
            ),
            sources=sources,
            principal=draft.principal,
            half=half_of(draft.base or draft.claim),
            origin=draft.origin,
        )

    def _needed(self, draft: Draft) -> Iterator[GivenSource]:
        for place in (*(quoted.place for quoted in draft.quotes), *draft.given):
            if isinstance(place, Place):
                yield self._find(place, (*draft.planted, *self.passages))
        yield from draft.planted

    def _find(self, place: Place, among: Iterable[GivenSource]) -> GivenSource:
        for passage in among:
            if passage.path == place.path and holds(passage.text, place.words):
                return passage
        raise LookupError(f"{place.path} has no passage with {place.words!r}")

    def _near(
        self, text: str, *, without: Collection[GivenSource], silent_on: Collection[str]
    ) -> Iterator[GivenSource]:
        """Yield other passages, those that share the rarest words with the text first."""
        wanted = set(_WORD.findall(text.lower()))
        scored = []
        for passage, words in zip(self.passages, self._words, strict=True):
            # Summed exactly, since the order of a set is not the same on every run.
            shared = math.fsum(self._weights[word] for word in words & wanted)
            scored.append((-shared / math.sqrt(len(words) + 1), passage.path, passage.start))
        order = sorted(range(len(scored)), key=scored.__getitem__)
        taken: Counter[str] = Counter()
        for passage in (self.passages[index] for index in order):
            silent = not any(words and holds(passage.text, words) for words in silent_on)
            # Search spreads its results, and a long table would fill all places.
            if passage not in without and silent and taken[passage.path] < _FROM_ONE_FILE:
                taken[passage.path] += 1
                yield passage

    def _number(self, quoted: Quoted, draft: Draft, sources: Collection[GivenSource]) -> int:
        if isinstance(quoted.place, int):
            return quoted.place
        if quoted.place is not None:
            return self._find(quoted.place, sources).number
        wrong = [one for one in sources if not self.says(quoted.text, path=one.path)]
        # The likeliest slip is towards a source that was given for its nearness.
        given = {place.path for place in draft.given}
        best = [one for one in wrong if one.path not in given] or wrong
        return min(best, key=lambda one: digest(draft.id, one.path, one.start)).number


def _words(passage: GivenSource) -> Iterator[str]:
    for text in (passage.text, passage.context):
        yield from _WORD.findall(text.lower())
