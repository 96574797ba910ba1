"""Claims are released one by one, each after its own check, while the model is still writing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading

import pytest

from copilot.domain.answers import Finished, Mode, Progressed, Refused, Released
from tests.generated.liars import NEVER, honest
from tests.generated.talking import KEY, environment, holds, variables
from tests.models.behaviours import Reply
from tests.models.sources import numbered_sources
from tests.models.voices import answers, claim

LEAVES = "What happens when somebody leaves?"
SECONDS = 20
"""Less than the server's patience: a reply that is only read when it is whole comes too late."""


def pausing(gate, make):
    """Write the first claim and the beginning of the second, and wait with the rest for `gate`."""

    def behave(request):
        text = json.dumps({"claims": make(numbered_sources(request.user)), "missing": []})
        cut = text.index('{"claim"', text.index('{"claim"') + 1) + 20
        return Reply(script=(text[:cut], gate, text[cut:]))

    return behave


def test_the_first_claim_is_released_before_the_model_has_finished(server, talk):
    """The server goes on only after we have it."""
    gate = threading.Event()
    server.default = pausing(gate, honest)
    events = talk(model_seconds=SECONDS).events(LEAVES)

    first = next(one for one in events if isinstance(one, Released))
    assert not gate.is_set()
    gate.set()
    rest = list(events)

    answer = rest[-1].answer
    assert answer.mode is Mode.GENERATED
    assert answer.mode_reason is None
    assert answer.claims[0] == first.claim
    assert list(answer.claims) == [one.claim for one in [first, *rest] if isinstance(one, Released)]


def test_a_first_claim_that_fails_is_not_released_either(server, talk):
    """What comes first is the first that holds."""
    gate = threading.Event()

    def make(sources):
        return [claim(NEVER, 1, NEVER), *honest(sources)]

    server.default = pausing(gate, make)
    events = talk(model_seconds=SECONDS).events(LEAVES)
    begun = next(events)
    threading.Timer(0.2, gate.set).start()

    rest = list(events)

    assert isinstance(begun, Progressed)
    assert NEVER not in [one.claim.text for one in rest if isinstance(one, Released)]
    assert [one.withheld.text for one in rest if isinstance(one, Refused)] == [NEVER]


def test_nothing_unchecked_is_in_any_event(server, talk):
    """However the reply is cut into pieces, half a claim is never seen."""
    server.default = answers(
        lambda sources, _: [
            one
            for true in honest(sources, 4)
            for one in (true, claim(f"{NEVER} {true['claim']}", true["source"], true["quote"]))
        ],
        piece=3,
    )

    heard = talk(model_seconds=SECONDS).ask(LEAVES, named="grace.whitlock")

    holds(heard)
    assert NEVER not in heard.shown
    assert heard.outcomes["found"] >= 4
    given = "\n".join(numbered_sources(server.requests[0].user).values())
    assert all(text in given for text in heard.texts[:4])


@pytest.mark.parametrize("piece", [1, 7, 5000])
def test_the_pieces_of_a_reply_do_not_matter(server, talk, piece):
    """A character at a time or all at once: the same claims in the same order."""
    server.default = answers(lambda sources, _: honest(sources, 4), piece=piece)

    heard = talk(model_seconds=SECONDS).ask(LEAVES)

    assert holds(heard).mode is Mode.GENERATED
    given = numbered_sources(server.requests[0].user)
    assert heard.texts[:4] == [one["claim"] for one in honest(given, 4)]


def test_whoever_stops_listening_ends_the_call(server, talk):
    """The server sees the connection close; nothing goes on in the background."""
    never = threading.Event()
    server.default = pausing(never, honest)
    events = talk(model_seconds=SECONDS).events(LEAVES)
    next(one for one in events if isinstance(one, Released))

    events.close()

    assert server.went_away.acquire(timeout=60)
    assert not never.is_set()


def test_the_command_prints_each_claim_as_it_is_checked(server, company):
    """One line of JSON for each event; the last has the answer, with just these claims."""
    gate = threading.Event()
    server.default = pausing(gate, lambda sources: [*honest(sources), claim(NEVER, 1, NEVER)])
    command = [sys.executable, "-m", "copilot", "ask", "--events", "--as", "grace.whitlock", LEAVES]
    settings = variables(server, model_seconds=SECONDS)
    with subprocess.Popen(
        command,
        cwd=company,
        env=environment(OPENAI_API_KEY=KEY, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        lines = []
        for line in process.stdout:
            lines.append(json.loads(line))
            if lines[-1]["event"] == "claim":
                gate.set()
        said = process.stderr.read()

    assert process.returncode == 0
    assert (said, NEVER in json.dumps(lines)) == ("", False)
    assert {one["event"] for one in lines} == {"status", "claim", "withheld", "done"}
    assert lines[-1]["event"] == "done"
    answer = lines[-1]["answer"]
    assert (answer["mode"], answer["mode_reason"]) == ("generated", None)
    assert answer["claims"] == [one["claim"] for one in lines if one["event"] == "claim"]


def test_the_answer_is_the_last_event_and_the_only_one_of_its_kind(server, talk):
    """Also where the model has nothing to say, and where it is not asked."""
    ready = talk(model_seconds=SECONDS)
    for question in (LEAVES, "What is Mara Lindqvist's salary?", "How do I bake bread?"):
        events = list(ready.events(question))
        assert [type(one) for one in events].count(Finished) == 1
        assert isinstance(events[-1], Finished)
