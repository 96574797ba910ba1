"""A Slack for tests: its Web API over real HTTP, with people, channels and messages that are kept."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from uuid import uuid4

from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

TEAM = "T0TEAM"
BOT = "U0BOT"


class Slack:
    """One workspace of Slack, on loopback."""

    def __init__(self):
        self.users = {}
        self.channels = defaultdict(list)
        self.calls = []
        """Every call in its order: method and arguments."""
        self.failing = {}
        """Errors that methods answer with: a word, or (status, headers)."""
        self._times = itertools.count(1_700_000_000)
        self._lock = threading.Lock()
        self.add_user(BOT, is_bot=True)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                outer._answer(self, self.path.rpartition("/")[2], body)

            do_GET = do_POST  # noqa: N815  the name that the server looks for

            def log_message(self, *_):
                pass

        self._acks = {}
        self._socket = None
        self.connections = 0
        """How many sockets were opened so far."""
        self._sockets = serve(self._listen, "127.0.0.1", 0)
        threading.Thread(target=self._sockets.serve_forever, daemon=True).start()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        """Where its Web API is."""
        return f"http://127.0.0.1:{self._server.server_port}/api/"

    def client(self):
        """Return a client of it, as the product makes one."""
        made = WebClient(token="xoxb-test", base_url=self.url, timeout=10)
        made.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
        return made

    def send(self, kind, payload, *, wait=10.0):
        """Send an envelope over the socket; return the seconds until it was acknowledged."""
        envelope = uuid4().hex
        heard = self._acks[envelope] = threading.Event()
        until = time.monotonic() + wait
        while self._socket is None and time.monotonic() < until:
            time.sleep(0.01)
        begin = time.monotonic()
        said = {"type": kind, "envelope_id": envelope, "payload": payload}
        self._socket.send(json.dumps(said))
        assert heard.wait(wait), f"{kind} was not acknowledged"
        return time.monotonic() - begin

    def event(self, event, *, event_id=""):
        """Deliver an event."""
        payload = {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A0APP",
            "event_id": event_id or f"Ev{uuid4().hex}",
            "event": event,
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }
        return self.send("events_api", payload)

    def cut(self):
        """Break the socket off."""
        self._socket.close()
        self._socket = None

    def until(self, holds, wait=30.0):
        """Wait until something holds."""
        end = time.monotonic() + wait
        while not holds():
            assert time.monotonic() < end, "it does not come"
            time.sleep(0.02)

    def close(self):
        """Stop."""
        self._sockets.shutdown()
        self._server.shutdown()
        self._server.server_close()

    def add_user(self, id_, email="", **about):
        """Add somebody; `about` is what Slack says of them."""
        profile = {"real_name": id_.title(), "email": email}
        self.users[id_] = {"id": id_, "team_id": TEAM, "name": id_, "profile": profile, **about}

    def made(self, method):
        """Return the arguments of every call of a method."""
        with self._lock:
            return [arguments for name, arguments in self.calls if name == method]

    def read_by(self, user):
        """Return all texts that somebody can read: in their channels, and what was told them alone."""
        said = []
        with self._lock:
            calls = list(self.calls)
        for method, arguments in calls:
            channel = arguments.get("channel", "")
            alone = method == "chat.postEphemeral" and arguments.get("user") == user
            there = user in self.channels.get(channel, ()) or channel == user
            if alone or (there and method in {"chat.postMessage", "chat.update"}):
                said.append(json.dumps(arguments, ensure_ascii=False))
        return "\n".join(said)

    def _listen(self, socket):
        self._socket = socket
        self.connections += 1
        socket.send(json.dumps({"type": "hello", "num_connections": 1}))
        try:
            for said in socket:
                read = json.loads(said)
                if read.get("envelope_id") in self._acks:
                    self._acks[read["envelope_id"]].set()
        except ConnectionClosed:
            pass

    def _answer(self, handler, method, body):
        kind = handler.headers.get("content-type", "")
        if "json" in kind:
            arguments = json.loads(body or b"{}")
        else:
            arguments = {key: one for key, (one, *_) in parse_qs(body.decode()).items()}
        for key in ("blocks", "view"):
            if isinstance(arguments.get(key), str):
                arguments[key] = json.loads(arguments[key])
        with self._lock:
            self.calls.append((method, arguments))
            failing = self.failing.get(method)
            if callable(failing):
                failing = failing()
        status, headers, document = 200, {}, None
        if isinstance(failing, tuple):
            status, headers = failing
            document = {"ok": False, "error": "ratelimited" if status == 429 else "fatal_error"}
        elif failing:
            document = {"ok": False, "error": failing}
        else:
            document = {"ok": True, **self._document(method, arguments)}
        content = json.dumps(document).encode()
        handler.send_response(status)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", str(len(content)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    def _document(self, method, arguments):
        if method == "auth.test":
            return {"user_id": BOT, "team_id": TEAM, "bot_id": "B0BOT", "url": self.url}
        if method == "apps.connections.open":
            port = self._sockets.socket.getsockname()[1]
            return {"url": f"ws://127.0.0.1:{port}/link?ticket=1"}
        if method == "users.lookupByEmail":
            found = [
                one for one in self.users.values() if one["profile"]["email"] == arguments["email"]
            ]
            return {"user": found[0]} if found else {"ok": False, "error": "users_not_found"}
        if method == "users.info":
            return {"user": self.users[arguments["user"]]}
        if method == "users.list":
            return {"members": list(self.users.values()), "response_metadata": {"next_cursor": ""}}
        if method == "conversations.members":
            there = self.channels[arguments["channel"]]
            start = int(arguments.get("cursor") or 0)
            end = start + 3  # short pages, so that the way from one to the next is walked
            following = str(end) if end < len(there) else ""
            return {
                "members": there[start:end],
                "response_metadata": {"next_cursor": following},
            }
        if method == "chat.postMessage":
            return {"ts": f"{next(self._times)}.000100", "channel": arguments["channel"]}
        return {}
