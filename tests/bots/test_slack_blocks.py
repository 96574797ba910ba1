"""Messages: within Slack's limits whatever an answer holds, and nothing in them is Slack's markup."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.slack_blocks import (
    MOST_BLOCKS,
    MOST_CHARACTERS,
    Links,
    answer_message,
    claim_blocks,
    evidence_message,
    question_of,
    value_of,
)
from bots.slack_text import length, notification
from copilot.domain.answers import (
    Abstained,
    Answered,
    Basis,
    Citation,
    Claim,
    Mode,
    Reason,
    Status,
)

LINKS = Links("https://copilot.example")
HOSTILE = "<!channel> <@U1> <https://evil.example|your bank> *bold* `code` :smile: & \u202e\x00"


def answer(count=1, words="We review access each quarter.", **more):
    claims = tuple(
        Claim(
            text=f"{words} {number}",
            basis=Basis.POLICY,
            citations=(
                Citation(
                    source=f"policies/{number}.md",
                    title=words,
                    page=number or None,
                    start=0,
                    end=10,
                    quote=words,
                    verified=True,
                ),
            ),
        )
        for number in range(count)
    )
    return Answered(
        **{
            "question": "How?",
            "status": Status.ANSWERED,
            "criteria": (),
            "claims": claims,
            "missing": (),
            "next_steps": (),
            "searched": 3,
            **more,
        }
    )


def test_a_message_has_claims_with_links_a_status_and_buttons():
    """In the order in which they are read."""
    message = answer_message(answer(2, missing=("No record of the third quarter.",)), LINKS)
    assert [one["type"] for one in message.blocks] == [*["rich_text"] * 3, "context", "actions"]
    assert "sources/view?path=policies%2F0.md&start=0&end=10" in json.dumps(message.blocks)
    actions = [one["action_id"] for one in message.blocks[-1]["elements"]]
    assert actions == ["evidence", "helpful", "not_helpful", "pass_on"]


def test_without_an_address_citations_are_named_and_not_linked():
    """A link that leads nowhere is worse than none."""
    assert "http" not in json.dumps(answer_message(answer(), Links("")).blocks)


def test_a_refusal_says_what_was_searched_and_what_can_be_done():
    """And nothing can be shown for it."""
    refused = Abstained(
        question="How?",
        reason=Reason.NO_SUPPORT,
        explanation="Nothing here speaks of that.",
        next_steps=("Pass it on.",),
        searched=40,
    )
    message = answer_message(refused, LINKS)
    assert "40 sources searched" in json.dumps(message.blocks)
    assert "evidence" not in json.dumps(message.blocks[-1])


def test_a_generated_answer_says_so():
    """Whose wording it is stands below each answer."""
    assert "generated" in json.dumps(answer_message(answer(mode=Mode.GENERATED), LINKS).blocks)


@settings(max_examples=60)
@given(
    count=st.integers(0, 120),
    words=st.text(min_size=1, max_size=1_500),
    missing=st.lists(st.text(max_size=4_000), max_size=30),
    steps=st.lists(st.text(max_size=400), max_size=10),
)
def test_no_answer_breaks_slacks_limits(count, words, missing, steps):
    """What does not fit is cut, and the rest is named and linked."""
    full = answer(count, words, missing=tuple(missing), next_steps=tuple(steps), question=words)
    for message in (answer_message(full, LINKS), evidence_message(full, LINKS)):
        assert len(message.blocks) <= MOST_BLOCKS + 4
        assert length(message.blocks) <= MOST_CHARACTERS + 1_000
        assert 0 < len(message.text) <= 2_000
        for block in message.blocks:
            _check(block)


def test_a_question_that_no_link_can_carry_is_not_linked():
    """Other letters take six characters each in a link, and a message has an end."""
    full = answer(120, "ŧ" * 1_499, question="ŧ" * 1_499)
    for message in (answer_message(full, LINKS), evidence_message(full, LINKS)):
        assert length(message.blocks) <= MOST_CHARACTERS + 1_000
        assert "Ask for less at a time." in json.dumps(message.blocks)


def test_the_rest_of_a_long_answer_is_linked():
    """It is never silently less."""
    message = answer_message(answer(200, "word " * 100), LINKS)
    assert "Read all of it" in json.dumps(message.blocks)


@pytest.mark.parametrize("links", [LINKS, Links("")])
def test_what_is_missing_is_said_however_much_was_found(links):
    """Claims are left out before it is; and how many of them is said."""
    full = answer(200, "word " * 100, missing=("No record of March.",), next_steps=("Find it.",))
    *claims, more, missing, steps, _, _ = answer_message(full, links).blocks
    assert f"{200 - len(claims)} more do not fit" in json.dumps(more)
    assert "No record of March." in json.dumps(missing)
    assert "Find it." in json.dumps(steps)


def test_long_lists_say_how_much_is_left_out():
    """A dozen lines of what is missing are read; a hundred are not."""
    said = json.dumps(
        answer_message(answer(missing=("It.",) * 40), LINKS).blocks, ensure_ascii=False
    )
    assert said.count("It.") == 11
    assert "… and 29 more" in said


def test_composed_claims_stand_in_groups_and_those_of_a_model_as_it_said_them():
    """A heading says where the next ones come from, and none comes before the first."""
    bases = (Basis.CATALOG, Basis.POLICY, Basis.POLICY, Basis.EVIDENCE)
    for mode, headings in ((Mode.COMPOSED, [0, 1, 0, 1]), (Mode.GENERATED, [0, 0, 0, 0])):
        claims = [
            replace(one, basis=basis, mode=mode)
            for one, basis in zip(answer(4).claims, bases, strict=True)
        ]
        blocks = claim_blocks(claims, LINKS)
        assert [len(one["elements"]) - 1 for one in blocks] == headings
        assert blocks == answer_message(answer(claims=tuple(claims)), LINKS).blocks[:4]


def test_steps_for_a_terminal_are_steps_for_slack():
    """Nobody types `--pass-on` here: there is a button."""
    steps = (
        "Run `copilot doctor`, then pass the question on to compliance with --pass-on.",
        "Pass the question on to compliance with --pass-on; if there is a record, it is not there.",
    )
    said = json.dumps(answer_message(answer(next_steps=steps), LINKS).blocks)
    assert said.count("Pass the question on to compliance with the button below") == 2
    assert "--" not in said


def test_nothing_in_a_document_is_markup():
    """Texts stand in plain pieces, and what notifications show is escaped."""
    full = answer(2, HOSTILE, missing=(HOSTILE,), next_steps=(HOSTILE,), question=HOSTILE)
    for message in (answer_message(full, LINKS), evidence_message(full, LINKS)):
        assert "mrkdwn" not in json.dumps(message.blocks)
        assert "<" not in message.text
        shown = [one for one in message.blocks if one["type"] != "actions"]
        assert "\u202e" not in json.dumps(shown, ensure_ascii=False)
    assert notification("<!here> & <@U1>") == "&lt;!here&gt; &amp; &lt;@U1&gt;"


@pytest.mark.parametrize("question", ["How?", '"' * 5_000, "é" * 5_000, "a\n" * 3_000])
def test_a_button_carries_as_much_of_the_question_as_slack_takes(question):
    """2,000 characters of JSON, whatever has to be written differently in it."""
    value = value_of(question)
    assert len(value) <= 2_000
    assert question.startswith(question_of(value))


def _check(block):
    if block["type"] == "context":
        assert all(1 <= len(one["text"]) <= 2_000 for one in block["elements"])
    elif block["type"] == "actions":
        assert all(len(one["value"]) <= 2_000 for one in block["elements"])
    else:
        pieces = [one for element in block["elements"] for one in _pieces(element)]
        assert all(piece["text"] for piece in pieces)
        assert sum(len(piece["text"]) for piece in pieces) <= 3_000


def _pieces(element):
    for one in element["elements"]:
        yield from _pieces(one) if "elements" in one else [one]
