"""What goes wrong with Slack: one line of it for the log, and a sentence for whoever waits.

Neither holds a token, nor what somebody asked: Slack's own errors are words such as `is_archived`, and all
that is taken of anything else is its kind.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from slack_sdk.errors import SlackApiError, SlackClientError

from bots.slack_text import cut
from copilot.errors import BadInput, CopilotError

LOG: Final = logging.getLogger("copilot.slack")
"""Where everything about Slack is logged: with the log of the process, at the terminal and in the service."""

VENDORS: Final = logging.getLogger("slack_bolt")
"""Where Slack's libraries log, and nobody listens.

They log requests with what people typed in them, and a line for each try; whatever matters of it is caught
here and logged once.
"""

FAULT: Final = "Something went wrong on our side. It is in the log; please try again in a moment."

_CLOSED: Final = (
    "I cannot write there any more: the channel was archived, or I am no longer in it. "
)

_SENTENCES: Final = {
    "is_archived": f"{_CLOSED}Ask me here instead.",
    "channel_not_found": f"{_CLOSED}Ask me here instead.",
    "not_in_channel": f"{_CLOSED}Invite me, or ask me here.",
    "missing_scope": "I lack a permission in Slack for this. Whoever installed me finds its name in the log.",
    "ratelimited": "Slack takes no more messages from me at the moment. Please ask again in a minute.",
    "expired_trigger_id": "That took too long for Slack to open the form. Please press the button again.",
}

_REVOKED: Final = frozenset(
    {"account_inactive", "invalid_auth", "not_authed", "token_expired", "token_revoked"}
)

_WORD: Final = re.compile(r"[a-z][a-z0-9_.:-]{1,60}", re.IGNORECASE)
_LONGEST: Final = 200

_LONGEST_TOLD: Final = 1_000
"""Characters of what was wrong that somebody is told; some errors repeat what was typed."""

_ID: Final = re.compile(r"\w+[./]\w")
"""How a text begins that begins with a person's id or an item's, which are written as they are."""

_AT_A_TERMINAL: Final = (
    (re.compile(r": --as names them"), ""),
    (
        re.compile(r"Close them, such as with `copilot .*"),
        "Close them on its page, or ask for changes.",
    ),
    (re.compile(r"`copilot review list` shows"), "My home page shows"),
    (re.compile(r"`copilot review \w+ ([^`]+)`"), r"The page of \1"),
)
"""What hints say where commands are typed, and what they say here."""


def silence_vendors() -> None:
    """Have Slack's libraries log nothing."""
    for one in (VENDORS, logging.getLogger("slack_sdk")):
        one.setLevel(logging.CRITICAL + 1)


def reason(problem: Exception) -> str:
    """Return what went wrong, in one line for the log."""
    match problem:
        case SlackApiError():
            return _said_by_slack(problem)
        case BadInput():
            return type(problem).__name__  # it repeats what was typed
        case CopilotError():
            return _line(str(problem))
        case OSError() | SlackClientError():
            return f"Slack cannot be reached: {_line(type(problem).__name__)}"
        case _:
            return f"{type(problem).__name__}{_place(problem)}"


def sentence(problem: Exception) -> str:
    """Return what whoever waits is told, with what they can do."""
    return _SENTENCES.get(error_of(problem), FAULT)


def explained(problem: CopilotError) -> str:
    """Return what is wrong with what somebody asked for, and what to do, in whole sentences."""
    said = cut(" ".join(str(problem).split()), _LONGEST_TOLD)
    if not _ID.match(said):
        said = f"{said[:1].upper()}{said[1:]}"
    end = "" if said.rstrip("”").endswith((".", "?", "!", "…")) else "."
    hint = problem.hint
    for there, here in _AT_A_TERMINAL:
        hint = there.sub(here, hint)
    return f"{said}{end} {hint}".strip()


def error_of(problem: Exception) -> str:
    """Return Slack's word for what went wrong; empty if Slack said none."""
    if not isinstance(problem, SlackApiError):
        return ""
    data = getattr(problem.response, "data", problem.response)
    said = str(data.get("error") or "") if isinstance(data, dict) else ""
    # Where Slack answers with a page, the library puts that here.
    return said if _WORD.fullmatch(said) else ""


def is_refusal(problem: Exception) -> bool:
    """Say whether Slack no longer knows the token, so that nothing works until somebody renews it."""
    return error_of(problem) in _REVOKED


def try_to_tell(tell: Callable[[], object]) -> bool:
    """Tell somebody what went wrong, and say whether that could be.

    What went wrong is in the log by then. That nobody could be told of it, since Slack takes nothing, is no
    second line.
    """
    try:
        tell()
    except (SlackClientError, OSError):
        return False
    return True


def _said_by_slack(problem: SlackApiError) -> str:
    error = error_of(problem)
    if error == "missing_scope":
        return f"missing_scope: the app lacks {_line(str(problem.response.get('needed') or 'a scope'))}"
    if error:
        return _line(error)
    return f"Slack answered with the status {problem.response.status_code}"


def _line(said: str) -> str:
    return cut(" ".join(said.split()), _LONGEST)


def _place(problem: Exception) -> str:
    """Return where in the code something unforeseen happened, since what it says may be somebody's words."""
    frames = traceback.extract_tb(problem.__traceback__)
    return f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
