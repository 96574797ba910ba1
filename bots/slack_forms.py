"""Forms that somebody fills in: what they entered, and to whom it is passed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slack_bolt import Ack

    from bots.slack_work import Taking

Does = Callable[[Mapping[str, Any], Mapping[str, Any]], None]
"""What a form leads to: it is given what Slack says of the form, and what was put into it when it was opened."""


def passing(does: Does, taking: Taking, *, channel: str) -> Callable[..., None]:
    """Return what hears a form, acknowledges it and has it worked on.

    Args:
        does: What it leads to.
        taking: Takes the work.
        channel: By which name the channel that it was opened from was put into the form.
    """

    def heard(ack: Ack, body: Mapping[str, Any]) -> None:
        ack()
        said = json.loads(body["view"]["private_metadata"])
        taking(lambda: does(body, said), said[channel], body["user"]["id"])

    return heard


def entered(body: Mapping[str, Any]) -> str:
    """Return what somebody typed into the field `said` of a form; nothing if they left it empty."""
    field = body["view"]["state"]["values"]["said"]["said"] or {}
    return str(field.get("value") or "").strip()
