"""What somebody can do to an item now, and in plain words why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.domain.access import Role
from copilot.domain.review import State
from copilot.errors import NotPermitted, WrongStep
from copilot.review.rules import DECISIONS, NEXT, Step, check

if TYPE_CHECKING:
    from copilot.domain.access import Principal
    from copilot.domain.review import Item, Version
    from copilot.review.reading import Shown

_DRAFTED: Final = "drafted"
"""What the note of a version begins with that nobody has written on."""

_MINE: Final = frozenset({State.DRAFT, State.CHANGES_REQUESTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """A step, and whether it can be taken."""

    step: Step
    why_not: str = ""
    """A sentence or two; empty if it can be taken."""


def possible_steps(
    shown: Shown, principal: Principal, *, works_on: bool, one_person: bool
) -> tuple[Possible, ...]:
    """Return every step with what speaks against it.

    Args:
        shown: The item with its newest version.
        principal: Who would take it.
        works_on: Whether they see the drafts of the item, and not only what is in force.
        one_person: Whether the company is a single person.
    """
    still = sum(one.waiver is None for one in shown.marks)
    return tuple(
        Possible(
            step=step,
            why_not=_why_not(
                step,
                shown.item.latest,
                principal,
                still=still,
                works_on=works_on,
                one_person=one_person,
            ),
        )
        for step in Step
    )


def waits_for(item: Item, principal: Principal, *, one_person: bool) -> bool:
    """Say whether the next step of an item is this person's.

    A version in review waits for those who may approve it, and any other that is not approved for whoever
    wrote it.
    """
    own = item.latest.author == principal.id
    if item.state is State.IN_REVIEW:
        return principal.reviews and (one_person or not own)
    return item.state in _MINE and own


def worked_on(item: Item) -> str:
    """Return why an item is more than a draft that nobody has touched; nothing if it is no more."""
    latest = item.latest
    if latest.state is not State.DRAFT:
        return f"version {latest.number} is {latest.state}"
    if not latest.note.startswith(_DRAFTED):
        return f"version {latest.number} was written by {latest.author}"
    return ""


def _why_not(
    step: Step,
    latest: Version,
    principal: Principal,
    *,
    still: int,
    works_on: bool,
    one_person: bool,
) -> str:
    if step in DECISIONS and not principal.reviews:
        return f"The roles compliance and admin decide; yours is {principal.role}."
    if principal.role is Role.AUDITOR:
        return "Auditors read what is approved, and request what they miss."
    if not works_on:
        return "You see what is in force; those who wrote it and those who review work on it."
    if step is Step.WAIVE and not still:
        return "Nothing is open."
    try:
        check(step, latest, principal, one_person=one_person)
    except NotPermitted:
        return f"You wrote version {latest.number}; somebody else has to read and approve it."
    except WrongStep:
        return _state(step, latest)
    if step is Step.APPROVE and still:
        count = "1 question is" if still == 1 else f"{still} questions are"
        return f"{count} open. Each has to be answered, confirmed or waived first."
    return ""


def _state(step: Step, latest: Version) -> str:
    before = " or ".join(state for state in State if state in NEXT[step])
    return f"Version {latest.number} is {latest.state}; this can be done while it is {before}."
