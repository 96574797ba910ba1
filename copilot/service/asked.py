"""Ask on behalf of a caller: shared by the API and the pages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from copilot.domain.answers import Abstained, Finished, Refused
from copilot.domain.asking import Asked
from copilot.domain.periods import parse_period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer, Event
    from copilot.domain.criteria import Category
    from copilot.service.recent import RecentAnswers

_NOTHING_YET: Final = (
    "Nothing that you may read has been ingested: add files in the library, or put them into the "
    "workspace and ingest it."
)


def asked_of(
    service: Service,
    question: str,
    *,
    category: Sequence[Category] = (),
    period: str = "",
    earlier: Sequence[str] = (),
) -> Asked:
    """Return a question with all that decides on its answer; the settings fill in what is not said.

    Raises:
        InvalidPeriod: The period is none.
    """
    return Asked(
        question=question,
        period=parse_period(period) if period.strip() else service.settings.period,
        scope=tuple(dict.fromkeys(category)) or tuple(service.settings.categories),
        earlier=tuple(earlier),
    )


def events_for(
    service: Service, asked: Asked, *, principal: Principal, recent: RecentAnswers
) -> Iterator[Event]:
    """Yield what this principal may see of an answer that is under way.

    Raises:
        CopilotError: As `Service.events` does.
    """
    for event in service.events(asked, principal=principal):
        if isinstance(event, Refused) and not principal.reviews:
            continue
        if isinstance(event, Finished):
            answer = _advised(event.answer)
            recent.keep(principal.id, asked, answer)
            yield Finished(answer)
        else:
            yield event


def answer_for(
    service: Service, asked: Asked, *, principal: Principal, recent: RecentAnswers
) -> Answer:
    """Return the answer of this principal to a question.

    Raises:
        CopilotError: As `Service.answer` does.
    """
    answer = _advised(service.answer(asked, principal=principal))
    recent.keep(principal.id, asked, answer)
    return answer


def _advised(answer: Answer) -> Answer:
    """Tell someone with an empty workspace what to do about it."""
    if isinstance(answer, Abstained) and not answer.searched:
        return replace(answer, next_steps=(_NOTHING_YET,))
    return answer
