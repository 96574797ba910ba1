"""Drafts: what is written for a person to approve, and the marks that show what is not yet known.

The text of a draft is Markdown, and the Markdown is the only form in which it is kept: people edit it,
and what is exported is made from it. Two marks may stand anywhere in it:

    [open question → Head of IT: Which system are access requests recorded in?]
    [to confirm → Head of IT: every calendar quarter]

The first is something that no source says; it is closed by writing the answer in its place. The second
is a decision that the company has to take, with a default that would do. Citations are footnotes whose
text is `“quote” — path, page 3, characters 1042–1131`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.domain.answers import Citation
    from copilot.domain.criteria import CriterionId
    from copilot.domain.review import ItemId, ItemKind

PolicyKindId = NewType("PolicyKindId", str)
"""As in `knowledge/policy-kinds.yaml`, such as `access-control`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """Something that a draft needs and no source says."""

    role: str
    """The title of the role that can tell, such as `Head of IT`."""
    asks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToConfirm:
    """A decision that a draft takes for the company, until somebody confirms it."""

    role: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence or two of a draft."""

    text: str
    """May hold marks."""
    citations: tuple[Citation, ...] = ()
    """Checked; a statement of fact about the company has at least one."""


Line = tuple[Statement, ...]
"""Statements that stand in one paragraph, item or cell."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    line: Line


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list."""

    items: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table."""

    header: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


Block = Paragraph | Bullets | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSection:
    """A heading and what stands under it; headings are numbered when the draft is written out."""

    heading: str
    blocks: tuple[Block, ...]
    answers: tuple[str, ...] = ()
    """Ids of the points of focus that it speaks to, such as `CC6.2-1`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How a draft deals with one point of focus of the criteria that it claims."""

    criterion: CriterionId
    point: str
    name: str
    sections: tuple[str, ...]
    """Headings of the sections that speak to it."""
    elsewhere: str = ""
    """Where it is dealt with instead, such as `Encryption and key management policy`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document for a person to approve."""

    id: ItemId
    kind: ItemKind
    title: str
    company: str
    sections: tuple[DraftSection, ...]
    coverage: tuple[Covered, ...] = ()
    owner: str = ""
    """The title of the role that keeps the document."""
    approver: str = ""
    """The title of the role that approves it."""
    outline: str = ""
    """The outline that it was made from and its version, such as `access-control 1`."""
    notes: tuple[str, ...] = ()
    """For the person who has it drafted: what was looked for and not found, a model that failed."""

    def statements(self) -> Iterator[Statement]:
        """Yield every statement in the order in which it stands in the document."""
        for section in self.sections:
            for block in section.blocks:
                for line in lines_of(block):
                    yield from line


def lines_of(block: Block) -> Iterator[Line]:
    """Yield the lines of a block in order: a paragraph's, those of a list, the cells of a table."""
    match block:
        case Paragraph(line=line):
            yield line
        case Bullets(items=items):
            yield from items
        case Table(rows=rows):
            for row in rows:
                yield from row
