"""Write a company's profile as a file that a person goes on with: values, and comments for the rest."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

import yaml

from copilot.domain.companies import Cloud, Service, Subservice, System
from copilot.domain.outlines import DecisionKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from copilot.domain.companies import CompanyProfile, RoleHolder
    from copilot.domain.outlines import Decision, Terms

_HEAD: Final = """\
# What the company says of itself. Drafts of policies and of the system description are filled from it;
# what stands behind a # is missing, and a draft asks for it or stands with a default to confirm.
# Take the # and the space away where you fill something in. Texts are words that fit into a sentence.
"""

_TEXTS: Final = {
    "name": ("Example", "as drafts speak of the company"),
    "legal_name": ("Example Ltd", ""),
    "about": ("Example makes bookkeeping easy.", "a sentence or two"),
    "customers": ("small hotels", "whom the services are for"),
}
_LISTS: Final = {
    "commitments": "what you promise customers, such as: The service is up 99.9 per cent of each month.",
    "user_controls": "what customers have to do themselves, such as: Remove accounts of their leavers.",
    "regulators": "authorities that the company answers to",
    "laws": "laws on data and security that bind the company, such as: GDPR",
}
_ITEMS: Final[Mapping[str, tuple[str, str]]] = {
    "services": (
        "what you sell",
        "{name: App, description: bookkeeping for hotels, users: clerks}",
    ),
    "clouds": (
        "where it runs",
        "{provider: Amazon Web Services, regions: [eu-west-1], used_for: hosting}",
    ),
    "systems": (
        "what it is made of",
        "{name: Database, purpose: keeps bookings, holds: names of guests, owner: platform}",
    ),
    "subservices": (
        "vendors whose controls yours rely on; method is carve-out or inclusive",
        "{name: Amazon Web Services, service: hosting, method: carve-out, relied_on: [guards]}",
    ),
}
_SHAPES: Final = {
    "services": Service,
    "clouds": Cloud,
    "systems": System,
    "subservices": Subservice,
}


def profile_text(profile: CompanyProfile, *, terms: Terms) -> str:
    """Return the content of a `company.yaml` that says what `profile` says.

    Everything else that could be said stands there as a comment with an example, so that reading the
    text again gives the same profile.
    """
    parts = [_HEAD, "\n".join(_plain(profile))]
    parts += ["\n".join(_items(key, getattr(profile, key))) for key in _ITEMS]
    parts += ["\n".join(_tools(profile.tools, terms)), "\n".join(_roles(profile.roles, terms))]
    for key, kind, about in (
        ("cadences", DecisionKind.CADENCE, "how often things are done"),
        ("limits", DecisionKind.LIMIT, "times, lengths and numbers"),
        ("choices", DecisionKind.CHOICE, "all other decisions"),
    ):
        some = [one for one in terms.decisions.values() if one.kind is kind]
        parts.append("\n".join(_decisions(key, about, getattr(profile, key), some)))
    parts += ["\n".join(_list(key, getattr(profile, key))) for key in _LISTS]
    parts.append(
        "# A company of one person may approve its own drafts; each such approval is logged.\n"
        + ("one_person: yes" if profile.one_person else "# one_person: yes")
    )
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _scalar(text: str) -> str:
    """Return a text so that YAML reads it as this text, on one line."""
    written: str = yaml.safe_dump(text, allow_unicode=True, width=10**9, default_flow_style=True)
    return written.removesuffix("...\n").strip()


def _flow(value: Mapping[str, Any]) -> str:
    written: str = yaml.safe_dump(
        value, allow_unicode=True, width=10**9, default_flow_style=True, sort_keys=False
    )
    return written.strip()


def _plain(profile: CompanyProfile) -> Iterator[str]:
    for key, (example, about) in _TEXTS.items():
        value = getattr(profile, key)
        yield f"{key}: {_scalar(value)}" if value else f"# {key}: {example}{_about(about)}"


def _about(text: str) -> str:
    return f"  # {text}" if text else ""


def _items(key: str, values: Sequence[Any]) -> Iterator[str]:
    about, example = _ITEMS[key]
    yield f"{key}:  # {about}"
    if not values:
        yield f"#   - {example}"
    for value in values:
        given = {one.name: getattr(value, one.name) for one in fields(_SHAPES[key])}
        kept = {
            name: list(said) if isinstance(said, tuple) else str(said)
            for name, said in given.items()
            if said
        }
        yield f"  - {_flow(kept)}"


def _list(key: str, values: Sequence[str]) -> Iterator[str]:
    yield f"{key}:  # {_LISTS[key]}"
    if not values:
        yield "#   -"
    for value in values:
        yield f"  - {_scalar(value)}"


def _tools(tools: Mapping[str, str], terms: Terms) -> Iterator[str]:
    yield "tools:"
    for own, term in terms.tools.items():
        given = tools.get(own)
        yield f"  {own}: {_scalar(given)}" if given else f"#   {own}:  # {term.asks}"


def _roles(roles: Mapping[str, RoleHolder], terms: Terms) -> Iterator[str]:
    yield "roles:  # what they are called and who holds them"
    for own, term in terms.roles.items():
        if role := roles.get(own):
            holder = {"holder": role.holder} if role.holder else {}
            yield f"  {own}: {_flow({'title': role.title, **holder})}"
        else:
            yield f"#   {own}: {{title: {_scalar(term.title)}, holder: }}  # {term.does}"


def _decisions(
    key: str, about: str, given: Mapping[str, str], some: Sequence[Decision]
) -> Iterator[str]:
    yield f"{key}:  # {about}"
    for one in some:
        if said := given.get(one.id):
            yield f"  {one.id}: {_scalar(said)}"
        else:
            yield f"#   {one.id}: {_scalar(one.default)}  # {one.asks}"
