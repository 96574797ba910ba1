"""Who may sign in, as what: `people.yaml` first, then whom admins and the sign-in have added."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from copilot.accounts.entries import (
    ALWAYS,
    Entered,
    parse_audiences,
    parse_email,
    parse_name,
    parse_person_id,
    parse_role,
)
from copilot.domain.access import Role
from copilot.domain.accounts import OPERATOR, Origin, Person
from copilot.domain.event_log import Happening
from copilot.errors import BadInput, NotPermitted, NotThere, WrongStep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from copilot.accounts.ports import PeopleChange, PeopleStore
    from copilot.domain.access import Audience, Principal
    from copilot.domain.periods import Period

    _File = Callable[[], Mapping[str, Person]]


class PeopleRegister:
    """The people of a workspace as they are now; nothing that was true before is remembered."""

    def __init__(
        self,
        file: _File,
        store: PeopleStore,
        *,
        audiences: Callable[[], Iterable[Audience]],
        now: Callable[[], datetime],
        period: Period | None = None,
    ) -> None:
        """Name the parts.

        Args:
            file: Returns the people of `people.yaml`, by id and address in lower case.
            store: Where the others are kept.
            audiences: Returns every audience that some source has.
            now: The time.
            period: The audit period, to which auditors are limited.
        """
        self._file = file
        self._store = store
        self._audiences = audiences
        self._now = now
        self._period = period

    def people(self) -> list[Person]:
        """Return everybody by id, also those who were deactivated, without the operator.

        Of two with one id or one address, in `people.yaml` and added later, only the first is anybody.

        Raises:
            InvalidSettings: `people.yaml` cannot be used.
        """
        listed = self._file()
        stored = [one for one in self._store.people() if not _shadowed(one, listed)]
        return sorted(
            (self._limited(one) for one in [*_each(listed), *stored]), key=lambda one: one.id
        )

    def find(self, id_: str) -> Person | None:
        """Return who has an id, in any case, if they are active; `operator` is one of them.

        Raises:
            InvalidSettings: `people.yaml` cannot be used.
        """
        key, listed = id_.strip().lower(), self._file()
        found = listed.get(key)
        if found is not None and found.id.lower() == key:
            return self._limited(found)
        if key == OPERATOR:
            return self._operator()
        stored = self._store.person(key)
        if stored is None or not stored.active or _shadowed(stored, listed):
            return None
        return self._limited(stored)

    def principals(self) -> dict[str, Principal]:
        """Return who is active, by id and by address in lower case."""
        known: dict[str, Principal] = {}
        for person in self.people():
            if person.active:
                who = person.principal()
                known |= {key: who for key in (person.id.lower(), person.email) if key}
        return known

    def known_audiences(self) -> frozenset[Audience]:
        """Return every audience that something or somebody has."""
        held = frozenset().union(*(one.audiences for one in self.people()))
        return ALWAYS | held | frozenset(self._audiences())

    def add(self, id_: str, entered: Entered, *, principal: Principal) -> Person:
        """Add a person and return them.

        Raises:
            NotPermitted: The principal is no admin.
            BadInput: The id or the address is taken, or something in what was entered cannot be.
            WorkspaceNotWritable: The database can only be read.
        """
        _check_admin(principal)
        person = self._entered(parse_person_id(id_), entered)
        with self._store.changing_people() as change:
            check_free(person, [*_each(self._file()), *change.people()])
            self._keep(change, person, "added a person", principal)
        return self._limited(person)

    def change(self, id_: str, entered: Entered, *, principal: Principal) -> Person:
        """Give a person another name, address, role and audiences; return them as they are then.

        From then on the groups of the sign-in service change nothing about them.

        Raises:
            NotThere: There is no such person.
            NotPermitted: The principal is no admin, or the person stands in `people.yaml`.
            WrongStep: No active admin would be left.
            BadInput: The address is taken, or something in what was entered cannot be.
            WorkspaceNotWritable: The database can only be read.
        """
        _check_admin(principal)
        with self._store.changing_people() as change:
            before = self._changeable(id_, change)
            after = self._entered(before.id, entered)
            # Whoever has another address now signs in anew before it is known to be theirs.
            subject = before.subject if after.email == before.email else ""
            after = replace(after, subject=subject, active=before.active)
            others = [one for one in change.people() if one.id != before.id]
            check_free(after, [*_each(self._file()), *others])
            self._check_last_admin(before, after, others)
            self._keep(change, after, "changed a person", principal)
        return self._limited(after)

    def deactivate(self, id_: str, *, principal: Principal) -> Person:
        """Let a person in no more: their sessions end, their tokens are revoked.

        Raises:
            NotThere: There is no such person.
            NotPermitted: The principal is no admin, or the person stands in `people.yaml`.
            WrongStep: No active admin would be left.
            WorkspaceNotWritable: The database can only be read.
        """
        _check_admin(principal)
        with self._store.changing_people() as change:
            before = self._changeable(id_, change)
            after = replace(before, active=False)
            others = [one for one in change.people() if one.id != before.id]
            self._check_last_admin(before, after, others)
            change.shut_out(before.id, at=self._now())
            self._keep(change, after, "deactivated a person", principal)
        return after

    def activate(self, id_: str, *, principal: Principal) -> Person:
        """Let a person in again who was deactivated; tokens that were revoked stay so.

        Raises:
            NotThere: There is no such person.
            NotPermitted: The principal is no admin, or the person stands in `people.yaml`.
            WorkspaceNotWritable: The database can only be read.
        """
        _check_admin(principal)
        with self._store.changing_people() as change:
            after = replace(self._changeable(id_, change), active=True)
            self._keep(change, after, "activated a person", principal)
        return self._limited(after)

    def _limited(self, person: Person) -> Person:
        return replace(person, within=self._period) if person.role is Role.AUDITOR else person

    def _operator(self) -> Person:
        return Person(
            id=OPERATOR,
            name=OPERATOR,
            role=Role.ADMIN,
            audiences=frozenset(self._audiences()),
            origin=Origin.BUILT_IN,
        )

    def _entered(self, id_: str, entered: Entered) -> Person:
        return Person(
            id=id_,
            name=parse_name(entered.name, id_),
            email=parse_email(entered.email),
            role=parse_role(entered.role),
            audiences=parse_audiences(entered.audiences, self.known_audiences()),
            origin=Origin.PAGE,
        )

    def _changeable(self, id_: str, change: PeopleChange) -> Person:
        """Return a person who was added, as they are now."""
        key, listed = id_.strip().lower(), self._file()
        found = listed.get(key)
        if found is not None and found.id.lower() == key:
            raise NotPermitted(
                f"{found.id} stands in people.yaml and cannot be changed here",
                hint="Change the file in the workspace; that acts at once.",
            )
        for one in change.people():
            if one.id == key and not _shadowed(one, listed):
                return one
        raise NotThere(f"there is no person {id_!r}", hint="The page People lists everybody.")

    def _check_last_admin(self, before: Person, after: Person, others: Iterable[Person]) -> None:
        listed = self._file()
        left = [*_each(listed), *(one for one in others if not _shadowed(one, listed)), after]
        if _is_admin(before) and not any(_is_admin(one) for one in left):
            raise WrongStep(
                f"{before.id} is the only admin who is left",
                hint="Make somebody else an admin first.",
            )

    def _keep(
        self, change: PeopleChange, person: Person, action: str, principal: Principal
    ) -> None:
        now = self._now()
        change.put(person, at=now)
        change.log(told(person, action, who=principal.id), at=now)


def check_free(person: Person, others: Iterable[Person]) -> None:
    """Make sure that nobody else goes by the id or the address of a person.

    Raises:
        BadInput: Somebody does.
    """
    for other in others:
        taken = {other.id.lower(), other.email} & {person.id, person.email} - {""}
        if taken:
            where = "in people.yaml" if other.origin is Origin.FILE else "already"
            raise BadInput(f"{taken.pop()} is {where}: {other.id}", hint="Change that entry.")


def told(person: Person, action: str, *, who: str) -> Happening:
    """Return what the event log says of a change of a person."""
    said = {"role": person.role.value, "audiences": ", ".join(sorted(person.audiences))}
    return Happening(who=who, action=action, about=f"person/{person.id}", detail=said)


def _each(listed: Mapping[str, Person]) -> list[Person]:
    """Return everybody in the file once."""
    return list({person.id: person for person in listed.values()}.values())


def _shadowed(person: Person, listed: Mapping[str, Person]) -> bool:
    return person.id in listed or (bool(person.email) and person.email in listed)


def _is_admin(person: Person) -> bool:
    return person.active and person.role is Role.ADMIN


def _check_admin(principal: Principal) -> None:
    if principal.role is not Role.ADMIN:
        raise NotPermitted(
            f"{principal.id} cannot change people: the role is {principal.role}",
            hint="The role admin can.",
        )
