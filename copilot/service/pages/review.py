"""Review: one queue of what waits for a decision, and of questions that wait for an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from copilot.bootstrap import review, viewing
from copilot.domain.feedback import SoughtFeedback
from copilot.domain.review import ItemKind, State
from copilot.errors import InvalidControls
from copilot.review.differences import hunks
from copilot.review.mappings import MappingState
from copilot.service.access import Caller, Needs
from copilot.service.pages.controls import PATIENCE
from copilot.service.pages.drafts import BADGES, NAMES, naming
from copilot.service.pages.markdown import render_draft
from copilot.service.pages.rendering import render
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.reviewing import etag_of, shown_item

if TYPE_CHECKING:
    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.review import Item

router: Final = APIRouter()

_MOST: Final = 30
"""How many of a kind are shown at once; those that wait longest come first."""


@router.get("/review")
def queue(
    request: Request,
    caller: Annotated[Caller, Needs(Permission.DECIDE_ITEMS)],
    service: ServiceOf,
) -> Response:
    """Show what waits, the oldest first."""
    principal = caller.principal
    listed = review.library(service.copilot).listed(principal=principal)
    items = sorted(listed, key=lambda one: one.latest.at)
    drafts = [
        one for one in items if one.state is State.IN_REVIEW and one.kind is not ItemKind.ANSWER
    ]
    questions = [
        one for one in items if one.kind is ItemKind.ANSWER and one.state is not State.APPROVED
    ]
    return render(
        request,
        "review.html",
        caller,
        drafts=[_entry(service, one, principal) for one in drafts[:_MOST]],
        questions=[_entry(service, one, principal) for one in questions[:_MOST]],
        counts=(len(drafts), len(questions), _suggested(service, principal)),
        unhelpful=_unhelpful(service),
        repeated=service.repeated.listed(principal=principal)[:_MOST],
        most=_MOST,
        names=NAMES,
        badges=BADGES,
        named=naming(service),
    )


def _entry(service: Service, item: Item, principal: Principal) -> dict[str, Any]:
    """Return an item of the queue with what is needed to decide on it."""
    shown = shown_item(service, item.id, principal=principal)
    library = review.library(service.copilot)
    compared = library.compared(item.id, principal=principal)
    rows = [row for one in hunks(compared.before, compared.after) for row in one.rows]
    waived = frozenset(one["says"] for one in shown["questions"] if one["waived"])
    answers = item.kind is ItemKind.ANSWER
    return {
        "item": shown,
        "etag": etag_of(item.latest.number),
        "steps": {one["step"]: one for one in shown["steps"]},
        "still": [one for one in shown["questions"] if not one["waived"]],
        "cited": sum(one["citation"] is not None for one in shown["footnotes"]),
        "older": compared.older,
        "added": sum(not one.same and one.after is not None for one in rows),
        "removed": sum(not one.same and one.before is not None for one in rows),
        "rendered": render_draft(shown["version"]["text"], waived=waived, anchored=False)
        if answers
        else None,
    }


def _unhelpful(service: Service) -> int:
    """Return how many answers were said not to have helped."""
    sought = SoughtFeedback(helpful=False)
    return viewing.feedback(service.copilot).newest(start=0, limit=0, sought=sought)[1]


def _suggested(service: Service, principal: Principal) -> int | None:
    """Return how many suggestions wait; nothing while they are being made."""
    try:
        if not service.mappings.prepare(wait=PATIENCE):
            return None
    except InvalidControls:
        # The page of controls says what is wrong with which list.
        return 0
    listed = service.mappings.controls(principal=principal, again=False)
    return sum(
        mapping.state is MappingState.SUGGESTED for one in listed for mapping in one.mappings
    )
