"""What is marked of an opened source, and what is shown of it."""

from __future__ import annotations

from copilot.domain.views import CriterionBody, MailBody, TableBody


def runs_of(opened):
    """Yield every run that is shown, in order."""
    body = opened.body
    if isinstance(body, TableBody):
        for row in body.rows:
            for cell in row.cells:
                yield from cell.runs
        return
    if isinstance(body, MailBody):
        for _, runs in body.fields:
            yield from runs
    pieces = body.pieces if isinstance(body, CriterionBody) else body.window.pieces
    for piece in pieces:
        yield from piece.runs
        for cell in piece.cells:
            yield from cell


def quoted_text(opened):
    """Return what is marked, joined."""
    return "".join(run.text for run in runs_of(opened) if run.marked)


def shown_text(opened):
    """Return all that is shown, joined."""
    return " ".join(run.text for run in runs_of(opened))


def words(text):
    """Return the letters and digits of a text: no white space, no signs of tables and lists."""
    return "".join(filter(str.isalnum, text))
