"""Every citation of some answers, looked up in its file by the second opinion."""

from __future__ import annotations

from copilot.domain.answers import Abstained
from tests.answering.independent import bare, letters_of
from tests.workspaces import ROOT


def _file_of(citation, folder):
    """Return the file that a citation names."""
    inside = folder / citation.source
    return inside if inside.exists() else ROOT / citation.source


def wrong_citations(answers, folder):
    """Return the citations whose words a second reader does not find in the file, and their count."""
    cited = [
        (answer.question, citation)
        for answer in answers
        if not isinstance(answer, Abstained)
        for claim in answer.claims
        for citation in claim.citations
    ]
    wrong = [
        (question, citation)
        for question, citation in cited
        if not citation.verified
        or bare(citation.quote) not in letters_of(_file_of(citation, folder))
    ]
    return wrong, len(cited)
