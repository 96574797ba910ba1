"""Draft the system description: the section of a report that management writes about its system.

What the profile says is held against the company's sources: what they carry is cited, what they do not
is marked as one to confirm, and what is not known is an open question.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from copilot.domain.drafts import (
    Bullets,
    Draft,
    DraftSection,
    OpenQuestion,
    Paragraph,
    Statement,
    Table,
    ToConfirm,
)
from copilot.domain.outlines import OutlineSection
from copilot.domain.review import ItemId, ItemKind
from copilot.drafting import marks
from copilot.drafting.description_lists import Entry, entries_of
from copilot.drafting.description_outline import Listed
from copilot.drafting.facts import NOTHING
from copilot.drafting.filling import Filling
from copilot.drafting.outline_checking import NAME, PLACE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from copilot.domain.answers import Citation
    from copilot.domain.companies import CompanyProfile
    from copilot.domain.drafts import Block, Line
    from copilot.domain.outlines import Decision, Terms
    from copilot.domain.periods import Period
    from copilot.drafting.description_lists import ReportScope
    from copilot.drafting.description_outline import (
        Asks,
        DescriptionOutline,
        DescriptionSection,
        Events,
        ProfileList,
        RecordTable,
    )
    from copilot.drafting.facts import Facts
    from copilot.drafting.system_records import Approved, Event, Row

ITEM: Final = ItemId(f"{ItemKind.DESCRIPTION.value}/system")
"""Under which the description is reviewed; a company has one."""

_NOT_SAID: Final = "–"

_FEWEST_WORDS: Final = 6
"""Words of a description that is looked for without the name of what it describes: fewer stand in many
places and are about something else."""


class Records(Protocol):
    """Finds what a company's sources say of its system; every citation has been checked."""

    def rows(self, table: RecordTable) -> Sequence[Row]:
        """Return the rows of the record that fits a table best."""

    def events(self, looked_for: Events, *, period: Period | None) -> Sequence[Event]:
        """Return what evidence of the period tells of events of a kind."""

    def carrying(self, statement: str, *, naming: str = "") -> Citation | None:
        """Return words that carry a statement, and in which a name stands."""

    def naming(self, names: Collection[str], about: str) -> Citation | None:
        """Return words in which all of some names stand."""

    def policies(self) -> Sequence[Approved]:
        """Return the company's policies."""


@dataclass(frozen=True, slots=True)
class NoRecords:
    """The records of a company that has none."""

    def rows(self, table: RecordTable) -> Sequence[Row]:
        """Return nothing."""
        return ()

    def events(self, looked_for: Events, *, period: Period | None) -> Sequence[Event]:
        """Return nothing."""
        return ()

    def carrying(self, statement: str, *, naming: str = "") -> Citation | None:
        """Return nothing."""
        return None

    def naming(self, names: Collection[str], about: str) -> Citation | None:
        """Return nothing."""
        return None

    def policies(self) -> Sequence[Approved]:
        """Return nothing."""
        return ()


def describe(
    profile: CompanyProfile,
    *,
    outline: DescriptionOutline,
    terms: Terms,
    scope: ReportScope,
    facts: Facts = NOTHING,
    records: Records | None = None,
) -> Draft:
    """Return the draft of the system description.

    Args:
        profile: What the company says of itself; may be empty.
        outline: What a description has to say.
        terms: The roles, tools and decisions that the outline names.
        scope: What the report is about.
        facts: What the sources state on the sections and decisions of the outline.
        records: Where the sources are searched; without it nothing is found.

    Raises:
        InvalidKnowledge: The outline names a role, tool or decision that there is not.
    """
    writer = _Writer(
        profile=profile,
        outline=outline,
        terms=terms,
        scope=scope,
        facts=facts,
        records=records or NoRecords(),
        filling=Filling(profile, terms, facts=facts),
        taken=[],
    )
    sections = [one for one in outline.sections if scope.over_time or not one.period]
    drafted = tuple(writer.section(one) for one in sections)
    return Draft(
        id=ITEM,
        kind=ItemKind.DESCRIPTION,
        title=outline.title,
        company=profile.name,
        sections=drafted,
        owner=writer.filling.post(outline.owner),
        approver=writer.filling.post(outline.approver),
        outline=f"system-description {outline.version}",
        notes=(*writer.filling.notes, *facts.notes),
    )


def asked_of(outline: DescriptionOutline) -> list[OutlineSection]:
    """Return the questions of a description in the form in which facts are looked for."""
    return [
        OutlineSection(heading=one.heading, text=(), looks_for=one.looks_for)
        for one in outline.sections
    ]


