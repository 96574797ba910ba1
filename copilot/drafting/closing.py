"""Close what a draft has open, named by the words that stand for it in `open_marks`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.domain.marked import Asked, Undecided
from copilot.drafting import markup
from copilot.drafting.open_marks import listed
from copilot.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Collection

_BY_HAND: Final = "Edit the text and keep it with `copilot review save`."


def answered(text: str, says: str, answer: str) -> str:
    """Return a draft's text with the answer wherever a question stands.

    Args:
        text: The draft.
        says: What `open_marks` has for the question.
        answer: Plain text; nothing in it becomes a mark or Markdown.

    Raises:
        BadInput: The answer is empty, or this is no question that is open.
    """
    found = [one for said, one in listed(text) if said == says]
    for one in found:
        if isinstance(one, Asked):
            return markup.answered(text, one.question, answer)
    if any(isinstance(one, Undecided) for one in found):
        raise BadInput(
            f"this is a decision to confirm, and no question: {says}",
            hint="`copilot review confirm` confirms it, with --with for something else.",
        )
    raise BadInput(f"“{says}” cannot be answered as it stands", hint=_BY_HAND)


def confirmed(text: str, says: Collection[str], instead: str = "") -> str:
    """Return a draft's text with decisions confirmed.

    Args:
        text: The draft.
        says: What `open_marks` has for each of them. One that stands in several places with the same
            words around it is confirmed in all of them.
        instead: What was decided in place of the words proposed; plain text.

    Raises:
        BadInput: One of them is no decision that is open.
    """
    decisions = [(said, one) for said, one in listed(text) if isinstance(one, Undecided)]
    if wrong := set(says) - {said for said, _ in decisions}:
        raise BadInput(
            f"“{min(wrong)}” is no decision to confirm",
            hint=f"`copilot review answer` answers a question. {_BY_HAND}",
        )
    # The last one first, so that the places of those before it stay what they are.
    for said, one in sorted(decisions, key=lambda each: -each[1].place.start):
        if said in says:
            text = markup.confirmed(text, one, says=instead)
    return text
