"""The company's controls with all that is said of them: what is declared, suggested, decided, in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from copilot.review.mappings import MappingState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from copilot.domain.controls import Control, ControlId
    from copilot.domain.criteria import CriterionId
    from copilot.review.mappings import MappingItem

SERVES: Final = frozenset({MappingState.DECLARED, MappingState.ACCEPTED})
"""The states in which a control serves a criterion."""


class ControlState(StrEnum):
    """What there is to do about a control; several may hold at once."""

    UNDECIDED = "undecided"
    """Something is suggested for it and waits."""
    IN_DOUBT = "in doubt"
    """It says something else than when somebody decided on it."""
    DECIDED = "decided"
    """Nothing waits, and it serves a criterion."""
    UNMAPPED = "unmapped"
    """Nothing waits, and it serves none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedControl:
    """One control and its mappings, the surest first."""

    control: Control
    mappings: tuple[MappingItem, ...]

    @property
    def states(self) -> frozenset[ControlState]:
        """What there is to do about it."""
        found = set()
        if any(one.changed for one in self.mappings):
            found.add(ControlState.IN_DOUBT)
        if any(one.state is MappingState.SUGGESTED for one in self.mappings):
            found.add(ControlState.UNDECIDED)
        if not found:
            found.add(ControlState.DECIDED if self.criteria else ControlState.UNMAPPED)
        return frozenset(found)

    @property
    def criteria(self) -> tuple[CriterionId, ...]:
        """Those that it serves, by its list or by a decision."""
        return tuple(one.criterion for one in self.mappings if one.state in SERVES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which controls somebody wants to see; what is empty leaves none out."""

    state: ControlState | None = None
    criterion: CriterionId | None = None
    owner: str = ""
    """As the list writes it; letter case does not count."""
    words: str = ""
    """All of them stand in the id, the texts, the owner or the system."""

    def lets(self, one: ListedControl) -> bool:
        """Say whether a control is one of those."""
        control = one.control
        said = f"{control.id} {control.text} {control.owner} {control.system}".casefold()
        return (
            (self.state is None or self.state in one.states)
            and (
                self.criterion is None
                or any(_concerns(each, self.criterion) for each in one.mappings)
            )
            and (not self.owner or self.owner.casefold() == control.owner.casefold())
            and all(word in said for word in self.words.casefold().split())
        )


def _concerns(item: MappingItem, criterion: CriterionId) -> bool:
    """Say whether a control serves a criterion, or may."""
    return item.criterion == criterion and item.state in SERVES | {MappingState.SUGGESTED}


def listed_controls(
    controls: Sequence[Control], items: Iterable[MappingItem]
) -> list[ListedControl]:
    """Return the controls in the order of their lists, each with those mappings that are its own."""
    by_control: dict[ControlId, list[MappingItem]] = {}
    for item in items:
        by_control.setdefault(item.control_id, []).append(item)
    return [
        ListedControl(control=one, mappings=tuple(by_control.get(one.id, ()))) for one in controls
    ]


def counted(listed: Iterable[ListedControl]) -> Mapping[ControlState, int]:
    """Return how many controls there are in each state."""
    counts = dict.fromkeys(ControlState, 0)
    for one in listed:
        for state in one.states:
            counts[state] += 1
    return counts
