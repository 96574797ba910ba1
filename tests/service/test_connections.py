"""Connections on which no request begins are given up, over a real server on loopback."""

from __future__ import annotations

import socket
import threading
import time

import pytest
import uvicorn

from copilot.service import connections

ASKED = b"GET / HTTP/1.1\r\nHost: here\r\n"


async def _application(scope, receive, send):
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def place(monkeypatch):
    """Return where a server listens that takes short headers only."""
    monkeypatch.setattr(connections, "HEADER_BYTES", 5_000)
    taken = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        _application, http=connections.PromptConnection, log_config=None, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([taken],))
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.01)
    yield taken.getsockname()
    server.should_exit = True
    thread.join(30)
    taken.close()


@pytest.fixture
def impatient(monkeypatch):
    """Return what makes the server wait for headers for less than a second from then on."""
    return lambda: monkeypatch.setattr(connections, "SECONDS", 0.3)


def is_closed(connection):
    """Say whether the other side closes, without an answer."""
    try:
        return connection.recv(100) == b""
    except ConnectionError:  # it had not read all that was sent
        return True


def until_closed(connection):
    """Send a letter of a header now and then, until the other side does not want any more."""
    until = time.monotonic() + 30
    try:
        while time.monotonic() < until:
            connection.sendall(b"x")
            time.sleep(0.02)
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize("begun", [b"", ASKED], ids=["nothing", "half a request"])
def test_a_connection_without_a_request_is_closed(place, impatient, begun):
    """Whoever only connects, or begins and never goes on, is sent away."""
    impatient()
    with socket.create_connection(place, timeout=30) as connection:
        connection.sendall(begun)
        assert is_closed(connection)


def test_headers_that_drip_in_are_not_waited_for(place, impatient):
    """Each letter is in time, and the whole is not."""
    impatient()
    with socket.create_connection(place, timeout=30) as connection:
        connection.sendall(ASKED + b"Slow: ")
        assert until_closed(connection)


def test_a_second_request_has_no_more_time_than_the_first(place, impatient):
    """Who has been answered once may not hold the connection either."""
    with socket.create_connection(place, timeout=30) as connection:
        connection.sendall(ASKED + b"\r\n")
        assert connection.recv(1_000).startswith(b"HTTP/1.1 204")
        impatient()
        connection.sendall(ASKED + b"Slow: ")
        assert until_closed(connection)


def test_headers_without_end_are_not_taken(place):
    """However fast they come, and although there is time left."""
    with socket.create_connection(place, timeout=30) as connection:
        connection.sendall(ASKED + b"Long: " + b"x" * 6_000)
        assert is_closed(connection)
