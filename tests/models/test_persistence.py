"""Retries within a deadline, and a circuit that spares everybody a model that fails."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest

from copilot.adapters.chat_models import connect
from copilot.domain.prompting import Completion, Partial
from copilot.errors import (
    ModelBusy,
    ModelFailed,
    ModelKeyRefused,
    ModelMisused,
    ModelRefused,
    ModelReplyUnusable,
    ModelSuspended,
    ModelTimedOut,
    ModelUnavailable,
    PromptTooLong,
)
from copilot.generation.persistence import Circuit, Patient
from tests.models import behaviours as plays
from tests.models.conftest import AMPLE, PROMPT, REPLY, SCHEMA

START = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
DONE = Completion(value=REPLY)
PART = Partial({"claims": ["Access"]})


class Time:
    """A clock that only moves when somebody sleeps or a test turns it."""

    def __init__(self):
        self.seconds = 100.0
        self.slept = []

    def clock(self):
        return self.seconds

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.seconds += seconds

    def now(self):
        return START + timedelta(seconds=self.seconds - 100)


class Scripted:
    """A model that yields and raises what it is told, one list for each call."""

    name = "openai:scripted"
    remote = True

    def __init__(self):
        self.scripts = []
        self.calls = 0

    def stream(self, prompt, *, schema, max_tokens, deadline):
        self.calls += 1
        for step in self.scripts.pop(0) if self.scripts else [DONE]:
            if isinstance(step, Exception):
                raise step
            yield step


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def model():
    return Scripted()


@pytest.fixture
def patient(model, time):
    circuit = Circuit(model.name, clock=time.clock, now=time.now)
    return Patient(model, circuit=circuit, clock=time.clock, sleep=time.sleep, random=lambda: 0.5)


def ask(patient, time, *, seconds=30.0):
    """Ask once, as an answer does."""
    deadline = time.seconds + seconds
    return list(patient.stream(PROMPT, schema=SCHEMA, max_tokens=99, deadline=deadline))


def fail(patient, time, times, problem=None):
    """Let so many answers of one attempt each fail."""
    for _ in range(times):
        patient._model.scripts.append([PART, problem or ModelFailed("it failed (HTTP 500)")])
        with pytest.raises(ModelUnavailable):
            ask(patient, time)


@pytest.mark.parametrize(
    "problem",
    [ModelFailed("down"), ModelBusy("busy"), ModelTimedOut("slow"), ModelReplyUnusable("empty")],
    ids=lambda one: type(one).__name__,
)
def test_what_may_pass_is_tried_again(patient, model, time, problem):
    """The caller sees nothing of it."""
    model.scripts = [[problem], [PART, DONE]]

    assert ask(patient, time) == [PART, DONE]


@pytest.mark.parametrize(
    "problem",
    [ModelKeyRefused("no"), ModelMisused("what"), PromptTooLong("long"), ModelRefused("never")],
    ids=lambda one: type(one).__name__,
)
def test_what_will_not_pass_is_not_tried_again(patient, model, time, problem):
    """It would come to the same, and cost time and money."""
    model.scripts = [[problem]]

    with pytest.raises(type(problem)):
        ask(patient, time)

    assert model.calls == 1


def test_there_are_two_retries_with_longer_and_longer_pauses(patient, model, time):
    """Then the last failure is raised."""
    model.scripts = [[ModelFailed(f"down {at}")] for at in range(5)]

    with pytest.raises(ModelFailed, match="down 2"):
        ask(patient, time)

    assert model.calls == 3
    assert time.slept == [0.5, 1.0]


@pytest.mark.parametrize(("luck", "pause"), [(0.0, 0.25), (0.5, 0.5), (1.0, 0.75)])
def test_pauses_differ_from_caller_to_caller(model, time, luck, pause):
    """Those who failed together do not come back together."""
    patient = Patient(model, clock=time.clock, sleep=time.sleep, random=lambda: luck)
    model.scripts = [[ModelFailed("down")]]

    ask(patient, time)

    assert time.slept == [pause]


def test_a_useless_reply_is_asked_for_again_at_once(patient, model, time):
    """Nobody is overloaded."""
    model.scripts = [[ModelReplyUnusable("empty")]]

    ask(patient, time)

    assert time.slept == [0.0]


def test_the_wait_that_a_server_asks_for_is_kept(patient, model, time):
    """Never sooner, and a little later."""
    model.scripts = [[ModelBusy("busy", retry_after=7.0)]]

    ask(patient, time)

    assert time.slept == [7.25]


def test_nobody_waits_beyond_the_deadline(patient, model, time):
    """A wait that is longer than the time that is left is not begun."""
    model.scripts = [[ModelBusy("busy", retry_after=40.0)]]

    with pytest.raises(ModelBusy):
        ask(patient, time)

    assert time.slept == []
    assert model.calls == 1


def test_without_time_the_model_is_not_asked(patient, model, time):
    """It would only be a cost."""
    with pytest.raises(ModelTimedOut):
        ask(patient, time, seconds=0)

    assert model.calls == 0


def test_a_failure_in_the_middle_is_the_callers(patient, model, time):
    """What was made of the first part must not be made twice in silence."""
    model.scripts = [[PART, ModelFailed("cut")]]
    seen = []

    with pytest.raises(ModelFailed, match="cut"):
        seen.extend(patient.stream(PROMPT, schema=SCHEMA, max_tokens=9, deadline=time.seconds + 30))

    assert model.calls == 1


def test_a_caller_can_start_over_and_shares_the_retries(patient, model, time):
    """`again` waits as a retry would, and says when it is enough."""
    model.scripts = [
        [ModelFailed("down")],
        [PART, ModelFailed("cut")],
        [PART, ModelFailed("cut again")],
    ]
    effort = patient.begin(deadline=time.seconds + 30)
    restarts = []

    while True:
        try:
            list(effort.stream(PROMPT, schema=SCHEMA, max_tokens=99))
        except ModelUnavailable as exc:
            restarts.append(effort.again(exc))
            if not restarts[-1]:
                break

    assert restarts == [True, False]
    assert model.calls == 3


def test_after_failures_in_a_row_the_model_is_left_alone(patient, model, time):
    """Callers are told at once, with the time since when and the reason."""
    fail(patient, time, 4)
    asked = model.calls

    with pytest.raises(
        ModelSuspended,
        match=r"openai:scripted has been failing since 2026-03-02 14:02 UTC: .* cannot be reached",
    ) as caught:
        ask(patient, time)

    assert caught.value.hint == "It is tried again in 30 s."
    assert model.calls == asked
    assert patient.circuit.failing_since == START


def test_timeouts_are_borne_less_often(patient, model, time):
    """Each has cost somebody the whole deadline."""
    fail(patient, time, 2, ModelTimedOut("slow"))

    with pytest.raises(ModelSuspended):
        ask(patient, time)


def test_a_good_reply_in_between_starts_the_count_anew(patient, model, time):
    """Failures have to be in a row."""
    fail(patient, time, 3)
    ask(patient, time)
    fail(patient, time, 3)

    assert ask(patient, time) == [DONE]
    assert patient.circuit.failing_since is None


@pytest.mark.parametrize(
    "problem",
    [PromptTooLong("long"), ModelRefused("never"), ModelReplyUnusable("empty")],
    ids=lambda one: type(one).__name__,
)
def test_a_problem_with_one_prompt_says_nothing_of_the_provider(patient, time, problem):
    """One odd document must not take the model from everybody."""
    fail(patient, time, 9, problem)

    assert ask(patient, time) == [DONE]


def test_a_circuit_that_opens_ends_the_retries(patient, model, time):
    """The failure that opened it is the one that is raised."""
    fail(patient, time, 3)
    model.scripts = [[ModelFailed("the fourth")]]

    with pytest.raises(ModelFailed, match="the fourth"):
        ask(patient, time)

    assert time.slept == []


def test_after_a_rest_one_call_finds_out_for_all(patient, model, time):
    """While it is under way the others are still told at once; if it is good, all go through."""
    fail(patient, time, 4)
    time.seconds += 31
    model.scripts = [[PART, DONE]]

    trial = patient.stream(PROMPT, schema=SCHEMA, max_tokens=9, deadline=time.seconds + 30)
    assert next(trial) == PART
    with pytest.raises(ModelSuspended) as caught:
        ask(patient, time)
    assert caught.value.hint == "It is being tried again."
    assert next(trial) == DONE

    assert ask(patient, time) == [DONE]


def test_a_trial_that_fails_makes_the_rest_longer(patient, model, time):
    """From half a minute up to ten minutes, with one attempt in between."""
    fail(patient, time, 4)
    rests = []
    for _ in range(7):
        with pytest.raises(ModelSuspended) as caught:
            ask(patient, time)
        rests.append(int(caught.value.hint.split()[-2]))
        time.seconds += rests[-1] + 1
        fail(patient, time, 1)

    assert rests == [30, 60, 120, 240, 480, 600, 600]


def test_a_server_that_asks_for_a_long_wait_gets_it(patient, time):
    """The rest is as long as the last one asked for."""
    fail(patient, time, 4, ModelBusy("busy", retry_after=120.0))

    with pytest.raises(ModelSuspended) as caught:
        ask(patient, time)

    assert caught.value.hint == "It is tried again in 120 s."


def test_a_trial_that_is_given_up_lets_the_next_one_try(patient, model, time):
    """A caller who goes away has found out nothing."""
    fail(patient, time, 4)
    time.seconds += 31
    model.scripts = [[PART, DONE]]
    trial = patient.stream(PROMPT, schema=SCHEMA, max_tokens=9, deadline=time.seconds + 30)
    next(trial)
    trial.close()

    assert ask(patient, time) == [DONE]


def test_a_wrong_key_is_said_once_and_not_tried_again(patient, model, time, caplog):
    """However long the process runs; each caller is told why, without a call."""
    problem = ModelKeyRefused(
        "openai:scripted did not accept the key", hint="Check OPENAI_API_KEY."
    )
    model.scripts = [[problem]]
    caplog.set_level(logging.INFO, "copilot")

    for _ in range(3):
        with pytest.raises(ModelKeyRefused, match="did not accept the key") as caught:
            ask(patient, time)
        assert caught.value.hint == "Check OPENAI_API_KEY."
        time.seconds += 100_000

    assert model.calls == 1
    [record] = caplog.records
    assert record.levelname == "ERROR"
    assert "Check OPENAI_API_KEY" in record.getMessage()


def test_a_model_that_keeps_failing_is_said_once(patient, time, caplog):
    """And once more when it is back."""
    caplog.set_level(logging.INFO, "copilot")
    fail(patient, time, 4)
    time.seconds += 31
    fail(patient, time, 1)
    time.seconds += 61
    ask(patient, time)

    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_several_models_may_share_what_is_known(model, time):
    """A judge at the same provider need not find out by itself."""
    circuit = Circuit("openai", clock=time.clock, now=time.now)
    one, other = (
        Patient(model, circuit=circuit, clock=time.clock, sleep=time.sleep) for _ in range(2)
    )
    fail(one, time, 4)

    with pytest.raises(ModelSuspended, match="openai has been failing"):
        ask(other, time)


def test_it_stands_before_a_real_model(server):
    """A server that fails once and is busy once still gives its answer."""
    model = connect("openai:scripted", base_url=server.base_url)
    server.queue(plays.fails(500), plays.fails(429, headers={"Retry-After": "0"}))
    server.default = plays.says(REPLY)
    slept = []
    patient = Patient(model, sleep=slept.append)

    events = list(
        patient.stream(PROMPT, schema=SCHEMA, max_tokens=99, deadline=monotonic() + AMPLE)
    )

    assert events[-1].value == REPLY
    assert len(slept) == 2
    assert (patient.name, patient.remote) == (model.name, False)
