"""The server that plays a model, asked by the `openai` client itself."""

from __future__ import annotations

import openai
import pytest

from tests.models import behaviours as plays
from tests.models.conftest import KEY, REPLY


@pytest.fixture
def client(server):
    """Yield a client that retries nothing."""
    with openai.OpenAI(base_url=server.base_url, api_key=KEY, max_retries=0) as made:
        yield made


def ask(client, **more):
    """Ask for a chat completion."""
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}]
    return client.chat.completions.create(model="scripted", messages=messages, **more)


def test_a_whole_reply(server, client):
    """Without a stream, the pieces come as one."""
    server.default = plays.says("Good day.", piece=3, usage=(12, 4))

    reply = ask(client)

    assert reply.choices[0].message.content == "Good day."
    assert reply.usage.total_tokens == 16
    assert (server.requests[0].system, server.requests[0].user) == ("Be brief.", "Hello?")


def test_a_stream(server, client):
    """Each piece is an event of its own, and token counts come only if they are asked for."""
    server.default = plays.says("Good day.", piece=3)

    chunks = list(ask(client, stream=True))
    texts = [one.choices[0].delta.content for one in chunks if one.choices]

    assert [text for text in texts if text] == ["Goo", "d d", "ay."]
    assert all(one.usage is None for one in chunks)
    assert list(ask(client, stream=True, stream_options={"include_usage": True}))[-1].usage


def test_a_refusal_has_a_field_of_its_own(server, client):
    """Whole and in a stream."""
    server.default = plays.refuses("No.")

    assert ask(client).choices[0].message.refusal == "No."
    assert "No." in [one.choices[0].delta.refusal for one in ask(client, stream=True)]


def test_behaviours_are_played_in_turn(server, client):
    """The default comes after those that were queued."""
    server.queue(plays.says("one"), plays.fails(503))
    server.default = plays.says(REPLY)

    assert ask(client).choices[0].message.content == "one"
    with pytest.raises(openai.InternalServerError):
        ask(client)
    assert ask(client).choices[0].message.content == plays.as_text(REPLY)


def test_a_behaviour_may_depend_on_the_request(server, client):
    """It is a function."""
    server.default = lambda request: plays.says(request.user.upper())(request)

    assert ask(client).choices[0].message.content == "HELLO?"
