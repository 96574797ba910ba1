"""What of an approved draft is published: the text, without what only its reviewers need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.domain.criteria import parse_criterion
from copilot.drafting import markup
from copilot.errors import UnknownCriterion

if TYPE_CHECKING:
    from copilot.domain.criteria import CriterionId
    from copilot.domain.marked import Marked

_FRONT: Final = re.compile(
    r"\A\ufeff?---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*\r?\n", re.DOTALL | re.MULTILINE
)
_MANY_LINES: Final = re.compile(r"\n{3,}")


def published(text: str) -> tuple[str, tuple[CriterionId, ...]]:
    """Return the text of a draft without front matter, footnotes and coverage, and its criteria.

    The criteria are those of the coverage table that some section speaks to.
    """
    marked = markup.read(text)
    gone = [(0, front.end())] if (front := _FRONT.match(text)) else []
    gone += [_coverage(marked, text)]
    for note in marked.footnotes:
        gone.append((note.place.start, note.place.end))
        gone += [(one.start, one.end) for one in note.references]
    gone += [(one.place.start, one.place.end) for one in marked.unknown]
    kept, at = [], 0
    for start, end in sorted(gone):
        kept.append(text[at : max(at, start)])
        at = max(at, end)
    kept.append(text[at:])
    return _MANY_LINES.sub("\n\n", "".join(kept)).strip() + "\n", _criteria(marked)


def _coverage(marked: Marked, text: str) -> tuple[int, int]:
    """Return where the section with the coverage table stands; nowhere if there is none."""
    for at, heading in enumerate(marked.headings):
        if heading.text == markup.COVERAGE:
            after = [one for one in marked.headings[at + 1 :] if one.level <= heading.level]
            return heading.place.start, after[0].place.start if after else len(text)
    return 0, 0


def _criteria(marked: Marked) -> tuple[CriterionId, ...]:
    found: dict[CriterionId, None] = {}
    for row in marked.coverage:
        if row.where[:1].isdigit():  # the number of a section; else it is dealt with elsewhere
            try:
                found[parse_criterion(row.criterion)] = None
            except UnknownCriterion:
                continue  # somebody wrote something else into the table
    return tuple(found)
