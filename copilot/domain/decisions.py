"""What people decided on suggested mappings: which criteria a control serves, and which it does not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from copilot.domain.controls import Control, ControlId
    from copilot.domain.criteria import CriterionId


class Verdict(StrEnum):
    """What was decided."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REPLACED = "replaced"
    """Rejected, and another criterion was named instead, for which there is a decision of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingDecision:
    """What somebody decided on one control and one criterion."""

    control: ControlId
    criterion: CriterionId
    verdict: Verdict
    who: str
    at: datetime
    control_hash: str
    """That of the control's text when it was decided; see `hash_of_control`."""
    confidence: float | None = None
    """The suggestion's, from 0 to 1; nothing if the criterion was not suggested."""
    reason: str = ""
    instead: CriterionId | None = None
    """The criterion that was named in its place."""


def hash_of_control(control: Control) -> str:
    """Return the SHA-256 of what a control says it does; white space and letter case do not count."""
    return sha256(" ".join(control.text.casefold().split()).encode()).hexdigest()


def standing(
    decisions: Iterable[MappingDecision],
) -> dict[tuple[ControlId, CriterionId], MappingDecision]:
    """Return the decision that counts for each control and criterion: the last one.

    Args:
        decisions: Oldest first.
    """
    return {(one.control, one.criterion): one for one in decisions}


def accepted(decisions: Iterable[MappingDecision]) -> dict[ControlId, tuple[CriterionId, ...]]:
    """Return the criteria that people accepted for each control, by control.

    Args:
        decisions: Oldest first.
    """
    found: dict[ControlId, tuple[CriterionId, ...]] = {}
    for one in standing(decisions).values():
        if one.verdict is Verdict.ACCEPTED:
            found[one.control] = (*found.get(one.control, ()), one.criterion)
    return found
