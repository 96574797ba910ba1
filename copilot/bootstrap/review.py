"""Wire review: the items of a workspace, who decides on them, and the event log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Literal
from weakref import WeakKeyDictionary

from copilot import config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.adapters.policy_shelf import FolderShelf
    from copilot.adapters.sql.events import SqlEventLog
    from copilot.adapters.sql.mappings import SqlMappingStore
    from copilot.bootstrap.process import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.answers import Answer
    from copilot.domain.event_log import Entry, Seal, Unreadable
    from copilot.domain.review import Item, ItemId, ItemKind, Version
    from copilot.domain.tampering import Damage
    from copilot.review.closing import Closing
    from copilot.review.log_watch import LogWatch
    from copilot.review.passing_on import Passed
    from copilot.review.possible import Possible
    from copilot.review.reading import Library, Shown
    from copilot.review.workflow import Saved, Workflow

_POLICIES: Final = "policies"

_WATCHES: Final[WeakKeyDictionary[Copilot, LogWatch]] = WeakKeyDictionary()
"""What was found right of the log of each workspace that this process has open."""

_WATCHING: Final = Lock()


@dataclass(frozen=True, slots=True)
class PublishedAt:
    """Where an approved policy stands for ingestion, and whether it still says what was approved."""

    path: Path
    state: Literal["as approved", "changed since it was approved", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExaminedLog:
    """The event log of a workspace, and what is wrong with it."""

    entries: tuple[Entry | Unreadable, ...]
    seal: Seal
    damages: tuple[Damage, ...]
    contradictions: tuple[str, ...]
    """What is kept of the review and not borne out by the log."""

    @property
    def holds(self) -> bool:
        """Whether everything is as it was written."""
        return not (self.damages or self.contradictions)


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


def save_edit(
    copilot: Copilot, item: ItemId, saved: Saved, *, principal: Principal, let_go: bool = False
) -> Item:
    """Keep what somebody made of a version, as the next one.

    Args:
        copilot: The workspace, wired.
        item: What was edited.
        saved: The text and the version that it was made of; or a new item.
        principal: Who edited it.
        let_go: Save it although citations of the version are gone from the text.

    Raises:
        UnknownItem, NotPermitted, EditConflict, BadInput: It cannot be saved.
        CitationsLost: Citations of the version are gone from the text.
    """
    from copilot.drafting.checklist import lost_citations
    from copilot.errors import CitationsLost

    if (saved.base is not None or saved.on_newest) and not let_go:
        before = library(copilot).show(item, principal=principal, number=saved.base).version
        if lost := lost_citations(before.text, saved.text):
            named = ", ".join(one.label for one in lost)
            one = len(lost) == 1
            raise CitationsLost(
                f"{'a citation' if one else f'{len(lost)} citations'} of version {before.number} "
                f"{'is' if one else 'are'} gone from the text: footnote{'' if one else 's'} {named}",
                citations=[f"{one.label}: {one.text}" for one in lost],
                hint="Put them back, or say that they are meant to go.",
            )
    return workflow(copilot).save(item, saved, principal=principal)


def steps(copilot: Copilot, shown: Shown, *, principal: Principal) -> tuple[Possible, ...]:
    """Return what somebody can do to an item that is shown with its newest version, and why not."""
    from copilot.review.possible import possible_steps

    works_on = library(copilot).sees_drafts(shown.versions, principal)
    return possible_steps(shown, principal, works_on=works_on, one_person=_one_person(copilot))


def waiting(copilot: Copilot, items: Sequence[Item], *, principal: Principal) -> list[Item]:
    """Return the items whose next step is this person's, in their order."""
    from copilot.review.possible import waits_for

    alone = _one_person(copilot)
    return [one for one in items if waits_for(one, principal, one_person=alone)]


