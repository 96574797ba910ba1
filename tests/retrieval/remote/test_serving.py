"""Vectors from a server: in order, of length one, with patience and an end, and no key anywhere."""

from __future__ import annotations

import base64
import socket
import time

import numpy as np
import pytest

from tests.retrieval.embedding_server import answer, failing
from tests.retrieval.remote.served import KEY, failure, made

TEXTS = [f"text {at} about {at % 7}" for at in range(200)]


def test_texts_come_back_as_vectors_of_length_one(server, encoder):
    """In batches of a few dozen, several at once, and in the order of the texts."""
    vectors = encoder.encode(TEXTS)
    assert np.allclose(vectors, server.encoder.encode(TEXTS), atol=1e-5)
    assert sorted(len(body["input"]) for _, body in server.requests) == [8, 64, 64, 64]
    assert encoder.dimensions == 64
    assert vectors.dtype == np.float32


def test_the_request_is_the_usual_one(server, encoder):
    """Model, texts and key, and nothing that tells of the workspace."""
    encoder.encode(["one"])
    [(headers, body)] = server.requests
    assert body == {"input": ["one"], "model": "words", "encoding_format": "float"}
    assert headers["Authorization"] == f"Bearer {KEY}"


def test_nothing_is_sent_for_nothing(server, encoder):
    """No text, no request."""
    assert encoder.encode([]).shape[0] == 0
    assert server.requests == []


def test_odd_texts_are_sent_as_something(server, encoder):
    """A server takes neither an empty text nor half a character, and nothing without end."""
    encoder.encode(["", " \n", "half \ud800", "long " * 5_000])
    assert server.texts[:3] == ["-", "-", "half ?"]
    assert len(server.texts[3]) < 7_000


def test_a_server_may_answer_in_another_order(server, encoder):
    """The number that stands beside a vector counts."""

    def reversed_order(handler, body):
        reply = handler.server.embeddings(body)
        reply["data"].reverse()
        handler.reply(200, reply)

    server.script = [reversed_order]
    assert np.allclose(encoder.encode(TEXTS[:5]), server.encoder.encode(TEXTS[:5]), atol=1e-5)


def test_a_server_may_answer_in_base64(server, encoder):
    """Some know that format only."""

    def packed(handler, body):
        reply = handler.server.embeddings(body)
        for one in reply["data"]:
            raw = np.array(one["embedding"], dtype=np.float32).tobytes()
            one["embedding"] = base64.b64encode(raw).decode()
        handler.reply(200, reply)

    server.script = [packed]
    assert np.allclose(encoder.encode(TEXTS[:5]), server.encoder.encode(TEXTS[:5]), atol=1e-5)


# What passes by


def cut_off(handler, _):
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"data": [')
    handler.close_connection = True


def hung_up(handler, _):
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(failing(429, code="rate_limit_exceeded", Retry_After="0"), id="too many"),
        pytest.param(failing(500), id="failed"),
        pytest.param(failing(503, Retry_After="0.1"), id="busy"),
        pytest.param(cut_off, id="cut off"),
        pytest.param(hung_up, id="hung up"),
    ],
)
def test_what_passes_by_is_tried_again(server, encoder, act):
    """A failure that may be gone in a moment costs that moment."""
    server.script = [act]
    assert encoder.encode(["one"]).shape == (1, 64)
    assert len(server.requests) == 2


@pytest.mark.parametrize("encoder", [{"seconds": 1.0}], indirect=True)
def test_patience_ends_at_the_deadline(server, encoder):
    """A server that keeps failing is given up, and it is said which."""
    server.always = failing(503)
    problem = failure(encoder)
    assert "words@127.0.0.1" in str(problem)
    assert "HTTP 503" in str(problem)
    assert 1 < len(server.requests) < 5


def test_a_wait_beyond_the_deadline_is_not_begun(server, encoder):
    """Who is asked to come back in ten minutes does not sit there."""
    server.always = failing(429, code="rate_limit_exceeded", Retry_After="600")
    assert "rate_limit_exceeded" in str(failure(encoder))
    assert len(server.requests) == 1


@pytest.mark.parametrize("encoder", [{"seconds": 1.0}], indirect=True)
@pytest.mark.parametrize("dripping", [True, False])
def test_a_server_that_never_finishes_is_left(server, encoder, dripping):
    """Neither silence nor a byte now and then holds anybody up."""

    def slow(handler, _):
        handler.send_response(200)
        handler.send_header("Content-Length", "100000")
        handler.end_headers()
        for _ in range(40):
            if dripping:
                handler.wfile.write(b" ")
            time.sleep(0.1)
            if not dripping and handler.server.script:
                return

    server.always = slow
    problem = failure(encoder)
    assert "within 1 s" in str(problem)
    assert "encoder_seconds" in problem.hint


# What stays


