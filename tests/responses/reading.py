"""A draft of a response, as its tests read it."""

from __future__ import annotations

from copilot.domain.drafts import lines_of
from copilot.drafting.marks import find, spoken


def section(draft, heading):
    """Return one section of a draft as Markdown, without the others."""
    (found,) = [one for one in draft.sections if one.heading == heading]
    lines = (line for block in found.blocks for line in lines_of(block))
    return "\n".join(" ".join(one.text for one in line) for line in lines)


def without_marks(text):
    """Return what a text states: its words outside marks."""
    kept, at = [], 0
    for mark in find(text):
        kept.append(text[at : mark.start])
        at = mark.end
    return spoken(" ".join((*kept, text[at:])))
