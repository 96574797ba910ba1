"""Answers and events as plain values: the one form in which the CLI and the API give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copilot.domain.answers import (
    Abstained,
    Answered,
    Finished,
    Progressed,
    Refused,
    Released,
    Status,
)

if TYPE_CHECKING:
    from copilot.domain.answers import Answer, Claim, Event, Generation, Withheld


def answer_json(answer: Answer) -> dict[str, Any]:
    """Return an answer as the JSON contract of `copilot ask --json` has it."""
    match answer:
        case Answered():
            return {
                "status": answer.status.value,
                "question": answer.question,
                "asked_as": answer.asked_as,
                "mode": answer.mode.value,
                "mode_reason": answer.mode_reason,
                "criteria": [
                    {"id": one.id, "title": one.title, "why": one.why} for one in answer.criteria
                ],
                "claims": [_claim_json(claim) for claim in answer.claims],
                "missing": list(answer.missing),
                "next_steps": list(answer.next_steps),
                "searched": answer.searched,
                "reason": answer.reason,
                "generation": _generation_json(answer.generation),
                "notes": list(answer.notes),
            }
        case Abstained():
            return {
                "status": Status.ABSTAINED.value,
                "question": answer.question,
                "asked_as": answer.asked_as,
                "mode": answer.mode.value,
                "mode_reason": None,
                "criteria": [],
                "claims": [],
                "missing": [answer.explanation],
                "next_steps": list(answer.next_steps),
                "searched": answer.searched,
                "reason": answer.reason.value,
                "generation": None,
                "notes": [],
            }


def event_json(event: Event) -> dict[str, Any]:
    """Return one event of an answer that is under way."""
    match event:
        case Progressed(said=said):
            return {"event": "status", "said": said}
        case Released(claim=claim):
            return {"event": "claim", "claim": _claim_json(claim)}
        case Refused(withheld=withheld):
            return {"event": "withheld", "withheld": _withheld_json(withheld)}
        case Finished(answer=answer):
            return {"event": "done", "answer": answer_json(answer)}


def _claim_json(claim: Claim) -> dict[str, Any]:
    return {
        "text": claim.text,
        "basis": claim.basis.value,
        "mode": claim.mode.value,
        "citations": [
            {
                "source": one.source,
                "title": one.title,
                "page": one.page,
                "place": one.place,
                "start": one.start,
                "end": one.end,
                "quote": one.quote,
                "verified": one.verified,
            }
            for one in claim.citations
        ],
    }


def _generation_json(generation: Generation | None) -> dict[str, Any] | None:
    if generation is None:
        return None
    return {
        "model": generation.model,
        "prompt": generation.prompt,
        "outcomes": {outcome.value: count for outcome, count in generation.outcomes.items()},
        "withheld": [_withheld_json(one) for one in generation.withheld],
    }


def _withheld_json(withheld: Withheld) -> dict[str, Any]:
    return {"text": withheld.text, "outcome": withheld.outcome.value, "why": withheld.why}