@pytest.mark.parametrize(
    ("act", "said", "hint"),
    [
        pytest.param(failing(401), "refused the key", "OPENAI_API_KEY", id="wrong key"),
        pytest.param(failing(403), "refused the key", "OPENAI_API_KEY", id="forbidden"),
        pytest.param(failing(404), "has no model 'words'", "`encoder_base_url`", id="no model"),
        pytest.param(
            failing(302, Location="http://127.0.0.1:1/elsewhere"),
            "sends requests on",
            "`encoder_base_url`",
            id="redirect",
        ),
        pytest.param(
            failing(429, code="insufficient_quota"), "insufficient_quota", "", id="no credit"
        ),
        pytest.param(
            failing(400, code="invalid_value"), "invalid_value", "`encoder`", id="misused"
        ),
    ],
)
def test_what_will_not_change_is_said_at_once(server, encoder, act, said, hint):
    """The setting to look at is named, after one request."""
    server.always = act
    problem = failure(encoder)
    assert said in str(problem)
    assert hint in problem.hint
    assert len(server.requests) == 1


def replying(change):
    """Return what answers with a reply that has been tampered with."""

    def act(handler, body):
        reply = handler.server.embeddings(body)
        handler.reply(200, change(reply) or reply)

    return act


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(
            lambda h, _: h.reply(200, b"<html>Sign in</html>", kind="text/html"), id="page"
        ),
        pytest.param(lambda h, _: h.reply(200, b'{"data": [', kind="application/json"), id="half"),
        pytest.param(lambda h, _: h.reply(200, b""), id="empty"),
        pytest.param(lambda h, _: h.reply(200, []), id="list"),
        pytest.param(replying(lambda reply: {"error": "no"}), id="error in a good reply"),
        pytest.param(replying(lambda reply: reply["data"].pop() and None), id="one missing"),
        pytest.param(replying(lambda reply: reply["data"].append(reply["data"][0])), id="one more"),
        pytest.param(replying(lambda reply: reply["data"][0].update(index=1)), id="one twice"),
        pytest.param(
            replying(lambda reply: reply["data"][0].update(embedding=[])), id="no numbers"
        ),
        pytest.param(
            replying(lambda reply: reply["data"][0].update(embedding=[0.0] * 64)), id="no direction"
        ),
        pytest.param(
            replying(lambda reply: reply["data"][0].update(embedding=[None] * 64)), id="nothing"
        ),
        pytest.param(
            replying(lambda reply: reply["data"][0].update(embedding=[float("nan")] * 64)), id="nan"
        ),
        pytest.param(
            replying(lambda reply: reply["data"][0].update(embedding=[1.0] * 63)), id="one short"
        ),
        pytest.param(
            replying(lambda reply: reply["data"][0].update(embedding="not base64")), id="words"
        ),
    ],
)
def test_what_is_no_vector_is_not_taken(server, encoder, act):
    """Whatever a server returns, it is vectors for all texts or an error that names it."""
    server.always = act
    problem = failure(encoder, ["one", "two"])
    assert "words@127.0.0.1" in str(problem)
    assert "`encoder_base_url`" in problem.hint


def test_a_server_that_is_not_there_is_named():
    """The address is said, and what the system says."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    problem = failure(made(f"http://127.0.0.1:{port}/v1", seconds=0.5))
    assert f"cannot be reached at http://127.0.0.1:{port}/v1" in str(problem)
    assert "refused" in str(problem)


def test_another_model_by_the_same_name_is_noticed(server, encoder):
    """Vectors of another length are never mixed with those that are there."""
    encoder.encode(["one"])
    server.script = [
        replying(lambda reply: reply["data"][0].update(embedding=[1.0] * 32)),
    ]
    problem = failure(encoder)
    assert "32 numbers, and 64 until now" in str(problem)


def test_what_was_stored_says_how_long_a_vector_is(server, encoder):
    """A new process knows it from the workspace, without asking the server."""
    known = made(server.url, known=lambda name: 32 if name.startswith("openai:words@") else None)
    assert known.dimensions == 32
    assert server.requests == []
    assert "64 numbers, and 32 until now" in str(failure(known))


# Texts that are too long


def test_a_text_that_is_too_long_is_shortened(server, encoder):
    """The model takes as much of the beginning as it can; the others are not shortened."""

    def choosy(handler, body):
        if any(len(text) > 900 for text in body["input"]):
            said = "This model's maximum context length is 256 tokens, however you requested 700."
            return failing(400, message=said, code="invalid_request_error")(handler, body)
        return answer(handler, body)

    server.always = choosy
    vectors = encoder.encode(["short", "word " * 700, "also short"])
    assert vectors.shape == (3, 64)
    assert np.allclose(vectors[0], server.encoder.encode(["short"])[0], atol=1e-5)


def test_a_model_that_takes_nothing_is_given_up(server, encoder):
    """Shortening ends."""
    server.always = failing(413)
    assert "HTTP 413" in str(failure(encoder, ["word " * 700]))
    assert len(server.requests) < 10
