"""Wire review: the items of a workspace, who decides on them, and the event log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from copilot import config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.adapters.policy_shelf import FolderShelf
    from copilot.adapters.sql.events import SqlEventLog
    from copilot.adapters.sql.mappings import SqlMappingStore
    from copilot.bootstrap import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer
    from copilot.domain.event_log import Entry, Unreadable
    from copilot.domain.review import Item, ItemId, ItemKind, Version
    from copilot.review.closing import Closing
    from copilot.review.passing_on import Passed
    from copilot.review.reading import Library
    from copilot.review.workflow import Workflow

_POLICIES: Final = "policies"


@dataclass(frozen=True, slots=True)
class PublishedAt:
    """Where an approved policy stands for ingestion, and whether it still says what was approved."""

    path: Path
    state: Literal["as approved", "changed since it was approved", "missing"]


def save_draft(
    copilot: Copilot,
    *,
    item: ItemId,
    kind: ItemKind,
    title: str,
    text: str,
    principal: Principal,
    note: str = "",
) -> Item:
    """Keep a draft for review: a new item, or a version that is based on the newest.

    A text that the newest version has already is not kept again.

    Args:
        copilot: The workspace, wired.
        item: The id, such as `policy/access-control`.
        kind: That of the id.
        title: For a new item; one that exists keeps its own.
        text: Markdown.
        principal: Who had it drafted, and so cannot approve it.
        note: What is new in it.

    Raises:
        UnknownItem: The id is none, or the item is not for this principal to see.
        NotPermitted: The principal may not write.
        BadInput: There is no text, or the id is of another kind.
    """
    from copilot.domain.review import kind_of, parse_item
    from copilot.errors import BadInput
    from copilot.review.workflow import Saved

    id_ = parse_item(item)
    if kind_of(id_) is not kind:
        raise BadInput(f"{id_} is no {kind}")
    saved = Saved(text=text, title=title, note=note, on_newest=True)
    return workflow(copilot).save(id_, saved, principal=principal)


def event_log(copilot: Copilot) -> SqlEventLog:
    """Return the event log of a workspace."""
    from copilot.adapters.sql.events import SqlEventLog

    return SqlEventLog(copilot.database)


def contradictions(copilot: Copilot, entries: Sequence[Entry | Unreadable]) -> list[str]:
    """Return what is kept of the review and not borne out by the event log, as sentences."""
    from copilot.adapters.sql.reviews import SqlReviewStore
    from copilot.review import witness

    store = SqlReviewStore(copilot.database)
    kept = {item.id: store.versions(item.id) for item in store.items()}
    return list(witness.contradictions(entries, kept))


def library(copilot: Copilot) -> Library:
    """Return the items of a workspace, for reading."""
    from copilot.adapters.sql.reviews import SqlReviewStore
    from copilot.review.reading import Library

    return Library(SqlReviewStore(copilot.database), open_marks=open_marks)


def shelf(copilot: Copilot) -> FolderShelf:
    """Return where approved policies are written."""
    from copilot.adapters.policy_shelf import FolderShelf

    return FolderShelf(copilot.workspace.root / _POLICIES)


def published_at(copilot: Copilot, item: Item) -> PublishedAt | None:
    """Return where a policy that is in force was written; nothing for any other item."""
    from copilot.adapters.sql.reviews import SqlReviewStore
    from copilot.domain.review import ItemKind

    if item.kind is not ItemKind.POLICY or item.in_force is None:
        return None
    place = shelf(copilot)
    found = place.found(item.id)
    known = SqlReviewStore(copilot.database).published(item.id)
    if not found:
        return PublishedAt(place.path(item.id), "missing")
    changed = found != known
    return PublishedAt(
        place.path(item.id), "changed since it was approved" if changed else "as approved"
    )


def workflow(copilot: Copilot) -> Workflow:
    """Return the steps that can be taken on the items of a workspace."""
    from copilot.adapters.sql.reviews import SqlReviewStore
    from copilot.review.workflow import Workflow

    return Workflow(
        SqlReviewStore(copilot.database),
        library=library(copilot),
        shelf=shelf(copilot),
        published=_policy_file,
        one_person=lambda: _one_person(copilot),
        now=now,
    )


def closing(copilot: Copilot) -> Closing:
    """Return what answers the questions of the items of a workspace and confirms their decisions."""
    from copilot.drafting import closing, markup
    from copilot.review.closing import Closing

    return Closing(
        workflow(copilot),
        library(copilot),
        answered=closing.answered,
        confirmed=closing.confirmed,
        confirmed_all=markup.confirmed_all,
    )


def pass_on(copilot: Copilot, answer: Answer, *, principal: Principal, note: str = "") -> Passed:
    """Pass a question on to compliance, with what was answered as far as they may read it.

    Args:
        copilot: The workspace, wired.
        answer: What the asker was answered, or why they were not.
        principal: Who asked.
        note: What they want to add.

    Raises:
        NotPermitted: They have no part in what the company writes.
        WorkspaceNotWritable: The database can only be read.
    """
    from copilot.adapters.sql.reviews import SqlReviewStore
    from copilot.domain.access import EVERYONE
    from copilot.drafting.passed_on import asked, passed_on
    from copilot.review.passing_on import PassingOn
    from copilot.review.workflow import DRAFTS

    reader = replace(principal, audiences=principal.audiences & {EVERYONE, DRAFTS})
    sources = copilot.truth.sources(principal=principal)
    readable = {one.path for one in sources if reader.may_read(one.metadata.audience)}
    text = passed_on(
        answer,
        asker=principal,
        company=copilot.settings.company,
        readable=readable,
        whole=len(readable) == len(sources),
        note=note,
    )
    passing = PassingOn(SqlReviewStore(copilot.database), now=now)
    return passing.pass_on(asked(answer), text, principal=principal, note=note)


def mapping_store(copilot: Copilot) -> SqlMappingStore:
    """Return what was decided on the mappings of a workspace."""
    from copilot.adapters.sql.mappings import SqlMappingStore

    return SqlMappingStore(copilot.database)


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def open_marks(text: str) -> list[str]:
    """Return what a draft's text has open, in its order, each once: `Head of IT: Which system?`."""
    from copilot.drafting import open_marks

    return open_marks.open_marks(text)


def _policy_file(item: Item, version: Version) -> str:
    from copilot.drafting.published import published
    from copilot.review.publishing import Body, policy_file

    text, criteria = published(version.text)
    return policy_file(item, version, Body(text=text, criteria=criteria))


def _one_person(copilot: Copilot) -> bool:
    from copilot.domain.companies import PROFILE_FILE
    from copilot.drafting.outlines import load_terms
    from copilot.drafting.profile import read_profile

    terms = load_terms(config.data_folder("knowledge") / "policies")
    return read_profile(copilot.workspace.root / PROFILE_FILE, terms=terms).one_person
