"""What a system description lists: services, clouds, tools, roles, policies, vendors, promises."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from copilot.domain.criteria import Category
from copilot.drafting.description_outline import Listed
from copilot.drafting.filling import joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from copilot.domain.answers import Citation
    from copilot.domain.companies import CompanyProfile
    from copilot.domain.outlines import Terms
    from copilot.domain.periods import Period
    from copilot.drafting.description_outline import ProfileList
    from copilot.drafting.system_records import Approved


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportScope:
    """What a report is about, as the settings say."""

    categories: tuple[Category, ...] = (Category.SECURITY,)
    audit_type: str = "type II"
    period: Period | None = None

    @property
    def over_time(self) -> bool:
        """Whether the report speaks for a stretch of time."""
        return self.audit_type.lower() not in {"type i", "type 1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of a list."""

    cells: tuple[str | tuple[str, ...], ...]
    """Empty where the company has not said; several things in one cell are a tuple."""
    named: bool = True
    """Whether the first cell is something that sources name, and not a label of ours."""
    ours: frozenset[int] = field(default_factory=frozenset)
    """Cells that need no source: our own words, or quoted from what `citations` names."""
    citations: tuple[Citation, ...] = ()
    tool: str = ""
    """The id of the tool that the second cell names."""


def entries_of(
    lists: ProfileList,
    profile: CompanyProfile,
    *,
    terms: Terms,
    scope: ReportScope,
    policies: Callable[[], Sequence[Approved]],
) -> list[Entry]:
    """Return the entries of a list, in the profile's order; none where there is nothing to list."""
    match lists.what:
        case Listed.SERVICES:
            return [Entry(cells=(one.name, one.description, one.users)) for one in profile.services]
        case Listed.COMMITMENTS | Listed.USER_CONTROLS:
            return [Entry(cells=(one,)) for one in getattr(profile, lists.what.value)]
        case Listed.SYSTEMS:
            return _systems(profile, terms)
        case Listed.CLOUDS:
            return _clouds(profile)
        case Listed.TOOLS:
            return _tools(lists, profile)
        case Listed.ROLES:
            return _roles(lists, profile, terms)
        case Listed.POLICIES:
            return [_policy(one) for one in policies()]
        case Listed.CATEGORIES:
            return _scope(lists, scope)
        case Listed.SUBSERVICES:
            return [
                Entry(cells=(one.name, one.service, one.method.value, one.relied_on))
                for one in profile.subservices
            ]


def _systems(profile: CompanyProfile, terms: Terms) -> list[Entry]:
    entries = []
    for one in profile.systems:
        owner = one.owner
        if owner in terms.roles:
            held = profile.roles.get(owner)
            owner = held.title if held else terms.roles[owner].title
        entries.append(Entry(cells=(one.name, one.purpose, one.holds, owner)))
    return entries


def _clouds(profile: CompanyProfile) -> list[Entry]:
    return [Entry(cells=(one.provider, one.regions, one.used_for)) for one in profile.clouds]


def _tools(lists: ProfileList, profile: CompanyProfile) -> list[Entry]:
    return [
        Entry(cells=(label, profile.tools.get(own, "")), named=False, tool=own)
        for own, label in lists.of.items()
    ]


def _roles(lists: ProfileList, profile: CompanyProfile, terms: Terms) -> list[Entry]:
    """Return the roles that a description always names, and the others that somebody holds here."""
    held = [own for own, role in profile.roles.items() if role.holder and own not in lists.of]
    entries: list[Entry] = []
    seen: set[tuple[str, str]] = set()
    for own in (*lists.of, *held):
        role = profile.roles.get(own)
        title = role.title if role else terms.roles[own].title
        holder = role.holder if role else ""
        does = terms.roles[own].does
        # One person may hold two roles under one title.
        if (title, holder) in seen:
            continue
        seen.add((title, holder))
        entries.append(
            Entry(
                cells=(title, holder, f"{does[:1].upper()}{does[1:]}"),
                named=False,
                ours=frozenset({2}),
            )
        )
    return entries


def _policy(one: Approved) -> Entry:
    return Entry(
        cells=(one.title, one.words), named=False, ours=frozenset({1}), citations=one.citations
    )


def _scope(lists: ProfileList, scope: ReportScope) -> list[Entry]:
    said = {
        "categories": joined([str(one) for one in scope.categories]),
        "type": scope.audit_type,
        "period": f"{scope.period.start} to {scope.period.end}" if scope.period else "",
    }
    return [
        Entry(cells=(label, said.get(own, "")), named=False, ours=frozenset({1}))
        for own, label in lists.of.items()
    ]
