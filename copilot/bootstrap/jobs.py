"""Wire long work: what each kind of job does in a workspace, and what runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from copilot import people
from copilot.bootstrap import controls as bootstrap_controls
from copilot.bootstrap import drafting, library, mapping, review
from copilot.domain.jobs import JobKind
from copilot.ingestion.folders import WORKSPACE_FOLDERS
from copilot.ingestion.reporting import report_json
from copilot.review.mappings import MappingState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from copilot.bootstrap.drafting import Searching
    from copilot.bootstrap.process import Copilot
    from copilot.domain.access import Audience, Principal
    from copilot.domain.review import Item, ItemId
    from copilot.jobs.ports import Telling, Work
    from copilot.jobs.running import JobRunner

_SIGNS: Final = "jobs"

_AUDIENCES: Final = "audiences"
"""Who may read the files that a report names, by their paths; kept with it and never shown."""


def job_runner(
    copilot: Copilot,
    *,
    find: Callable[[str], Principal] | None = None,
    searching: Searching | None = None,
) -> JobRunner:
    """Return what runs the jobs of a workspace; it is not started yet.

    Args:
        copilot: The workspace, wired.
        find: Returns the principal of an id, as they are now; by default those of the people file.
        searching: What opens the indexes for a draft, where they are open already.
    """
    from copilot.adapters.signs_of_life import HeldFiles
    from copilot.adapters.sql.jobs import SqlJobStore
    from copilot.jobs.running import JobRunner

    works: dict[JobKind, Work] = {
        JobKind.INGEST: lambda *given: _ingest(copilot, *given),
        JobKind.MAP: lambda *given: _map(copilot, *given),
        JobKind.DRAFT_ALL: lambda _, *given: _draft_all(copilot, searching, *given),
    }
    return JobRunner(
        SqlJobStore(copilot.database),
        works,
        review.now,
        find=find or copilot.principal,
        signs=HeldFiles(copilot.workspace.state / _SIGNS),
    )


def shown_result(
    result: Mapping[str, Any], *, principal: Principal, asked: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what came of a job as far as somebody may know it.

    Files are left out that the principal may not read. A file that was refused has no audience yet: those
    who review are told of it, and whoever asked for it by its path.

    Args:
        result: What the job kept.
        principal: Who wants to see it.
        asked: The paths that the job was begun for, if the principal began it.
    """
    audiences: Mapping[str, Audience] = result.get(_AUDIENCES, {})

    def seen(path: str) -> bool:
        audience = audiences.get(path)
        if audience is None:
            return principal.reviews or path in asked
        return principal.may_read(audience)

    shown: dict[str, Any] = {key: one for key, one in result.items() if key != _AUDIENCES}
    if _AUDIENCES in result:
        for key, listed in shown.items():
            if isinstance(listed, list):
                shown[key] = [one for one in listed if all(map(seen, _paths(one)))]
    return shown


def _paths(entry: str | Mapping[str, str]) -> list[str]:
    """Return the paths of sources that an entry of a report names."""
    if isinstance(entry, str):
        return [entry]
    return [entry[key] for key in ("path", "from", "to") if key in entry and "label" not in entry]


def _ingest(
    copilot: Copilot, arguments: Mapping[str, Any], _: Principal, telling: Telling
) -> dict[str, Any]:
    """Bring the index in line with some paths of the workspace, or with all of it."""
    # A change that is being made is finished first, and so is one that was cut off.
    library.source_library(copilot).settle()
    paths = _there(copilot.workspace.root, arguments.get("paths") or ())
    before = _audiences(copilot)
    report = copilot.ingest(paths, retry=bool(arguments.get("retry")), progress=telling)
    result = report_json(report)
    known = before | _audiences(copilot)
    named = {
        path
        for listed in result.values()
        for one in (listed if isinstance(listed, list) else ())
        for path in _paths(one)
    }
    return {**result, _AUDIENCES: {path: known[path] for path in named & known.keys()}}


def _there(root: Path, paths: Sequence[str]) -> list[Path]:
    """Return what has to be walked for paths of the workspace, some of which may be gone.

    For one that is gone it is the folder that it stood in. Nothing, which is the whole workspace, comes
    back if that is none of the workspace's folders.
    """
    found: dict[Path, None] = {}
    for path in paths:
        place = root / path
        while not place.exists():
            place = place.parent
        inside = place.resolve().is_relative_to(root) and place.relative_to(root).parts[:1]
        if not inside or inside[0] not in WORKSPACE_FOLDERS:
            return []
        found[place] = None
    # What stands in a folder that is walked would be walked, and reported, twice.
    return [one for one in found if found.keys().isdisjoint(one.parents)]


def _audiences(copilot: Copilot) -> dict[str, str]:
    everybody = people.operator(copilot.truth.audiences())
    sources = copilot.truth.sources(principal=everybody)
    return {str(one.path): str(one.metadata.audience) for one in sources}


def _map(
    copilot: Copilot, _: Mapping[str, Any], principal: Principal, telling: Telling
) -> dict[str, Any]:
    """Suggest criteria for the controls of the workspace, which keeps the suggestions."""
    controls = bootstrap_controls.read_workspace_controls(copilot)
    telling.step("map", 0, len(controls))
    listed = mapping.mapping_review(copilot).listed(principal=principal)
    waiting = sum(one.state is MappingState.SUGGESTED for one in listed)
    return {"controls": len(controls), "suggested": waiting}


def _draft_all(
    copilot: Copilot, searching: Searching | None, principal: Principal, telling: Telling
) -> dict[str, Any]:
    """Draft every kind of policy, but for those that somebody has written on or approved."""
    from copilot.domain.review import ItemId
    from copilot.drafting import markup
    from copilot.review.possible import worked_on

    drafted: list[str] = []
    kept: list[dict[str, str]] = []
    kinds = [kind.id for kind in copilot.catalog.policy_kinds]
    for done, kind in enumerate(kinds):
        telling.step("draft", done, len(kinds))
        id_ = ItemId(f"policy/{kind}")
        item = _item(copilot, id_, principal)
        if item is not None and (why := worked_on(item)):
            kept.append({"item": id_, "why": why})
            continue
        # A try before this one was cut off after it.
        if item is None or item.latest.at < telling.since:
            draft = drafting.draft_policy(copilot, kind, principal=principal, searching=searching)
            text = markup.write(draft)
            drafting.save_draft(copilot, draft, text, principal=principal)
        drafted.append(id_)
    return {"drafted": drafted, "kept": kept}


def _item(copilot: Copilot, id_: ItemId, principal: Principal) -> Item | None:
    from copilot.errors import UnknownItem

    try:
        return review.library(copilot).show(id_, principal=principal).item
    except UnknownItem:
        return None
