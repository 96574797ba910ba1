"""Controls out of OSCAL documents: component definitions, catalogs and system security plans.

Two kinds of component definition exist. One says of each component which controls of a catalog it
implements; where the catalog is the Trust Services Criteria, a component is a control of ours. Where
it is another catalog, such as a company's own, each implemented requirement is one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from copilot.controls.cells import read_frequency
from copilot.controls.texts import many_lines, one_line
from copilot.domain.controls import Control, ControlId, ControlKind
from copilot.domain.criteria import parse_criterion
from copilot.domain.oscal import NAMESPACE
from copilot.errors import UnknownCriterion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from copilot.controls.problems import Problems
    from copilot.domain.criteria import CriterionId

"""The namespace of the properties that we write."""

SUGGESTED: Final = "suggested"

_ROOTS: Final = ("component-definition", "catalog", "system-security-plan", "profile")
_OTHER_ROOTS: Final = ("assessment-plan", "assessment-results", "plan-of-action-and-milestones")
_PARAMETER: Final = re.compile(r"\{\{\s*(?:insert:)?\s*param,?\s*([\w.-]+)\s*\}\}")
_NO_STATEMENT: Final = ("guidance", "assessment", "objective", "overview", "example")
_SYSTEM_TYPES: Final = frozenset("software hardware service network system".split())

_Tree = dict[str, Any]


def root_of(tree: Any) -> str:
    """Return which OSCAL document a tree is; nothing if it is none."""
    roots = (*_ROOTS, *_OTHER_ROOTS)
    return next((name for name in roots if isinstance(tree, dict) and name in tree), "")


def read_oscal(tree: Mapping[str, Any], problems: Problems) -> list[Control]:
    """Return the controls that an OSCAL document describes."""
    root = root_of(tree)
    document = tree[root]
    if not isinstance(document, dict):
        problems.add(f"`{root}` holds no OSCAL document")
        return []
    match root:
        case "component-definition":
            return _from_components(document, problems)
        case "catalog":
            return list(_from_catalog(document, problems))
        case "system-security-plan":
            return list(_from_plan(document, problems))
        case "profile":
            problems.add("a profile selects controls and holds none of their text")
            problems.hint = "Resolve the profile and import the catalog that this gives."
        case _:
            problems.add(f"`{root}` describes no controls")
            problems.hint = "Import a component definition, a catalog or a system security plan."
    return []


def _from_components(document: _Tree, problems: Problems) -> list[Control]:
    parties = {
        one_line(party.get("uuid")): one_line(party.get("name"))
        for party in _dicts((document.get("metadata") or {}).get("parties"))
    }
    found: list[Control] = []
    for component in _dicts(document.get("components")):
        requirements = [
            requirement
            for implementation in _dicts(component.get("control-implementations"))
            for requirement in _dicts(implementation.get("implemented-requirements"))
        ]
        if _prop(component, "id") or all(_criterion(one) for one in requirements):
            found.append(_from_component(component, requirements, parties, problems))
        else:
            found += (_from_requirement(one, component, problems) for one in requirements)
    return _told_apart(found)


def _from_component(
    component: _Tree, requirements: list[_Tree], parties: Mapping[str, str], problems: Problems
) -> Control:
    title = one_line(component.get("title"))
    id_ = one_line(_prop(component, "id")) or title
    criteria: dict[CriterionId, None] = {}
    for requirement in requirements:
        criterion = _criterion(requirement)
        if criterion is None:
            what = f"component {id_}: {one_line(requirement.get('control-id'))!r} is no criterion"
            problems.add(what)
        elif _prop(requirement, "mapping") != SUGGESTED:
            criteria[criterion] = None
    description = many_lines(component.get("description"))
    ours = bool(_prop(component, "id"))
    return Control(
        id=ControlId(id_),
        title="" if _prop(component, "titled") == "no" else title,
        description="" if _prop(component, "described") == "no" else description,
        owner=_owner(component, parties),
        frequency=read_frequency(_prop(component, "frequency")),
        system=one_line(_prop(component, "system")),
        criteria=tuple(criteria),
        kind=_kind(component) if ours else _foreign_kind(component, requirements),
        place=problems.place(),
    )


def _from_requirement(requirement: _Tree, component: _Tree, problems: Problems) -> Control:
    texts = [requirement.get("description")]
    texts += (one.get("description") for one in _dicts(requirement.get("statements")))
    label = _prop(requirement, "label", namespace="")
    title = one_line(component.get("title"))
    return Control(
        id=ControlId(one_line(label) or one_line(requirement.get("control-id"))),
        title=title,
        description="\n".join(filter(None, map(many_lines, texts))),
        system=title,
        place=problems.place(),
    )


def _told_apart(controls: list[Control]) -> list[Control]:
    """Return the controls with the component's name in ids that several components share."""
    times = Counter(control.id for control in controls)
    return [
        replace(control, id=ControlId(f"{control.id} ({control.system})"))
        if times[control.id] > 1 and control.system
        else control
        for control in controls
    ]


