"""What a list of controls brings that is not in the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from copilot.domain.controls import Control

_FIELDS: Final = (
    "title", "description", "owner", "frequency", "system", "criteria", "kind",
)  # fmt: skip
"""Where a control was read is no part of what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a control that is not what it was."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChange:
    """A control that is in both lists and is not the same."""

    before: Control
    after: Control
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How one list of controls differs from another, by id; each in the order of its list."""

    added: tuple[Control, ...] = ()
    changed: tuple[ControlChange, ...] = ()
    removed: tuple[Control, ...] = ()
    unchanged: tuple[Control, ...] = ()
    """As the new list has them."""

    def __bool__(self) -> bool:
        """Say whether anything differs."""
        return bool(self.added or self.changed or self.removed)


def difference(old: Iterable[Control], new: Iterable[Control]) -> Difference:
    """Return what a new list of controls adds, changes and removes."""
    before = {control.id: control for control in old}
    after = {control.id: control for control in new}
    changed: list[ControlChange] = []
    unchanged: list[Control] = []
    for id_, control in after.items():
        if id_ not in before:
            continue
        if fields := _changes(before[id_], control):
            changed.append(ControlChange(before=before[id_], after=control, fields=fields))
        else:
            unchanged.append(control)
    return Difference(
        added=tuple(control for id_, control in after.items() if id_ not in before),
        changed=tuple(changed),
        removed=tuple(control for id_, control in before.items() if id_ not in after),
        unchanged=tuple(unchanged),
    )


def _changes(before: Control, after: Control) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(field=field, before=was, after=now)
        for field in _FIELDS
        for was, now in [(_said(before, field), _said(after, field))]
        if was != now
    )


def _said(control: Control, field: str) -> str:
    value: Any = getattr(control, field)
    # The order in which criteria are named says nothing.
    return ", ".join(sorted(value)) if isinstance(value, tuple) else str(value or "")