def finish_approvals(copilot: Copilot) -> list[str]:
    """Finish what an approval that was cut off has left, and return what there is to ingest after it.

    Returns:
        The paths of approved policies whose files are not in the index as they stand.

    Raises:
        WorkspaceNotWritable: The database can only be read, and something is left to do.
    """
    from copilot.adapters.sql.reviews import SqlReviewStore
    from copilot.domain.documents import SourcePath
    from copilot.domain.review import ItemKind
    from copilot.review.finishing import finish_approvals

    store, place = SqlReviewStore(copilot.database), shelf(copilot)
    finish_approvals(store, place)
    known = copilot.truth.fingerprints()
    stale = []
    for item in store.items():
        if item.kind is ItemKind.POLICY and item.in_force is not None:
            path = place.path(item.id).relative_to(copilot.workspace.root).as_posix()
            kept = known.get(SourcePath(path))
            found = place.found(item.id)
            if found and (kept is None or kept.content_hash != found):
                stale.append(path)
    return stale


def event_log(copilot: Copilot) -> SqlEventLog:
    """Return the event log of a workspace."""
    from copilot.adapters.sql.events import SqlEventLog

    return SqlEventLog(copilot.database)


def whole_log(copilot: Copilot) -> list[Entry]:
    """Return the event log, from which nothing is missing and in which nothing was changed.

    Raises:
        LogDamaged: It is not as it was written.
    """
    from copilot.domain.event_log import Entry
    from copilot.domain.tampering import check
    from copilot.errors import LogDamaged

    entries = event_log(copilot).entries()
    if damages := check(entries):
        raise LogDamaged(
            f"the log is not as it was written: {damages[0]}",
            hint="`copilot log verify` names everything; a sealed export would cover it up.",
        )
    return [one for one in entries if isinstance(one, Entry)]


def examined_log(copilot: Copilot, *, sealed: Seal | None = None) -> ExaminedLog:
    """Return what there is to be said of the event log.

    Args:
        copilot: The workspace, wired.
        sealed: An earlier seal that was kept elsewhere; with it, a cut end shows too.
    """
    from copilot.domain.tampering import check

    log = event_log(copilot)
    entries = log.entries()
    damages = check(entries)
    if sealed is not None:
        damages += [one for one in check(entries, sealed) if one not in damages]
    return ExaminedLog(
        entries=tuple(entries),
        seal=log.seal(),
        damages=tuple(damages),
        contradictions=tuple(contradictions(copilot, entries)),
    )


def log_watch(copilot: Copilot) -> LogWatch:
    """Return what looks at the event log of a workspace again and again in this process."""
    from copilot.review.log_watch import LogWatch

    with _WATCHING:
        if copilot not in _WATCHES:
            _WATCHES[copilot] = LogWatch(event_log(copilot), kept=lambda: _kept(copilot), now=now)
        return _WATCHES[copilot]


def contradictions(copilot: Copilot, entries: Sequence[Entry | Unreadable]) -> list[str]:
    """Return what is kept of the review and not borne out by the event log, as sentences."""
    from copilot.review import witness

    return list(witness.contradictions(entries, _kept(copilot)))


def _kept(copilot: Copilot) -> dict[ItemId, list[Version]]:
    from copilot.adapters.sql.reviews import SqlReviewStore

    store = SqlReviewStore(copilot.database)
    return {item.id: store.versions(item.id) for item in store.items()}


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
    from copilot.domain.documents import may_read
    from copilot.drafting.passed_on import asked, passed_on
    from copilot.review.passing_on import PassingOn
    from copilot.review.workflow import DRAFTS

    reader = replace(principal, audiences=principal.audiences & {EVERYONE, DRAFTS})
    sources = copilot.truth.sources(principal=principal)
    readable = {one.path for one in sources if may_read(reader, one.metadata)}
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

    file = copilot.workspace.root / PROFILE_FILE
    seen = file.stat() if file.exists() else None
    return _says_one_person(file, (seen.st_mtime_ns, seen.st_size) if seen else ())


@lru_cache(maxsize=16)
def _says_one_person(file: Path, _: tuple[int, ...]) -> bool:
    """Say whether a profile is that of a single person; it is read once for each time it was changed."""
    from copilot.drafting.outlines import load_terms
    from copilot.drafting.profile import read_profile

    terms = load_terms(config.data_folder("knowledge") / "policies")
    return read_profile(file, terms=terms).one_person
