"""Every way in which a model fails ends in an answer, with the reason and within the deadline."""

from __future__ import annotations

import json
import logging

import pytest

from copilot.domain.answers import Mode
from tests.generated.liars import honest
from tests.generated.talking import KEY, holds, variables
from tests.models import behaviours as plays
from tests.models.behaviours import Reply
from tests.models.sources import numbered_sources
from tests.models.voices import answers

LEAVES = "What happens when somebody leaves?"
SHORT = 1.5
"""Seconds for an answer where the server would take for ever."""
AMPLE = 15
"""Seconds for an answer where the server says at once what is wrong."""
HANGING = [
    pytest.param(plays.hangs(), id="hangs"),
    pytest.param(plays.breaks_off({}, after=1, how=plays.HANG), id="stalls"),
    pytest.param(plays.drips_headers(), id="drips headers"),
    pytest.param(plays.drips({"claims": ["a" * 9000]}), id="drips"),
]
REPLY = {"claims": [], "missing": []}
HONEST = answers(lambda sources, _: honest(sources, 4))
TIMED_OUT = "the model took too long"
FAILED = "the model cannot be reached or failed"
UNUSABLE = "the model gave no usable reply"
REFUSED = "the model refused to answer"
TOO_LONG = "the sources are more than the model can read"
BUSY = "the provider has too many requests"
KEY_REFUSED = "the provider does not accept the key"
MISUSED = "the provider does not accept the request"


def broken_off(how):
    """Write honest claims and break off in the middle of the third."""

    def behave(request):
        text = json.dumps({"claims": honest(numbered_sources(request.user), 4), "missing": []})
        places = [at for at in range(len(text)) if text.startswith('{"claim"', at)]
        return Reply(script=(text[: places[2] + 25], how))

    return behave


def lines_of(caplog):
    """Return what the log says to whoever runs the product."""
    return [
        one.getMessage()
        for one in caplog.records
        if one.name.startswith("copilot") and one.levelno >= logging.WARNING
    ]


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        pytest.param(plays.fails(401), KEY_REFUSED, id="401"),
        pytest.param(plays.fails(403), KEY_REFUSED, id="403"),
        pytest.param(plays.fails(404, "no such model"), MISUSED, id="unknown model"),
        pytest.param(plays.fails(429), BUSY, id="429"),
        pytest.param(plays.fails(429, headers={"Retry-After": "600"}), BUSY, id="429 for long"),
        pytest.param(plays.fails(500), FAILED, id="500"),
        pytest.param(plays.fails(503), FAILED, id="503"),
        pytest.param(plays.breaks_off(REPLY, after=9), FAILED, id="cut"),
        pytest.param(plays.breaks_off(REPLY, after=0, how=plays.RESET), FAILED, id="reset"),
        pytest.param(plays.says('{"claims": [}'), UNUSABLE, id="invalid JSON"),
        pytest.param(plays.says("I would say: yes."), UNUSABLE, id="prose"),
        pytest.param(plays.falls_silent(), UNUSABLE, id="empty"),
        pytest.param(plays.refuses(), REFUSED, id="refusal"),
        pytest.param(plays.says(REPLY, finish="content_filter"), REFUSED, id="filtered reply"),
        pytest.param(plays.filters(), REFUSED, id="content filter"),
        pytest.param(plays.is_too_long(), TOO_LONG, id="too long, however short"),
    ],
)
def test_a_failure_ends_in_a_composed_answer(server, talk, caplog, behaviour, reason):
    """It says why, is logged in one line, and is the answer that there would be without a model."""
    server.default = behaviour

    heard = talk(model_seconds=AMPLE).ask(LEAVES)

    answer = holds(heard)
    assert (answer.mode, answer.mode_reason) == (Mode.COMPOSED, reason)
    assert len(lines_of(caplog)) == 1
    assert KEY not in heard.shown + caplog.text
    assert heard.outcomes == {}


