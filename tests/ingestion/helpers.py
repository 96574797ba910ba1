"""Short views of documents and reports, for comparisons."""

from __future__ import annotations


def outline(document):
    """Return kind and text of each block, for short comparisons."""
    return [(block.kind.value, document.text[block.start : block.end]) for block in document.blocks]


def reasons(report):
    """Return the reason of each refusal by path."""
    return {refusal.path: refusal.reason for refusal in report.refused}
