"""Help a newcomer to choose: SOC 2 or ISO 27001 first, which categories, which type of report.

The advice follows the guidance pages of `knowledge/`; each part of it comes with its reason, and none
of it decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from copilot.domain.criteria import Category


class Framework(StrEnum):
    """What a company can show its customers."""

    SOC_2 = "SOC 2"
    ISO_27001 = "ISO 27001"


class Request(StrEnum):
    """What customers have asked for by name."""

    SOC_2 = "soc 2"
    ISO_27001 = "iso 27001"
    BOTH = "both"
    NEITHER = "neither"


class Market(StrEnum):
    """Where most of next year's customers are."""

    NORTH_AMERICA = "north america"
    EUROPE = "europe"
    ELSEWHERE = "elsewhere"


class AuditType(StrEnum):
    """The two types of a SOC 2 report, as in the setting `audit_type`."""

    TYPE_I = "type I"
    TYPE_II = "type II"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a newcomer can say about the company; nothing where they do not know."""

    asked_for: Request | None = None
    market: Market | None = None
    uptime: bool | None = None
    """Whether contracts promise uptime, a service level or a time to recover."""
    confidential: bool | None = None
    """Whether customers entrust information that the company agreed to keep confidential."""
    individuals: bool | None = None
    """Whether the company deals with private people itself and decides how their data is used."""
    results: bool | None = None
    """Whether customers act on results of the service without checking them."""
    soon: bool | None = None
    """Whether a deal depends on a report within six months."""
    running: bool | None = None
    """Whether the controls have left records for three months or more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryAdvice:
    """Whether to take a category into scope, and why."""

    category: Category
    advised: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do first, in which scope, and the reason for each."""

    first: Framework
    why_first: str
    categories: tuple[CategoryAdvice, ...]
    """All five, in the edition's order."""
    audit_type: AuditType
    why_type: str

    @property
    def scope(self) -> tuple[Category, ...]:
        """The categories to take into scope."""
        return tuple(one.category for one in self.categories if one.advised)


_REASONS: Final = {
    Category.AVAILABILITY: {
        True: "you promise uptime or a time to recover, and the auditor measures you by what you promise",
        False: "you promise no uptime, so there would be little to measure",
        None: "it is not known whether contracts promise uptime; look there before you decide",
    },
    Category.CONFIDENTIALITY: {
        True: "customers entrust information that you agreed to protect; it adds two criteria only",
        False: "nobody entrusts confidential information to you",
        None: "it is not known what contracts say on confidential information; look there first",
    },
    Category.PROCESSING_INTEGRITY: {
        True: "customers act on your results without checking them, so being right is part of the service",
        False: "customers check results themselves, or only look at their own data",
        None: "it is only for services whose results customers act on unchecked, such as payroll",
    },
    Category.PRIVACY: {
        True: "you collect personal data from people yourself and decide how it is used",
        False: "you hold personal data for others at most, which confidentiality covers",
        None: "it brings 18 criteria and suits companies that deal with private people themselves",
    },
}


def advise(given: Circumstances) -> Advice:
    """Return what to do first, in which scope and as which type, each with its reason."""
    first, why_first = first_framework(given)
    audit_type, why_type = report_type(given)
    answers = {
        Category.AVAILABILITY: given.uptime,
        Category.CONFIDENTIALITY: given.confidential,
        Category.PROCESSING_INTEGRITY: given.results,
        Category.PRIVACY: given.individuals,
    }
    security = CategoryAdvice(
        category=Category.SECURITY, advised=True, why="it is in scope of every SOC 2 report"
    )
    optional = [
        CategoryAdvice(category=one, advised=bool(answer), why=_REASONS[one][answer])
        for one, answer in answers.items()
    ]
    return Advice(
        first=first,
        why_first=why_first,
        categories=(security, *optional),
        audit_type=audit_type,
        why_type=why_type,
    )


def first_framework(given: Circumstances) -> tuple[Framework, str]:
    """Return what to begin with and why: what customers name, else what their market is used to."""
    match given.asked_for, given.market:
        case Request.SOC_2, _:
            return Framework.SOC_2, "your customers ask for it by name"
        case Request.ISO_27001, _:
            return Framework.ISO_27001, (
                "your customers ask for it by name; most of the work counts for SOC 2 as well"
            )
        case asked, Market.EUROPE | Market.ELSEWHERE as market:
            also = "customers ask for both, and " if asked is Request.BOTH else ""
            where = "in Europe" if market is Market.EUROPE else "outside North America"
            return Framework.ISO_27001, f"{also}buyers {where} usually expect the certificate"
        case asked, Market.NORTH_AMERICA:
            also = "customers ask for both, and " if asked is Request.BOTH else ""
            return Framework.SOC_2, f"{also}buyers in North America usually expect the report"
        case Request.BOTH, _:
            return Framework.SOC_2, (
                "customers ask for both, and a first report takes half the time of a certificate"
            )
        case _:
            return Framework.SOC_2, (
                "nothing speaks against it; ask where next year's largest deals will come from"
            )


def report_type(given: Circumstances) -> tuple[AuditType, str]:
    """Return the type of report to begin with, and why."""
    if given.soon:
        return AuditType.TYPE_I, (
            "a deal needs a report soon, and one date can be shown sooner than months; ask the buyer "
            "whether it will do until the type II"
        )
    if given.running is False:
        return AuditType.TYPE_I, (
            "your controls are new, and a look at their design finds weaknesses before months rest on "
            "them"
        )
    if given.running:
        return AuditType.TYPE_II, "your controls have left records for months already"
    return AuditType.TYPE_II, "it is what most buyers ask for in the end"
