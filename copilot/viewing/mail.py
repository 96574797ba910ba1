"""The header of an e-mail, as the reader of e-mails has stored it: a line for each field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.viewing.marking import runs

if TYPE_CHECKING:
    from copilot.domain.views import Runs
    from copilot.viewing.marking import Span

_FIELDS: Final = frozenset({"From", "To", "Cc", "Date", "Subject"})


def header_of(text: str, mark: Span) -> tuple[tuple[tuple[str, Runs], ...], int]:
    """Return the fields of a stored e-mail, and where its message begins."""
    fields: list[tuple[str, Runs]] = []
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        name, colon, _ = text[at:end].partition(": ")
        if not colon or name not in _FIELDS:
            break
        fields.append((name, runs(text, (at + len(name) + len(colon), end), mark)))
        at = end + 1
    while at < len(text) and text[at].isspace():
        at += 1
    return tuple(fields), min(at, len(text))
