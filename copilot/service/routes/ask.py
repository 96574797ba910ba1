"""Ask, search, say whether an answer helped, and pass a question on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from copilot.answering.plain import event_json
from copilot.bootstrap import review, viewing
from copilot.domain.answers import Finished
from copilot.domain.criteria import parse_criterion
from copilot.domain.feedback import Feedback
from copilot.domain.indexing import Filters
from copilot.domain.periods import parse_period
from copilot.errors import BadInput, CopilotError
from copilot.retrieval.plain import found_json
from copilot.service import streaming
from copilot.service.access import Caller, Needs
from copilot.service.asked import answer_for, answer_soon, asked_of, events_for
from copilot.service.paging import Page, WindowOf
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.problems import problem_of
from copilot.service.schemas.asking import (
    AnswerReply,
    AskBody,
    FeedbackBody,
    FeedbackReply,
    PassedOnReply,
    PassOnBody,
    SearchBody,
    SearchReply,
)
from copilot.service.streaming import EventStream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.service.asked import WrittenAnswers
    from copilot.service.recent import RecentAnswers

router: Final = APIRouter(tags=["ask"])

Asker = Annotated[Caller, Needs(Permission.ASK)]


def recent_of(request: Request) -> RecentAnswers:
    """Return the answers that were given lately."""
    recent: RecentAnswers = request.app.state.recent
    return recent


@router.post("/ask", response_model=AnswerReply)
async def ask(request: Request, body: AskBody, caller: Asker, service: ServiceOf) -> Response:
    """Answer a question with citations that were checked, or say why there is no answer."""
    asked = asked_of(
        service,
        body.question,
        category=body.category,
        period=body.period,
        earlier=body.earlier,
    )
    recent = recent_of(request)
    answer = await answer_soon(service, asked, principal=caller.principal, recent=recent)
    request.app.state.metrics.answered(answer)
    written: WrittenAnswers = request.app.state.written
    return Response(written.of(answer), media_type="application/json")


@router.post(
    "/ask/stream",
    status_code=200,
    response_class=EventStream,
    responses={
        200: {
            "description": "Events called `status`, `claim`, `withheld` (for reviewers only), `done` and "
            "`problem`; the data of each is a JSON object whose `event` is its name. Every claim was "
            "checked before it is sent, and stands as it is in the answer of `done`.",
            "content": {streaming.MEDIA_TYPE: {}},
        }
    },
)
def ask_stream(request: Request, body: AskBody, caller: Asker, service: ServiceOf) -> EventStream:
    """Answer a question claim by claim, as server-sent events."""
    asked = asked_of(service, **body.model_dump())
    recent = recent_of(request)

    def events() -> Iterator[tuple[str, dict[str, Any]]]:
        try:
            found = events_for(service, asked, principal=caller.principal, recent=recent)
            for one in found:
                if isinstance(one, Finished):
                    request.app.state.metrics.answered(one.answer)
                said = event_json(one)
                yield said["event"], said
        except CopilotError as exc:
            problem = problem_of(request, exc).model_dump(exclude_defaults=True)
            yield "problem", {"event": "problem", "problem": problem}

    return EventStream(events)


@router.post("/search", response_model=SearchReply)
def search(body: SearchBody, caller: Asker, service: ServiceOf) -> dict[str, Any]:
    """Find passages in the company's own files, or in the catalog."""
    filters = Filters(
        kinds=frozenset(body.kind),
        criteria=frozenset(parse_criterion(one) for one in body.criterion),
        period=parse_period(body.period) if body.period.strip() else None,
    )
    until = body.start + body.k
    with service.searching() as searcher:
        hits = searcher.search(
            body.query,
            principal=caller.principal,
            limit=until + 1,
            filters=filters,
            catalog=body.catalog,
        )
    found = found_json(body.query, hits[body.start : until])
    return found | {"next": until if len(hits) > until else None}


@router.post("/feedback", status_code=201)
def give_feedback(body: FeedbackBody, caller: Asker, service: ServiceOf) -> FeedbackReply:
    """Say whether an answer helped, and if not, why."""
    if not body.helpful and not body.reason:
        raise BadInput("what was wrong with the answer is missing", hint="Give a reason.")
    given = Feedback(
        who=caller.principal.id,
        question=body.question,
        status=body.status,
        helpful=body.helpful,
        reason=body.reason,
        at=review.now(),
    )
    number = viewing.feedback(service.copilot).add(given)
    return _feedback(number, given)


@router.get("/feedback")
def list_feedback(
    caller: Annotated[Caller, Needs(Permission.DECIDE_ITEMS)], service: ServiceOf, window: WindowOf
) -> Page[FeedbackReply]:
    """List what people said of answers, newest first."""
    kept = viewing.feedback(service.copilot)
    found, total = kept.newest(start=window.start, limit=window.limit)
    end = window.start + len(found)
    return Page(
        items=[_feedback(number, one) for number, one in found],
        next=str(end) if end < total else None,
        total=total,
    )


@router.post("/passed-on", status_code=201)
def pass_on(
    request: Request,
    body: PassOnBody,
    caller: Annotated[Caller, Needs(Permission.PASS_ON)],
    service: ServiceOf,
) -> PassedOnReply:
    """Pass a question on to compliance, with what was answered."""
    asked = asked_of(service, **body.model_dump(exclude={"note"}))
    principal, recent = caller.principal, recent_of(request)
    answer = recent.find(principal.id, asked)
    if answer is None:
        answer = answer_for(service, asked, principal=principal, recent=recent)
    passed = review.pass_on(service.copilot, answer, principal=principal, note=body.note)
    return PassedOnReply(item=passed.item.id, again=passed.again)


def _feedback(number: int, given: Feedback) -> FeedbackReply:
    return FeedbackReply(
        id=number,
        who=given.who,
        question=given.question,
        status=given.status,
        helpful=given.helpful,
        reason=given.reason,
        at=given.at,
    )
