"""The permissions that the app needs in Slack, what each is for, and what is said where one is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from copilot.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Collection

ESSENTIAL: Final[Mapping[str, str]] = {
    "chat:write": "nobody can be answered",
    "users:read": "it is not known who is a member and who is a guest",
    "users:read.email": "it is not known which person of the company somebody is",
}
"""Without these nothing works: each with what follows if it is missing."""

OTHERS: Final[Mapping[str, str]] = {
    "app_mentions:read": "mentions are not heard",
    "assistant:write": "the assistant's pane suggests nothing",
    "channels:history": "edits and deletions in channels are not heard",
    "channels:read": "answers in channels are private",
    "commands": "/soc2 and the message shortcut do not work",
    "files:write": "the home page shows no heat map",
    "groups:history": "edits and deletions in private channels are not heard",
    "groups:read": "answers in private channels are private",
    "im:history": "direct messages are not heard",
    "im:write": "nobody can be written to who has not written first",
}
"""Without these something is missing, and the rest works."""

_MEND: Final = (
    "Add what is missing under OAuth & Permissions of the app, or paste the manifest again, then install "
    "the app in the workspace again."
)


def granted(headers: Mapping[str, str]) -> frozenset[str] | None:
    """Return the scopes that a token has, from the headers of any response; nothing if they do not say."""
    for name, value in headers.items():
        if name.lower() == "x-oauth-scopes":
            return frozenset(one.strip() for one in value.split(",") if one.strip())
    return None


def check(held: Collection[str]) -> str:
    """Return what does not work for want of a scope, in one line for the log; empty if nothing is missing.

    Raises:
        BadInput: Without what is missing nothing works.
    """
    if lacking := [one for one in ESSENTIAL if one not in held]:
        raise BadInput(f"the app in Slack lacks {_listed(lacking, ESSENTIAL)}", hint=_MEND)
    lacking = [one for one in OTHERS if one not in held]
    return f"the app in Slack lacks {_listed(lacking, OTHERS)}. {_MEND}" if lacking else ""


def _listed(lacking: Collection[str], known: Mapping[str, str]) -> str:
    scopes = "the scope" if len(lacking) == 1 else "the scopes"
    return f"{scopes} " + ", ".join(f"{one} ({known[one]})" for one in lacking)
