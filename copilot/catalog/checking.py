"""Read every file of `knowledge/` and hold it against the schema, the edition and the others."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from copilot.catalog import marked_yaml, schema
from copilot.domain.criteria import CRITERION_IDS, POINTS_OF_FOCUS, category_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pydantic import BaseModel

    from copilot.catalog.marked_yaml import MarkedYaml

SERIES_FILES: Final = (
    *(f"tsc/CC{number}.yaml" for number in range(1, 10)),
    *(f"tsc/{letters}.yaml" for letters in ("A", "C", "PI", "P")),
)
"""The files of criteria, in the edition's order."""

_FRONT_MATTER: Final = re.compile(r"\A---\n(.*?)^---\n", re.DOTALL | re.MULTILINE)
_HEADING: Final = re.compile(r"^##[ \t]+(.+?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong with one file of the knowledge folder."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        """Return it the way that editors and terminals link to."""
        return f"{self.file}:{self.line}: {self.message}"


def read_checked(folder: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Return the plain content of every file, and everything that is wrong with it, in order.

    The content is only good for use when there are no problems.
    """
    problems: list[Problem] = []
    kinds = read(folder, "policy-kinds.yaml", schema.PolicyKindFile, problems)
    terms = read(folder, "terms.yaml", schema.TermsFile, problems)
    known_kinds = {kind["id"] for kind in kinds.value["kinds"]} if kinds else set()
    series: list[tuple[str, MarkedYaml]] = []
    for name in SERIES_FILES:
        if file := read(folder, name, schema.SeriesFile, problems):
            problems += [Problem(name, *found) for found in _within_series(name, file, known_kinds)]
            series.append((name, file))
    for path in sorted((folder / "tsc").glob("*")):
        if (name := f"tsc/{path.name}") not in SERIES_FILES:
            problems.append(Problem(name, 1, "not a file of criteria; see the list in README.md"))
    problems += _across(series)
    if len(series) == len(SERIES_FILES):
        problems += _absent(series)
    pages = [
        page
        for path in sorted((folder / "guidance").glob("*.md"))
        if (page := _page(folder, f"guidance/{path.name}", problems))
    ]
    content = {
        "series": [file.value for _, file in series],
        "guidance": pages,
        "policy_kinds": kinds.value["kinds"] if kinds else [],
        "terms": terms.value["groups"] if terms else [],
    }
    return content, sorted(set(problems))


def _text_of(folder: Path, name: str, problems: list[Problem]) -> str | None:
    try:
        raw = (folder / name).read_bytes()
    except FileNotFoundError:
        problems.append(Problem(name, 1, "the file is missing"))
        return None
    except OSError as exc:
        problems.append(Problem(name, 1, f"the file cannot be read: {exc.strerror}"))
        return None
    try:
        return raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        line = raw.count(b"\n", 0, exc.start) + 1
        problems.append(Problem(name, line, f"byte 0x{raw[exc.start]:02x} is not UTF-8"))
        return None


def read(
    folder: Path, name: str, model: type[BaseModel], problems: list[Problem]
) -> MarkedYaml | None:
    """Return one file of a knowledge folder, or nothing where it has problems, which are added."""
    text = _text_of(folder, name, problems)
    return None if text is None else _checked(text, name, model, problems)


def _checked(
    text: str, name: str, model: type[BaseModel], problems: list[Problem]
) -> MarkedYaml | None:
    parsed = marked_yaml.parse(text)
    found = list(parsed.problems)
    if parsed.value is not None:
        found += [
            (parsed.line_of(path), message)
            for path, message in schema.problems_of(model, parsed.value)
        ]
    problems += [Problem(name, line, message) for line, message in found]
    return None if found else parsed


def _within_series(name: str, file: MarkedYaml, known_kinds: set[str]) -> Iterator[tuple[int, str]]:
    series = file.value["series"]
    if series != (expected := name.removeprefix("tsc/").removesuffix(".yaml")):
        yield file.line_of(("series",)), f"`series` is {series}, the file's name says {expected}"
    for at, criterion in enumerate(file.value["criteria"]):
        here = ("criteria", at)
        prefix = criterion["id"].partition(".")[0]
        if series not in {prefix, prefix.rstrip("0123456789")}:
            yield file.line_of((*here, "id")), f"{criterion['id']} does not belong to {series}"
        if category_of(criterion["id"]) != file.value["category"]:
            yield file.line_of(("category",)), f"{series} belongs to {category_of(criterion['id'])}"
        for path, message in _within_criterion(criterion, known_kinds):
            yield file.line_of((*here, *path)), f"{criterion['id']}: {message}"


def _within_criterion(
    criterion: Mapping[str, Any], known_kinds: set[str]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    own = criterion["id"]
    points = criterion["points_of_focus"]
    if len(points) != POINTS_OF_FOCUS[own]:
        expected = POINTS_OF_FOCUS[own]
        yield ("points_of_focus",), f"{len(points)} points of focus, the edition has {expected}"
    for at, point in enumerate(points):
        if point["id"] != f"{own}-{at + 1}":
            yield ("points_of_focus", at, "id"), f"the id is {point['id']}, expected {own}-{at + 1}"
    for at, control in enumerate(criterion["example_controls"]):
        also = control.get("also", [])
        if own in also or len(set(also)) != len(also):
            yield ("example_controls", at, "also"), "`also` repeats a criterion"
    for at, neighbour in enumerate(criterion.get("neighbours", [])):
        if neighbour["criterion"] == own:
            yield ("neighbours", at), "a criterion is not its own neighbour"
    for at, kind in enumerate(criterion["policies"]):
        if kind not in known_kinds:
            yield ("policies", at), f"{kind!r} is not in policy-kinds.yaml"


def _across(series: Sequence[tuple[str, MarkedYaml]]) -> Iterator[Problem]:
    """Find criteria that stand twice and sentences that stand in more than one place."""
    places: dict[str, list[tuple[str, int]]] = defaultdict(list)
    ids: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for name, file in series:
        for at, criterion in enumerate(file.value["criteria"]):
            ids[criterion["id"]].append((name, file.line_of(("criteria", at))))
        for path, text in _texts(file.value, ()):
            places[" ".join(text.lower().split())].append((name, file.line_of(path)))
    for criterion, found in ids.items():
        for name, line in found[1:]:
            yield Problem(name, line, f"{criterion} stands in {found[0][0]}:{found[0][1]} already")
    for found in places.values():
        for name, line in found[1:]:
            yield Problem(name, line, f"the same text as {found[0][0]}:{found[0][1]}")


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield every text long enough that standing twice means it was copied."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _texts(item, (*path, at))
    elif isinstance(value, str) and len(value) >= 40:
        yield path, value


def _absent(series: Sequence[tuple[str, MarkedYaml]]) -> Iterator[Problem]:
    present = [criterion["id"] for _, file in series for criterion in file.value["criteria"]]
    for criterion in CRITERION_IDS:
        if criterion not in present:
            prefix = criterion.partition(".")[0]
            stem = prefix if prefix.startswith("CC") else prefix.rstrip("0123456789")
            yield Problem(f"tsc/{stem}.yaml", 1, f"{criterion} is missing")


def _page(folder: Path, name: str, problems: list[Problem]) -> dict[str, Any] | None:
    text = _text_of(folder, name, problems)
    if text is None:
        return None
    match = _FRONT_MATTER.match(text)
    if match is None:
        problems.append(Problem(name, 1, "no front matter between two lines of three dashes"))
        return None
    # The opening dashes start a YAML document, so lines count as in the file.
    front = _checked(text[: match.end(1)], name, schema.FrontMatter, problems)
    if front is None:
        return None
    body = text[match.end() :]
    headings = set(_HEADING.findall(body))
    for at, question in enumerate(front.value["questions"]):
        if question["section"] not in headings:
            line = front.line_of(("questions", at, "section"))
            problems.append(Problem(name, line, f"no heading `## {question['section']}` here"))
    return {"path": name, "body": body, **front.value}
