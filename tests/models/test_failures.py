"""Every way in which a model fails, as our own error."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from copilot.adapters.chat_models import connect
from copilot.errors import (
    ModelBusy,
    ModelFailed,
    ModelKeyRefused,
    ModelMisused,
    ModelRefused,
    ModelReplyUnusable,
    ModelUnavailable,
    PromptTooLong,
)
from tests.models import behaviours as plays
from tests.models.conftest import KEY, PROMPT, REPLY

SSE = {"Content-Type": "text/event-stream"}


def raw(body, kind="text/event-stream"):
    """Send these bytes in place of a completion."""
    return lambda _: plays.Reply(body=body, headers={"Content-Type": kind})


@pytest.mark.parametrize(
    ("behaviour", "kind", "says"),
    [
        pytest.param(plays.fails(401), ModelKeyRefused, "did not accept the key", id="401"),
        pytest.param(plays.fails(403), ModelKeyRefused, "does not let this key", id="403"),
        pytest.param(plays.fails(404), ModelMisused, "does not know the model", id="404"),
        pytest.param(plays.fails(400, "odd"), ModelMisused, "turned .* down .*: odd", id="400"),
        pytest.param(plays.fails(429), ModelBusy, "too many requests", id="429"),
        pytest.param(
            plays.fails(429, "no credit", code="insufficient_quota"),
            ModelMisused,
            "no credit",
            id="429 without credit",
        ),
        pytest.param(plays.fails(500), ModelFailed, r"failed \(HTTP 500\)", id="500"),
        pytest.param(plays.fails(503), ModelFailed, r"failed \(HTTP 503\)", id="503"),
        pytest.param(
            plays.fails(503, headers={"Retry-After": "7"}),
            ModelBusy,
            "wait 7 s",
            id="503 with a wait",
        ),
        pytest.param(
            plays.fails(307, headers={"Location": "http://192.0.2.1/v1"}),
            ModelMisused,
            "sends requests on",
            id="redirection",
        ),
        pytest.param(plays.is_too_long(), PromptTooLong, "more than", id="context by code"),
        pytest.param(
            plays.fails(400, "the request exceeds the available context size (4096 tokens)"),
            PromptTooLong,
            "more than",
            id="context by llama.cpp's words",
        ),
        pytest.param(plays.fails(413), PromptTooLong, "more than", id="413"),
        pytest.param(plays.filters(), ModelRefused, "filtered", id="filtered prompt"),
        pytest.param(
            plays.says(REPLY, finish="content_filter"), ModelRefused, "refused", id="filtered reply"
        ),
        pytest.param(plays.refuses(), ModelRefused, "refused", id="refusal"),
        pytest.param(plays.falls_silent(), ModelReplyUnusable, "empty reply", id="empty"),
        pytest.param(plays.says("  \n"), ModelReplyUnusable, "empty reply", id="only spaces"),
        pytest.param(raw(b""), ModelReplyUnusable, "no reply", id="no events"),
        pytest.param(plays.says("I think so."), ModelReplyUnusable, "JSON object", id="prose"),
        pytest.param(
            plays.says('{"claims": ["a" "b"]}'), ModelReplyUnusable, "JSON", id="bad JSON"
        ),
        pytest.param(plays.says("[1, 2]"), ModelReplyUnusable, "JSON object", id="a list"),
        pytest.param(raw(b"data: {oops\n\n"), ModelFailed, "protocol", id="bad events"),
        pytest.param(
            raw(b'data: {"error": {"message": "overloaded"}}\n\n'),
            ModelFailed,
            "overloaded",
            id="error in the stream",
        ),
        pytest.param(raw(b"<html>", "text/html"), ModelMisused, "web page", id="a web page"),
        pytest.param(
            plays.breaks_off(REPLY, after=20), ModelFailed, "broke off", id="cut in the middle"
        ),
        pytest.param(
            plays.breaks_off(REPLY, after=20, how=plays.RESET), ModelFailed, "broke off", id="reset"
        ),
        pytest.param(
            plays.breaks_off(REPLY, after=0, how=plays.RESET),
            ModelFailed,
            "broke off",
            id="reset at once",
        ),
    ],
)
def test_a_failure_has_a_class_and_a_sentence(server, ask, behaviour, kind, says):
    """Whoever asked can tell what to do from the class, and a person from the sentence."""
    server.default = behaviour

    with pytest.raises(ModelUnavailable, match=says) as caught:
        ask()

    assert type(caught.value) is kind
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        pytest.param({"Retry-After": "12"}, 12, 12, id="seconds"),
        pytest.param({"Retry-After": "0.5"}, 0.5, 0.5, id="parts of a second"),
        pytest.param({"retry-after-ms": "250", "Retry-After": "9"}, 0.25, 0.25, id="milliseconds"),
        pytest.param(
            # Reckoned when tests are collected: this one may come many minutes later.
            {"Retry-After": format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)},
            3600,
            7200,
            id="a date",
        ),
        pytest.param({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0, 0, id="a date that was"),
    ],
)
def test_a_wait_that_the_server_asks_for_is_known(server, ask, header, least, most):
    """It comes in seconds, milliseconds or as a date."""
    server.default = plays.fails(429, headers=header)

    with pytest.raises(ModelBusy) as caught:
        ask()

    assert least <= caught.value.retry_after <= most


@pytest.mark.parametrize("header", [{}, {"Retry-After": "soon"}, {"Retry-After": "nan"}])
def test_a_wait_that_makes_no_sense_is_none(server, ask, header):
    """Then it is the caller who decides."""
    server.default = plays.fails(429, headers=header)

    with pytest.raises(ModelBusy) as caught:
        ask()

    assert caught.value.retry_after is None


def test_an_address_where_nobody_listens_is_named(ask):
    """The message has the URL, and the hint the setting."""
    with pytest.raises(ModelFailed, match=r"127\.0\.0\.1:9/v1: connection refused") as caught:
        ask(of=connect("openai:scripted", base_url="http://127.0.0.1:9/v1"))

    assert "`base_url`" in caught.value.hint


def test_the_cause_is_kept(server, ask):
    """Whoever debugs finds the vendor's error under ours."""
    server.default = plays.fails(500)

    with pytest.raises(ModelFailed) as caught:
        ask()

    assert caught.value.__cause__.status_code == 500


def test_a_reply_that_is_whole_counts_even_if_the_end_of_the_stream_is_missing(server, ask):
    """Some servers close the connection in place of an end."""
    server.default = plays.plays(json.dumps(REPLY), plays.CUT)

    assert ask()[-1].value == REPLY


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500])
def test_what_a_server_echoes_is_not_repeated(server, ask, status):
    """Neither a key nor a stretch of the prompt gets into a message, or the text of a cause."""
    server.default = plays.fails(status, f"you sent {KEY} and {PROMPT.user!r}")

    with pytest.raises(ModelUnavailable) as caught:
        ask()

    error = caught.value
    texts = [str(error), error.hint, repr(error)]
    while error := error.__cause__:
        texts += [str(error), repr(error)]
    assert not [text for text in texts if KEY[:12] in text or "24 hours" in text]
