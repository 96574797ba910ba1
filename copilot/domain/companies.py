"""The company's profile: what it says of itself, from which drafts are filled."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


PROFILE_FILE: Final = "company.yaml"
"""Where a workspace has it."""


class Method(StrEnum):
    """How a report deals with a subservice organisation."""

    CARVE_OUT = "carve-out"
    INCLUSIVE = "inclusive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Something that the company sells and a report may be about."""

    name: str
    description: str = ""
    users: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A system that the services run on or the company works with."""

    name: str
    purpose: str = ""
    holds: str = ""
    """Which data."""
    owner: str = ""
    """A role's id, or a person's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """A provider of infrastructure."""

    provider: str
    regions: tuple[str, ...] = ()
    used_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleHolder:
    """What a role is called here and who has it."""

    title: str
    holder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subservice:
    """A vendor whose controls ours rely on."""

    name: str
    service: str = ""
    method: Method = Method.CARVE_OUT
    relied_on: tuple[str, ...] = ()
    """What we expect its controls to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyProfile:
    """What a company says of itself; everything but the name may be missing."""

    name: str = ""
    legal_name: str = ""
    about: str = ""
    customers: str = ""
    services: tuple[Service, ...] = ()
    systems: tuple[System, ...] = ()
    clouds: tuple[Cloud, ...] = ()
    tools: Mapping[str, str] = field(default_factory=dict)
    """The names of tools by the ids of `knowledge/policies/terms.yaml`."""
    roles: Mapping[str, RoleHolder] = field(default_factory=dict)
    """By the ids of `terms.yaml`."""
    cadences: Mapping[str, str] = field(default_factory=dict)
    """Decisions on how often, by their ids; words such as `every calendar quarter`."""
    limits: Mapping[str, str] = field(default_factory=dict)
    """Decisions on times, lengths and numbers, by their ids."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """All other decisions, by their ids."""
    commitments: tuple[str, ...] = ()
    """What the company promises its customers."""
    regulators: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    subservices: tuple[Subservice, ...] = ()
    user_controls: tuple[str, ...] = ()
    """Complementary user entity controls: what customers have to do themselves."""
    one_person: bool = False
    """Whether the company is a single person, who may then approve what they wrote; it is logged."""
