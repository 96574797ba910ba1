"""The catalog as labelled statements: what each says, which criteria it speaks for, where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from copilot.catalog import marked_yaml
from copilot.catalog.checking import SERIES_FILES
from copilot.domain.criteria import CriterionId
from copilot.domain.documents import SourcePath

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from copilot.catalog.marked_yaml import Path as YamlPath

POINT: Final = "point of focus"
EXAMPLE: Final = "example control"
CRITERION: Final = "criterion"
_OTHER: Final = "other"

NOT_CONTROLS: Final = "not-controls.txt"
"""Texts that are no controls, one on each line, beside the criteria."""

_FULL: Final = 1.0
_NAME: Final = 0.7
_ASIDE: Final = 0.5
"""What teaches less of how a control reads: a question, a request for a document, a gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Words of the catalog that speak for a criterion."""

    text: str
    """What is compared with a control."""
    criterion: CriterionId
    also: tuple[CriterionId, ...] = ()
    kind: str = _OTHER
    weight: float = _FULL
    """How much it counts in training."""
    imperative: bool = False
    """Whether it says what to do, as a control does, though it is none."""
    source: SourcePath | None = None
    """Where it stands; nothing for what is never quoted."""
    title: str = ""
    quote: str = ""
    start: int = 0
    end: int = 0
    point: int | None = None

    @property
    def speaks_for(self) -> tuple[CriterionId, ...]:
        """The criterion that it stands under, and the others that it is labelled with."""
        return (self.criterion, *self.also)


def read_statements(folder: Path) -> list[Statement]:
    """Return the statements of a checked knowledge folder, in the edition's order."""
    found: list[Statement] = []
    for name in SERIES_FILES:
        text = _text(folder / name)
        parsed = marked_yaml.parse(text)
        source = SourcePath(f"knowledge/{name}")
        for at, criterion in enumerate(parsed.value["criteria"]):
            place = _Place(text, parsed, source, ("criteria", at))
            found += _quotable(criterion, place)
            found += _unquoted(criterion)
    return found


def read_not_controls(folder: Path) -> list[str]:
    """Return the texts that are given as no controls."""
    lines = _text(folder / NOT_CONTROLS).splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def digest(folder: Path) -> str:
    """Return what changes with any word that the mapper learns from."""
    found = sha256()
    for name in (*SERIES_FILES, NOT_CONTROLS):
        found.update(_text(folder / name).encode())
        found.update(b"\0")
    return found.hexdigest()


def _text(path: Path) -> str:
    # The line ends that ingestion stores, so that offsets are the same.
    return path.read_bytes().decode("utf-8").replace("\r\n", "\n")


@dataclass(frozen=True, slots=True)
class _Place:
    text: str
    parsed: marked_yaml.MarkedYaml
    source: SourcePath
    path: YamlPath

    def quoted(self, *path: str | int) -> dict[str, Any]:
        start, end = marked_yaml.content_span(self.text, self.parsed, (*self.path, *path))
        return {
            "source": self.source,
            "quote": self.text[start:end],
            "start": start,
            "end": end,
        }


def _quotable(criterion: dict[str, Any], place: _Place) -> Iterator[Statement]:
    own = CriterionId(criterion["id"])
    title = f"{own} {criterion['title']}"
    yield Statement(
        text=criterion["statement"], criterion=own, kind=CRITERION, title=title,
        **place.quoted("statement"),
    )  # fmt: skip
    for at, point in enumerate(criterion["points_of_focus"]):
        yield Statement(
            text=f"{point['name']}. {point['text']}", criterion=own, kind=POINT,
            title=point["name"], point=at + 1, **place.quoted("points_of_focus", at, "text"),
        )  # fmt: skip
    for at, control in enumerate(criterion["example_controls"]):
        yield Statement(
            text=control["text"], criterion=own, kind=EXAMPLE, title=title,
            also=tuple(CriterionId(one) for one in control.get("also", ())),
            **place.quoted("example_controls", at, "text"),
        )  # fmt: skip


def _unquoted(criterion: dict[str, Any]) -> Iterator[Statement]:
    own = CriterionId(criterion["id"])
    audit = criterion["audit"]
    for text in (criterion["title"], criterion["prove"], audit["inspection"]):
        yield Statement(text=text, criterion=own)
    for point in criterion["points_of_focus"]:
        yield Statement(text=point["name"], criterion=own, weight=_NAME)
    for item in criterion["evidence"]:
        text = f"{item['record']}. {item['good']}"
        yield Statement(text=text, criterion=own, weight=_NAME, imperative=True)
    for item in criterion["gaps"]:
        yield Statement(text=item["gap"], criterion=own, weight=_ASIDE)
        yield Statement(text=item["first_step"], criterion=own, weight=_NAME, imperative=True)
    asides: Sequence[str] = (*audit["questions"], *audit["requests"], *criterion["asked_as"])
    for text in asides:
        yield Statement(text=text, criterion=own, weight=_ASIDE)
