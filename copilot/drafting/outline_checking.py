"""Hold outlines of policies, and their terms, against the catalog and against each other."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from copilot.catalog.checking import Problem, read
from copilot.domain.outlines import DecisionKind
from copilot.drafting import outline_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from copilot.catalog.marked_yaml import MarkedYaml
    from copilot.catalog.marked_yaml import Path as YamlPath
    from copilot.domain.criteria import Catalog
    from copilot.domain.drafts import PolicyKindId
    from copilot.domain.outlines import Terms

PLACE: Final = re.compile(r"\{(?:(role|tool|decide):)?([a-z0-9-]+)\}")
"""A place in the text of an outline that the company's profile fills."""

PLAIN_PLACES: Final = ("company", "services", "customers", "clouds", "regions", "laws")
"""Places that name no term."""

_OUTLINE: Final = re.compile(rb"^kind:", re.MULTILINE)
"""What every outline has, and no other file beside the outlines."""

NAME: Final = "{name}"
"""In a question for an empty cell of a table: what the row is about."""

_UNFILLED: Final = frozenset(
    {"heading", "looks_for", "tells", "header", "search", "missing", "asks"}
)
_BRACES: Final = re.compile(r"\{[^{}]*\}|[{}]")
_SHORTEST_PARAGRAPH, _LONGEST = 20, 1_200
_SHORTEST_ITEM: Final = 3


@dataclass(frozen=True, slots=True)
class _Known:
    """What an outline may name."""

    terms: Terms
    points: Mapping[str, str]
    """The criterion of each point of focus."""
    kinds: Collection[str]


def read_terms(folder: Path, problems: list[Problem]) -> dict[str, Any]:
    """Return the plain content of `terms.yaml` in `folder`; what is wrong with it joins `problems`."""
    name = f"{folder.name}/terms.yaml"
    file = read(folder.parent, name, outline_schema.TermsFile, problems)
    if file is None:
        return {}
    value: dict[str, Any] = file.value
    for part in ("tools", "decisions"):
        for own, term in value[part].items():
            if term["role"] not in value["roles"]:
                line = file.line_of((part, own, "role"))
                about = unknown(term["role"], value["roles"], "role")
                problems.append(Problem(name, line, f"{own}: {about}"))
    return value


def read_outline(
    folder: Path, kind: PolicyKindId, *, terms: Terms, catalog: Catalog, problems: list[Problem]
) -> MarkedYaml | None:
    """Return the file of one outline, or nothing where it has problems, which are added."""
    name = f"{folder.name}/{kind}.yaml"
    file = read(folder.parent, name, outline_schema.OutlineFile, problems)
    if file is None:
        return None
    known = _Known(
        terms,
        {point.id: one.id for one in catalog for point in one.points_of_focus},
        {one.id for one in catalog.policy_kinds},
    )
    found = [*_within(file.value, kind, known), *_texts(file.value, known)]
    problems += [Problem(name, file.line_of(path), message) for path, message in found]
    return None if found else file


