"""Who is who: `people.yaml` of a workspace, and who a command acts for."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import yaml

from copilot.domain.access import EVERYONE, Principal, Role, parse_audience
from copilot.errors import InvalidAudience, InvalidSettings, UnknownPrincipal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from copilot.domain.access import Audience

_FIELDS: Final = frozenset({"id", "name", "email", "title", "role", "audiences"})


def read_people(file: Path) -> dict[str, Principal]:
    """Return the people of a workspace by id, and by e-mail address.

    Raises:
        InvalidSettings: The file cannot be used; the entry is named.
    """
    if not file.is_file():
        return {}
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as exc:
        raise InvalidSettings(f"{file.name} cannot be read: {exc}") from exc
    listed = content.get("people") if isinstance(content, dict) else None
    if not isinstance(listed, list):
        raise InvalidSettings(f"{file.name} must hold a list under `people:`")
    people: dict[str, Principal] = {}
    for number, entry in enumerate(listed, start=1):
        person = _person(entry, f"{file.name}, entry {number}")
        for key in filter(None, (person.id, str(entry.get("email") or ""))):
            if key.lower() in people:
                raise InvalidSettings(f"{file.name}, entry {number}: {key} stands there twice")
            people[key.lower()] = person
    return people


def _person(entry: Any, where: str) -> Principal:
    if not isinstance(entry, dict) or not entry.get("id"):
        raise InvalidSettings(f"{where}: a person needs an `id`")
    if unknown := entry.keys() - _FIELDS:
        raise InvalidSettings(f"{where}: there is no field `{min(unknown)}`")
    try:
        role = Role(str(entry.get("role", Role.EMPLOYEE)).lower())
        audiences = frozenset(parse_audience(str(one)) for one in entry.get("audiences") or ())
    except (ValueError, TypeError, InvalidAudience) as exc:
        raise InvalidSettings(f"{where}: {exc}", hint=f"Roles are {', '.join(Role)}.") from exc
    name = str(entry.get("name") or entry["id"])
    return Principal(id=str(entry["id"]), name=name, role=role, audiences=audiences | {EVERYONE})


def operator(audiences: Iterable[Audience]) -> Principal:
    """Return whoever runs the command line: they own the files, so they may read them all."""
    return Principal(
        id="operator", name="operator", role=Role.ADMIN, audiences=frozenset(audiences)
    )


def find_principal(
    named: str, *, people: Mapping[str, Principal], audiences: frozenset[Audience]
) -> Principal:
    """Return who is meant by `--as`.

    Args:
        named: An id or address from the people file; `operator`; or audiences as a comma-separated
            list after `audience:`, such as `audience:everyone` or `audience:engineering,hr`; or the
            name of one audience.
        people: The people of the workspace.
        audiences: The audiences that its sources have.

    Raises:
        UnknownPrincipal: It is none of these; the hint names the nearest.
    """
    text = named.strip()
    if text.lower() in people:
        return people[text.lower()]
    if text == "operator":
        return operator(audiences)
    listed = text.removeprefix("audience:")
    if listed != text or text.lower() in {EVERYONE, *audiences}:
        held = frozenset(parse_audience(one) for one in listed.split(",") if one.strip())
        return Principal(id=text, name=text, role=Role.EMPLOYEE, audiences=held | {EVERYONE})
    if text.lower() in {Role.EMPLOYEE, Role.ENGINEER}:
        held = audiences & {parse_audience("engineering")} if text == Role.ENGINEER else frozenset()
        return Principal(id=text, name=text, role=Role(text), audiences=held | {EVERYONE})
    near = get_close_matches(text.lower(), people, n=2)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    raise UnknownPrincipal(
        f"{text!r} is nobody in people.yaml",
        hint=f"{hint}An audience can be named as audience:everyone.",
    )
