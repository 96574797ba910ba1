"""Controls as an OSCAL component definition: a component for each control.

Criteria that the company names and criteria that we suggest are two sets of implemented
requirements, so that reading the document again takes only the first for the company's word. Ids are
made from what they stand for, so that the same controls give the same document.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from copilot.controls.oscal import SUGGESTED
from copilot.controls.texts import one_line
from copilot.domain.controls import ControlKind
from copilot.domain.oscal import VERSION, prop

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from copilot.domain.controls import Control, ControlId, Suggestion, Suggestions

_UUIDS: Final = UUID("6f3d3f0a-3c8e-5a53-9d43-5d8f7a6f2c11")
"""The namespace of our ids: made once, never changed."""

_TYPES: Final = {
    ControlKind.CONTROL: "process-procedure",
    ControlKind.SYSTEM: "service",
    ControlKind.FINDING: "validation",
}
_CATALOG: Final = "Trust Services Criteria, 2017, with points of focus revised in 2022"


def component_definition(
    controls: Sequence[Control],
    suggestions: Mapping[ControlId, Suggestions],
    *,
    when: datetime,
) -> dict[str, Any]:
    """Return controls and suggestions as an OSCAL document."""
    components = [_component(control, suggestions.get(control.id)) for control in controls]
    metadata: dict[str, Any] = {
        "title": "Controls and the criteria that they serve",
        "last-modified": when.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "version": _digest(components),
        "oscal-version": VERSION,
    }
    owners = sorted({control.owner for control in controls if control.owner})
    if owners:
        metadata["roles"] = [{"id": "owner", "title": "Owner of a control"}]
        metadata["parties"] = [
            {"uuid": _uuid("owner", name), "type": "person", "name": name} for name in owners
        ]
    catalog = {
        "uuid": _uuid("catalog"),
        "title": _CATALOG,
        "description": "The criteria of the AICPA, by their ids.",
    }
    document: dict[str, Any] = {
        "uuid": _uuid("document", _digest(components)),
        "metadata": metadata,
        "components": components,
        "back-matter": {"resources": [catalog]},
    }
    if not components:
        del document["components"]  # OSCAL knows no empty lists
    return {"component-definition": document}


def _component(control: Control, suggested: Suggestions | None) -> dict[str, Any]:
    component: dict[str, Any] = {
        "uuid": _uuid("component", control.id),
        "type": _TYPES[control.kind],
        "title": control.title or control.id,
        "description": control.description or control.title or control.id,
        "props": _props(control),
    }
    if control.owner:
        role = {"role-id": "owner", "party-uuids": [_uuid("owner", control.owner)]}
        component["responsible-roles"] = [role]
    sets = []
    if control.criteria:
        named = [_requirement(control, one) for one in control.criteria]
        sets.append(_set(control, "named", "The criteria that the company names.", named))
    if suggested and suggested.decided:
        ranked = {one.criterion: one for one in suggested.ranked}
        proposed = [_requirement(control, one, ranked.get(one)) for one in suggested.decided]
        sets.append(_set(control, SUGGESTED, "Criteria that are suggested.", proposed))
    if sets:
        component["control-implementations"] = sets
    return component


def _props(control: Control) -> list[dict[str, str]]:
    said = {
        "id": control.id,
        "kind": str(control.kind),
        "frequency": str(control.frequency or ""),
        "system": control.system,
        # OSCAL wants a title and a description; these say that there was none.
        "titled": "" if control.title else "no",
        "described": "" if control.description else "no",
    }
    return [prop(name, value) for name, value in said.items() if value]


def _set(
    control: Control, mapping: str, description: str, requirements: list[dict[str, Any]]
) -> dict[str, Any]:
    return {
        "uuid": _uuid("set", control.id, mapping),
        "source": f"#{_uuid('catalog')}",
        "description": description,
        "implemented-requirements": requirements,
    }


def _requirement(
    control: Control, criterion: str, suggestion: Suggestion | None = None
) -> dict[str, Any]:
    mapping = SUGGESTED if suggestion else "named"
    requirement: dict[str, Any] = {
        "uuid": _uuid("requirement", control.id, mapping, criterion),
        "control-id": criterion,
        "description": control.description or control.title or control.id,
        "props": [prop("mapping", mapping)],
    }
    if suggestion:
        requirement["props"].append(prop("confidence", f"{suggestion.confidence:.2f}"))
        if reason := one_line(suggestion.reason):
            requirement["remarks"] = reason
    return requirement


def _uuid(*parts: str) -> str:
    return str(uuid5(_UUIDS, json.dumps(parts)))


def _digest(components: list[dict[str, Any]]) -> str:
    plain = json.dumps(components, sort_keys=True).encode()
    return hashlib.sha256(plain).hexdigest()[:16]