def strangers(folder: Path, kinds: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for each file that holds an outline and belongs to no kind."""
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in kinds and _OUTLINE.search(path.read_bytes()):
            name = f"{folder.name}/{path.name}"
            yield Problem(name, 1, f"policy-kinds.yaml: {unknown(path.stem, kinds, 'kind')}")


def unanswered_elsewhere(
    folder: Path, files: Mapping[PolicyKindId, MarkedYaml]
) -> Iterator[Problem]:
    """Yield a problem for each point that is left to an outline of `files` that does not answer it.

    An outline that has problems of its own is not among the files, and nothing is said of it.
    """
    for kind, file in files.items():
        for point, other in file.value.get("elsewhere", {}).items():
            if other not in files or point in _answered(files[other].value):
                continue
            line = file.line_of(("elsewhere", point))
            said = f"{point} is left to {other}, which does not answer it"
            yield Problem(f"{folder.name}/{kind}.yaml", line, said)


def unknown(name: str, options: Collection[str], what: str) -> str:
    """Return that there is no such thing, and what is nearest to it."""
    near = get_close_matches(name, options, n=1)
    return f"there is no {what} {name!r}" + (f"; the nearest is {near[0]}" if near else "")


def _within(value: Any, kind: str, known: _Known) -> Iterator[tuple[YamlPath, str]]:
    if value["kind"] != kind:
        yield ("kind",), f"`kind` is {value['kind']}, the file's name says {kind}"
    roles = known.terms.roles
    for field in ("owner", "approver"):
        if value[field] not in roles:
            yield (field,), unknown(value[field], roles, "role")
    cadences = {
        one.id for one in known.terms.decisions.values() if one.kind is DecisionKind.CADENCE
    }
    if value["review"] not in cadences:
        yield ("review",), unknown(value["review"], cadences, "decision on how often")
    for at, duty in enumerate(value["duties"]):
        if duty["role"] not in roles:
            yield ("duties", at, "role"), unknown(duty["role"], roles, "role")
    yield from _twice(value)
    yield from _points(value, kind, known)


def _twice(value: Any) -> Iterator[tuple[YamlPath, str]]:
    headings = [section["heading"].lower() for section in value["sections"]]
    for at, heading in enumerate(headings):
        if heading in headings[:at]:
            yield ("sections", at, "heading"), "another section has the same heading"
    for at, criterion in enumerate(value["criteria"]):
        if criterion in value["criteria"][:at]:
            yield ("criteria", at), f"{criterion} stands here twice"


def _points(value: Any, kind: str, known: _Known) -> Iterator[tuple[YamlPath, str]]:
    """Find points of focus that do not exist, stand twice or are left out."""
    for at, section in enumerate(value["sections"]):
        for number, said in _listed(section.get("answers", []), known):
            yield ("sections", at, "answers", number), said
    answered = _answered(value)
    elsewhere = value.get("elsewhere", {})
    for point, other in elsewhere.items():
        if said := _wrong_elsewhere(point, other, answered, known):
            yield ("elsewhere", point), said
        elif known.points[point] not in value["criteria"]:
            yield ("elsewhere", point), f"{point} is of no criterion that this outline claims"
        elif other == kind:
            yield ("elsewhere", point), f"{point} is left to this outline itself"
    for at, criterion in enumerate(value["criteria"]):
        own = [point for point, of in known.points.items() if of == criterion]
        missing = [one for one in own if one not in answered and one not in elsewhere]
        if missing:
            yield (
                ("criteria", at),
                f"{criterion} is claimed, and nothing answers {', '.join(missing)}",
            )


def _listed(points: list[str], known: _Known) -> Iterator[tuple[int, str]]:
    counted = Counter(points)
    for number, point in enumerate(points):
        if point not in known.points:
            yield number, unknown(point, known.points, "point of focus")
        elif counted[point] > 1:
            yield number, f"{point} stands twice in this list"


def _answered(value: Any) -> set[str]:
    return {point for section in value["sections"] for point in section.get("answers", ())}


def _wrong_elsewhere(point: str, kind: str, answered: Collection[str], known: _Known) -> str:
    if point not in known.points:
        return unknown(point, known.points, "point of focus")
    if kind not in known.kinds:
        return unknown(kind, known.kinds, "kind")
    return f"{point} is answered here and left to {kind} too" if point in answered else ""


def _texts(value: Any, known: _Known) -> Iterator[tuple[YamlPath, str]]:
    """Find texts of the wrong form, and places in them that nothing fills."""
    for at, section in enumerate(value["sections"]):
        for number, block in enumerate(section["text"]):
            yield from _form(("sections", at, "text", number), block)
    yield from places_of(value, known.terms)


def places_of(value: Any, terms: Terms) -> Iterator[tuple[YamlPath, str]]:
    """Yield the path of each text with a place in it that nothing fills, and why nothing does."""
    for path, text in _strings(value, ()):
        for found in _BRACES.findall(text):
            if "cells" in path and found == NAME:
                continue
            if said := wrong_place(found, terms):
                yield path, said
            elif not _UNFILLED.isdisjoint(path):
                yield path, f"{found} stands in a heading or question, where nothing is filled in"


def _form(path: YamlPath, block: Any) -> Iterator[tuple[YamlPath, str]]:
    items = block if isinstance(block, list) else [block]
    shortest = _SHORTEST_ITEM if isinstance(block, list) else _SHORTEST_PARAGRAPH
    if not items:
        yield path, "a list without items"
    for at, item in enumerate(items):
        here = (*path, at) if isinstance(block, list) else path
        if not isinstance(item, str):
            yield here, "must be text; a text that holds `: ` is a folded block (>-)"
        elif item != " ".join(item.split()):
            yield here, "holds a blank line or doubled spaces; use a folded block (>-)"
        elif not shortest <= len(item) <= _LONGEST:
            yield here, f"has {len(item)} characters; {shortest} to {_LONGEST:,} are readable"


def _strings(value: Any, path: YamlPath) -> Iterator[tuple[YamlPath, str]]:
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _strings(item, (*path, key))
    elif isinstance(value, str):
        yield path, value


def wrong_place(found: str, terms: Terms) -> str:
    """Return what is wrong with braces in a text and what is in them; empty if nothing is."""
    match = PLACE.fullmatch(found)
    if match is None:
        return f"{found} is no place; places look like {{company}} or {{role:security}}"
    sort, name = match[1], match[2]
    if sort is None:
        return "" if name in PLAIN_PLACES else unknown(name, PLAIN_PLACES, "place")
    options = {"role": terms.roles, "tool": terms.tools, "decide": terms.decisions}[sort]
    what = {"role": "role", "tool": "tool", "decide": "decision"}[sort]
    return "" if name in options else unknown(name, options, what)
