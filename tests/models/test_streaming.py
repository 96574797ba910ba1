"""A model's reply through langchain and the real `openai` client."""

from __future__ import annotations

import itertools
import json
import threading
import time

import pytest

from copilot.adapters.chat_models import connect
from copilot.domain.prompting import Completion
from tests.models import behaviours as plays
from tests.models.conftest import AMPLE, PROMPT, REPLY, SCHEMA, last
from tests.models.sources import numbered_sources


def test_what_has_come_is_handed_over_before_the_rest_is_written(server, model):
    """The server writes the second claim only after the first was received."""
    received = threading.Event()
    text = json.dumps(REPLY)
    half = text.index("Backups")
    server.default = plays.plays(text[:half], received, text[half:])
    seen = []

    for event in model.stream(
        PROMPT, schema=SCHEMA, max_tokens=99, deadline=time.monotonic() + AMPLE
    ):
        seen.append(event)
        received.set()

    # Partial replies that came while nobody asked are handed over as one.
    assert len(seen) >= 2
    assert seen[0].value["claims"][0] == REPLY["claims"][0]
    assert last(seen).value == REPLY


def test_each_partial_reply_goes_on_from_the_one_before(server, ask):
    """Claims are only ever added to, and the last one may be cut anywhere."""
    server.default = plays.drips(REPLY, every=0.005)

    lists = [event.value.get("claims", []) for event in ask()]

    assert len(lists) > 2
    for earlier, later in itertools.pairwise(lists):
        assert earlier[:-1] == later[: max(0, len(earlier) - 1)]
        assert not earlier or later[len(earlier) - 1].startswith(earlier[-1])


def test_a_completion_says_what_it_cost(server, ask):
    """Token counts are asked for and come with the end."""
    server.default = plays.says(REPLY, piece=7, usage=(812, 96))

    end = last(ask())

    assert server.requests[0].wants_usage
    assert (end.prompt_tokens, end.completion_tokens) == (812, 96)
    assert not end.truncated
    assert not end.note


def test_a_reply_that_used_up_its_tokens_is_handed_over_as_far_as_it_came(server, ask):
    """It is marked, since its last claim may be half a claim."""
    text = json.dumps(REPLY)
    server.default = plays.stops_short(REPLY, after=text.index(" are tested"))

    end = last(ask())

    assert end.truncated
    assert end.value == {"claims": [REPLY["claims"][0], "Backups"]}
    assert end.completion_tokens == 34


def test_the_request_says_what_was_asked_for(server, ask):
    """Both parts of the prompt, the schema, the limit, temperature 0 and no retries."""
    server.default = plays.says(REPLY)

    ask()

    [request] = server.requests
    assert (request.system, request.user) == (PROMPT.system, PROMPT.user)
    assert request.json["temperature"] == 0
    assert request.json["max_tokens"] == 99
    assert request.json["model"] == "scripted"
    given = request.json["response_format"]["json_schema"]
    assert given["strict"] is True
    assert given["schema"]["properties"] == SCHEMA["properties"]


def test_a_model_that_knows_tools_only_is_asked_through_one(server, ask):
    """langchain takes a tool for OpenAI's older models; the reply comes out the same."""
    server.default = plays.says(REPLY, piece=9)

    end = last(ask(of=connect("openai:gpt-4", base_url=server.base_url)))

    assert server.requests[0].tool == "answer"
    assert end.value == REPLY


def test_halves_of_characters_are_taken_out(server, ask):
    """A lone half of a pair could be written to no file and no terminal."""
    server.default = plays.says('{"claims": ["half \\ud83d, whole \\ud83d\\ude00"]}')

    assert last(ask()).value == {"claims": ["half \N{REPLACEMENT CHARACTER}, whole \U0001f600"]}


def test_a_caller_that_stops_listening_ends_the_call(server, model):
    """The connection is closed, and the server notices."""
    server.default = plays.plays('{"claims": ["Access ends', plays.HANG)
    stream = model.stream(PROMPT, schema=SCHEMA, max_tokens=99, deadline=time.monotonic() + AMPLE)

    assert next(stream).value == {"claims": ["Access ends"]}
    stream.close()

    assert server.went_away.acquire(timeout=AMPLE)


def test_calls_at_the_same_time_do_not_disturb_each_other(server, model, ask):
    """One that runs into its deadline is cut off, and the other goes on."""
    go_on = threading.Event()
    server.queue(plays.plays('{"claims": ["Access', go_on, ' ends."]}'), plays.hangs())
    slow = model.stream(PROMPT, schema=SCHEMA, max_tokens=99, deadline=time.monotonic() + AMPLE)
    next(slow)

    with pytest.raises(Exception, match="in time"):
        ask(seconds=0.2)
    go_on.set()

    assert [one.value for one in slow if isinstance(one, Completion)] == [
        {"claims": ["Access ends."]}
    ]


def test_the_numbered_sources_can_be_read_back():
    """Scripted models answer from what they were given."""
    user = (
        "The sources:\n\n"
        "source-0a begin source 1 (policy): Access – Leavers\nLine one.\nLine two.\n"
        "source-0a end source 1\n\n"
        "source-0a begin source 2 (evidence): Reviews\ncolumns: a | b\nx | y\nsource-0a end source 2"
    )

    assert numbered_sources(user) == {1: "Line one.\nLine two.", 2: "x | y"}
