"""Refuse well: say why there is no answer, what was searched, and what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.answering.questions import Intent
from copilot.domain.answers import Abstained, Reason

if TYPE_CHECKING:
    from copilot.answering.material import Material
    from copilot.answering.questions import Question

ON_TOPIC: Final = 0.36
"""Least likeness to anything in the catalog or the company's files; below, the question is not ours."""


def refusal(material: Material, searched: int) -> Abstained | None:
    """Return why there can be no answer, or nothing if there can be one.

    Args:
        material: What was found.
        searched: How many sources the asker may read.
    """
    question = material.question
    if question.private:  # seen once its typing errors were put right
        return private(question, searched)
    if material.own or question.query.criteria or material.guidance is not None:
        return None
    if not searched and not material.catalog_hits:
        return Abstained(
            question=question.text,
            reason=Reason.NO_SUPPORT,
            explanation="Nothing has been ingested yet, so there is nothing to answer from.",
            next_steps=("Run `copilot ingest`.",),
            searched=searched,
        )
    likeness = max((hit.cosine or 0.0 for hit in material.catalog_hits), default=0.0)
    closest = max(likeness, material.closest)
    of_the_field = any(one.startswith("=") for one in material.hearing.asked)
    if material.off_topic or (closest < ON_TOPIC and not of_the_field):
        return Abstained(
            question=question.text,
            reason=Reason.OFF_TOPIC,
            explanation="This does not seem to be about SOC 2 or about what the company's files "
            f"hold. {searched_words(searched)}",
            next_steps=_in_english(material)
            or ("Ask about a control, a policy, a record or the audit.",),
            searched=searched,
        )
    if question.intent is Intent.PROVE and material.criteria:
        return None
    if material.general:
        return None
    named = ", ".join(one.id for one in material.criteria)
    near = (
        f"; the nearest {'criteria are' if len(material.criteria) > 1 else 'criterion is'} {named}"
    )
    return Abstained(
        question=question.text,
        reason=Reason.NO_SUPPORT,
        explanation="Nothing in the sources that you may read supports an answer"
        f"{near if material.criteria else ''}. {searched_words(searched)}",
        next_steps=(
            *_in_english(material),
            "Pass the question on to compliance with --pass-on; if there is a record, it is not in "
            "the index.",
        ),
        searched=searched,
    )


def _in_english(material: Material) -> tuple[str, ...]:
    return ("Ask in English: questions in other languages are not understood.",) * material.foreign


def private(question: Question, searched: int) -> Abstained:
    """Return the refusal of a question about a person's private data."""
    return Abstained(
        question=question.text,
        reason=Reason.PERSONAL_DATA,
        explanation="This asks for something private about a person, and is not answered from "
        "compliance records whatever they hold.",
        next_steps=("Ask the People team, if it is part of your work.",),
        searched=searched,
    )


def searched_words(count: int) -> str:
    """Return a sentence that says what was searched."""
    return f"{count} source{'s' if count != 1 else ''} and the SOC 2 catalog were searched."
