"""The files that somebody may read, by what they want to see, and how fresh each is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from copilot.answering.periods_covered import missing_records, outside
from copilot.domain.documents import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from copilot.domain.access import Audience
    from copilot.domain.criteria import CriterionId
    from copilot.domain.documents import Refusal, Source
    from copilot.domain.periods import Period


class Freshness(StrEnum):
    """What somebody has to know before they rely on a source."""

    STALE = "stale"
    """The file changed and can no longer be read; its last good version is used."""
    OUTSIDE = "outside-period"
    """It speaks only for time that is not in the audit period."""
    NO_PERIOD = "no-period"
    """It is evidence, and nobody has said which time it speaks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which sources somebody wants to see; what is empty lets everything pass."""

    kinds: frozenset[SourceKind] = frozenset()
    audience: str = ""
    criterion: CriterionId | None = None
    control: str = ""
    owner: str = ""
    text: str = ""
    """Words of which each stands in the title or the path, in any case."""
    freshness: frozenset[Freshness] = frozenset()
    """Any of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A source in the list."""

    source: Source
    freshness: tuple[Freshness, ...]
    problem: str = ""
    """Why its file can no longer be read; empty if it can."""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the sources that somebody may read have, so that they can choose among it."""

    audiences: tuple[Audience, ...]
    owners: tuple[str, ...]
    criteria: tuple[CriterionId, ...]
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The library as somebody sees it."""

    listed: tuple[Listed, ...]
    """By path."""
    choices: Choices
    counts: Mapping[str, int]
    """How many sources there are in all, and of each freshness, before anything is filtered."""
    refused: tuple[Refusal, ...]
    """Files that are not used at all, as far as they may know of them."""
    missing: tuple[str, ...]
    """Recurring evidence that the audit period should have and does not."""


def overview(
    sources: Iterable[Source],
    refusals: Sequence[Refusal],
    *,
    refused: Sequence[Refusal],
    wanted: Wanted,
    audit: Period | None,
) -> Overview:
    """Return the library as somebody sees it.

    Args:
        sources: What they may read, the catalog included.
        refusals: Every file that was refused.
        refused: Those of them that they may know of.
        wanted: What they want to see.
        audit: The audit period.
    """
    own = [one for one in sources if one.metadata.kind is not SourceKind.CATALOG]
    why = {refusal.path: refusal for refusal in refusals}
    listed = [_listed(one, why.get(one.path), audit) for one in own]
    known = {one.path for one in own}
    evidence = [one for one in own if one.metadata.kind is SourceKind.EVIDENCE]
    return Overview(
        listed=tuple(one for one in listed if _passes(one, wanted)),
        choices=_choices(own),
        counts={
            "all": len(own),
            **{one.value: sum(one in entry.freshness for entry in listed) for one in Freshness},
        },
        refused=tuple(one for one in refused if one.path not in known),
        missing=tuple(str(one) for one in missing_records(evidence, audit)),
    )


def freshness_of(source: Source, audit: Period | None) -> tuple[Freshness, ...]:
    """Return what somebody has to know before they rely on a source; nothing if it is fresh."""
    metadata = source.metadata
    evidence = metadata.kind is SourceKind.EVIDENCE
    found = {
        Freshness.STALE: source.stale,
        Freshness.OUTSIDE: evidence and outside(source, audit),
        Freshness.NO_PERIOD: evidence and metadata.period is None,
    }
    return tuple(one for one, so in found.items() if so)


def _listed(source: Source, refusal: Refusal | None, audit: Period | None) -> Listed:
    return Listed(
        source=source,
        freshness=freshness_of(source, audit),
        problem=refusal.reason if refusal else "",
        hint=refusal.hint if refusal else "",
    )


def _passes(listed: Listed, wanted: Wanted) -> bool:
    metadata = listed.source.metadata
    said = f"{metadata.title} {listed.source.path}".lower()
    return (
        (not wanted.kinds or metadata.kind in wanted.kinds)
        and wanted.audience in {"", metadata.audience}
        and (wanted.criterion is None or wanted.criterion in metadata.criteria)
        and (not wanted.control or wanted.control in metadata.controls)
        and wanted.owner in {"", metadata.owner}
        and all(word in said for word in wanted.text.lower().split())
        and (not wanted.freshness or bool(wanted.freshness & set(listed.freshness)))
    )


def _choices(sources: Sequence[Source]) -> Choices:
    about = [one.metadata for one in sources]
    return Choices(
        audiences=tuple(sorted({one.audience for one in about})),
        owners=tuple(sorted({one.owner for one in about if one.owner})),
        criteria=tuple(sorted({criterion for one in about for criterion in one.criteria})),
        controls=tuple(sorted({control for one in about for control in one.controls})),
    )
