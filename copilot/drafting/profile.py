"""Read a company's profile: `company.yaml` of its workspace."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, TypeVar

from copilot.catalog import marked_yaml
from copilot.domain.companies import (
    Cloud,
    CompanyProfile,
    Method,
    RoleHolder,
    Service,
    Subservice,
    System,
)
from copilot.domain.outlines import DecisionKind
from copilot.errors import InvalidProfile

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from copilot.catalog.marked_yaml import MarkedYaml
    from copilot.catalog.marked_yaml import Path as YamlPath
    from copilot.domain.outlines import Decision, Terms

_TEXTS: Final = ("name", "legal_name", "about", "customers")
_LISTS: Final = ("commitments", "regulators", "laws", "user_controls")
_ITEMS: Final[Mapping[str, type]] = {
    "services": Service,
    "systems": System,
    "clouds": Cloud,
    "subservices": Subservice,
}
_DECIDED: Final = {
    "cadences": DecisionKind.CADENCE,
    "limits": DecisionKind.LIMIT,
    "choices": DecisionKind.CHOICE,
}
_MOST_HINTS: Final = 3
_NUMBERS: Final = (bool, int, float)

_Made = TypeVar("_Made")


def read_profile(file: Path, *, terms: Terms) -> CompanyProfile:
    """Return what a company says of itself; an empty profile where there is no file.

    A field without a value counts as missing. Texts are one line each, white space folded.

    Raises:
        InvalidProfile: With one line for each problem, `company.yaml:7: …`; the hint names what is
            nearest to a key or id that does not exist.
    """
    text = _text_of(file)
    if text is None or not _has_content(text):
        return CompanyProfile()
    parsed = marked_yaml.parse(text)
    reader = _Reader(parsed)
    if parsed.problems:
        reader.problems += parsed.problems
    elif not isinstance(parsed.value, dict):
        reader.refuse((), "the file must be a mapping, with lines such as `name: Example Ltd`")
    profile = None if reader.problems else _profile(reader, parsed.value, terms)
    if profile is None or reader.problems:
        lines = [f"{file.name}:{line}: {said}" for line, said in sorted(set(reader.problems))]
        raise InvalidProfile("\n".join(lines), hint=" ".join(reader.hints[:_MOST_HINTS]))
    return profile


def _text_of(file: Path) -> str | None:
    try:
        return file.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as exc:
        line = exc.object.count(b"\n", 0, exc.start) + 1
        raise InvalidProfile(
            f"{file.name}:{line}: byte 0x{exc.object[exc.start]:02x} is not UTF-8",
            hint="Save the file as UTF-8.",
        ) from exc
    except OSError as exc:
        raise InvalidProfile(f"{file.name} cannot be read: {exc.strerror}") from exc


def _has_content(text: str) -> bool:
    # A profile of which every line is still a comment says nothing, which is allowed.
    return any(line.strip() and not line.lstrip().startswith("#") for line in text.splitlines())


@dataclass(slots=True)
class _Reader:
    """Takes values out of a parsed file and remembers what is wrong with them."""

    parsed: MarkedYaml
    problems: list[tuple[int, str]] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)

    def refuse(self, path: YamlPath, said: str) -> None:
        """Note a problem of the value that `path` leads to."""
        self.problems.append((self.parsed.line_of(path), said))

    def unknown(self, path: YamlPath, what: str, options: Collection[str]) -> None:
        """Note a key that does not exist, and what it may have been meant to be."""
        key = str(path[-1])
        self.refuse(path, f"there is no {what} `{key}`")
        near = get_close_matches(key.lower().replace("_", "-"), options, n=1, cutoff=0.5)
        near = near or get_close_matches(key.lower(), options, n=1, cutoff=0.5)
        listed = ", ".join(options)
        self.hints.append(
            f"The nearest to `{key}` is `{near[0]}`." if near else f"There are {listed}."
        )

    def text(self, value: Any, path: YamlPath, *, example: str = "") -> str:
        """Return a text on one line; nothing where there is none."""
        if value is None:
            return ""
        if not isinstance(value, str):
            kinds = {"list": "a list", "dict": "a mapping"}
            given = kinds.get(type(value).__name__, f"`{value}`")
            such = f", such as `{example}`" if example else ""
            if isinstance(value, _NUMBERS):
                such = such or "; put it in quotes"
            self.refuse(path, f"`{_named(path)}` must be text, not {given}{such}")
            return ""
        if any(mark in value for mark in "{}[]"):
            self.refuse(path, f"`{_named(path)}` holds brackets, which have a meaning in drafts")
        return " ".join(value.split())

    def texts(self, value: Any, path: YamlPath) -> tuple[str, ...]:
        """Return a list of texts."""
        if value is not None and not isinstance(value, list):
            self.refuse(path, f"`{path[-1]}` must be a list, with a line `- …` for each")
            return ()
        read = (self.text(one, (*path, at)) for at, one in enumerate(value or ()))
        return tuple(one for one in read if one)

    def mapping(self, value: Any, path: YamlPath) -> Mapping[str, Any]:
        """Return a mapping."""
        if value is not None and not isinstance(value, dict):
            self.refuse(path, f"`{_named(path)}` must be a mapping, with a line `key: …` for each")
            return {}
        return value or {}

    def made(self, value: Any, path: YamlPath, kind: type[_Made]) -> _Made | None:
        """Return one value of the domain whose fields are texts, lists of texts and methods."""
        given = self.mapping(value, path)
        known = {one.name: one for one in fields(kind)}  # type: ignore[arg-type]
        before = len(self.problems)
        read: dict[str, Any] = {}
        for key, item in given.items():
            here = (*path, key)
            if key not in known:
                self.unknown(here, "field", known)
            elif known[key].type == "Method":
                read[key] = self._method(item, here)
            elif known[key].type == "tuple[str, ...]":
                read[key] = self.texts(item, here)
            else:
                read[key] = self.text(item, here)
        for one in known.values():
            required = one.default is MISSING and one.default_factory is MISSING
            if required and not read.get(one.name) and len(self.problems) == before:
                self.refuse(path, f"`{one.name}` is missing here")
        return kind(**read) if len(self.problems) == before else None

    def _method(self, value: Any, path: YamlPath) -> Method:
        try:
            return Method(value) if value is not None else Method.CARVE_OUT
        except ValueError:
            self.refuse(path, f"`method` is {value!r}, not one of {', '.join(Method)}")
            return Method.CARVE_OUT


def _named(path: YamlPath) -> str:
    """Return the key nearest to the end of a path; a list's items have none of their own."""
    return next((str(part) for part in reversed(path) if isinstance(part, str)), "the file")


