"""What people said of the answers that they got: for those who review, to see where sources are wanting."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from copilot.bootstrap import viewing
from copilot.domain.answers import Status
from copilot.domain.feedback import SoughtFeedback
from copilot.service.access import Caller, Needs
from copilot.service.pages.drafts import naming
from copilot.service.pages.rendering import render
from copilot.service.pages.shown_answers import STATES
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission

router: Final = APIRouter()

_ROWS: Final = 30
_TABS: Final = (("no", "Not helpful", False), ("yes", "Helpful", True), ("all", "All", None))

_Word = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/review/feedback")
def feedback(
    *,
    request: Request,
    caller: Annotated[Caller, Needs(Permission.DECIDE_ITEMS)],
    service: ServiceOf,
    helpful: Annotated[Literal["no", "yes", "all"], Query()] = "no",
    who: _Word = "",
    words: _Word = "",
    start: Annotated[int, Query(ge=0, le=10**9)] = 0,
) -> Response:
    """Show what was said, newest first; each question leads to the answer that the reader gets themselves.

    Whose answer it was may have read more, or other things. So no answer is kept with what was said of it:
    whoever follows the question is answered from what they may read.
    """
    kept = viewing.feedback(service.copilot)
    narrowed = {"who": who.strip(), "words": words.strip()}

    def sought(which: bool | None) -> SoughtFeedback:
        return SoughtFeedback(helpful=which, **narrowed)

    def href(**changes: str | int) -> str:
        given = {"helpful": helpful, **narrowed, **changes}
        return f"/review/feedback?{urlencode({name: one for name, one in given.items() if one})}"

    wanted = next(which for name, _, which in _TABS if name == helpful)
    found, total = kept.newest(start=start, limit=_ROWS, sought=sought(wanted))
    return render(
        request,
        "feedback.html",
        caller,
        tabs=[
            (
                href(helpful=name),
                title,
                kept.newest(start=0, limit=0, sought=sought(which))[1],
                name,
            )
            for name, title, which in _TABS
        ],
        chosen=helpful,
        found=found,
        total=total,
        start=start,
        newer=href(start=max(0, start - _ROWS)) if start else "",
        older=href(start=start + _ROWS) if start + _ROWS < total else "",
        given=narrowed,
        narrowed=any(narrowed.values()),
        people=kept.people(),
        states={one: STATES[one] for one in Status},
        named=naming(service),
    )
