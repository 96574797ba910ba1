"""Words and their opposites."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import Final

from copilot.citations.lemmas import lemma

_SIDES: Final = (
    ("permit allow accept approve grant authorise agree unblock",
     "block forbid reject refuse deny decline revoke prohibit disallow ban"),
    ("enable", "disable suspend deactivate"), ("unlock", "lock"), ("succeed", "fail"), ("keep", "revoke disable"),
    ("keep retain store preserve maintain hold", "delete remove erase destroy revoke withdraw dispose purge wipe"),
    ("pass passed success successful succeed meet", "fail failed failure unsuccessful miss"),
    ("repair fix resolve close correct remedy", "open unresolved outstanding ignore unrepaired left"),
    ("internal inside", "external outside"),
    ("increase raise rise grow expand higher", "decrease reduce lower fall shrink"),
    ("public", "private confidential internal restricted"),
    ("manual manually", "automatic automatically"),
    ("high", "low"), ("more", "less fewer"), ("earlier", "later"), ("met", "missed"),
    ("active", "idle"), ("complete finish done", "overdue outstanding pending cancel abandon postpone fail"),
    ("include cover", "exclude omit skip"), ("optional voluntary", "mandatory compulsory obligatory"),
    ("permanent", "temporary"), ("add", "remove"), ("join joiner hire", "leave leaver dismiss"),
    ("start begin", "end stop finish"), ("minimum", "maximum"),
    ("encrypt", "decrypt unencrypted plaintext"), ("oldest", "newest"),
    ("always", "never rarely seldom"), ("same identical share", "different separate other another"),
    ("stop halt cease", "continue allow proceed"), ("half", "finished complete done full"),
    ("single", "several"), ("production", "staging"), ("inbound incoming", "outbound outgoing"),
    ("deliberate intentional purpose", "accident accidental"), ("primary", "secondary"), ("voluntary", "required"),
)  # fmt: skip


def _both_ways() -> dict[str, frozenset[str]]:
    """Return the opposites of each word, all as stems."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for pair in _SIDES:
        sides = [[lemma(word) for word in side.split()] for side in pair]
        for one, other in product(*sides):
            found[one].add(other)
            found[other].add(one)
    return {word: frozenset(others) for word, others in found.items()}


_OPPOSITES: Final = _both_ways()


def opposites_of(root: str) -> frozenset[str]:
    """Return the words that say the opposite of a word, all as stems."""
    return _OPPOSITES.get(root, frozenset())