def _from_catalog(document: _Tree, problems: Problems) -> Iterator[Control]:
    withdrawn: list[str] = []
    for control in _controls_of(document):
        id_ = one_line(_prop(control, "label", namespace="")) or one_line(control.get("id"))
        if _prop(control, "status", namespace="").lower() == "withdrawn":
            withdrawn.append(id_)
            continue
        labels = {
            one_line(param.get("id")): one_line(param.get("label")) or one_line(param.get("values"))
            for param in _dicts(control.get("params"))
        }
        prose = "\n".join(_prose(control.get("parts")))
        yield Control(
            id=ControlId(id_),
            title=one_line(control.get("title")),
            description=many_lines(_filled(prose, labels)),
            place=problems.place(),
        )
    if withdrawn:
        problems.note(f"withdrawn controls were left out: {', '.join(withdrawn)}")


def _filled(prose: str, labels: Mapping[str, str]) -> str:
    """Return prose with what its parameters are called in place of their ids."""
    return _PARAMETER.sub(lambda found: f"[{labels.get(found[1]) or found[1]}]", prose)


def _controls_of(group: _Tree) -> Iterator[_Tree]:
    for control in _dicts(group.get("controls")):
        yield control
        yield from _controls_of(control)
    for inner in _dicts(group.get("groups")):
        yield from _controls_of(inner)


def _prose(parts: Any) -> Iterator[str]:
    for part in _dicts(parts):
        if not one_line(part.get("name")).startswith(_NO_STATEMENT):
            label = one_line(_prop(part, "label", namespace=""))
            prose = many_lines(part.get("prose"))
            if prose:
                yield f"{label} {prose}".strip()
            yield from _prose(part.get("parts"))


def _from_plan(document: _Tree, problems: Problems) -> Iterator[Control]:
    implementation = document.get("system-implementation") or {}
    names = {
        one_line(one.get("uuid")): one_line(one.get("title"))
        for one in _dicts(implementation.get("components"))
    }
    control_implementation = document.get("control-implementation") or {}
    for requirement in _dicts(control_implementation.get("implemented-requirements")):
        uses = [
            *_dicts(requirement.get("by-components")),
            *(
                use
                for statement in _dicts(requirement.get("statements"))
                for use in _dicts(statement.get("by-components"))
            ),
        ]
        systems = dict.fromkeys(names.get(one_line(use.get("component-uuid")), "") for use in uses)
        texts = [many_lines(use.get("description")) for use in uses]
        texts.append(many_lines(requirement.get("remarks")))
        yield Control(
            id=ControlId(one_line(requirement.get("control-id"))),
            description="\n".join(dict.fromkeys(filter(None, texts))),
            system=", ".join(filter(None, systems)),
            place=problems.place(),
        )


def _criterion(requirement: _Tree) -> CriterionId | None:
    try:
        return parse_criterion(one_line(requirement.get("control-id")))
    except UnknownCriterion:
        return None


def _owner(component: _Tree, parties: Mapping[str, str]) -> str:
    uuids = [
        one_line(uuid)
        for role in _dicts(component.get("responsible-roles"))
        for uuid in role.get("party-uuids") or ()
    ]
    return ", ".join(filter(None, (parties.get(uuid, "") for uuid in uuids)))


def _kind(component: _Tree) -> ControlKind:
    try:
        return ControlKind(_prop(component, "kind"))
    except ValueError:
        return ControlKind.CONTROL


def _foreign_kind(component: _Tree, requirements: list[_Tree]) -> ControlKind:
    """Return what a component is that somebody else wrote: a system if nothing maps it."""
    is_system = one_line(component.get("type")).lower() in _SYSTEM_TYPES and not requirements
    return ControlKind.SYSTEM if is_system else ControlKind.CONTROL


def _prop(holder: _Tree, name: str, *, namespace: str = NAMESPACE) -> str:
    """Return the value of a property of ours, or of one of OSCAL's own."""
    for prop in _dicts(holder.get("props")):
        own = not prop.get("ns") or "csrc.nist.gov" in str(prop.get("ns"))
        if prop.get("name") == name and (prop.get("ns") == namespace or (own and not namespace)):
            return str(prop.get("value") or "")
    return ""


def _dicts(value: Any) -> list[_Tree]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
