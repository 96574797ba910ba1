"""Closing what a version has open: a question answered, a decision confirmed, each as a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.errors import BadInput
from copilot.review.reading import mark_at
from copilot.review.rules import Step, check_role
from copilot.review.workflow import Saved

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from copilot.domain.access import Principal
    from copilot.domain.review import Item, ItemId, Version
    from copilot.review.reading import Library
    from copilot.review.workflow import Workflow

_LONGEST: Final = 200


class Closing:
    """Writes answers and confirmed decisions into texts, and saves them as anybody's edit is saved."""

    def __init__(
        self,
        workflow: Workflow,
        library: Library,
        *,
        answered: Callable[[str, str, str], str],
        confirmed: Callable[[str, Collection[str], str], str],
        confirmed_all: Callable[[str], str],
    ) -> None:
        """Take the parts.

        Args:
            workflow: Saves the new version, by its own rules.
            library: Says what somebody sees, and what is open in a text.
            answered: Returns a text with the answer to a question of it, which is named in the words
                of the library's list; the answer is plain text.
            confirmed: Returns a text with decisions of it confirmed, and what was decided instead, if
                that is not empty.
            confirmed_all: Returns a text with all its decisions confirmed as they stand.
        """
        self._workflow = workflow
        self._library = library
        self._answered = answered
        self._confirmed = confirmed
        self._confirmed_all = confirmed_all

    def answer(
        self, id_: ItemId, number: int, text: str, *, principal: Principal, base: int | None = None
    ) -> Item:
        """Answer an open question wherever it stands.

        Args:
            id_: The item.
            number: That of the question in the list of its version, counted from 1.
            text: The answer, in plain words.
            principal: Who answers.
            base: The version whose list was looked at; the newest, if nothing is said.

        Raises:
            UnknownItem, NotPermitted, EditConflict: It cannot be saved.
            BadInput: There is no such question, or no answer.
        """
        version = self._version(id_, base, principal)
        says = mark_at(version, number, id_, self._library.open_marks).says
        new = self._answered(version.text, says, text)
        note = f"answered {_brief(says)}"
        return self._save(id_, (version, new), note=note, principal=principal)

    def confirm(
        self,
        id_: ItemId,
        numbers: Collection[int],
        *,
        principal: Principal,
        instead: str = "",
        base: int | None = None,
    ) -> Item:
        """Confirm decisions, as they stand or one of them with other words.

        Args:
            id_: The item.
            numbers: Those of the decisions in the list of its version; all, if there are none.
            principal: Who confirms.
            instead: What was decided in place of the words proposed, of a single decision.
            base: The version whose list was looked at; the newest, if nothing is said.

        Raises:
            UnknownItem, NotPermitted, EditConflict: It cannot be saved.
            BadInput: There is no such decision, or other words for more than one.
        """
        if instead and len(set(numbers)) != 1:
            raise BadInput(
                "other words are for one decision", hint="Name it with --question, once."
            )
        version = self._version(id_, base, principal)
        open_marks = self._library.open_marks
        if numbers:
            says = [mark_at(version, one, id_, open_marks).says for one in numbers]
            new = self._confirmed(version.text, says, instead)
        else:
            new = self._confirmed_all(version.text)
            still = set(open_marks(new))
            says = [one for one in open_marks(version.text) if one not in still]
        if not says:
            raise BadInput(f"version {version.number} of {id_} has no decision to confirm")
        what = _brief(says[0]) if len(set(says)) == 1 else f"{len(set(says))} decisions"
        other = f" as “{_brief(instead)}”" if instead else ""
        note = f"confirmed {what}{other}"
        return self._save(id_, (version, new), note=note, principal=principal)

    def _version(self, id_: ItemId, number: int | None, principal: Principal) -> Version:
        check_role(Step.SAVE, principal)
        return self._library.show(id_, principal=principal, number=number).version

    def _save(
        self, id_: ItemId, edited: tuple[Version, str], *, note: str, principal: Principal
    ) -> Item:
        version, text = edited
        saved = Saved(text=text, base=version.number, note=f"{principal.id} {note}")
        return self._workflow.save(id_, saved, principal=principal)


def _brief(words: str) -> str:
    flat = " ".join(words.encode(errors="replace").decode().split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST].rstrip()} …"
