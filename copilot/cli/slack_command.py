"""`copilot slack`: answer in Slack, until it is stopped."""

from __future__ import annotations

from importlib.metadata import entry_points

from copilot import config
from copilot.cli.console import write
from copilot.errors import BadInput


def slack() -> None:
    """Answer in Slack, by Socket Mode; SLACK_BOT_TOKEN and SLACK_APP_TOKEN name the app."""
    workspace = config.find_workspace()
    # Bots know this package, and it knows none of them but by what is installed.
    found = tuple(entry_points(group="copilot.bots", name="slack"))
    if not found:
        raise BadInput(
            "the bot for Slack is not installed", hint="Install the package soc2-copilot again."
        )

    def listening() -> None:
        write(f"Answering in Slack from {workspace.root.name}. Ctrl-C stops it.")

    found[0].load()(workspace, listening=listening)
