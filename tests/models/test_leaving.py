"""What leaves the machine, to where, and what is written down of it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from copilot.adapters.chat_models import connect
from copilot.errors import ModelMisused, ModelUnavailable
from tests.models import behaviours as plays
from tests.models.conftest import KEY, PROMPT, REPLY
from tests.models.server import ModelServer

SCRIPT = """
import sys, time
from copilot.adapters.chat_models import connect
from copilot.cli.console import prepare_logging
from copilot.domain.prompting import RenderedPrompt

prepare_logging()
model = connect("openai:scripted", base_url=sys.argv[1])
prompt = RenderedPrompt(system=sys.argv[2], user=sys.argv[3], source="answer@1")
schema = {"type": "object", "properties": {}, "required": []}
for _ in range(2):
    try:
        for event in model.stream(prompt, schema=schema, max_tokens=9, deadline=time.monotonic() + 60):
            print(event)
    except Exception as exc:
        import logging
        logging.getLogger("copilot").exception("it failed")
print(model, vars(model), model.probe())
"""


def run(server, **variables):
    """Run the script in a process of its own and return everything that it printed."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, server.base_url, PROMPT.system, PROMPT.user],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout + done.stderr


def test_no_log_has_a_key_or_a_text(server):
    """Not even with every logger of every library at its most talkative."""
    server.queue(plays.fails(401, f"Incorrect API key provided: {KEY}"))
    server.default = plays.says(REPLY)

    printed = run(server, COPILOT_DEBUG="1", OPENAI_LOG="debug")

    assert "DEBUG" in printed
    assert "ModelKeyRefused" in printed
    assert KEY[:12] not in printed
    assert KEY[-8:] not in printed
    assert "24 hours of their last day" not in printed


def test_tracing_sends_nothing(server):
    """Variables that are set for another product do not send our sources to its maker."""
    server.default = plays.says({"ready": True})
    address = f"http://127.0.0.1:{server.port}"

    run(
        server,
        LANGSMITH_TRACING="true",
        LANGCHAIN_TRACING_V2="true",
        LANGSMITH_API_KEY="lsv2_pt_0123456789",
        LANGSMITH_ENDPOINT=address,
        LANGSMITH_GATEWAY=address,
        LANGSMITH_GATEWAY_API_KEY="lsv2_pt_0123456789",
    )

    assert server.paths == ["/v1/chat/completions"] * 3
    assert b"lsv2" not in server.received


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "OPENAI_PROXY"])
def test_what_is_local_does_not_go_through_a_proxy(server, ask, monkeypatch, name):
    """A proxy is another machine, whatever the address behind it."""
    server.default = plays.says(REPLY)
    with ModelServer() as proxy:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        ask(of=connect("openai:scripted", base_url=server.base_url))

        assert proxy.received == b""
    assert len(server.requests) == 1


def test_a_redirection_is_not_followed(server, ask):
    """The prompt goes to the address that was named and to no other."""
    with ModelServer() as other:
        server.default = plays.fails(
            307, headers={"Location": f"{other.base_url}/chat/completions"}
        )

        with pytest.raises(ModelMisused, match="sends requests on"):
            ask()

        assert other.received == b""


def test_a_failed_call_is_not_repeated_by_the_libraries(server, ask):
    """Retries are ours to decide, since they have a deadline."""
    server.default = plays.fails(500)

    with pytest.raises(ModelUnavailable):
        ask()

    assert len(server.requests) == 1


def test_the_server_hears_every_byte(server, ask):
    """What other tests look for in what was sent, they would find."""
    server.default = plays.says(REPLY)

    ask()

    assert KEY.encode() in server.received
    assert b"24 hours of their last day" in server.received
