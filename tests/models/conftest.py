"""A server that plays a model, and a model that is connected to it."""

from __future__ import annotations

import time

import pytest

from copilot.adapters.chat_addresses import PROVIDERS
from copilot.adapters.chat_models import connect
from copilot.domain.prompting import Completion, Partial, RenderedPrompt
from tests.models.server import ModelServer

KEY = "sk-test-7c1e9a4b52d8f6037c1e9a4b"
"""What is sent as a key; it must be in no text that anybody reads."""

PROMPT = RenderedPrompt(
    system="You answer with claims.",
    user="Leavers lose their access within 24 hours of their last day at Harbourlight.",
    source="answer@1",
)
SCHEMA = {
    "title": "answer",
    "type": "object",
    "properties": {"claims": {"type": "array", "items": {"type": "string"}}},
    "required": ["claims"],
    "additionalProperties": False,
}
REPLY = {"claims": ["Access ends in 24 hours.", "Backups are tested."]}

AMPLE = 60.0
"""Seconds that no test comes near."""
SHORT = 0.5
"""Seconds after which a test of a deadline wants to be done."""


@pytest.fixture(autouse=True)
def _a_key_and_nothing_else(monkeypatch):
    for provider in PROVIDERS.values():
        for name in (*provider.keys, *provider.urls):
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.fixture
def server():
    """Yield a server that is listening."""
    with ModelServer() as running:
        yield running


@pytest.fixture
def model(server):
    """Return a model that the server plays."""
    return connect("openai:scripted", base_url=server.base_url)


@pytest.fixture
def ask(model):
    """Return a function that asks the model and returns everything that it yields."""

    def asking(*, seconds=AMPLE, of=model, prompt=PROMPT):
        deadline = time.monotonic() + seconds
        return list(of.stream(prompt, schema=SCHEMA, max_tokens=99, deadline=deadline))

    return asking


def last(events):
    """Return the completion, which comes once and at the end."""
    *before, end = events
    assert all(isinstance(one, Partial) for one in before)
    assert isinstance(end, Completion)
    return end
