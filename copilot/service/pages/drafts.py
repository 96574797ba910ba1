"""Drafts: what there is, starting one, reading and editing one, its versions."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from copilot.bootstrap import review
from copilot.domain.criteria import CRITERION_IDS
from copilot.domain.findings import Decision, FindingForm
from copilot.domain.review import ItemKind, State
from copilot.errors import NotPermitted
from copilot.service.access import Caller, Needs
from copilot.service.pages.markdown import render_draft
from copilot.service.pages.rendering import render
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.reviewing import ItemOf, difference, etag_of, shown_item
from copilot.service.routes.drafts import findings_json, kinds_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from copilot.bootstrap.service import Service
    from copilot.domain.review import Item

router: Final = APIRouter()

Reader = Annotated[Caller, Needs(Permission.READ_ITEMS)]
Writer = Annotated[Caller, Needs(Permission.WRITE_ITEMS)]

Number = Annotated[int | None, Query(ge=1, le=1_000_000)]

_ORDER: Final = (State.CHANGES_REQUESTED, State.DRAFT, State.IN_REVIEW, State.APPROVED)
"""In the order in which they want somebody's work."""

NAMES: Final = {
    ItemKind.POLICY: "Policy",
    ItemKind.RESPONSE: "Management response",
    ItemKind.DESCRIPTION: "System description",
    ItemKind.ANSWER: "Passed-on question",
}
BADGES: Final = {
    State.DRAFT: "",
    State.IN_REVIEW: "accent",
    State.CHANGES_REQUESTED: "warn",
    State.APPROVED: "good",
    State.SUPERSEDED: "",
}


@router.get("/drafts")
def listed(request: Request, caller: Reader, service: ServiceOf) -> Response:
    """List drafts by state, and what can be started."""
    principal, copilot = caller.principal, service.copilot
    items = review.library(copilot).listed(principal=principal)
    waiting = {one.id for one in review.waiting(copilot, items, principal=principal)}
    writes = caller.may(Permission.WRITE_ITEMS)
    return render(
        request,
        "drafts.html",
        caller,
        groups=_grouped(items),
        waiting=waiting,
        names=NAMES,
        badges=BADGES,
        writes=writes,
        kinds=kinds_json(service, principal) if writes else [],
        described=any(one.kind is ItemKind.DESCRIPTION for one in items),
        named=naming(service),
    )


@router.get("/drafts/new/response")
def new_response(request: Request, caller: Writer, service: ServiceOf) -> Response:
    """Show the findings that wait for a response, and a form for a new one."""
    return render(
        request,
        "response.html",
        caller,
        findings=findings_json(service, caller.principal),
        adds=caller.may(Permission.ADD_SOURCES),
        forms=list(FindingForm),
        decisions=list(Decision),
        criteria=CRITERION_IDS,
        badges=BADGES,
    )


@router.get("/drafts/{kind}/{name}")
def item(
    request: Request, caller: Reader, id_: ItemOf, service: ServiceOf, *, version: Number = None
) -> Response:
    """Show a draft: its text, what is open, what was said, and what can be done."""
    found = shown_item(service, id_, principal=caller.principal, number=version)
    newest = found["versions"][-1]["number"]
    waived = frozenset(one["says"] for one in found["questions"] if one["waived"])
    return render(
        request,
        "draft.html",
        caller,
        item=found,
        newest=newest,
        etag=etag_of(newest),
        steps={one["step"]: one for one in found["steps"]},
        rendered=render_draft(found["version"]["text"], waived=waived),
        still=[one for one in found["questions"] if not one["waived"]],
        names=NAMES,
        badges=BADGES,
        named=naming(service),
    )


@router.get("/drafts/{kind}/{name}/edit")
def edit(request: Request, caller: Writer, id_: ItemOf, service: ServiceOf) -> Response:
    """Show the newest version for editing.

    Raises:
        UnknownItem: There is no such item, or it is not for this person.
        NotPermitted: They may read it and not work on it.
    """
    found = shown_item(service, id_, principal=caller.principal)
    step = next(one for one in found["steps"] if one["step"] == "save")
    if not step["possible"]:
        raise NotPermitted(f"{caller.principal.id} may not edit {id_}", hint=step["why_not"])
    return render(request, "edit.html", caller, item=found, newest=found["version"]["number"])


@router.get("/drafts/{kind}/{name}/changes")
def changes(
    *,
    request: Request,
    caller: Reader,
    id_: ItemOf,
    service: ServiceOf,
    older: Number = None,
    newer: Number = None,
) -> Response:
    """Show what changed between two versions."""
    library = review.library(service.copilot)
    numbers = (older, newer) if older is not None and newer is not None else None
    compared = library.compared(id_, principal=caller.principal, numbers=numbers)
    shown = library.show(id_, principal=caller.principal)
    service.openings.opened_item(id_, principal=caller.principal)
    return render(
        request,
        "changes.html",
        caller,
        item=shown.item,
        versions=shown.versions,
        diff=difference(compared),
        named=naming(service),
    )


def naming(service: Service) -> Callable[[str], str]:
    """Return what gives the name of somebody by their id; the id where nobody has it."""
    known = {one.id: one.name for one in service.register.people()}
    return lambda who: known.get(who, who)


def _grouped(items: list[Item]) -> list[tuple[State, list[Item]]]:
    ordered = sorted(items, key=lambda one: (_ORDER.index(one.state), -one.latest.at.timestamp()))
    return [(state, list(group)) for state, group in groupby(ordered, key=lambda one: one.state)]
