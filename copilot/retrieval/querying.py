"""Read a query the way that people write one: words, ids, quoted phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from copilot.domain.criteria import CRITERION_IDS, CriterionId

_PHRASE: Final = re.compile(r'"([^"]{2,200})"|“([^”]{2,200})”')
_CRITERION: Final = re.compile(r"\b(?:(?i:(CC|PI|[ACP]))|(CC|PI|[ACP]) )(\d{1,2})\.(\d{1,2})\b")
"""In any case, but with a space in capitals only: "a 1.2 TB disk" names no criterion."""
_CONTROL: Final = re.compile(r"\b[A-Z][A-Z0-9]{1,9}-\d{1,5}[a-z]?\b")
_KNOWN: Final = frozenset(CRITERION_IDS)


@dataclass(frozen=True, slots=True)
class Query:
    """A query in its parts."""

    text: str
    phrases: tuple[str, ...]
    """What stood in quotation marks, and must stand in a passage word for word."""
    criteria: tuple[CriterionId, ...]
    """Criteria that are named by their id."""
    controls: tuple[str, ...]
    """Other ids, such as those of controls and tickets."""
    strangers: tuple[str, ...] = ()
    """What is written like a criterion's id and is none, such as CC9.9."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that is named."""
        return (*self.criteria, *self.controls)


def parse_query(text: str) -> Query:
    """Return the parts of a query; a lone surrogate or control character becomes a space."""
    clean = " ".join(text.split())
    if not clean.isprintable():
        clean = " ".join("".join(c if c.isprintable() else " " for c in clean).split())
    phrases = tuple(match[1] or match[2] for match in _PHRASE.finditer(clean))
    named = [f"{m[1] or m[2]}{m[3]}.{m[4]}".upper() for m in _CRITERION.finditer(clean)]
    criteria = tuple(dict.fromkeys(CriterionId(one) for one in named if one in _KNOWN))
    controls = tuple(dict.fromkeys(_CONTROL.findall(clean)))
    strangers = tuple(dict.fromkeys(one for one in named if one not in _KNOWN))
    return Query(
        text=clean, phrases=phrases, criteria=criteria, controls=controls, strangers=strangers
    )
