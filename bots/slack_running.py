"""Run the bot in this process, by Socket Mode, until somebody stops it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING

from bots.slack import check_app_token, from_environment, tokens_from
from copilot.bootstrap.service import Service

if TYPE_CHECKING:
    from copilot.config import Workspace


def run(workspace: Workspace, *, listening: Callable[[], None]) -> None:
    """Answer in Slack until the process is told to stop; what was begun is finished first.

    Args:
        workspace: What is asked about.
        listening: Is told when questions are taken.

    Raises:
        BadInput: A token is missing, or Slack does not take it.
    """
    check_app_token(tokens_from(os.environ))  # before anything slow is begun
    service = Service(workspace, askers=workspace.settings.askers or len(os.sched_getaffinity(0)))
    service.start()
    try:
        bot = from_environment(service, url=workspace.settings.public_url)
        before = {
            one: signal.signal(one, lambda *_: bot.stop_listening())
            for one in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            bot.listen(listening)
        finally:
            bot.stop()
            for one, handler in before.items():
                signal.signal(one, handler)
    finally:
        service.close()
