"""What a scripted model reads out of a prompt."""

from __future__ import annotations

import re

_SOURCE = re.compile(
    r"^(?P<mark>\S+) begin source (?P<number>\d+) \([^\n]*\n"
    r"(?:columns: [^\n]*\n)?"
    r"(?P<text>.*?)\n"
    r"(?P=mark) end source (?P=number)$",
    re.MULTILINE | re.DOTALL,
)


def numbered_sources(user: str) -> dict[int, str]:
    """Return the text of each numbered source that stands in a user message.

    The one place that knows the form in which `copilot.generation.numbering` writes them.
    """
    return {int(found["number"]): found["text"] for found in _SOURCE.finditer(user)}
