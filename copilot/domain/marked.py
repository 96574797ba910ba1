"""What the text of a draft holds, once it is read: questions, decisions, headings, footnotes.

Offsets count characters of the text that was read, lines from 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copilot.domain.answers import Citation
    from copilot.domain.drafts import OpenQuestion, ToConfirm


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a draft's text."""

    start: int
    end: int
    """`text[start:end]` is the stretch."""
    line: int
    """The line that it begins on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An open question, and everywhere that it stands."""

    question: OpenQuestion
    places: tuple[Place, ...]
    """In order; the first is usually the one that has the question in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A decision to confirm, where it stands.

    Two places with the same words may be two decisions, so each is confirmed on its own.
    """

    decision: ToConfirm
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Mangled:
    """Something that was meant to be a mark and cannot be read as one; it counts as not closed."""

    text: str
    why: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading."""

    level: int
    number: int | None
    """Its number in the document; nothing for the title and for headings without one."""
    text: str
    """Without the number."""
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a paragraph, an item or a cell."""

    text: str
    """As a person reads it: without footnotes and the marks of Markdown; not for finding marks in."""
    footnotes: tuple[str, ...]
    """The labels of the footnotes that it refers to."""
    section: str
    """The text of the heading that it stands under."""
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Footnote:
    """A footnote's definition."""

    label: str
    text: str
    citation: Citation | None
    """What it cites, not yet checked; nothing where it cannot be read as a citation."""
    place: Place
    references: tuple[Place, ...]
    """Where the text refers to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrayReference:
    """A reference to a footnote that there is not."""

    label: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageRow:
    """One row of the coverage table, as it stands there."""

    criterion: str
    point: str
    where: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A draft's text, read."""

    front: Mapping[str, str] = field(default_factory=dict)
    """What stands in the front matter: `title`, `company`, `kind`, `outline`."""
    headings: tuple[Heading, ...] = ()
    questions: tuple[Asked, ...] = ()
    decisions: tuple[Undecided, ...] = ()
    mangled: tuple[Mangled, ...] = ()
    sentences: tuple[Sentence, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    unknown: tuple[StrayReference, ...] = ()
    """References to footnotes that are not defined."""
    coverage: tuple[CoverageRow, ...] = ()

    @property
    def title(self) -> str:
        """The first heading of the first level, or what the front matter says; may be empty."""
        first = next((one.text for one in self.headings if one.level == 1), "")
        return first or self.front.get("title", "")

    @property
    def unused(self) -> tuple[Footnote, ...]:
        """Footnotes that nothing refers to."""
        return tuple(one for one in self.footnotes if not one.references)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the footnotes cite, in their order; none of it checked."""
        return tuple(one.citation for one in self.footnotes if one.citation is not None)

    @property
    def settled(self) -> bool:
        """Whether nothing is left to answer, to confirm or to repair."""
        return not (self.questions or self.decisions or self.mangled)
