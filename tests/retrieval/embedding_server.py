"""A real server on this machine that speaks OpenAI's embeddings API, and misbehaves when it is told to."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.retrieval.workspace import HashingEncoder


class EmbeddingServer(ThreadingHTTPServer):
    """Answers with vectors made of the texts' words; keeps what it received."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.encoder = HashingEncoder()
        self.requests = []
        """Headers and body of each request, in the order in which they came."""
        self.script = []
        """What to do with the next requests, instead of answering well; each is used once."""
        self.always = None
        """What to do with every request."""
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def texts(self):
        """Every text that it was sent."""
        return [text for _, body in self.requests for text in body["input"]]

    @property
    def received(self):
        """Everything that it was sent, as one text."""
        return json.dumps([[dict(headers), body] for headers, body in self.requests])

    def embeddings(self, body):
        vectors = self.encoder.encode(body["input"]) * 3  # of no particular length
        return {
            "object": "list",
            "model": body["model"],
            "data": [
                {"object": "embedding", "index": at, "embedding": vector.tolist()}
                for at, vector in enumerate(vectors)
            ],
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }

    def handle_error(self, request, client_address):
        """Say nothing: clients that go away in the middle are what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            self.server.requests.append((self.headers, body))
            act = self.server.script.pop(0) if self.server.script else self.server.always
        (act or answer)(self, body)

    def reply(self, status, body, *, kind="application/json", **headers):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)


def answer(handler, body):
    """Answer well."""
    handler.reply(200, handler.server.embeddings(body))


def failing(status, *, message="it failed", code="server_error", **headers):
    """Return what answers with an error, as OpenAI does."""

    def act(handler, _):
        error = {"message": message, "type": code, "code": code, "param": None}
        handler.reply(status, {"error": error}, **headers)

    return act


@contextlib.contextmanager
def serving():
    """Yield a server that runs."""
    server = EmbeddingServer()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
