"""A server on loopback that speaks OpenAI's chat completions and plays what a test asks of it.

It keeps every byte that it receives.
"""

from __future__ import annotations

import json
import select
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.models import behaviours
from tests.models.behaviours import PATIENCE, Behaviour, Reply, Request, Step, says

PATH = "/v1/chat/completions"


class ModelServer:
    """The server, running; use it with `with`."""

    def __init__(self) -> None:
        self.default: Behaviour = says({})
        self.path = PATH
        self.requests: list[Request] = []
        """Those that went to the right path."""
        self.paths: list[str] = []
        """Where every request went."""
        self.went_away = threading.Semaphore(0)
        """Released whenever a client closes a connection on which a reply was under way."""
        self.closing = threading.Event()
        self._queued: deque[Behaviour] = deque()
        self._chunks: list[bytes] = []
        self._lock = threading.Lock()
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def __enter__(self) -> ModelServer:
        """Start to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and end every reply that is under way."""
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(PATIENCE)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._http.server_address[1])

    @property
    def base_url(self) -> str:
        """What goes into the setting `base_url`."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def received(self) -> bytes:
        """Every byte that came in, on all connections."""
        with self._lock:
            return b"".join(self._chunks)

    def queue(self, *behaviours: Behaviour) -> None:
        """Play these for the next requests, one each, before the default."""
        with self._lock:
            self._queued.extend(behaviours)

    def heard(self, data: bytes) -> None:
        """Keep bytes that came in."""
        with self._lock:
            self._chunks.append(data)

    def reply_to(self, request: Request) -> Reply:
        """Keep the request and return what the next behaviour makes of it."""
        with self._lock:
            self.requests.append(request)
            behaviour = self._queued.popleft() if self._queued else self.default
        return behaviour(request)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = True
    owner: ModelServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that goes away is part of many tests."""


class _Tee:
    """A file that tells what was read from it."""

    def __init__(self, file: Any, heard: Callable[[bytes], None]) -> None:
        self._file, self._heard = file, heard

    def readline(self, limit: int = -1) -> bytes:
        line: bytes = self._file.readline(limit)
        self._heard(line)
        return line

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._file.read(size)
        self._heard(data)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class _Over(Exception):
    """The reply ends here, without its end."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.rfile = _Tee(self.rfile, self.server.owner.heard)  # type: ignore[assignment]

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        self.server.owner.paths.append(self.path)
        if self.path != self.server.owner.path:
            self._send(404, {"Content-Type": "text/html"}, b"<html>nothing here</html>")
            return
        reply = self.server.owner.reply_to(request)
        try:
            for step in reply.lead:
                self._do(step, write=None)
            if reply.body is not None:
                self._send(reply.status, reply.headers, reply.body)
            elif request.streams:
                self._stream(request, reply)
            else:
                self._whole(request, reply)
        except _Over:
            self.close_connection = True

    def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _whole(self, request: Request, reply: Reply) -> None:
        pieces: list[str] = []
        for step in reply.script:
            self._do(step, write=pieces.append)
        message = {"role": "assistant", "content": "".join(pieces) or None}
        if reply.refusal:
            message["refusal"] = reply.refusal
        choice = {"index": 0, "message": message, "finish_reason": reply.finish}
        document = {
            **self._about(request, "chat.completion"),
            "choices": [choice],
            "usage": _usage(reply),
        }
        self._send(
            reply.status,
            {"Content-Type": "application/json", **reply.headers},
            json.dumps(document).encode(),
        )

    def _stream(self, request: Request, reply: Reply) -> None:
        self.send_response(reply.status)
        named = {"Content-Type": "text/event-stream", **reply.headers, "Connection": "close"}
        for name, value in named.items():
            self.send_header(name, value)
        self.end_headers()
        self.close_connection = True
        about = self._about(request, "chat.completion.chunk")
        self._delta(about, _opening(request))
        if reply.refusal:
            self._delta(about, {"refusal": reply.refusal})
        for step in reply.script:
            self._do(step, write=lambda text: self._delta(about, _piece(request, text)))
        if reply.finish:
            self._delta(about, {}, finish="tool_calls" if request.tool else reply.finish)
        if request.wants_usage:
            self._event({**about, "choices": [], "usage": _usage(reply)})
        self.wfile.write(b"data: [DONE]\n\n")

    def _do(self, step: Step, *, write: Callable[[str], None] | None) -> None:
        match step:
            case threading.Event():
                self._wait(PATIENCE, until=step)
            case float() | int():
                self._wait(float(step))
            case behaviours.CUT:
                raise _Over
            case behaviours.RESET:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                raise _Over
            case behaviours.HANG:
                self._wait(PATIENCE)
                raise _Over
            case bytes():
                self._write(step)
            case str() if write:
                write(step)

    def _wait(self, seconds: float, *, until: threading.Event | None = None) -> None:
        """Wait, but no longer than the client and the server are there."""
        turn = 0.01
        waited = 0.0
        while waited < seconds and not (until and until.is_set()):
            if self.server.owner.closing.is_set():
                raise _Over
            pause = min(turn, seconds - waited)
            readable, _, _ = select.select([self.connection], [], [], pause)
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                self.server.owner.went_away.release()
                raise _Over
            waited += pause

    def _delta(self, about: Mapping[str, Any], delta: Mapping[str, Any], finish: str = "") -> None:
        choice = {"index": 0, "delta": delta, "finish_reason": finish or None}
        self._event({**about, "choices": [choice]})

    def _event(self, document: Mapping[str, Any]) -> None:
        self._write(b"data: " + json.dumps(document).encode() + b"\n\n")

    def _write(self, data: bytes) -> None:
        try:
            self.wfile.write(data)
        except OSError as exc:
            self.server.owner.went_away.release()
            raise _Over from exc

    def _about(self, request: Request, kind: str) -> dict[str, Any]:
        model = request.json.get("model", "")
        return {"id": "chatcmpl-1", "object": kind, "created": 1_767_225_600, "model": model}


def _opening(request: Request) -> dict[str, Any]:
    if not request.tool:
        return {"role": "assistant", "content": ""}
    called = {
        "id": "call_1",
        "type": "function",
        "function": {"name": request.tool, "arguments": ""},
    }
    return {"role": "assistant", "content": None, "tool_calls": [{"index": 0, **called}]}


def _piece(request: Request, text: str) -> dict[str, Any]:
    if not request.tool:
        return {"content": text}
    return {"tool_calls": [{"index": 0, "function": {"arguments": text}}]}


def _usage(reply: Reply) -> dict[str, int]:
    prompt, completion = reply.usage
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
