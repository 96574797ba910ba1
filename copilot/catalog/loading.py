"""Load `knowledge/` into domain values; say everything that is wrong with it at once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from copilot.catalog import compiled
from copilot.domain.criteria import (
    AuditWork,
    Catalog,
    Category,
    Criterion,
    CriterionId,
    EvidenceExample,
    ExampleControl,
    Frequency,
    Gap,
    GuidancePage,
    GuidanceQuestion,
    Neighbour,
    PointOfFocus,
    PolicyKind,
    Series,
    Voice,
)
from copilot.errors import InvalidKnowledge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


_LOG: Final = logging.getLogger(__name__)


def load(folder: Path, *, cache: Path | None = None) -> Catalog:
    """Return everything in the knowledge folder.

    Args:
        folder: Where `tsc/`, `guidance/` and `policy-kinds.yaml` stand.
        cache: A folder for the compiled form, which is used while no file has changed since (by
            name, size and modification time) and refreshed when one has. Without it, or where it
            cannot be written, the files are parsed each time.

    Raises:
        InvalidKnowledge: With one line for each problem of each file.
    """
    plain = compiled.read(folder, cache) if cache else None
    if plain is None:
        # The checks need pydantic and YAML, which cost more to import than the compiled form to read.
        from copilot.catalog.checking import read_checked  # noqa: PLC0415  only where a file has changed

        plain, problems = read_checked(folder)
        if problems:
            raise InvalidKnowledge(
                [str(problem) for problem in problems],
                hint="knowledge/README.md describes every field.",
            )
        if cache:
            compiled.write(folder, cache, plain)
    return _catalog(plain)


def load_common_words(folder: Path) -> tuple[str, ...]:
    """Return common English words, the commonest first; none where the list is absent."""
    try:
        return tuple((folder / "common-words.txt").read_text(encoding="utf-8").split())
    except OSError as exc:
        _LOG.warning("questions are weighed without the list of common words: %s", exc)
        return ()


def load_alike_words(folder: Path) -> dict[str, str]:
    """Return for stems of common words those of nearly their meaning; nothing where there is no list."""
    try:
        lines = (folder / "alike-words.txt").read_text(encoding="utf-8").splitlines()
    except OSError as exc:
        _LOG.warning("questions are understood by their own words only: %s", exc)
        return {}
    return {root: others for root, _, others in (line.partition(" ") for line in lines)}


def load_everyday_words(folder: Path) -> tuple[str, ...]:
    """Return words for what is done and how it is; none where the list is absent."""
    try:
        return tuple((folder / "everyday-words.txt").read_text(encoding="utf-8").split())
    except OSError as exc:
        _LOG.warning("verbs weigh as much as things in a question: %s", exc)
        return ()


def load_off_topic_words(folder: Path) -> tuple[str, ...]:
    """Return words for what records of compliance seldom hold; none where the list is absent."""
    try:
        return tuple((folder / "off-topic-words.txt").read_text(encoding="utf-8").split())
    except OSError as exc:
        _LOG.warning("what is off topic is known by its meaning only: %s", exc)
        return ()


def _catalog(plain: Mapping[str, Any]) -> Catalog:
    return Catalog(
        series=tuple(_series(one) for one in plain["series"]),
        criteria=tuple(_criterion(one) for file in plain["series"] for one in file["criteria"]),
        guidance=tuple(_page(one) for one in plain["guidance"]),
        policy_kinds=tuple(PolicyKind(**one) for one in plain["policy_kinds"]),
        terms=tuple(tuple(group) for group in plain["terms"]),
    )


def _series(data: Mapping[str, Any]) -> Series:
    return Series(
        id=data["series"],
        title=data["title"],
        category=Category(data["category"]),
        summary=data["summary"],
    )


def _criterion(data: Mapping[str, Any]) -> Criterion:
    return Criterion(
        id=CriterionId(data["id"]),
        title=data["title"],
        statement=data["statement"],
        why=data["why"],
        prove=data["prove"],
        asked_as=tuple(data["asked_as"]),
        points_of_focus=tuple(_point(one) for one in data["points_of_focus"]),
        audit=_audit(data["audit"]),
        evidence=tuple(
            EvidenceExample(**{**one, "frequency": Frequency(one["frequency"])})
            for one in data["evidence"]
        ),
        example_controls=tuple(_control(one) for one in data["example_controls"]),
        gaps=tuple(Gap(**one) for one in data["gaps"]),
        policies=tuple(data["policies"]),
        neighbours=tuple(Neighbour(**one) for one in data.get("neighbours", ())),
    )


def _point(data: Mapping[str, Any]) -> PointOfFocus:
    only_for = tuple(Category(one) for one in data.get("only_for", ()))
    return PointOfFocus(id=data["id"], name=data["name"], text=data["text"], only_for=only_for)


def _audit(data: Mapping[str, Any]) -> AuditWork:
    lists = {name: tuple(data[name]) for name in ("questions", "requests")}
    return AuditWork(**{**data, **lists})


def _control(data: Mapping[str, Any]) -> ExampleControl:
    return ExampleControl(
        text=data["text"],
        owner=data["owner"],
        frequency=Frequency(data["frequency"]),
        style=Voice(data["style"]),
        also=tuple(CriterionId(one) for one in data.get("also", ())),
    )


def _page(data: Mapping[str, Any]) -> GuidancePage:
    return GuidancePage(
        path=data["path"],
        title=data["title"],
        summary=data["summary"],
        criteria=tuple(CriterionId(one) for one in data.get("criteria", ())),
        questions=tuple(GuidanceQuestion(**one) for one in data["questions"]),
        body=data["body"],
    )
