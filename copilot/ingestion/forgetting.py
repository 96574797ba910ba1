"""Let go of what was ingested from a place that no later run would find gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copilot.errors import BadInput
from copilot.ingestion.folders import WORKSPACE_FOLDERS, within
from copilot.ingestion.reporting import Report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from copilot.ingestion.elsewhere import Elsewhere
    from copilot.ports import Truth


def forget(paths: Sequence[Path], *, home: Path, elsewhere: Elsewhere, truth: Truth) -> Report:
    """Remove what is stored of places outside the workspace's folders, and follow them no more.

    Args:
        paths: Folders or files as they were named when they were ingested, there or not; or what
            the paths of their sources begin with.
        home: The workspace.
        elsewhere: The places that are followed.
        truth: What is stored.

    Raises:
        BadInput: One of them is not known, or is a part of the workspace; nothing was removed.
    """
    listed = {root.path: root.label for root in elsewhere.roots()}
    stored = [*truth.fingerprints(), *truth.refusals()]
    labels = [_label(path, home, listed, stored) for path in paths]
    report = Report()
    report.removed = [path for path in truth.fingerprints() if within(path, labels)]
    truth.remove(report.removed)
    truth.forget_refusals([path for path in truth.refusals() if within(path, labels)])
    # Last: what is still followed when this is interrupted can be forgotten again.
    elsewhere.remove(labels)
    places = {label: path for path, label in listed.items()}
    report.forgotten = [(label, places.get(label, home / label)) for label in dict.fromkeys(labels)]
    return report


def _label(path: Path, home: Path, listed: dict[Path, str], stored: Sequence[str]) -> str:
    """Return what the paths of a place's sources begin with."""
    there = path.expanduser().resolve()
    if there in listed:
        return listed[there]
    if str(path) in listed.values():
        return str(path)
    if there.is_relative_to(home):
        label = there.relative_to(home).as_posix()
        if label == "." or within(label, WORKSPACE_FOLDERS):
            raise BadInput(
                f"{path} is a part of the workspace that every run follows: policies, evidence, "
                "controls and findings cannot be forgotten",
                hint="Remove or move the file, then run `copilot ingest`.",
            )
        if any(within(one, [label]) for one in stored):
            return label
    known = ", ".join(f"{place} ({label})" for place, label in listed.items())
    raise BadInput(
        f"{path} is not followed, so there is nothing to forget",
        hint=f"Followed are: {known}." if known else "No folder outside the workspace is followed.",
    )
