"""Who is who: `people.yaml` of a workspace, and who a command acts for."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import yaml

from copilot.domain.access import EVERYONE, Principal, Role, parse_audience
from copilot.domain.accounts import OPERATOR, Origin, Person
from copilot.errors import InvalidAudience, InvalidSettings, UnknownPrincipal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from copilot.domain.access import Audience

_FIELDS: Final = frozenset({"id", "name", "email", "title", "role", "audiences"})

PEOPLE_FILE: Final = "people.yaml"

_EXAMPLE: Final = "people: [{id: jo.berg, email: jo@example.com, role: engineer, audiences: [hr]}]"


class PeopleFile:
    """The people of a workspace as its file lists them now; read again only when it has changed."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read: tuple[tuple[int, ...], Mapping[str, Person]] | None = None

    def __call__(self) -> Mapping[str, Person]:
        """Return what `read_persons` does.

        Raises:
            InvalidSettings: The file cannot be used; the line or the entry is named.
        """
        try:
            about = self._file.stat()
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as exc:
            raise InvalidSettings(f"{self._file.name} cannot be read: {exc.strerror}") from exc
        # The inode changes when a file is put in another's place, the change time when it is written
        # and then given its old modification time.
        stamp = (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
        known = self._read
        if known is None or known[0] != stamp:
            known = self._read = (stamp, read_persons(self._file))
        return known[1]


def read_persons(file: Path) -> dict[str, Person]:
    """Return the people of a workspace by id, and by e-mail address, both in lower case.

    Raises:
        InvalidSettings: The file cannot be used; the line or the entry is named.
    """
    if not file.is_file():
        return {}
    people: dict[str, Person] = {}
    for number, entry in enumerate(_listed(file), start=1):
        person = _person(entry, f"{file.name}, entry {number}")
        for key in filter(None, (person.id, str(entry.get("email") or "").strip())):
            if people.setdefault(key.lower(), person) is not person:
                raise InvalidSettings(f"{file.name}, entry {number}: {key} stands there twice")
    return people


def read_people(file: Path) -> dict[str, Principal]:
    """Return what `read_persons` does, as those who ask.

    Raises:
        InvalidSettings: The file cannot be used; the line or the entry is named.
    """
    return {key: person.principal() for key, person in read_persons(file).items()}


def read_posts(file: Path) -> dict[str, str]:
    """Return what the people of a workspace are called by their posts, by their names.

    Raises:
        InvalidSettings: The file cannot be used; the line or the entry is named.
    """
    read_people(file)  # says what is wrong with it
    listed = _listed(file) if file.is_file() else []
    return {
        str(one["name"]): str(one["title"])
        for one in listed
        if one.get("name") and one.get("title")
    }


def _listed(file: Path) -> list[Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except yaml.MarkedYAMLError as exc:
        line = f":{exc.problem_mark.line + 1}" if exc.problem_mark else ""
        raise InvalidSettings(f"{file.name}{line}: this is not valid YAML: {exc.problem}") from exc
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise InvalidSettings(
            f"{file.name} cannot be read: it is not plain UTF-8 text", hint="Save it as UTF-8."
        ) from exc
    except OSError as exc:
        raise InvalidSettings(f"{file.name} cannot be read: {exc.strerror}") from exc
    if content is None:
        return []  # an empty file lists nobody
    listed = content.get("people", False) if isinstance(content, dict) else False
    if listed is not None and not isinstance(listed, list):
        raise InvalidSettings(
            f"{file.name} must hold a list under `people:`", hint=f"For example: {_EXAMPLE}"
        )
    return listed or []


def _person(entry: Any, where: str) -> Person:
    if not isinstance(entry, dict) or not str(entry.get("id") or "").strip():
        raise InvalidSettings(f"{where}: a person needs an `id`", hint=f"For example: {_EXAMPLE}")
    id_ = str(entry["id"]).strip()
    where = f"{where} ({id_})"
    if unknown := [str(key) for key in entry if key not in _FIELDS]:
        near = get_close_matches(unknown[0].lower(), _FIELDS, n=1)
        meant = f"; did you mean `{near[0]}`?" if near else ""
        raise InvalidSettings(
            f"{where}: there is no field `{unknown[0]}`{meant}",
            hint=f"The fields are {', '.join(sorted(_FIELDS))}.",
        )
    return Person(
        id=id_,
        name=str(entry.get("name") or id_),
        email=str(entry.get("email") or "").strip().lower(),
        role=_role(entry.get("role"), where),
        audiences=_audiences(entry.get("audiences"), where),
        origin=Origin.FILE,
    )


def _role(given: Any, where: str) -> Role:
    try:
        return Role(str(given or Role.EMPLOYEE).strip().lower())
    except ValueError as exc:
        raise InvalidSettings(
            f"{where}: {given!r} is not a role", hint=f"Roles are {', '.join(Role)}."
        ) from exc


def _audiences(given: Any, where: str) -> frozenset[Audience]:
    # A single word would otherwise be read letter by letter.
    listed = given.split(",") if isinstance(given, str) else given
    if listed is not None and not isinstance(listed, list):
        raise InvalidSettings(
            f"{where}: `audiences` is a list", hint="For example: audiences: [compliance, hr]"
        )
    try:
        return frozenset(parse_audience(str(one)) for one in listed or ())
    except InvalidAudience as exc:
        raise InvalidSettings(f"{where}: {exc}", hint=exc.hint) from exc


def operator(audiences: Iterable[Audience]) -> Principal:
    """Return whoever runs the command line: they own the files, so they may read them all."""
    return Principal(id=OPERATOR, name=OPERATOR, role=Role.ADMIN, audiences=frozenset(audiences))


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
    lowered = text.lower()
    if lowered in people:
        return people[lowered]
    if lowered == OPERATOR:
        return operator(audiences)
    if lowered.startswith("audience:") or lowered in {EVERYONE, *audiences}:
        words = lowered.removeprefix("audience:").split(",")
        held = frozenset(parse_audience(one) for one in words if one.strip())
        return Principal(id=text, name=text, role=Role.EMPLOYEE, audiences=held | {EVERYONE})
    if lowered in {Role.EMPLOYEE, Role.ENGINEER}:
        reads = {parse_audience("engineering")} if lowered == Role.ENGINEER else set()
        held = audiences & reads
        return Principal(id=text, name=text, role=Role(lowered), audiences=held | {EVERYONE})
    near = _nearest(lowered, people)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    raise UnknownPrincipal(
        f"nobody in people.yaml is called {text!r}" if text else "nobody is named to ask as",
        hint=f"{hint}An audience can be named as audience:everyone.",
    )


def _nearest(lowered: str, people: Mapping[str, Principal]) -> list[str]:
    """Return up to three ids that somebody may have meant: a first name, a name, a slip."""
    if not lowered:
        return []
    words = set(lowered.replace(".", " ").split())
    named = [
        person.id
        for key, person in people.items()
        if words <= set(f"{key.partition('@')[0]} {person.name}".lower().replace(".", " ").split())
    ]
    slips = [people[key].id for key in get_close_matches(lowered, people, n=2)]
    return list(dict.fromkeys([*named, *slips]))[:3]
