"""The socket to Slack: opened, watched, and replaced when it is gone, or is silent and only looks alive."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk.errors import SlackApiError, SlackClientError

from bots.slack_problems import LOG, VENDORS, error_of, reason
from copilot.errors import BadInput, CannotConnect

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient
    from slack_sdk.socket_mode.builtin.connection import Connection

_GONE: Final = select.POLLHUP | select.POLLERR | select.POLLNVAL | getattr(select, "POLLRDHUP", 0)

_JOINING: Final = 5.0
"""Seconds that the end waits for the watch, which may be in the middle of a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often it is looked whether Slack hears us, and tried again if it does not; in seconds."""

    ping: float = 5.0
    silence: float = 16.0
    """Without an answer to a ping for so long, the socket is dead: three pings were lost, and a bit."""
    look: float = 1.0
    longest_pause: float = 30.0
    """Between two tries to connect; the first follows at once, and each pause is twice the one before."""
    retry: float = 0.5
    """Before a call is tried again that failed on Slack's side; twice as long each time, and a bit."""


class Socket:
    """The socket of one process.

    Slack closes sockets in the ordinary course of things, and routers forget them without a word. Whatever
    happened, an outage is one line of the log, when it begins, and one for those who listen to more, when
    it is over. What Slack did not hear us acknowledge, it delivers again.
    """

    def __init__(self, app: App, token: str, client: WebClient, *, rhythm: Rhythm) -> None:
        """Take the app that hears what comes.

        Args:
            app: Hears what comes.
            token: The app-level token, with the scope `connections:write`.
            client: Asks Slack where to connect to.
            rhythm: How often to look.
        """
        # Its own way to connect anew logs each try, never notices a socket that was silent from the
        # beginning, and takes a minute for one that the other side left without saying so.
        handler = SocketModeHandler(
            app,
            token,
            logger=VENDORS,
            web_client=client,
            ping_interval=rhythm.ping,
            auto_reconnect_enabled=False,
        )
        self._client = handler.client
        self._rhythm = rhythm
        self._closing = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="slack-socket", daemon=True)
        self._known: Connection | None = None
        self._since = 0.0
        self._lost = False

    def open(self) -> None:
        """Connect, and watch from then on.

        Raises:
            BadInput: Slack refuses the token.
            CannotConnect: Slack cannot be reached.
        """
        try:
            self._client.connect()
        except SlackApiError as exc:
            raise BadInput(
                f"Slack refuses SLACK_APP_TOKEN: {error_of(exc) or reason(exc)}",
                hint="Make a new app-level token with the scope connections:write; Socket Mode has to "
                "be switched on in the app.",
            ) from exc
        except (SlackClientError, OSError) as exc:
            raise CannotConnect(reason(exc), hint="Check the network, then try again.") from exc
        if not self._client.is_connected():
            raise CannotConnect(
                "Slack said where to connect to, and nobody answers there",
                hint="A proxy or firewall may let no WebSocket through; wss:// to *.slack.com is needed.",
            )
        self._watching.start()

    def close(self) -> None:
        """Hear nothing more, at once; what was heard can still be acknowledged before `end`."""
        self._closing.set()
        if self._watching.ident is not None:
            self._watching.join(_JOINING)
        self._drop()

    def end(self) -> None:
        """Let go of everything."""
        self._client.closed = True
        self._client.message_queue.put(None)  # whoever waits for a message looks up
        with contextlib.suppress(OSError, AttributeError):
            self._client.close()

    def _watch(self) -> None:
        pause = self._rhythm.look
        while not self._closing.wait(pause):
            trouble = self._trouble()
            if trouble is None or self._replaced(trouble):
                pause = self._rhythm.look
            else:
                pause = min(2 * pause, self._rhythm.longest_pause)

    def _trouble(self) -> str | None:
        """Return what is wrong with the socket, if anything is."""
        session = self._client.current_session
        connected = session.sock if session is not None else None
        if session is None or connected is None or _left(connected):
            return "was closed"
        if session is not self._known:
            self._known, self._since = session, time.time()
        heard = max(self._since, session.last_ping_pong_time or 0.0)
        # The clock of the wall, with which the library stamps its pings; it goes on while a machine sleeps.
        return "is silent" if time.time() - heard > self._rhythm.silence else None

    def _replaced(self, trouble: str) -> bool:
        """Connect anew, and say whether that could be."""
        problem = ""
        try:
            self._drop()
            self._client.connect_to_new_endpoint()
            if not self._client.is_connected():
                problem = "nobody answers"
            if self._closing.is_set():
                self._drop()
        except Exception as exc:  # noqa: BLE001  whatever it is, the next try may go well
            problem = reason(exc)
        if problem and not self._lost:
            LOG.warning(
                "the socket to Slack %s and cannot be opened: %s; trying until it can",
                trouble,
                problem,
            )
        elif not problem and self._lost:
            LOG.info("connected to Slack again")
        elif not problem:
            LOG.warning("the socket to Slack %s; connected anew", trouble)
        self._lost = bool(problem)
        return not problem

    def _drop(self) -> None:
        """Leave the socket, without waiting until whoever reads from it looks up."""
        session = self._client.current_session
        if session is None:
            return
        self._client.current_session_state.terminated = True
        connected = session.sock
        if connected is not None:
            with contextlib.suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
        # Whoever reads from it may leave it at the same time, and then there is nothing left to close.
        with contextlib.suppress(OSError, AttributeError):
            session.disconnect()


def _left(connected: socket.socket) -> bool:
    """Say whether the other side is gone; whoever reads from the socket sees only that nothing comes."""
    with contextlib.suppress(OSError, ValueError):
        poll = select.poll()
        poll.register(connected, _GONE)
        return any(happened & _GONE for _, happened in poll.poll(0))
    return True
