"""The golden questions: one set that was at hand from the beginning, and two from strangers, in halves.

The strangers' questions were written from the sample company's files alone. A rule splits them, so that
nobody chooses: on the first half of each the answers were improved and the weights fitted, the second
half was only ever counted.
"""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path

import yaml

from copilot.answering.composing import NOTHING_SPEAKS_OF
from copilot.answering.questions import read_question
from copilot.domain.answers import Abstained, Status
from copilot.domain.periods import label

_FOLDER = Path(__file__).parent
_KINDS = ("answerable", "unanswerable")


def _read(name):
    return yaml.load((_FOLDER / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _half(question):
    return sha1(question.encode(), usedforsecurity=False).digest()[0] % 2


def _halves(name):
    entries = _read(name)
    return [
        {
            kind: [one for one in entries[kind] if _half(one["question"]) == number]
            for kind in _KINDS
        }
        for number in (0, 1)
    ]


GOLDEN = _read("harbourlight.yaml")
TUNED, MEASURED = _halves("harbourlight_held_out.yaml")
FITTED, COUNTED = _halves("harbourlight_third.yaml")


def cited(answer):
    """Return the sources that an answer cites."""
    claims = () if isinstance(answer, Abstained) else answer.claims
    return {citation.source for claim in claims for citation in claim.citations}


def owns_up(question, answer, *, year):
    """Say whether an answer admits that there is nothing to answer with.

    Either it is a refusal, or it is partial and says what of the question nothing speaks of, or the question names a time, and the answer is partial and says that the
    record of that very time is missing: "pentest report 2025" gets the report of 2024, named as such,
    with "No record of … for 2025".
    """
    if isinstance(answer, Abstained):
        return True
    if any(line.startswith(NOTHING_SPEAKS_OF) for line in answer.missing):
        return answer.status is Status.PARTIAL
    when = read_question(question, year=year).period
    return (
        answer.status is Status.PARTIAL
        and when is not None
        and any(
            line.startswith("No record of") and line.endswith(f"for {label(when)}.")
            for line in answer.missing
        )
    )
