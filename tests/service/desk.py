"""What tests of the review do again and again, through HTTP."""

from __future__ import annotations

import contextlib
import time

from playwright.sync_api import expect

from copilot.domain.access import Role

# What a page does comes late on a machine that is busy; how late decides nothing.
expect.set_options(timeout=60_000)

OPEN = (
    "# Access control policy\n\n"
    "[open question → Head of IT: Which system are requests recorded in?]\n\n"
    "Accounts are reviewed [to confirm → Head of IT: every calendar quarter].[^1]\n\n"
    "[^1]: “Nobody shares an account.” — policies/access-control.md, characters 10–35\n"
)
CLOSED = "# {title}\n\nEach quarter all accounts are reviewed.\n"


def until(holds, seconds=60):
    """Wait until something holds, and say whether it does."""
    end = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < end:
        time.sleep(0.05)
    return held


class Desk:
    """People at work on one service, each with a client."""

    def __init__(self, served, stack):
        self.served = served
        self._stack = stack
        self._clients = {}

    def __getitem__(self, who):
        """Return the client of a role, or of somebody by id."""
        if who not in self._clients:
            self._clients[who] = self._stack.enter_context(self.served.client(who))
        return self._clients[who]

    def write(self, item, text=OPEN, *, by=Role.COMPLIANCE, title="A policy"):
        """Make an item of a text."""
        made = self[by].post(
            f"/api/v1/review/{item}/versions",
            json={"text": text, "title": title},
            headers={"If-None-Match": "*"},
        )
        assert made.status_code == 201, made.text
        return made

    def step(self, item, step, body=None, *, by=Role.COMPLIANCE, seen="*"):
        """Take a step on an item."""
        return self[by].post(f"/api/v1/review/{item}/{step}", json=body, headers={"If-Match": seen})

    def in_review(self, item, text=None, *, by=Role.COMPLIANCE, title="A policy"):
        """Make an item that waits for approval."""
        self.write(item, text or CLOSED.format(title=title), by=by, title=title)
        assert self.step(item, "submit", by=by).status_code == 200

    def shown(self, item, *, by=Role.COMPLIANCE):
        """Return an item as somebody sees it."""
        answer = self[by].get(f"/api/v1/review/{item}")
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextlib.contextmanager
def desk_over(served):
    """Yield people at work on a service."""
    with contextlib.ExitStack() as stack:
        yield Desk(served, stack)
