"""Wire the library: the company's files of a workspace, and what was ingested of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.bootstrap import review
from copilot.domain.jobs import Job, JobKind, new_job_id

if TYPE_CHECKING:
    from datetime import datetime

    from copilot.bootstrap.process import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.documents import SourcePath
    from copilot.domain.event_log import Happening
    from copilot.library.keeping import SourceLibrary
    from copilot.library.listing import Overview, Wanted

REMOVED: Final = "removed"
"""The folder, within a workspace's state, of files that were replaced or removed."""

_POLICIES: Final = "policies/"
_ENDING: Final = ".md"


def source_library(copilot: Copilot) -> SourceLibrary:
    """Return what takes in, describes and puts away the files of a workspace.

    Every change of a file puts an ingest of it in the queue, in the same transaction as its entry in the
    event log.
    """
    from copilot.adapters.locks import FileLock
    from copilot.adapters.sql.jobs import SqlLogWithJobs
    from copilot.library.changing import Changing
    from copilot.library.keeping import MEGABYTE, SourceLibrary

    state = copilot.workspace.state
    changing = Changing(
        copilot.workspace.root,
        removed=state / REMOVED,
        lock=FileLock(state / "library.lock", what="changing the files of this workspace"),
        log=SqlLogWithJobs(copilot.database, _ingest_after),
        now=review.now,
    )
    return SourceLibrary(
        copilot.workspace.root,
        truth=copilot.truth,
        changing=changing,
        largest=copilot.settings.file_megabytes * MEGABYTE,
        held=lambda path: _held(copilot, path),
    )


def overview(copilot: Copilot, wanted: Wanted, *, principal: Principal) -> Overview:
    """Return the library as somebody sees it."""
    from copilot.library import listing

    refusals = [refusal for refusal, _, _ in copilot.truth.refusals().values()]
    return listing.overview(
        copilot.truth.sources(principal=principal),
        refusals,
        refused=source_library(copilot).refused(refusals, principal=principal),
        wanted=wanted,
        audit=copilot.settings.period,
    )


def _ingest_after(happening: Happening, at: datetime) -> Job:
    return Job(
        id=new_job_id(),
        kind=JobKind.INGEST,
        arguments={"paths": [happening.about]},
        who=happening.who,
        created_at=at,
    )


def _held(copilot: Copilot, path: SourcePath) -> str:
    """Return why a file must stay: it is what somebody approved; empty if it need not."""
    from copilot.adapters.sql.reviews import SqlReviewStore
    from copilot.domain.review import ItemId

    if not path.startswith(_POLICIES) or not path.endswith(_ENDING) or path.count("/") > 1:
        return ""
    id_ = ItemId(f"policy/{path.removeprefix(_POLICIES).removesuffix(_ENDING)}")
    store = SqlReviewStore(copilot.database)
    item = store.item(id_)
    if item is None or item.in_force is None:
        return ""
    as_approved = review.shelf(copilot).found(id_) == store.published(id_)
    return f"it is version {item.in_force} of {id_}, as approved" if as_approved else ""