@pytest.mark.parametrize("behaviour", HANGING)
def test_a_server_that_never_ends_is_hung_up_on(server, talk, caplog, behaviour):
    """The deadline ended the call, and not the server's patience; the answer is composed."""
    server.default = behaviour

    heard = talk(model_seconds=SHORT).ask(LEAVES)

    answer = holds(heard)
    assert (answer.mode, answer.mode_reason) == (Mode.COMPOSED, TIMED_OUT)
    assert len(lines_of(caplog)) == 1
    assert server.went_away.acquire(timeout=60)
    assert len(server.requests) == 1


@pytest.mark.parametrize("how", [plays.CUT, plays.RESET, plays.HANG], ids=["cut", "reset", "hang"])
def test_what_was_released_before_a_break_stays(server, talk, how):
    """The answer says that it is partial and why, and is completed from quotes."""
    server.default = broken_off(how)

    heard = talk(model_seconds=2 * SHORT).ask(LEAVES)

    answer = holds(heard)
    assert answer.mode is Mode.GENERATED
    assert answer.mode_reason in {FAILED, TIMED_OUT}
    assert answer.status == "partial"
    given = numbered_sources(server.requests[0].user)
    assert heard.texts[:2] == [one["claim"] for one in honest(given, 2)]
    assert len(heard.texts) > 2
    assert heard.outcomes["found"] == 2


def test_after_a_break_the_model_is_asked_again_and_nothing_is_said_twice(server, talk):
    """With time left, it starts over; what was released before is not released anew."""
    server.queue(broken_off(plays.CUT))
    server.default = HONEST

    heard = talk(model_seconds=20).ask(LEAVES)

    answer = holds(heard)
    assert answer.mode_reason is None
    assert len(server.requests) == 2
    assert len(set(heard.texts)) == len(heard.texts)
    assert heard.outcomes == {"found": 4}


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(plays.fails(429, headers={"Retry-After": "1"}), id="429 for a second"),
        pytest.param(plays.fails(500), id="500"),
        pytest.param(plays.fails(503), id="503"),
        pytest.param(plays.breaks_off(REPLY, after=0), id="cut before anything"),
        pytest.param(plays.falls_silent(), id="empty"),
        pytest.param(plays.says("Certainly!"), id="prose"),
    ],
)
def test_what_passes_is_tried_again(server, talk, caplog, first):
    """A second attempt is worth it, and then nobody needs to know."""
    server.queue(first)
    server.default = HONEST

    heard = talk(model_seconds=20).ask(LEAVES)

    answer = holds(heard)
    assert (answer.mode, answer.mode_reason) == (Mode.GENERATED, None)
    assert len(server.requests) == 2
    assert lines_of(caplog) == []


@pytest.mark.parametrize(
    "behaviour",
    [
        plays.fails(429, headers={"Retry-After": "600"}),
        plays.fails(401),
        plays.fails(404),
        plays.refuses(),
        plays.filters(),
    ],
    ids=["429 for longer than there is", "401", "404", "refusal", "content filter"],
)
def test_what_does_not_pass_is_not_tried_again(server, talk, behaviour):
    """Though there would be time."""
    server.default = behaviour

    talk(model_seconds=20).ask(LEAVES)

    assert len(server.requests) == 1


def test_tries_are_bounded(server, talk):
    """A model that is never of use is asked three times for an answer."""
    server.default = plays.says("Certainly!")

    heard = talk(model_seconds=20).ask(LEAVES)

    assert len(server.requests) == 3
    assert heard.answer.mode_reason == UNUSABLE


def test_sources_are_halved_until_the_model_can_read_them(server, talk):
    """The useful half is kept, and the second call for what failed has no more than that either."""

    def reading(request):
        if len(numbered_sources(request.user)) > 3:
            return plays.is_too_long()(request)
        return answers(lambda sources, _: [*honest(sources, 2), {"claim": "x", "source": 99}])(
            request
        )

    server.default = reading

    heard = talk(model_seconds=20).ask(LEAVES)

    holds(heard)
    counts = [len(numbered_sources(one.user)) for one in server.requests]
    assert counts == [12, 6, 3, 3]
    assert heard.answer.mode_reason is None
    first, last = server.requests[0], server.requests[-1]
    assert numbered_sources(last.user).items() <= numbered_sources(first.user).items()


