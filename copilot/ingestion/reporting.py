"""What a run of ingestion did, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from copilot.domain.documents import Refusal, SourcePath


@dataclass(slots=True)
class Report:
    """What became of every file, by its path."""

    added: list[SourcePath] = field(default_factory=list)
    changed: list[SourcePath] = field(default_factory=list)
    moved: list[tuple[SourcePath, SourcePath]] = field(default_factory=list)
    removed: list[SourcePath] = field(default_factory=list)
    forgotten: list[tuple[str, Path]] = field(default_factory=list)
    """Places that are followed no more: what their sources' paths began with, and where they are."""
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)
    stale: list[Refusal] = field(default_factory=list)
    """Files that changed and can no longer be read; their last good version stays."""
    notes: list[tuple[SourcePath, str]] = field(default_factory=list)
    failed: int = 0
    """Files that were tried in this run and could not be used."""
    passages: int = 0
    """Passages stored in this run."""
    encoded: int = 0
    """Texts that had to be encoded; the rest were known."""


class Progress(Protocol):
    """Is told how far a long run has come."""

    def step(self, what: str, done: int, total: int) -> None:
        """Note that `done` of `total` are done; `what` is a word such as `read` or `index`."""


class Silent:
    """Progress for when nobody watches."""

    def step(self, what: str, done: int, total: int) -> None:
        """Do nothing."""


def report_json(report: Report) -> dict[str, Any]:
    """Return the JSON contract of `copilot ingest --json`."""
    return {
        "added": report.added,
        "changed": report.changed,
        "moved": [{"from": old, "to": new} for old, new in report.moved],
        "removed": report.removed,
        "forgotten": [{"label": label, "path": str(path)} for label, path in report.forgotten],
        "unchanged": report.unchanged,
        "refused": [_refusal(one) for one in report.refused],
        "stale": [_refusal(one) for one in report.stale],
        "notes": [{"path": path, "note": note} for path, note in report.notes],
        "passages": report.passages,
        "encoded": report.encoded,
    }


def _refusal(one: Refusal) -> dict[str, str]:
    return {"path": one.path, "reason": one.reason, "hint": one.hint}
