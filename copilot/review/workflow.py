"""What people do to items: save, submit, comment, waive, request changes, approve.

Every step is one transaction that also appends to the event log. It reads what is there, so that of two
people who act at once the second is told; nothing that somebody saved is overwritten.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from copilot.domain.access import EVERYONE, Audience
from copilot.domain.event_log import Happening
from copilot.domain.review import Comment, Item, ItemKind, State, Version, Waiver, kind_of
from copilot.errors import BadInput, EditConflict, FileInTheWay, StillOpen, WrongStep
from copilot.review.reading import mark_at, marks_of, unknown
from copilot.review.rules import Step, check, check_role
from copilot.review.witness import APPROVED, SAVED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from copilot.domain.access import Principal
    from copilot.domain.review import ItemId
    from copilot.review.ports import PolicyShelf, PreparedFile, ReviewChange, ReviewStore
    from copilot.review.reading import Library

DRAFTS: Final = Audience("compliance")
"""Who may read what is not approved, besides those who wrote it."""

SUBMITTED: Final = "submitted for review"
COMMENTED: Final = "commented"
"""What the log calls these steps."""

_OWN_WORK: Final = "a company of one person"
_READ_FIRST: Final = "Nothing was done. Read what changed, and decide on the newest version."


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What somebody wants to be kept."""

    text: str
    title: str = ""
    """For a new item; one that exists keeps its own."""
    note: str = ""
    base: int | None = None
    """The number of the version that was edited; nothing for a new item."""
    on_newest: bool = False
    """Take the newest version for the base, whichever it is."""


