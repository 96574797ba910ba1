"""A line between a socket and Slack, which breaks as lines do."""

from __future__ import annotations

import contextlib
import socket
import threading


class Line:
    """A line between a socket and Slack, which can be cut, or fall silent while it stays open."""

    def __init__(self, port):
        self._port = port
        self.silent = False
        """Carry nothing over the connections that are there; new ones are heard."""
        self.mute = False
        """Carry nothing after the first words over connections that are made from now on."""
        self._ends = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Break every connection off, without a word of farewell."""
        for end in self._ends:
            shut(end)
        self._ends.clear()

    def close(self):
        """Let nobody connect any more."""
        shut(self._listening)
        self.cut()

    def _accept(self):
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._port))
            self._ends += [near, far]
            # What is made after the line fell silent is a new connection, and hears.
            hears, mute = self.silent, self.mute
            for source, target, most in ((near, far, None), (far, near, 1 if mute else None)):
                carrying = threading.Thread(
                    target=self._carry, args=(source, target, hears, most), daemon=True
                )
                carrying.start()

    def _carry(self, source, target, hears, most):
        carried = 0
        try:
            while said := source.recv(65536):
                if (hears or not self.silent) and (most is None or carried < most):
                    target.sendall(said)
                carried += 1
        except OSError:
            pass
        shut(target)


def shut(end):
    """Close a connection, whoever waits for it."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
