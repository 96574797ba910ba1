"""What may be done to an item: from which state, by whom, and what becomes of it. All of it is data."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from copilot.domain.access import Role
from copilot.domain.review import State
from copilot.errors import NotPermitted, WrongStep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copilot.domain.access import Principal
    from copilot.domain.review import Version


class Step(StrEnum):
    """What somebody does to an item; the word is an infinitive, for messages."""

    SAVE = "save a new version of"
    SUBMIT = "submit"
    COMMENT = "comment on"
    REQUEST_CHANGES = "request changes to"
    WAIVE = "waive a question of"
    APPROVE = "approve"


NEXT: Final[Mapping[Step, Mapping[State, State]]] = {
    Step.SAVE: {
        State.DRAFT: State.DRAFT,
        State.IN_REVIEW: State.DRAFT,
        State.CHANGES_REQUESTED: State.DRAFT,
        State.APPROVED: State.DRAFT,
    },
    Step.SUBMIT: {
        State.DRAFT: State.IN_REVIEW,
        State.CHANGES_REQUESTED: State.IN_REVIEW,
    },
    Step.COMMENT: {state: state for state in State if state is not State.SUPERSEDED},
    Step.REQUEST_CHANGES: {State.IN_REVIEW: State.CHANGES_REQUESTED},
    Step.WAIVE: {
        State.DRAFT: State.DRAFT,
        State.IN_REVIEW: State.IN_REVIEW,
        State.CHANGES_REQUESTED: State.CHANGES_REQUESTED,
    },
    Step.APPROVE: {State.IN_REVIEW: State.APPROVED},
}
"""The state of the newest version after a step, by the state before it; what is not here cannot be.

A save makes a new version, and the one before is superseded, unless it is approved: then it stays in
force until the new one is approved.
"""

DECISIONS: Final = frozenset({Step.REQUEST_CHANGES, Step.WAIVE, Step.APPROVE})
"""Only those who review may take these steps."""

_READERS: Final = frozenset({Role.AUDITOR})
"""They look at what the company has approved, and have no part in it; they say what they miss in
requests."""


def check(step: Step, latest: Version, principal: Principal, *, one_person: bool) -> State:
    """Return the state after a step on the newest version, which the principal may see.

    Args:
        step: What is to be done.
        latest: The newest version.
        principal: Who does it.
        one_person: Whether the company is a single person, who may then approve their own work.

    Raises:
        NotPermitted: The principal may not do that, whatever the state.
        WrongStep: It cannot be done in this state.
    """
    check_role(step, principal)
    if step is Step.APPROVE and latest.author == principal.id and not one_person:
        raise NotPermitted(
            f"{principal.id} wrote version {latest.number} and cannot approve it",
            hint="Somebody else with the role compliance or admin has to read it: --as names them. "
            "In a company of one person, set `one_person: true` in company.yaml.",
        )
    after = NEXT[step].get(latest.state)
    if after is None:
        possible = " or ".join(state for state in State if state in NEXT[step])
        raise WrongStep(
            f"version {latest.number} is {latest.state}: nobody can {step} that",
            hint=f"That can be done while it is {possible}.",
        )
    return after


def check_role(step: Step, principal: Principal) -> None:
    """Say whether somebody may take a step at all.

    Raises:
        NotPermitted: Their role does not allow it.
    """
    if step in DECISIONS and not principal.reviews:
        raise NotPermitted(
            f"{principal.id} cannot {step} anything: the role is {principal.role}",
            hint="The roles compliance and admin decide; people.yaml says who has them.",
        )
    if principal.role in _READERS:
        raise NotPermitted(
            f"{principal.id} cannot {step} anything: the role is {principal.role}",
            hint="Auditors read what is approved, and request what they miss.",
        )
