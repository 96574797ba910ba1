"""Where a served encoder is, and the key that it takes: neither is ever told to anybody else."""

from __future__ import annotations

import json
import logging
import traceback

import pytest

from copilot.errors import EncoderUnavailable
from tests.retrieval.embedding_server import failing, serving
from tests.retrieval.remote.served import KEY, failure, made

# Keys and addresses


def test_a_key_is_nowhere(server, encoder, caplog):
    """Not in the error, its hint, its traceback, the log, or what the encoder says of itself."""
    caplog.set_level(logging.DEBUG)
    message = f"Incorrect API key provided: {KEY}. You sent: one secret text."
    for status in (400, 401, 403, 404, 429, 500):
        server.script = [failing(status, message=message, code=KEY)] * 5
        problem = failure(made(server.url, seconds=0.5), ["one secret text"])
        said = "".join(traceback.format_exception(problem))
        for text in (
            said,
            problem.hint,
            caplog.text,
            repr(encoder),
            repr(vars(encoder)["_opened"]),
        ):
            assert KEY not in text
            assert "secret" not in text


def test_a_server_of_ones_own_needs_no_key(server, encoder):
    """Then none is sent."""
    made(server.url, key="").encode(["one"])
    assert "Authorization" not in server.requests[0][0]


def test_openai_needs_a_key():
    """Without one nothing is sent, and it is said where it goes."""
    problem = failure(made("", key=""))
    assert "there is no key" in str(problem)
    assert "OPENAI_API_KEY" in problem.hint
    assert "`api_key_file`" in problem.hint


@pytest.mark.parametrize(
    "url", ["nonsense", "ftp://127.0.0.1/v1", "http://", "http://[::1/v1", "http://host:port/v1"]
)
def test_what_is_no_address_is_refused(url):
    """Before anything is sent."""
    with pytest.raises(EncoderUnavailable, match="`encoder_base_url` is no address"):
        made(url)


@pytest.mark.parametrize("url", ["http://user:hidden@127.0.0.1/v1", "http://host/v1?key=hidden"])
def test_an_address_with_a_secret_in_it_is_refused(url):
    """It would be printed with every error; and the message does not print it either."""
    with pytest.raises(EncoderUnavailable, match="holds more than an address") as caught:
        made(url)
    assert "hidden" not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    ("url", "remote"),
    [
        ("http://127.0.0.1:8000/v1", False),
        ("http://localhost:8000/v1", False),
        ("http://[::1]:8000/v1", False),
        ("http://10.0.0.7:8000/v1", True),
        ("http://localhost.example.com/v1", True),
        ("", True),
    ],
)
def test_only_this_machine_is_not_remote(url, remote):
    """What counts is where texts go."""
    assert made(url).remote is remote


def test_a_local_server_is_asked_directly(server, encoder, monkeypatch):
    """A proxy that the environment names does not see what is meant for this machine."""
    with serving() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/v1"))
        made(server.url).encode(["one"])
        assert proxy.requests == []
    assert len(server.requests) == 1


def test_names_tell_servers_apart():
    """Vectors of one server are never taken for those of another, whatever their paths."""
    names = {
        made(url).name
        for url in ("http://a/v1", "http://a/v2", "http://a:80/v1", "https://b/v1", "http://a/v1/")
    }
    assert len(names) == 4
    assert all(len(name) <= 200 for name in names)
    assert json.dumps(sorted(names)).isascii()
