"""Load what is known about findings of each kind; say everything that is wrong with it at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from copilot.catalog.checking import Problem, read
from copilot.catalog.schema import Id, Short, Text
from copilot.domain.criteria import CriterionId
from copilot.domain.findings import Compensating, Effect, FindingKind, FindingKindId, Proposal
from copilot.errors import InvalidKnowledge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from copilot.catalog.marked_yaml import MarkedYaml
    from copilot.catalog.marked_yaml import Path as YamlPath

GENERAL: Final = FindingKindId("general")
"""The kind of every finding that is of no other."""

PLACES: Final = frozenset({"control"})
"""What texts may name in braces: the id of the control that was tested."""

_BRACES: Final = re.compile(r"\{[^{}]*\}|[{}]")


def _line(text: str) -> str:
    if text != " ".join(text.split()):
        raise ValueError("holds a blank line or doubled spaces; use a folded block (>-)")
    return text


def _question(text: str) -> str:
    if not text.endswith("?"):
        raise ValueError("a question ends with a question mark: what is not known is never stated")
    return text


_Words = Annotated[str, Field(min_length=2, max_length=200), AfterValidator(_line)]
_Question = Annotated[Text, AfterValidator(_question)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=False, frozen=True)


class _Effect(_Model):
    asks: _Question
    looks_for: _Words


class _Compensating(_Model):
    control: Text
    looks_for: _Words


class _Proposal(_Model):
    action: Text
    evidence: _Words
    ask: str | None = None


class _Recognise(_Model):
    words: list[_Words]
    like: list[Text]


class ResponseKindFile(_Model):
    """A file of `knowledge/responses/`."""

    title: Short
    criteria: list[Id]
    ask: str
    recognise: _Recognise
    rule: list[_Words]
    assess: Text
    causes: Annotated[list[_Question], Field(min_length=2)]
    effects: Annotated[list[_Effect], Field(min_length=1)]
    compensating: Annotated[list[_Compensating], Field(min_length=1)]
    remediation: Annotated[list[_Proposal], Field(min_length=2)]
    evidence: Annotated[list[_Words], Field(min_length=2)]


def load_kinds(folder: Path, *, roles: Collection[str]) -> Mapping[FindingKindId, FindingKind]:
    """Return every kind of finding by its id, in the order of the files' names.

    Args:
        folder: `responses` of the knowledge folder.
        roles: The ids that `ask` may name.

    Raises:
        InvalidKnowledge: With one line for each problem.
    """
    problems: list[Problem] = []
    kinds: dict[FindingKindId, FindingKind] = {}
    for path in sorted(folder.glob("*.yaml")):
        name = f"{folder.name}/{path.name}"
        file = read(folder.parent, name, ResponseKindFile, problems)
        if file is None:
            continue
        found = [Problem(name, file.line_of(at), said) for at, said in _within(file, roles)]
        problems += found
        if not found:
            id_ = FindingKindId(path.stem)
            kinds[id_] = _kind(id_, file.value)
    if not problems and GENERAL not in kinds:
        name = f"{folder.name}/{GENERAL}.yaml"
        problems.append(
            Problem(name, 1, "the file is missing: it is for findings of no other kind")
        )
    if problems:
        raise InvalidKnowledge(
            [str(one) for one in sorted(set(problems))],
            hint="knowledge/README.md describes every field.",
        )
    return kinds


def _within(file: MarkedYaml, roles: Collection[str]) -> Iterator[tuple[YamlPath, str]]:
    value = file.value
    asked: list[tuple[YamlPath, Any]] = [((), value)]
    asked += [
        (("remediation", at), one) for at, one in enumerate(value["remediation"]) if "ask" in one
    ]
    for path, one in asked:
        if one["ask"] not in roles:
            yield (*path, "ask"), f"{one['ask']!r} is no role of policies/terms.yaml"
    for path, text in _texts(value, ()):
        for place in _BRACES.findall(text):
            if place.strip("{}") not in PLACES:
                known = ", ".join(f"{{{one}}}" for one in sorted(PLACES))
                yield path, f"there is no place {place}; there are {known}"


def _texts(value: Any, path: YamlPath) -> Iterator[tuple[YamlPath, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _texts(item, (*path, at))
    elif isinstance(value, str):
        yield path, value


def _kind(id_: FindingKindId, value: Mapping[str, Any]) -> FindingKind:
    return FindingKind(
        id=id_,
        title=value["title"],
        criteria=tuple(CriterionId(one) for one in value["criteria"]),
        ask=value["ask"],
        words=tuple(value["recognise"]["words"]),
        like=tuple(value["recognise"]["like"]),
        rule=tuple(value["rule"]),
        assess=value["assess"],
        causes=tuple(value["causes"]),
        effects=tuple(Effect(**one) for one in value["effects"]),
        compensating=tuple(Compensating(**one) for one in value["compensating"]),
        remediation=tuple(Proposal(**{"ask": value["ask"], **one}) for one in value["remediation"]),
        evidence=tuple(value["evidence"]),
    )