def _profile(reader: _Reader, value: Mapping[str, Any], terms: Terms) -> CompanyProfile:
    known = [one.name for one in fields(CompanyProfile)]
    for key in value:
        if key not in known:
            reader.unknown((key,), "field", known)
    read: dict[str, Any] = {key: reader.text(value.get(key), (key,)) for key in _TEXTS}
    read |= {key: reader.texts(value.get(key), (key,)) for key in _LISTS}
    for key, kind in _ITEMS.items():
        read[key] = _items(reader, value.get(key), key, kind)
    read["roles"] = _roles(reader, value.get("roles"), terms)
    tools = reader.mapping(value.get("tools"), ("tools",))
    for own in tools:
        if own not in terms.tools:
            reader.unknown(("tools", own), "tool", terms.tools)
    read["tools"] = _filled({own: reader.text(one, ("tools", own)) for own, one in tools.items()})
    for key, sort in _DECIDED.items():
        read[key] = _decided(reader, value.get(key), (key, sort), terms.decisions)
    alone = value.get("one_person")
    if not isinstance(alone, bool | None):
        reader.refuse(("one_person",), f"`one_person` is yes or no, not {alone!r}")
    return CompanyProfile(**read, one_person=alone is True)


def _items(reader: _Reader, value: Any, key: str, kind: type[_Made]) -> tuple[_Made, ...]:
    if value is not None and not isinstance(value, list):
        reader.refuse((key,), f"`{key}` must be a list, with a line `- …` for each")
        return ()
    made = [reader.made(one, (key, at), kind) for at, one in enumerate(value or ())]
    return tuple(one for one in made if one is not None)


def _roles(reader: _Reader, value: Any, terms: Terms) -> dict[str, RoleHolder]:
    roles = {}
    for own, given in reader.mapping(value, ("roles",)).items():
        path = ("roles", own)
        if own not in terms.roles:
            reader.unknown(path, "role", terms.roles)
            continue
        # A company that calls a role what everybody calls it need not say so.
        role = {"title": terms.roles[own].title, **_filled(reader.mapping(given, path))}
        if given and (made := reader.made(role, path, RoleHolder)):
            roles[own] = made
    return roles


def _decided(
    reader: _Reader,
    value: Any,
    part: tuple[str, DecisionKind],
    decisions: Mapping[str, Decision],
) -> dict[str, str]:
    key, sort = part
    read = {}
    options = [own for own, one in decisions.items() if one.kind is sort]
    places = {kind: name for name, kind in _DECIDED.items()}
    for own, given in reader.mapping(value, (key,)).items():
        path = (key, own)
        if own not in decisions:
            reader.unknown(path, sort.value, options)
        elif decisions[own].kind is not sort:
            reader.refuse(path, f"`{own}` belongs under `{places[decisions[own].kind]}`")
        else:
            read[own] = reader.text(given, path, example=decisions[own].default)
    return _filled(read)


def _filled(given: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in given.items() if value is not None and value != ""}
