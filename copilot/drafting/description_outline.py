"""Load what a system description has to say: `knowledge/policies/system-description.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from copilot.catalog.checking import Problem, read
from copilot.catalog.schema import Short
from copilot.drafting.outline_checking import places_of, unknown
from copilot.drafting.outline_schema import Prose, Words
from copilot.errors import InvalidKnowledge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from copilot.domain.outlines import Terms

_FILE: Final = "system-description.yaml"


class Listed(StrEnum):
    """What of the company's profile, or of its sources, a section lists."""

    SERVICES = "services"
    COMMITMENTS = "commitments"
    SYSTEMS = "systems"
    CLOUDS = "clouds"
    TOOLS = "tools"
    ROLES = "roles"
    POLICIES = "policies"
    CATEGORIES = "categories"
    SUBSERVICES = "subservices"
    USER_CONTROLS = "user_controls"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """A question to a role."""

    role: str
    """Its id."""
    asks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileList:
    """A list or table of what the profile, the settings or the sources give."""

    what: Listed
    header: tuple[str, ...] = ()
    """The columns of a table; a list of sentences has none."""
    role: str = ""
    """The id of the role that confirms what no source says; the one that is asked, if empty."""
    cells: tuple[Asks, ...] = ()
    """For each column but the first, what is asked for an empty cell; `{name}` is the first cell."""
    of: Mapping[str, str] = field(default_factory=dict)
    """Which roles, tools or settings, and what each of the latter two is called in the first column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordTable:
    """A list that a company keeps as evidence, such as its inventory of systems."""

    header: tuple[str, ...]
    """What the columns are called in the description."""
    search: str
    """What such a record is found by."""
    columns: tuple[tuple[str, ...], ...]
    """By which names records call each column; a row belongs here if it has the first and two more."""
    decides: tuple[str, ...] = ()
    """Names of the column that decides on rows; all rows are taken where there is none."""
    values: tuple[str, ...] = ()
    """Only rows with one of these in the deciding column."""
    but: tuple[str, ...] = ()
    """No rows with one of these."""
    missing: Asks | None = None
    """Asked where there is no such record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """What may have happened in the period and be told by evidence."""

    header: tuple[str, ...]
    """What the two columns are called: the record, and what it says."""
    search: str
    """What passages that tell of it are found by."""
    words: tuple[str, ...]
    """Beginnings of words, one of which the title of such a record has, or the heading of a passage."""

    def names(self, title: str) -> bool:
        """Say whether a title or heading speaks of such an event."""
        folded = f" {' '.join(re.findall(r'[a-z0-9-]+', title.lower()))} "
        return any(f" {one}" in folded for one in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionSection:
    """One section of the description."""

    heading: str
    text: tuple[str | tuple[str, ...], ...]
    """Paragraphs, and lists as tuples of items; with places in braces as in outlines."""
    lists: tuple[ProfileList, ...] = ()
    table: RecordTable | None = None
    tells: Events | None = None
    looks_for: tuple[str, ...] = ()
    missing: Asks | None = None
    """Asked where the profile has nothing for any of the lists."""
    asks: Asks | None = None
    """Asked in any case."""
    period: bool = False
    """Whether the section is only for a report over a period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescriptionOutline:
    """What a system description has to say."""

    version: int
    title: str
    owner: str
    """The id of the role that keeps it."""
    approver: str
    """The id of the role that answers for it."""
    today: str
    """The words before facts from documents."""
    records: str
    """The words before rows of a record."""
    sections: tuple[DescriptionSection, ...]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)


class _Asks(_Model):
    role: str
    asks: Words


class _List(_Model):
    what: Listed
    header: list[Short] = []
    role: str = ""
    cells: list[_Asks] = []
    of: dict[str, str] = {}


class _Only(_Model):
    columns: Annotated[list[str], Field(min_length=1)]
    values: list[str] = []
    but: list[str] = []


class _Table(_Model):
    header: Annotated[list[Short], Field(min_length=3)]
    search: Words
    columns: Annotated[list[Annotated[list[str], Field(min_length=1)]], Field(min_length=3)]
    only: _Only | None = None
    missing: _Asks | None = None


class _Events(_Model):
    header: Annotated[list[Short], Field(min_length=2, max_length=2)]
    search: Words
    words: Annotated[list[Words], Field(min_length=1)]


class _Section(_Model):
    heading: Short
    text: Annotated[list[Prose | Annotated[list[Words], Field(min_length=1)]], Field(min_length=1)]
    lists: list[_List] = []
    table: _Table | None = None
    tells: _Events | None = None
    looks_for: list[Words] = []
    missing: _Asks | None = None
    asks: _Asks | None = None
    period: bool = False


class _File(_Model):
    version: Annotated[int, Field(strict=True, ge=1)]
    title: Short
    owner: str
    approver: str
    today: Words
    records: Words
    sections: Annotated[list[_Section], Field(min_length=1)]


def load_description(folder: Path, *, terms: Terms) -> DescriptionOutline:
    """Return what a system description has to say.

    Args:
        folder: `policies` of the knowledge folder.
        terms: What its text may name in braces.

    Raises:
        InvalidKnowledge: With one line for each problem.
    """
    problems: list[Problem] = []
    name = f"{folder.name}/{_FILE}"
    file = read(folder.parent, name, _File, problems)
    if file is not None:
        found = [*places_of(file.value, terms), *_within(file.value, terms)]
        problems += [Problem(name, file.line_of(path), said) for path, said in found]
    if file is None or problems:
        listed = [str(one) for one in sorted(set(problems))]
        raise InvalidKnowledge(listed, hint="knowledge/README.md describes every field.")
    return DescriptionOutline(
        version=file.value["version"],
        title=file.value["title"],
        owner=file.value["owner"],
        approver=file.value["approver"],
        today=file.value["today"],
        records=file.value["records"],
        sections=tuple(_section(one) for one in file.value["sections"]),
    )


def _within(value: Any, terms: Terms) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for key in ("owner", "approver"):
        if value[key] not in terms.roles:
            yield (key,), unknown(value[key], terms.roles, "role")
    for at, section in enumerate(value["sections"]):
        yield from _roles(section, ("sections", at), terms)
        table = section.get("table")
        if table and len(table["header"]) != len(table["columns"]):
            said = f"{len(table['header'])} headings for {len(table['columns'])} columns"
            yield ("sections", at, "table", "header"), said


def _roles(
    section: Mapping[str, Any], here: tuple[str | int, ...], terms: Terms
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Find roles, tools and settings that there are not."""
    asked = [((*here, key), (section.get(key) or {}).get("role")) for key in ("missing", "asks")]
    missing = (section.get("table") or {}).get("missing") or {}
    asked.append(((*here, "table", "missing"), missing.get("role")))
    known: dict[str, Collection[str]] = {
        Listed.TOOLS: terms.tools,
        Listed.ROLES: terms.roles,
        Listed.CATEGORIES: ("categories", "type", "period"),
    }
    for at, lists in enumerate(section.get("lists", ())):
        path = (*here, "lists", at)
        asked.append((path, lists.get("role")))
        asked += [((*path, "cells"), one["role"]) for one in lists.get("cells", ())]
        options = known.get(lists["what"], ())
        for own in lists.get("of", ()):
            if own not in options:
                yield (*path, "of", own), unknown(own, options, "tool, role or setting")
    for path, role in asked:
        if role and role not in terms.roles:
            yield path, unknown(role, terms.roles, "role")


def _section(data: Mapping[str, Any]) -> DescriptionSection:
    missing, asks = data.get("missing"), data.get("asks")
    return DescriptionSection(
        heading=data["heading"],
        text=tuple(tuple(one) if isinstance(one, list) else one for one in data["text"]),
        lists=tuple(_list(one) for one in data.get("lists", ())),
        table=_table(data["table"]) if data.get("table") else None,
        tells=_events(data["tells"]) if data.get("tells") else None,
        looks_for=tuple(data.get("looks_for", ())),
        missing=Asks(**missing) if missing else None,
        asks=Asks(**asks) if asks else None,
        period=data.get("period", False),
    )


def _list(data: Mapping[str, Any]) -> ProfileList:
    return ProfileList(
        what=Listed(data["what"]),
        header=tuple(data.get("header", ())),
        role=data.get("role", ""),
        cells=tuple(Asks(**one) for one in data.get("cells", ())),
        of=data.get("of", {}),
    )


def _events(data: Mapping[str, Any]) -> Events:
    return Events(header=tuple(data["header"]), search=data["search"], words=tuple(data["words"]))


def _table(data: Mapping[str, Any]) -> RecordTable:
    only = data.get("only") or {}
    return RecordTable(
        header=tuple(data["header"]),
        search=data["search"],
        columns=tuple(tuple(names) for names in data["columns"]),
        decides=tuple(only.get("columns", ())),
        values=tuple(str(one) for one in only.get("values", ())),
        but=tuple(str(one) for one in only.get("but", ())),
        missing=Asks(**data["missing"]) if data.get("missing") else None,
    )
