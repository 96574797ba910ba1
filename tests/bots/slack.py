"""A Slack for tests: its Web API over real HTTP, its sockets, people, channels and messages that are kept.

It refuses what the real one refuses: a token that it did not give out, a method that the app lacks the
scope for, a message to a channel that is archived or to somebody who has left.
"""

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

from tests.bots.line import Line, shut
from tests.bots.methods import EVERY_SCOPE, POSTS, READ, SCOPES
from tests.bots.spoofing import complaints

TEAM = "T0TEAM"
BOT = "U0BOT"
TOKEN = "xoxb-test"
APP_TOKEN = "xapp-test"


def _arguments(method, kind, body):
    if method == "upload":
        return {"bytes": len(body)}
    if "json" in kind:
        arguments = json.loads(body or b"{}")
    else:
        arguments = {key: one for key, (one, *_) in parse_qs(body.decode()).items()}
    for key in ("blocks", "view", "chunks"):
        if key in arguments:
            arguments[key] = _read(arguments[key])
    return arguments


def _read(said):
    return json.loads(said) if isinstance(said, str) else said


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # hundreds call at once


def _handler(slack):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            slack._answer(self, self.path.rpartition("/")[2], body)

        do_GET = do_POST  # noqa: N815  the name that the server looks for

        def log_message(self, *_):
            pass

    return Handler