def decisions_in(outline: DescriptionOutline, terms: Terms) -> list[Decision]:
    """Return the decisions that a description speaks of, each once."""
    texts = [
        text
        for section in outline.sections
        for block in section.text
        for text in ([block] if isinstance(block, str) else block)
    ]
    places = (place for text in texts for place in PLACE.findall(text))
    named = dict.fromkeys(own for sort, own in places if sort == "decide")
    return [terms.decisions[own] for own in named if own in terms.decisions]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writer:
    """Writes one description."""

    profile: CompanyProfile
    outline: DescriptionOutline
    terms: Terms
    scope: ReportScope
    facts: Facts
    records: Records
    filling: Filling
    taken: list[Citation]
    """What the draft has quoted as a fact already."""

    def section(self, one: DescriptionSection) -> DraftSection:
        """Return a section with everything that was found for it, and what is to be asked."""
        blocks: list[Block] = [
            Paragraph(self.filling.line(block))
            if isinstance(block, str)
            else Bullets(tuple(self.filling.line(item) for item in block))
            for block in one.text
        ]
        rows = self.records.rows(one.table) if one.table else ()
        recorded = {row.cells[0].casefold() for row in rows}
        given = [block for each in one.lists for block in self._given(each, but=recorded)]
        told = self._told(one.tells) if one.tells else ()
        blocks += [*given, *self._recorded(one.table, rows), *told, *self._stated(one)]
        if one.missing and not given:
            blocks.append(Paragraph((self._question(one.missing),)))
        if one.table and one.table.missing and not rows:
            blocks.append(Paragraph((self._question(one.table.missing),)))
        if one.asks:
            blocks.append(Paragraph((self._question(one.asks),)))
        return DraftSection(heading=one.heading, blocks=tuple(blocks))

    def _given(self, lists: ProfileList, *, but: Collection[str]) -> Iterator[Block]:
        """Yield what the profile lists, as a table or as a list of sentences.

        Args:
            lists: What is listed.
            but: What a record of the company lists already, in lower case.
        """
        listed = entries_of(
            lists, self.profile, terms=self.terms, scope=self.scope, policies=self.records.policies
        )
        known = but if lists.what is Listed.SYSTEMS else ()
        entries = [one for one in listed if _plain(one.cells[0]).casefold() not in known]
        if not entries:
            return
        if not lists.header:
            yield Bullets(tuple((self._sentence(one, lists),) for one in entries))
            return
        yield Table(lists.header, tuple(tuple(self._row(one, lists)) for one in entries))

    def _sentence(self, entry: Entry, lists: ProfileList) -> Statement:
        said = _plain(entry.cells[0])
        return self._backed(said, self.records.carrying(said), lists.role)

    def _row(self, entry: Entry, lists: ProfileList) -> Iterator[Line]:
        name, *others = entry.cells
        yield (self._name(entry, lists),)
        for at, given in enumerate(others):
            asks = lists.cells[at] if at < len(lists.cells) else None
            role = lists.role or (asks.role if asks else "")
            if given and at + 1 in entry.ours:
                yield (Statement(text=marks.literal(_plain(given)), citations=entry.citations),)
            elif given:
                parts = given if isinstance(given, tuple) else (given,)
                yield tuple(self._backed(part, self._backing(entry, part), role) for part in parts)
            elif entry.tool:
                yield self.filling.line(f"{{tool:{entry.tool}}}")
            elif asks:
                yield (self._question(asks, name=_plain(name)),)
            else:
                yield (Statement(text=_NOT_SAID),)

    def _name(self, entry: Entry, lists: ProfileList) -> Statement:
        name = _plain(entry.cells[0])
        if not entry.named:
            return Statement(text=marks.literal(name))
        about = " ".join(_plain(one) for one in entry.cells)
        return self._backed(name, self.records.naming([name], about), lists.role)

    def _backing(self, entry: Entry, said: str) -> Citation | None:
        """Return the words of a source that say of an entry what the profile says of it."""
        name = _plain(entry.cells[0])
        about = f"{name}: {said}"
        if entry.tool or _is_identifier(said):
            return self.records.naming([said], about)
        found = self.records.naming([name, said.rstrip(".")], about)
        found = found or self.records.carrying(about, naming=name)
        if found or len(said.split()) < _FEWEST_WORDS:
            return found
        return self.records.carrying(said)

    def _backed(self, said: str, citation: Citation | None, role: str) -> Statement:
        """Return what the profile says: cited, or as something to confirm where no source says it."""
        if citation is not None:
            return Statement(text=marks.literal(said), citations=(citation,))
        title = self.filling.post(role or "compliance")
        confirm = ToConfirm(role=title, says=said.rstrip(" ."))
        return Statement(text=marks.to_confirm(confirm))

    def _recorded(self, table: RecordTable | None, rows: Sequence[Row]) -> Iterator[Block]:
        """Yield the rows of a record of the company."""
        if table is None or not rows:
            return
        yield Paragraph((Statement(text=self.outline.records),))
        yield Table(table.header, tuple(_recorded_row(row) for row in rows))

    def _told(self, looked_for: Events) -> Iterator[Block]:
        """Yield what records tell of events of the period."""
        found = self.records.events(looked_for, period=self.scope.period)
        if not found:
            return
        yield Paragraph((Statement(text=self.outline.records),))
        yield Table(
            looked_for.header,
            tuple(((Statement(text=marks.literal(one.record)),), one.told) for one in found),
        )

    def _stated(self, one: DescriptionSection) -> list[Block]:
        """Return the facts of a section, each sentence once in the whole description."""
        fresh = []
        for statement in self.facts.by_section.get(one.heading, ()):
            if not any(
                _same(cited, other) for cited in statement.citations for other in self.taken
            ):
                self.taken.extend(statement.citations)
                fresh.append(statement)
        if not fresh:
            return []
        today = Paragraph((Statement(text=self.outline.today),))
        return [today, Bullets(tuple((statement,) for statement in fresh))]

    def _question(self, asks: Asks, *, name: str = "") -> Statement:
        question = OpenQuestion(
            role=self.filling.post(asks.role), asks=asks.asks.replace(NAME, name)
        )
        return Statement(text=marks.open_question(question))


def _plain(given: str | tuple[str, ...]) -> str:
    return given if isinstance(given, str) else ", ".join(given)


def _recorded_row(row: Row) -> tuple[tuple[Statement, ...], ...]:
    first, *others = row.cells
    name = Statement(text=marks.literal(first), citations=(row.citation,))
    return ((name,), *((Statement(text=marks.literal(one) or _NOT_SAID),) for one in others))


def _is_identifier(said: str) -> bool:
    """Say whether words are a name that stands for one thing wherever it stands, such as a region."""
    return " " not in said and any(one.isdigit() for one in said)


def _same(one: Citation, other: Citation) -> bool:
    return one.source == other.source and one.start < other.end and other.start < one.end
