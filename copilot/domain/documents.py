"""What is ingested: sources with their metadata, and the passages that answers quote."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NewType

from copilot.domain.access import EVERYONE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from copilot.domain.access import Audience, Principal
    from copilot.domain.criteria import CriterionId, Frequency
    from copilot.domain.periods import Period

SourcePath = NewType("SourcePath", str)
"""Where a source stands, with forward slashes, relative to the workspace: `policies/access.md`."""

PassageId = NewType("PassageId", int)


class SourceKind(StrEnum):
    """What role a source plays in an audit."""

    CATALOG = "catalog"
    """Our own text about the criteria and the audit; ships with the product."""
    POLICY = "policy"
    EVIDENCE = "evidence"
    CONTROL = "control"
    FINDING = "finding"


class BlockKind(StrEnum):
    """What a stretch of a document is."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    """An item of a list."""
    ROW = "row"
    """A row of a table, or a record of a data file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of a document's text that a reader recognised."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """For a heading, its depth from 1."""
    page: int | None = None
    """Counted from 1, for formats that have pages."""
    place: str = ""
    """Where in the file, for formats without pages: `sheet Q1, row 12`."""
    context: str = ""
    """What the words alone do not say, such as a table's header; searched, never quoted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDocument:
    """What a reader made of a file."""

    text: str
    """All that can be quoted; offsets everywhere count characters of this text."""
    blocks: tuple[Block, ...]
    title: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)
    """What the document says of itself, by the names of `Metadata`."""
    notes: tuple[str, ...] = ()
    """What a person should know about how it was read: pages without text, pages read by OCR."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What is known about a source besides its text."""

    kind: SourceKind
    title: str
    audience: Audience
    owner: str = ""
    criteria: tuple[CriterionId, ...] = ()
    controls: tuple[str, ...] = ()
    period: Period | None = None
    """What evidence speaks for; never taken from the date of the file."""
    collected: date | None = None
    frequency: Frequency | None = None


def may_read(principal: Principal, about: Metadata) -> bool:
    """Say whether somebody may read a source of which this is known.

    They hold its audience. An auditor, besides, reads nothing of another time than the audit period, and
    no evidence of which nobody has said what time it speaks for.
    """
    if not principal.may_read(about.audience):
        return False
    if not principal.audits:
        return True
    if about.period is None:
        return about.kind is not SourceKind.EVIDENCE
    return principal.within is not None and about.period.overlaps(principal.within)


CATALOG_PARTITION: Final = "catalog"

ASKED_AS: Final = "asked as"
"""The place of passages of the catalog that are questions: they lead to an answer, and are never
quoted as one."""


def partition_of(kind: SourceKind, audience: Audience) -> str:
    """Return the part of an index that a passage belongs to.

    The catalog has one of its own, so that a search of the company's files never ranks against it.
    Everybody searches it, so nothing that has an audience is ever put there.
    """
    shared = kind is SourceKind.CATALOG and audience == EVERYONE
    return CATALOG_PARTITION if shared else f"to-{audience}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An ingested document."""

    path: SourcePath
    metadata: Metadata
    stale: bool = False
    """The file has changed and can no longer be read; this is its last good version."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of one source, short enough to quote."""

    id: PassageId
    source: Source
    start: int
    end: int
    text: str
    """The source's text from `start` to `end`."""
    page: int | None
    place: str
    heading: tuple[str, ...]
    """The headings above it, outermost first."""
    context: str = ""
    """Title, headings and, for rows of a table, its header in the last line; never quoted."""

    @property
    def title(self) -> str:
        """What a citation of it is called: its source's title, or the criterion in the catalog."""
        if self.source.metadata.kind is SourceKind.CATALOG and self.heading:
            return self.heading[0]
        return self.source.metadata.title


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassage:
    """A passage on its way into the truth."""

    start: int
    end: int
    page: int | None
    place: str
    heading: tuple[str, ...]
    text: str
    context: str
    """Title, headings and table header: searched with the text, never quoted."""

    @property
    def indexed(self) -> str:
        """What the encoder sees."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A file that was not ingested, why, and what to do about it."""

    path: str
    reason: str
    hint: str = ""
    limits: str = ""
    """The limits that reading it went over; under others it may succeed. Empty if it was not that."""
