"""The page Ask, which is the home page; without a script it answers all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from copilot.answering.asking import LONGEST_QUESTION, MOST_EARLIER
from copilot.domain.access import Role
from copilot.domain.criteria import Category
from copilot.domain.documents import SourceKind
from copilot.domain.periods import label
from copilot.errors import BadInput
from copilot.service.access import Caller, Needs
from copilot.service.asked import answer_for, asked_of
from copilot.service.pages.rendering import render
from copilot.service.pages.shown_answers import Shown, shown
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.problems import problem_of
from copilot.service.routes.ask import recent_of

if TYPE_CHECKING:
    from copilot.bootstrap.service import Service
    from copilot.service.problems import Problem

router: Final = APIRouter()

_SUGGESTED: Final = (
    "How do I prove that we review access?",
    "How long do we keep backups?",
    "What does an auditor ask for about vendors?",
    "Who approves an emergency change?",
    "What is missing for CC7.4?",
)


@router.get("/")
def ask(
    *,
    request: Request,
    caller: Annotated[Caller, Needs(Permission.ASK)],
    service: ServiceOf,
    q: Annotated[str, Query(max_length=LONGEST_QUESTION)] = "",
    earlier: Annotated[list[str] | None, Query(max_length=50)] = None,
    category: Annotated[list[Category] | None, Query(max_length=5)] = None,
    period: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show the question box, and below a question its answer."""
    before = [one[:LONGEST_QUESTION] for one in earlier or () if one.strip()][-MOST_EARLIER:]
    found: Shown | None = None
    problem: Problem | None = None
    if q.strip():
        try:
            asked = asked_of(
                service, q.strip(), category=category or (), period=period, earlier=before
            )
            answer = answer_for(
                service, asked, principal=caller.principal, recent=recent_of(request)
            )
            found = shown(answer, asked)
        except BadInput as exc:
            problem = problem_of(request, exc)
    return render(
        request,
        "ask.html",
        caller,
        status=problem.status if problem else 200,
        answer=found.answer if found else None,
        shown=found,
        problem=problem,
        typed=q if problem else "",
        earlier=before if found else [],
        following=[*before, q.strip()] if found else before,
        suggested=_SUGGESTED,
        bare=not q.strip() and not _has_sources(service, caller),
        may_add=caller.may(Permission.ADD_SOURCES),
        whom=_whom(service) if caller.may(Permission.PASS_ON) else "",
        categories=[one.value for one in Category],
        chosen=[one.value for one in category or service.settings.categories],
        period=period or str(service.settings.period or ""),
        scope_words=_scope_words(service),
        usual_scope=_usual_scope(service),
    )


def _has_sources(service: Service, caller: Caller) -> bool:
    """Say whether there is anything of the company's to answer from for this caller."""
    sources = service.copilot.truth.sources(principal=caller.principal)
    return any(one.metadata.kind is not SourceKind.CATALOG for one in sources)


def _whom(service: Service) -> str:
    """Return who answers questions that are passed on."""
    people = service.register.people()
    names = sorted(one.name for one in people if one.active and one.role is Role.COMPLIANCE)
    return f"compliance ({', '.join(names)})" if names else "compliance"


def _scope_words(service: Service) -> str:
    settings = service.settings
    period = label(settings.period) if settings.period else "no audit period"
    return f"Scope: {', '.join(settings.categories)} · {period}"


def _usual_scope(service: Service) -> str:
    """Return what the scope's fields hold as long as nobody changes them, as an address has it."""
    settings = service.settings
    chosen = [("category", one.value) for one in Category if one in settings.categories]
    return urlencode([*chosen, ("period", str(settings.period or ""))])
