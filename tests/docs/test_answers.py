"""What docs/use.md says of answers and events is what the program prints."""

from __future__ import annotations

import json

from copilot.answering.plain import answer_json, event_json
from copilot.domain.answers import (
    Abstained,
    Answered,
    Finished,
    Outcome,
    Progressed,
    Reason,
    Refused,
    Released,
    Status,
    Withheld,
)
from tests.docs.pages import ROOT, blocks, table

USE = ROOT / "docs" / "use.md"

ANSWERED = Answered(
    question="Do we use MFA?",
    status=Status.ANSWERED,
    criteria=(),
    claims=(),
    missing=(),
    next_steps=(),
    searched=3,
)
ABSTAINED = Abstained(
    question="Do we use MFA?",
    reason=Reason.NO_SUPPORT,
    explanation="",
    next_steps=(),
    searched=3,
)
WITHHELD = Withheld(text="", outcome=Outcome.ABSENT, why="")


def first_column(page, *header):
    """Return what stands in the first cells of a table, without the marks of code."""
    return [row[0].strip("`") for row in table(page, *header)]


def examples():
    """Return the events that the page shows, each parsed."""
    [block] = blocks(USE, "json")
    return [json.loads(line) for line in block.splitlines()]


def keys_of(document):
    """Return the keys of a JSON document, those within it too."""
    if isinstance(document, dict):
        return {key: keys_of(value) for key, value in document.items()}
    return [keys_of(one) for one in document] if isinstance(document, list) else None


def test_every_key_of_an_answer_is_described():
    """The table of keys is that of an answer, and of a refusal, in their order."""
    described = first_column(USE, "key", "what it holds")

    assert list(answer_json(ANSWERED)) == described
    assert list(answer_json(ABSTAINED)) == described


def test_every_reason_for_a_refusal_is_described():
    """The words under `reason` are those that there are."""
    assert first_column(USE, "`reason`", "meaning") == [one.value for one in Reason]


def test_every_outcome_is_described():
    """The table of outcomes is that of the code."""
    assert first_column(USE, "outcome", "meaning") == [one.value for one in Outcome]


def test_every_event_is_described(ask):
    """The table names each event with the key beside it, and no other."""
    released = Released(ask("Do we require multi-factor authentication?").claims[0])
    events = (Progressed("Writing"), released, Refused(WITHHELD), Finished(ANSWERED))
    rows = table(USE, "`event`", "its other key", "what it says")

    assert [(row[0].strip("`"), row[1].strip("`")) for row in rows] == [
        (said["event"], key) for said in map(event_json, events) for key in said if key != "event"
    ]


def test_the_events_that_are_shown_have_the_form_of_real_ones(ask):
    """A program that is written for the page's examples reads what is printed."""
    real = {
        "status": event_json(Progressed("Writing")),
        "claim": event_json(Released(ask("Do we require multi-factor authentication?").claims[0])),
        "withheld": event_json(Refused(WITHHELD)),
    }

    for shown in examples():
        assert keys_of(shown) == keys_of(real[shown["event"]])
