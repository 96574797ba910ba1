"""The log of the service on stderr: plain lines for people, or one JSON document a line for programs."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Final, Literal

Form = Literal["plain", "json"]

_ACCESS: Final = logging.getLogger("copilot.service.access_log")
_OURS: Final = logging.getLogger("copilot")

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def begin(form: Form) -> None:
    """Send the log of this process to stderr in a form, in place of where it went before."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Plain())
    for old in list(_OURS.handlers):
        _OURS.removeHandler(old)
    _OURS.addHandler(handler)
    _OURS.propagate = False
    if _OURS.level not in {logging.DEBUG, logging.INFO}:
        _OURS.setLevel(logging.WARNING)
    _ACCESS.setLevel(logging.INFO)


def note(person: str, method: str, route: str, *, status: int, seconds: float) -> None:
    """Log one request.

    Args:
        person: The id of who made it; empty if nobody is known.
        method: GET, POST and so on.
        route: The template of its route, such as /api/v1/jobs/{job}.
        status: What was answered.
        seconds: How long that took.
    """
    said = {
        "principal": person,
        "method": method,
        "route": route,
        "status": status,
        "ms": round(seconds * 1000),
    }
    _ACCESS.info(
        "%s %s %s %d %d ms", person or "-", method, route, status, said["ms"], extra={"said": said}
    )


class _Plain(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return a line, and where an error came from below it."""
        line = f"{_at(record):%H:%M:%S} {_CONTROLS.sub(' ', record.getMessage())}"
        return "\n".join([line, *(f"    {one}" for one in _way(record))])


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Return a JSON document on one line."""
        document = {
            "at": _at(record).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        said = getattr(record, "said", None) or {"message": record.getMessage()}
        if way := _way(record):
            said = {**said, "raised": way}
        return json.dumps({**document, **said})


def _at(record: logging.LogRecord) -> datetime:
    return datetime.fromtimestamp(record.created, UTC)


def _way(record: logging.LogRecord) -> list[str]:
    """Return what was raised and where. What an error says may quote a document or a secret."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return []
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{one.filename}:{one.lineno} in {one.name}" for one in frames]
    return [f"{type(error).__module__}.{type(error).__qualname__}", *places]
