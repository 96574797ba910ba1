"""A server that does not know a parameter is asked without it, and this is remembered."""

from __future__ import annotations

import json

import pytest

from copilot.adapters.chat_models import connect
from copilot.errors import ModelFailed, ModelMisused
from tests.models import behaviours as plays
from tests.models.conftest import REPLY, last


def without(*names, then):
    """Turn down requests that have one of these parameters."""

    def behaving(request):
        for name in names:
            if name in request.json:
                return plays.fails(400, f"Unsupported parameter: '{name}'")(request)
        return then(request)

    return behaving


@pytest.mark.parametrize(
    ("status", "message"),
    [
        pytest.param(400, "'response_format' of type 'json_schema' is not supported", id="OpenAI"),
        pytest.param(422, "body.response_format: extra fields not permitted", id="a strict server"),
        pytest.param(500, "failed to parse grammar", id="llama.cpp"),
        pytest.param(400, "Invalid schema for response_format 'answer'", id="another dialect"),
    ],
)
def test_json_mode_takes_the_place_of_a_schema(server, ask, status, message):
    """The answer comes, the schema goes into the prompt, and a note says what happened."""
    server.default = plays.rejects(
        "json_schema", then=plays.says(REPLY), status=status, message=message
    )

    end = last(ask())

    assert end.value == REPLY
    assert "does not take a JSON schema: JSON mode had to do" in end.note
    assert server.requests[-1].format == "json_object"
    assert '"claims"' in server.requests[-1].system


def test_the_next_call_starts_where_the_last_one_ended(server, ask):
    """A server is asked for a schema once in a process, and every note says that it has none."""
    server.default = plays.rejects("json_schema", then=plays.says(REPLY))
    ask()

    end = last(ask())

    assert [request.format for request in server.requests] == [
        "json_schema",
        "json_object",
        "json_object",
    ]
    assert "JSON mode" in end.note


def test_plain_text_is_the_last_resort(server, ask):
    """The object is cut out of whatever stands around it."""
    text = (
        "<think>They want {claims}. {}</think>\nGladly, here it is:\n```json\n"
        f"{json.dumps(REPLY, indent=1)}\n```\nAnything else? {{}}"
    )
    server.default = plays.rejects("json_schema", "json_object", then=plays.says(text, piece=11))

    end = last(ask())

    assert end.value == REPLY
    assert "plain text had to do" in end.note
    assert server.requests[-1].format == ""


def test_json_between_other_words_is_cut_out_under_a_schema_too(server, ask):
    """Some servers take the schema and pay no heed to it."""
    server.default = plays.says(f"Here:\n{json.dumps(REPLY)}")

    end = last(ask())

    assert end.value == REPLY
    assert "was cut out" in end.note


@pytest.mark.parametrize("name", ["temperature", "stream_options"])
def test_other_parameters_can_be_done_without(server, ask, name):
    """Models that reason take no temperature, and some servers count no tokens."""
    server.default = without(name, then=plays.says(REPLY))

    assert last(ask()).value == REPLY
    ask()

    assert [name in request.json for request in server.requests] == [True, False, False]
    assert server.requests[-1].format == "json_schema"


def test_one_thing_after_the_other_is_given_up(server, ask):
    """A server that knows nothing but messages is still good for an answer."""
    plain = plays.rejects("json_schema", "json_object", then=plays.says(REPLY))
    server.default = without("temperature", "stream_options", then=plain)

    assert last(ask()).value == REPLY
    assert len(server.requests) == 5


def test_when_nothing_is_left_to_give_up_the_server_is_believed(server, ask):
    """There is an end to it."""
    server.default = plays.fails(400, "response_format and temperature and stream_options are bad")

    with pytest.raises(ModelMisused, match="turned the request down"):
        ask()

    assert len(server.requests) == 5


def test_a_failure_of_another_kind_changes_nothing(server, ask):
    """After an error 500 the schema is still asked for."""
    server.queue(plays.fails(500))
    server.default = plays.says(REPLY)
    with pytest.raises(ModelFailed):
        ask()

    assert last(ask()).note == ""
    assert server.requests[-1].format == "json_schema"


@pytest.mark.parametrize(
    ("formats", "form"),
    [
        pytest.param((), "JSON schema", id="all"),
        pytest.param(("json_schema",), "JSON mode", id="no schema"),
        pytest.param(("json_schema", "json_object"), "plain text", id="neither"),
    ],
)
def test_a_probe_says_what_the_server_knows(server, model, formats, form):
    """One small call shows the name, how long it took, and how a reply gets its shape."""
    server.default = plays.rejects(*formats, then=plays.says({"ready": True}))

    check = model.probe()

    assert (check.name, check.remote, check.structured) == ("openai:scripted", False, form)
    assert check.problem is None
    assert check.seconds > 0
    assert bool(check.note) == bool(formats)


def test_a_probe_reports_a_failure_and_does_not_raise_it():
    """What is wrong is for the page that lists everything."""
    check = connect("openai:scripted", base_url="http://127.0.0.1:9/v1").probe()

    assert isinstance(check.problem, ModelFailed)
    assert check.structured == ""