class Workflow:
    """Takes the steps of the review."""

    def __init__(
        self,
        store: ReviewStore,
        *,
        library: Library,
        shelf: PolicyShelf,
        published: Callable[[Item, Version], str],
        one_person: Callable[[], bool],
        now: Callable[[], datetime],
    ) -> None:
        """Take the parts.

        Args:
            store: Where items are kept.
            library: Says who may see what, and which marks are open in a text.
            shelf: Where approved policies are written.
            published: Returns the file of a policy that is approved.
            one_person: Says whether the company is a single person.
            now: The time, in UTC.
        """
        self._store = store
        self._library = library
        self._shelf = shelf
        self._published = published
        self._one_person = one_person
        self._now = now

    def save(self, id_: ItemId, saved: Saved, *, principal: Principal) -> Item:
        """Keep a text as a new version, or return the item as it is if its newest says the same.

        The version before it is superseded, unless it is approved: then it stays in force.

        Raises:
            EditConflict: Somebody else saved a version since the one that was edited.
            UnknownItem: There is no such item to make a version of.
            NotPermitted: The principal may not write.
            BadInput: There is no text.
        """
        if not saved.text.strip() or "\0" in saved.text:
            raise BadInput("there is no text to save", hint="Drafts are Markdown, in UTF-8.")
        check_role(Step.SAVE, principal)
        with self._store.changing() as change:
            item = change.item(id_)
            if item is None:
                return self._added(change, id_, saved, principal)
            self._check_seen(change, item, principal)
            if not saved.on_newest and saved.base != item.latest.number:
                raise _conflict(change, item, saved.base)
            if saved.text == item.latest.text:
                return item
            check(Step.SAVE, item.latest, principal, one_person=False)
            if item.state is not State.APPROVED:
                change.set_state(id_, replace(item.latest, state=State.SUPERSEDED))
            version = self._version(saved, item.latest, principal)
            change.add_version(id_, version)
            kept = replace(item, latest=version)
            self._log(change, principal, SAVED, kept, sha256=_hash(version))
            return kept

    def submit(self, id_: ItemId, *, principal: Principal, seen: int | None = None) -> Item:
        """Hand the newest version to those who review.

        Args:
            id_: The item.
            principal: Who hands it on.
            seen: The version that they read; here and in other steps nothing happens if it is not the
                newest any more. Nothing stands for the newest.

        Raises:
            UnknownItem, NotPermitted, WrongStep, EditConflict: It cannot be done.
        """
        with self._step(Step.SUBMIT, id_, principal, seen=seen) as (change, item, after):
            version = replace(item.latest, state=after, decided_by="", decided_at=None)
            change.set_state(id_, version)
            self._log(change, principal, SUBMITTED, item)
        return replace(item, latest=version)

    def comment(self, id_: ItemId, text: str, *, principal: Principal) -> Comment:
        """Say something about the newest version.

        Raises:
            UnknownItem: There is no such item, or the principal may not see it.
            BadInput: Nothing is said.
        """
        said = _said(text, "a comment needs words")
        with self._step(Step.COMMENT, id_, principal) as (change, item, _):
            comment = Comment(
                version=item.latest.number, who=principal.id, at=self._now(), text=said
            )
            change.add_comment(id_, comment)
            self._log(change, principal, COMMENTED, item)
        return comment

    def request_changes(
        self, id_: ItemId, reason: str, *, principal: Principal, seen: int | None = None
    ) -> Item:
        """Give the newest version back to its author; the reason becomes a comment.

        Raises:
            UnknownItem, NotPermitted, WrongStep, EditConflict: It cannot be done.
            BadInput: There is no reason.
        """
        said = _said(reason, "whoever is asked for changes needs to know which: give a reason")
        with self._step(Step.REQUEST_CHANGES, id_, principal, seen=seen) as (change, item, after):
            version = self._decided(item.latest, after, principal)
            change.set_state(id_, version)
            change.add_comment(
                id_,
                Comment(version=version.number, who=principal.id, at=self._now(), text=said),
            )
            self._log(change, principal, "requested changes", item, reason=said)
        return replace(item, latest=version)

    def waive(
        self,
        id_: ItemId,
        number: int,
        reason: str,
        *,
        principal: Principal,
        seen: int | None = None,
    ) -> Waiver:
        """Let the newest version be approved although a question of it is open.

        Args:
            id_: The item.
            number: That of the question in its list, counted from 1.
            reason: Why it need not be answered.
            principal: Who decides that.
            seen: The version whose list they read.

        Raises:
            UnknownItem, NotPermitted, WrongStep, EditConflict: It cannot be done.
            BadInput: There is no reason, or no such question.
        """
        said = _said(reason, "a question is waived for a reason: give it")
        with self._step(Step.WAIVE, id_, principal, seen=seen) as (change, item, _):
            mark = mark_at(item.latest, number, id_, self._library.open_marks)
            if mark.waiver is not None:
                raise WrongStep(f"question {number} is waived already")
            waiver = Waiver(mark=mark.says, reason=said, who=principal.id, at=self._now())
            change.add_waiver(id_, item.latest.number, waiver)
            about = {"question": str(number), "reason": said}
            self._log(change, principal, "waived a question", item, **about)
        return waiver

    def approve(
        self,
        id_: ItemId,
        *,
        principal: Principal,
        note: str = "",
        replace_file: bool = False,
        seen: int | None = None,
    ) -> Item:
        """Put the newest version in force; a policy is written where it is ingested from.

        Args:
            id_: The item.
            principal: Who approves.
            note: Becomes a comment.
            replace_file: Write the policy even over a file that we did not write.
            seen: The version that they read.

        Raises:
            UnknownItem, NotPermitted, WrongStep, EditConflict: It cannot be done.
            StillOpen: A question is neither closed nor waived.
            FileInTheWay: Another file stands where the policy would go.
        """
        prepared: PreparedFile | None = None
        try:
            with self._step(Step.APPROVE, id_, principal, seen=seen) as (change, item, after):
                self._check_closed(item)
                version = self._decided(item.latest, after, principal)
                approved = self._put_in_force(change, item, version)
                known = change.published(id_)
                if item.kind is ItemKind.POLICY:
                    self._check_place(id_, known, replace_file=replace_file)
                    content = self._published(approved, version)
                    prepared = self._shelf.prepare(id_, content)
                    known = prepared.sha256
                change.set_in_force(approved, published=known)
                if note.strip():
                    change.add_comment(
                        id_,
                        Comment(
                            version=version.number,
                            who=principal.id,
                            at=self._now(),
                            text=note.strip(),
                        ),
                    )
                own = {"own_work": _OWN_WORK} if version.author == principal.id else {}
                waived = {"waived": str(len(version.waivers))} if version.waivers else {}
                details = {"sha256": _hash(version), **own, **waived}
                self._log(change, principal, APPROVED, approved, **details)
            # Only now: a file of a version that was not kept as approved would be a draft.
            if prepared is not None:
                prepared.put()
        finally:
            if prepared is not None:
                prepared.drop()
        return approved

    @contextlib.contextmanager
    def _step(
        self, step: Step, id_: ItemId, principal: Principal, *, seen: int | None = None
    ) -> Iterator[tuple[ReviewChange, Item, State]]:
        """Yield the change, the item as it is, and the state of its newest version after the step."""
        check_role(step, principal)
        with self._store.changing() as change:
            item = change.item(id_)
            if item is None:
                raise unknown(id_)
            self._check_seen(change, item, principal)
            if seen is not None and seen != item.latest.number:
                raise _conflict(change, item, seen, hint=_READ_FIRST)
            own = step is Step.APPROVE and item.latest.author == principal.id
            after = check(step, item.latest, principal, one_person=own and self._one_person())
            yield change, item, after

    def _check_seen(self, change: ReviewChange, item: Item, principal: Principal) -> None:
        if not self._library.sees_drafts(change.versions(item.id), principal):
            raise unknown(item.id)

    def _added(self, change: ReviewChange, id_: ItemId, saved: Saved, principal: Principal) -> Item:
        if saved.base is not None:
            raise unknown(id_)
        item = Item(
            id=id_,
            kind=kind_of(id_),
            title=saved.title or id_,
            audience=DRAFTS,
            latest=self._version(saved, None, principal),
        )
        change.add_item(item)
        self._log(change, principal, SAVED, item, sha256=_hash(item.latest))
        return item

    def _version(self, saved: Saved, before: Version | None, principal: Principal) -> Version:
        marks = set(self._library.open_marks(saved.text))
        return Version(
            number=before.number + 1 if before else 1,
            text=saved.text,
            state=State.DRAFT,
            author=principal.id,
            at=self._now(),
            note=saved.note.strip(),
            base=before.number if before else None,
            # What was waived for a question holds as long as the question stands there unchanged.
            waivers=tuple(one for one in before.waivers if one.mark in marks) if before else (),
        )

    def _decided(self, version: Version, state: State, principal: Principal) -> Version:
        return replace(version, state=state, decided_by=principal.id, decided_at=self._now())

    def _check_closed(self, item: Item) -> None:
        marks = marks_of(item.latest, self._library.open_marks)
        still = [
            f"{number}. {one.says}"
            for number, one in enumerate(marks, start=1)
            if one.waiver is None
        ]
        if still:
            count, them = f"{len(still)} questions are", "them"
            if len(still) == 1:
                count, them = "1 question is", "it"
            raise StillOpen(
                f"{count} open in version {item.latest.number} of {item.id}:\n" + "\n".join(still),
                marks=still,
                hint=f"Close {them}, such as with `copilot review answer {item.id} --question N …` or "
                f"`copilot review confirm {item.id} --question N`, or waive {them} with a reason: "
                f"`copilot review waive {item.id} --question N --reason …`.",
            )

    def _put_in_force(self, change: ReviewChange, item: Item, version: Version) -> Item:
        for one in change.versions(item.id):
            if one.number == item.in_force:
                change.set_state(item.id, replace(one, state=State.SUPERSEDED))
        change.set_state(item.id, version)
        audience = EVERYONE if item.kind is ItemKind.POLICY else item.audience
        return replace(item, latest=version, in_force=version.number, audience=audience)

    def _check_place(self, id_: ItemId, known: str, *, replace_file: bool) -> None:
        found = self._shelf.found(id_)
        if found and found != known and not replace_file:
            path = self._shelf.path(id_)
            why = "was changed since it was written there" if known else "was not written by us"
            raise FileInTheWay(
                f"{path} {why}; nothing was approved",
                hint="Compare the two. --replace approves, and writes the version over the file.",
            )

    def _log(
        self, change: ReviewChange, principal: Principal, action: str, item: Item, **detail: str
    ) -> None:
        happening = Happening(
            who=principal.id,
            action=action,
            about=item.id,
            version=item.latest.number,
            detail=detail,
        )
        change.log(happening, at=self._now())


def _conflict(
    change: ReviewChange, item: Item, base: int | None, *, hint: str = ""
) -> EditConflict:
    since: Sequence[Version] = [one for one in change.versions(item.id) if one.number > (base or 0)]
    said = "; ".join(
        f"{one.author} saved version {one.number} on {one.at:%-d %B %Y at %H:%M} UTC"
        + (f" ({one.note})" if one.note else "")
        for one in since
    )
    edited = f"version {base} is not the newest of" if base else "there is already an item"
    return EditConflict(
        f"{edited} {item.id}: {said or 'there is no such version'}",
        hint=hint
        or f"Nothing was saved. `copilot review diff {item.id}` shows what changed; take it over, "
        f"then save with --base {item.latest.number}.",
    )


def _said(text: str, otherwise: str) -> str:
    said = text.strip().encode(errors="replace").decode()
    if not said:
        raise BadInput(otherwise)
    return said


def _hash(version: Version) -> str:
    return sha256(version.text.encode()).hexdigest()
