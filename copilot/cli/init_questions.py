"""The questions of `copilot init --guided`; every one of them may be left unanswered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import typer

from copilot.cli.console import bullets, heading, shown, write
from copilot.domain.companies import Cloud, CompanyProfile, RoleHolder, Service
from copilot.domain.criteria import Category
from copilot.domain.periods import Period, parse_period
from copilot.errors import BadInput, InvalidPeriod
from copilot.readiness.scoping import (
    Advice,
    AuditType,
    Circumstances,
    Framework,
    Market,
    Request,
    advise,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from copilot.domain.outlines import Terms

_TOOLS: Final = ("identity", "ticketing", "source-control", "chat", "hr")
_ROLES: Final = (
    "chief-executive",
    "compliance",
    "security",
    "it",
    "engineering",
    "platform",
    "people",
    "support",
    "legal",
)
_BRACKETS: Final = frozenset("{}[]")

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What came of the questions."""

    profile: CompanyProfile
    categories: tuple[Category, ...]
    audit_type: AuditType
    period: Period | None


def ask_everything(terms: Terms) -> Chosen:
    """Ask one question after the other on the terminal and return what was answered.

    Raises:
        BadInput: The input ended before the last question.
        KeyboardInterrupt: The person stopped.
    """
    write("Press Enter where you do not know: a draft will ask for it when it matters.")
    try:
        profile = _company(terms)
        return _scope(profile)
    except typer.Abort as stopped:
        # The library says the same of Ctrl-C and of an input that ended.
        if isinstance(stopped.__context__, EOFError):
            raise BadInput(
                "the answers ended before the last question",
                hint="Nothing was written. Run `copilot init --guided` on a terminal.",
            ) from None
        raise KeyboardInterrupt from None


def _company(terms: Terms) -> CompanyProfile:
    heading("The company")
    name = _ask("What is the company called?", _text)
    services = _ask("Which services does it sell? Several with commas between them.", _several)
    customers = _ask("Who buys them? A few words such as: small hotels", _text)
    clouds = []
    for provider in _ask("Which cloud providers do they run on? Several with commas.", _several):
        regions = _ask(f"In which regions of {provider}? Several with commas.", _several)
        clouds.append(Cloud(provider=provider, regions=regions))
    heading("Tools")
    tools = {own: _ask(terms.tools[own].asks, _text) for own in _TOOLS}
    heading("Roles")
    write("A name, or a name and what the role is called with you: Jo Berg, IT Manager")
    roles = {}
    for own in _ROLES:
        term = terms.roles[own]
        answer = _ask(f"{term.title}, who {term.does}:", _several)
        if answer:
            holder, *title = answer
            roles[own] = RoleHolder(title=", ".join(title) or term.title, holder=holder)
    return CompanyProfile(
        name=name,
        services=tuple(Service(name=one) for one in services),
        customers=customers,
        clouds=tuple(clouds),
        tools={own: tool for own, tool in tools.items() if tool},
        roles=roles,
    )


def _scope(profile: CompanyProfile) -> Chosen:
    heading("The report")
    advice = advise(_circumstances())
    _print_advice(advice)
    listed = ", ".join(advice.scope)
    categories = _ask(f"Which categories are in scope? [{listed}]", _categories) or advice.scope
    audit_type = _ask(f"Type I or type II? [{advice.audit_type}]", _type) or advice.audit_type
    asks = "Which period does the report cover? Such as 2026-01-01..2026-12-31"
    if audit_type is AuditType.TYPE_I:
        asks = "Which day does the report speak for? Such as 2026-06-30"
    period = _ask(asks, _period)
    return Chosen(profile=profile, categories=categories, audit_type=audit_type, period=period)


def _circumstances() -> Circumstances:
    yes = _one_of({"yes": True, "no": False})
    return Circumstances(
        asked_for=_ask(
            "What have customers asked for by name? soc 2, iso 27001, both or neither",
            _one_of({str(one): one for one in Request}),
        ),
        market=_ask(
            "Where are most of next year's customers? north america, europe or elsewhere",
            _one_of({str(one): one for one in Market}),
        ),
        uptime=_ask("Do contracts promise uptime or a time to recover? yes or no", yes),
        confidential=_ask(
            "Do customers entrust data that you agreed to keep confidential? yes or no", yes
        ),
        individuals=_ask(
            "Do you collect data from private people yourself and decide how it is used? yes or no",
            yes,
        ),
        results=_ask(
            "Do customers act on your results unchecked, such as payments or payroll? yes or no",
            yes,
        ),
        soon=_ask("Does a deal depend on a report within six months? yes or no", yes),
        running=_ask("Have your controls left records for three months or more? yes or no", yes),
    )


def _print_advice(advice: Advice) -> None:
    heading("What we suggest, and why")
    first = [f"{advice.first} first: {advice.why_first}."]
    if advice.first is Framework.ISO_27001:
        first.append("What follows is for the SOC 2 report that comes with it or after it.")
    marks = {True: "in scope", False: "left out"}
    bullets(
        [
            *first,
            *(
                f"{one.category.capitalize()} {marks[one.advised]}: {one.why}."
                for one in advice.categories
            ),
            f"A {advice.audit_type} report: {advice.why_type}.",
        ]
    )
    write()


def _ask(question: str, read: Callable[[str], _Read]) -> _Read:
    """Ask until the answer can be read; an answer that cannot is explained."""
    write(f"[bold]{shown(question)}[/]")
    answer: _Read = typer.prompt(
        ">", default="", show_default=False, prompt_suffix=" ", value_proc=read
    )
    return answer


def _text(answer: str) -> str:
    plain = " ".join("".join(one if one.isprintable() else " " for one in answer).split())
    if found := _BRACKETS.intersection(plain):
        raise typer.BadParameter(f"{' '.join(sorted(found))} has a meaning in drafts; leave it out")
    return plain


def _several(answer: str) -> tuple[str, ...]:
    return tuple(filter(None, (_text(one) for one in answer.split(","))))


def _one_of(options: Mapping[str, _Read]) -> Callable[[str], _Read | None]:
    """Return a reader of one of `options` by its name or an unmistakable beginning of it."""

    def read(answer: str) -> _Read | None:
        wanted = _squeezed(answer)
        if not wanted:
            return None
        for name, value in options.items():
            if wanted in {_squeezed(name), _squeezed(name).removeprefix("type")}:
                return value
        begun = [value for name, value in options.items() if _squeezed(name).startswith(wanted)]
        if len(begun) != 1:
            raise typer.BadParameter(f"answer with one of: {', '.join(options)}")
        return begun[0]

    return read


def _type(answer: str) -> AuditType | None:
    roman = answer.replace("2", "II").replace("1", "I")
    return _one_of({str(one): one for one in AuditType})(roman)


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]", "", text.lower())


def _categories(answer: str) -> tuple[Category, ...]:
    named: Iterable[str] = filter(str.strip, answer.split(","))
    read = _one_of({str(one): one for one in Category})
    chosen = {one for name in named if (one := read(name))}
    # Security is in scope of every report, whether it was named or not.
    return tuple(one for one in Category if one in chosen | {Category.SECURITY}) if chosen else ()


def _period(answer: str) -> Period | None:
    try:
        return parse_period(answer) if answer.strip() else None
    except InvalidPeriod as exc:
        raise typer.BadParameter(f"{exc}. {exc.hint}") from exc