class Slack:
    """One workspace of Slack, on loopback."""

    def __init__(self):
        self.users = {}
        self.channels = defaultdict(list)
        self.calls = []
        """Every call in its order: method and arguments."""
        self.messages = {}
        """What stands in the channels: the blocks of each message by channel and time."""
        self.streaming = set()
        """Messages that are streaming."""
        self.failing = {}
        """Errors that methods answer with: a word, or (status, headers)."""
        self.away = False
        """Whether nobody answers to any call."""
        self.scopes = set(EVERY_SCOPE)
        """What the app was granted."""
        self.tokens = {TOKEN, APP_TOKEN}
        """Those that were given out and not revoked."""
        self.archived = set()
        self.events = None
        """The events that are delivered; none but these, once an app was installed."""
        self.spoofs, self.errors = [], []
        """What is wrong with what was shown, and in which word calls were refused; each by its method."""
        self.views = {}
        """The home page of each user, as it is now."""
        self._times = itertools.count(1_700_000_000)
        self._lock = threading.Lock()
        self.add_user(BOT, is_bot=True)
        self._acks = {}
        self._socket = None
        self.connections = 0
        """How many sockets were opened so far."""
        self._sockets = serve(self._listen, "127.0.0.1", 0)
        threading.Thread(target=self._sockets.serve_forever, daemon=True).start()
        self.line = Line(self._sockets.socket.getsockname()[1])
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        """Where its Web API is."""
        return f"http://127.0.0.1:{self._server.server_port}/api/"

    def client(self):
        """Return a client of it, as the product makes one."""
        made = WebClient(token=TOKEN, base_url=self.url, timeout=10)
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

    def install(self, manifest):
        """Install an app as its manifest says: with its scopes and no others, and its events."""
        self.scopes = set(manifest["oauth_config"]["scopes"]["bot"])
        self.events = set(manifest["settings"]["event_subscriptions"]["bot_events"])

    def event(self, event, *, event_id="", wait=10.0):
        """Deliver an event."""
        name = event["type"]
        if name == "message":
            kinds = {"im": "im", "group": "groups", "mpim": "mpim"}
            name = f"message.{kinds.get(event.get('channel_type'), 'channels')}"
        assert self.events is None or name in self.events, f"{name} is not subscribed to"
        payload = {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": "A0APP",
            "event_id": event_id or f"Ev{uuid4().hex}",
            "event": event,
            "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        }
        return self.send("events_api", payload, wait=wait)

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
        self.line.close()
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

    def messages_in(self, channel):
        """Return what stands in a channel, as blocks."""
        with self._lock:
            return [blocks for (where, _), blocks in self.messages.items() if where == channel]

    def read_by(self, user):
        """Return all texts that somebody can read: in their channels, and what was told them alone."""
        said = []
        with self._lock:
            calls = list(self.calls)
        for method, arguments in calls:
            channel = arguments.get("channel", "")
            alone = method == "chat.postEphemeral" and arguments.get("user") == user
            there = user in self.channels.get(channel, ()) or channel == user
            if alone or (there and method in READ):
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
        arguments = _arguments(method, handler.headers.get("content-type", ""), body)
        with self._lock:
            self.calls.append((method, arguments))
            failing = self.failing.get(method)
            if callable(failing):
                failing = failing()
        if self.away:
            handler.close_connection = True
            shut(handler.connection)
            return
        status, headers = failing if isinstance(failing, tuple) else (200, {})
        document = self._outcome(handler, method, arguments, failing)
        if not document["ok"]:
            self.errors.append((method, document["error"]))
        # Where Slack itself is ill, it answers with a page.
        content = b"<html>Ill</html>" if status >= 500 else json.dumps(document).encode()
        handler.send_response(status)
        scopes = {"x-oauth-scopes": ",".join(sorted(self.scopes))}
        about = {"content-type": "application/json", "content-length": str(len(content))}
        for name, value in (scopes | about | headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(content)

    def _outcome(self, handler, method, arguments, failing):
        if isinstance(failing, tuple):
            return {"ok": False, "error": "ratelimited" if failing[0] == 429 else "fatal_error"}
        if failing:
            return {"ok": False, "error": failing}
        refused = self._refused(handler, method, arguments)
        return refused or {"ok": True, **self._document(method, arguments)}

    def _refused(self, handler, method, arguments):
        """Return why a call is refused, in Slack's words; nothing if it is not."""
        if method == "upload":
            return None
        token = handler.headers.get("authorization", "").removeprefix("Bearer ")
        app_level = method == "apps.connections.open"
        if method != "respond" and token not in self.tokens:
            known = token in {TOKEN, APP_TOKEN}
            return {"ok": False, "error": "token_revoked" if known else "invalid_auth"}
        if app_level:
            right = token.startswith("xapp-")
            return None if right else {"ok": False, "error": "not_allowed_token_type"}
        if method not in SCOPES:
            return {"ok": False, "error": "unknown_method"}
        enough = SCOPES[method]
        if method == "conversations.members":
            private = arguments["channel"].startswith("G")
            enough = ("groups:read",) if private else ("channels:read",)
        if enough and not self.scopes.intersection(enough):
            lacking = {"needed": enough[0], "provided": ",".join(sorted(self.scopes))}
            return {"ok": False, "error": "missing_scope", **lacking}
        return self._out_of_reach(method, arguments)

    def _out_of_reach(self, method, arguments):
        """Return why somebody or some place cannot be written to, or not that."""
        if wrong := complaints(arguments, users=self.users):
            self.spoofs += [(method, one) for one in wrong]
            return {"ok": False, "error": "invalid_blocks"}
        if method in POSTS and arguments["channel"] in self.archived:
            return {"ok": False, "error": "is_archived"}
        if method in POSTS and self.users.get(arguments["channel"], {}).get("deleted"):
            return {"ok": False, "error": "user_disabled"}
        if method == "users.info" and arguments["user"] not in self.users:
            return {"ok": False, "error": "user_not_found"}
        word = self._refusal(method, arguments)
        return {"ok": False, "error": word} if word else None

    def _document(self, method, arguments):
        known = {
            "auth.test": lambda _: {"user_id": BOT, "team_id": TEAM, "url": self.url},
            "apps.connections.open": lambda _: {
                "url": f"ws://127.0.0.1:{self.line.port}/link?ticket=1"
            },
            "users.lookupByEmail": self._by_email,
            "users.info": lambda said: {"user": self.users[said["user"]]},
            "users.list": lambda _: {"members": list(self.users.values())},
            "conversations.members": self._members,
            "files.getUploadURLExternal": lambda _: {
                "upload_url": f"{self.url}upload",
                "file_id": f"F{next(self._times)}",
            },
            "files.completeUploadExternal": lambda said: {"files": _read(said["files"])},
        }
        if method in known:
            return known[method](arguments)
        if method == "views.publish":
            self.views[arguments["user_id"]] = arguments["view"]
        if method.startswith("chat.") and method != "chat.postEphemeral":
            return self._kept(method, arguments)
        return {}

    def _by_email(self, arguments):
        of = [one for one in self.users.values() if one["profile"]["email"] == arguments["email"]]
        return {"user": of[0]} if of else {"ok": False, "error": "users_not_found"}

    def _members(self, arguments):
        there = self.channels[arguments["channel"]]
        start = int(arguments.get("cursor") or 0)
        end = start + 3  # short pages, so that the way from one to the next is walked
        following = str(end) if end < len(there) else ""
        return {"members": there[start:end], "response_metadata": {"next_cursor": following}}

    def _refusal(self, method, arguments):
        """Return the word for what Slack does not do: as it was measured with its streams."""
        place = (arguments.get("channel"), arguments.get("ts"))
        if method in {"chat.update", "chat.delete"} and place in self.streaming:
            return {
                "chat.update": "streaming_state_conflict",
                "chat.delete": "cant_delete_message",
            }[method]
        if method in {"chat.appendStream", "chat.stopStream"} and place not in self.streaming:
            return "message_not_in_streaming_state"
        if method in {"chat.update", "chat.delete"} and place not in self.messages:
            return "message_not_found"
        return ""

    def _kept(self, method, arguments):
        begins = method in {"chat.postMessage", "chat.startStream"}
        ts = f"{next(self._times)}.000100" if begins else arguments["ts"]
        place = (arguments["channel"], ts)
        with self._lock:
            if method == "chat.delete":
                del self.messages[place]
            elif method == "chat.stopStream":
                self.streaming.remove(place)
            elif method in {"chat.startStream", "chat.appendStream"}:
                self.streaming.add(place)
                blocks = self.messages.setdefault(place, [])
                for chunk in arguments["chunks"]:
                    blocks += chunk["blocks"]
            else:
                self.messages[place] = arguments.get("blocks", [])
        return {"ts": ts, "channel": arguments["channel"]}
