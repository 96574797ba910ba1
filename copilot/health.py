"""What an examination of a workspace finds, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from copilot.answering.periods_covered import gap_lines, missing_records, outside
from copilot.domain.documents import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from copilot.domain.documents import Refusal, Source
    from copilot.domain.periods import Period
    from copilot.errors import CopilotError, InvalidControls
    from copilot.retrieval.encoding import Standing


class Health(StrEnum):
    """How grave a finding is."""

    GOOD = "good"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    health: Health
    said: str
    details: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenEncoders:
    """What was seen of the encoder that is configured and of the one that made the index."""

    standing: Standing | None
    """Nothing if the configured one cannot be made ready."""
    dimensions: int = 0
    problem: CopilotError | None = None
    """Why the configured one cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was seen, before it is judged."""

    workspace: str
    database: str
    encoders: SeenEncoders
    index_holds: bool
    """Whether everything in the truth can be reached through the indexes, and nothing else."""
    mended: bool
    sources: Sequence[Source]
    refusals: Sequence[Refusal]
    period: Period | None
    ocr: bool
    people: int = 0
    people_problem: str = ""
    """What is wrong with the people file; empty if nothing is."""
    misspelt: Sequence[str] = ()
    """Environment variables that look like settings and are none."""


def examine(seen: Examination) -> Iterator[Finding]:
    """Yield a finding for everything that was looked at, good news as well."""
    yield Finding(what="workspace", health=Health.GOOD, said=seen.workspace)
    yield Finding(what="database", health=Health.GOOD, said=seen.database)
    yield from _encoders(seen.encoders)
    yield _index(seen)
    own = [one for one in seen.sources if one.metadata.kind is not SourceKind.CATALOG]
    yield _listing(
        "sources",
        f"{len(own)} ingested",
        (),
        "" if own else "Put files into policies/ and evidence/, then run `copilot ingest`.",
        bad=not own,
    )
    yield _listing(
        "refused files",
        f"{len(seen.refusals)}",
        (f"{one.path}: {one.reason}. {one.hint}" for one in seen.refusals),
        "",
    )
    yield _listing(
        "stale sources",
        "files that changed and can no longer be read; their last good version is used",
        (one.path for one in own if one.stale),
        "Mend or remove the file, then run `copilot ingest`.",
    )
    evidence = [one for one in own if one.metadata.kind is SourceKind.EVIDENCE]
    yield _listing(
        "evidence without a period",
        "its date of upload says nothing about the time that it speaks for",
        (one.path for one in evidence if one.metadata.period is None),
        "Add `period:` in a manifest.yaml beside it, or in a sidecar FILE.meta.yaml.",
    )
    yield from _period(seen.period, evidence)
    yield _people(seen)
    if seen.misspelt:
        yield _listing("environment", "variables that set nothing", seen.misspelt, "")
    said = "installed; scanned pages are read" if seen.ocr else "not installed; scans are refused"
    yield Finding(what="tesseract", health=Health.GOOD if seen.ocr else Health.NOTE, said=said)


def broken(workspace: str, problem: CopilotError) -> Iterator[Finding]:
    """Yield what can be said where something is so broken that nothing else can be examined."""
    yield Finding(what="workspace", health=Health.GOOD, said=workspace)
    what = type(problem).__name__.removesuffix("Unavailable").lower()
    what = {"truth": "database"}.get(what, what)
    yield Finding(what=what, health=Health.BROKEN, said=str(problem), hint=problem.hint)


def controls_listed(count: int, problem: InvalidControls | None = None) -> Finding:
    """Return the finding on the lists of controls: how many there are, or why they cannot be read."""
    what = "lists of controls"
    if problem is not None:
        return Finding(
            what=what,
            health=Health.BROKEN,
            said="cannot be read; until they are mended there is no readiness and no mapping",
            details=tuple(problem.problems),
            hint=problem.hint,
        )
    if not count:
        hint = "Put one into controls/, as CSV or XLSX; readiness rests on it."
        return Finding(what=what, health=Health.NOTE, said="none", hint=hint)
    said = f"{count:,} control{'s' * (count != 1)}"
    return Finding(what=what, health=Health.GOOD, said=said)


def _people(seen: Examination) -> Finding:
    if seen.people_problem:
        return Finding(
            what="people",
            health=Health.BROKEN,
            said=seen.people_problem,
            hint="Until it is mended, nothing can be asked.",
        )
    said = f"{seen.people} listed in people.yaml" if seen.people else "no people.yaml"
    return Finding(what="people", health=Health.GOOD, said=said)


def _encoders(seen: SeenEncoders) -> Iterator[Finding]:
    standing = seen.standing
    if seen.problem is not None:
        yield Finding(
            what="encoder", health=Health.BROKEN, said=str(seen.problem), hint=seen.problem.hint
        )
    elif standing is not None:
        said = f"{standing.configured}, {seen.dimensions} dimensions"
        yield Finding(what="encoder", health=Health.GOOD, said=said)
    if standing is None:
        return
    left = f"{standing.left:,} of {standing.texts:,} texts are still to be encoded"
    if standing.changes:
        how = "used" if standing.index_usable else "searched by words only"
        yield Finding(
            what="encoder of the index",
            health=Health.NOTE,
            said=f"{standing.index}; {left} with {standing.configured}",
            hint=f"Run `copilot ingest`. Until it is through, the index as it is is {how}.",
        )
    elif standing.left:
        yield Finding(
            what="encoder of the index",
            health=Health.NOTE,
            said=f"{'the same; ' if standing.index else ''}{left}, and are found by words only",
            hint="Run `copilot ingest`.",
        )
    elif standing.index:
        said = f"the same; nothing is left to encode of {standing.texts:,} texts"
        yield Finding(what="encoder of the index", health=Health.GOOD, said=said)
    if standing.kept_back:
        yield Finding(
            what="never sent to the encoder",
            health=Health.GOOD,
            said=f"{standing.kept_back:,} texts, which are found by their words only",
        )


def _index(seen: Examination) -> Finding:
    if seen.index_holds:
        said = (
            "built anew; everything can be reached" if seen.mended else "everything can be reached"
        )
        return Finding(what="index", health=Health.GOOD, said=said)
    return Finding(
        what="index",
        health=Health.BROKEN,
        said="differs from the truth",
        hint="Run `copilot doctor --mend`; nothing is encoded anew.",
    )


def _period(period: Period | None, evidence: Sequence[Source]) -> Iterator[Finding]:
    if period is None:
        yield Finding(
            what="audit period",
            health=Health.NOTE,
            said="not set, so no evidence can be outside it or missing from it",
            hint='Set `period = "2026-01-01..2026-12-31"` in copilot.toml.',
        )
        return
    yield Finding(what="audit period", health=Health.GOOD, said=str(period))
    yield _listing(
        "evidence outside the period",
        "shown in answers, and not counted",
        (f"{one.path} ({one.metadata.period})" for one in evidence if outside(one, period)),
        "",
    )
    yield _listing(
        "missing records",
        "recurring evidence that the period should have and does not",
        gap_lines(missing_records(evidence, period), None),
        "Ingest the record, or write down why there is none.",
    )


def _listing(
    what: str, said: str, details: Iterable[str], hint: str, *, bad: bool = False
) -> Finding:
    listed = tuple(details)
    if not listed and not bad:
        return Finding(what=what, health=Health.GOOD, said=said if what == "sources" else "none")
    return Finding(what=what, health=Health.NOTE, said=said, details=listed, hint=hint)