def test_a_server_without_json_schema_makes_do_with_json_mode(server, talk):
    """Reviewers are told, and nobody else."""
    server.default = plays.rejects("json_schema", then=HONEST)

    ready = talk(model_seconds=20)
    ours, theirs = ready.ask(LEAVES), ready.ask(LEAVES, named="grace.whitlock")

    assert holds(ours).mode is Mode.GENERATED
    assert any("does not take a JSON schema: JSON mode had to do" in one for one in ours.notes)
    assert theirs.notes == ()
    assert [one.format for one in server.requests] == ["json_schema", "json_object", "json_object"]


def test_a_model_that_runs_out_of_tokens_is_heard_as_far_as_it_came(server, talk):
    """What is whole is released; reviewers are told which setting to raise."""

    def short(request):
        text = json.dumps({"claims": honest(numbered_sources(request.user), 3), "missing": []})
        return plays.stops_short(text, after=len(text) - 60)(request)

    server.default = short

    heard = talk(model_seconds=20).ask(LEAVES)

    assert holds(heard).mode is Mode.GENERATED
    assert heard.outcomes["found"] >= 2
    assert any("model_max_tokens" in one for one in heard.notes)


def test_nobody_listens(talk, caplog):
    """The address is named in the log line, not in the answer."""
    heard = talk(base_url="http://127.0.0.1:9/v1", model_seconds=SHORT).ask(LEAVES)

    assert holds(heard).mode_reason == FAILED
    (line,) = lines_of(caplog)
    assert "127.0.0.1:9" in line


def test_a_wrong_key_is_said_once(server, talk, caplog):
    """After that the model is not asked, and answers give the reason without a line in the log."""
    server.default = plays.fails(401, f"Incorrect API key provided: {KEY}")
    ready = talk()

    heard = [ready.ask(LEAVES) for _ in range(3)]

    assert {one.answer.mode_reason for one in heard} == {KEY_REFUSED}
    (line,) = lines_of(caplog)
    assert "did not accept the key" in line
    assert "OPENAI_API_KEY" in line
    assert KEY not in caplog.text
    assert len(server.requests) == 1


def test_a_provider_that_keeps_failing_is_left_alone(server, talk, caplog):
    """The circuit opens, and answers come without waiting for it."""
    server.default = plays.fails(500)
    ready = talk(model_seconds=SHORT)

    heard = [ready.ask(LEAVES) for _ in range(6)]

    assert heard[-1].answer.mode_reason == "the model keeps failing"
    assert len(server.requests) <= 4 + 1
    assert sum("left alone" in line for line in lines_of(caplog)) == 1
    assert all(one.claims for one in heard)


@pytest.mark.parametrize("debug", ["", "1"])
def test_the_command_answers_whatever_the_model_does_and_never_shows_the_key(
    server, own_company, run, debug
):
    """Exit 0, one JSON document, no traceback, and the key in no file and no line."""
    server.queue(plays.fails(500, f"the key {KEY} made it fail"))
    server.default = plays.fails(401, f"Incorrect API key provided: {KEY}")

    done = run(own_company, "ask", "--json", LEAVES, **variables(server), COPILOT_DEBUG=debug)

    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert (answer["mode"], answer["mode_reason"]) == ("composed", KEY_REFUSED)
    assert answer["claims"]
    assert "Traceback" not in done.stderr or debug
    assert KEY not in done.stdout + done.stderr
    assert KEY[:12] not in done.stdout + done.stderr
    if not debug:
        (line,) = done.stderr.strip().splitlines()
        assert "did not accept the key" in line
    files = [one for one in own_company.rglob("*") if one.is_file()]
    assert not [one for one in files if KEY.encode() in one.read_bytes()]
    assert KEY.encode() in server.received
