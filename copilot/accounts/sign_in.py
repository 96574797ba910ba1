"""Who somebody is to us whom the company's sign-in service knows, and what its groups make of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from copilot.accounts.entries import parse_email, parse_name, parse_person_id
from copilot.accounts.register import check_free, told
from copilot.domain.access import EVERYONE, Audience, Role
from copilot.domain.accounts import Origin, Person
from copilot.errors import BadInput, SignInFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from copilot.accounts.ports import PeopleChange, PeopleStore
    from copilot.domain.accounts import Identity

STRONGEST: Final = (Role.AUDITOR, Role.ADMIN, Role.COMPLIANCE, Role.ENGINEER, Role.EMPLOYEE)
"""Of several roles that groups give, the first of these holds: whoever audits does nothing else."""

_ASK: Final = "Ask an admin to add you, or to see which address you sign in with."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRules:
    """What the settings say of people who sign in with the company's service."""

    domains: frozenset[str] = frozenset()
    """Domains of e-mail addresses, in lower case, whose people may sign in without being listed."""
    roles: Mapping[str, Role] = field(default_factory=dict)
    """Roles by groups."""
    audiences: Mapping[str, frozenset[Audience]] = field(default_factory=dict)
    """Audiences by groups."""

    def role(self, groups: frozenset[str]) -> Role:
        """Return the role that somebody in these groups has; an employee if they give none."""
        given = {role for group, role in self.roles.items() if group in groups}
        return next((role for role in STRONGEST if role in given), Role.EMPLOYEE)

    def held(self, groups: frozenset[str]) -> frozenset[Audience]:
        """Return the audiences that somebody in these groups holds."""
        given = (held for group, held in self.audiences.items() if group in groups)
        return frozenset({EVERYONE}).union(*given)


class SignIn:
    """Finds the person whom an identity belongs to; adds them, if the rules say so."""

    def __init__(
        self,
        file: Callable[[], Mapping[str, Person]],
        store: PeopleStore,
        *,
        rules: SignInRules,
        now: Callable[[], datetime],
    ) -> None:
        """Take the people of `people.yaml` by id and address, the store of the others, and the rules."""
        self._file = file
        self._store = store
        self._rules = rules
        self._now = now

    def signed_in(self, identity: Identity) -> Person:
        """Return who has signed in.

        An entry of `people.yaml` is found by its address and stays as it is. Whoever was added is found
        by what they signed in with before, or the first time by their address. Of people who are there
        because of their address's domain, role and audiences follow the groups at each sign-in.

        Raises:
            SignInFailed: Nobody is let in by this identity; the message is for them.
            WorkspaceNotWritable: There is something to keep, and the database can only be read.
        """
        email = _address(identity)
        if (found := self._file().get(email)) is not None:
            return found
        person, people = self._met(identity, email, self._store.people())
        if person is not None and person in people:
            return person
        with self._store.changing_people() as change:
            return self._kept(identity, email, change)

    def _kept(self, identity: Identity, email: str, change: PeopleChange) -> Person:
        person, people = self._met(identity, email, change.people())
        known = person is not None
        person = person or self._new(identity, email)
        # Of the same id may only be whoever they were before; and nobody may be of their address.
        others = [one for one in change.people() if not (known and one.id == person.id)]
        _free(person, [*self._file().values(), *others])
        if person not in people:
            action = "changed a person at sign-in" if known else "added a person at sign-in"
            change.put(person, at=self._now())
            change.log(told(person, action, who=person.id), at=self._now())
        return person

    def _met(
        self, identity: Identity, email: str, people: list[Person]
    ) -> tuple[Person | None, list[Person]]:
        """Return who has this identity among people, as they are from now on, and those people."""
        listed, subject = self._file(), _subject(identity)
        people = [one for one in people if one.id not in listed and one.email not in listed]
        found = next((one for one in people if one.subject == subject), None)
        if found is None:
            found = next((one for one in people if one.email == email), None)
            if found is not None and found.subject:
                raise SignInFailed(
                    f"{email} belongs to somebody who signs in with another account",
                    hint="Ask an admin to enter your address anew.",
                )
        if found is None:
            return None, people
        if not found.active:
            raise SignInFailed(f"{email} may not sign in any more", hint=_ASK)
        return self._now_is(replace(found, subject=subject, email=email), identity), people

    def _now_is(self, person: Person, identity: Identity) -> Person:
        if person.origin is not Origin.SIGN_IN:
            return person
        self._check_domain(person.email)
        return replace(
            person,
            name=_name(identity, person.name),
            role=self._rules.role(identity.groups),
            audiences=self._rules.held(identity.groups),
        )

    def _new(self, identity: Identity, email: str) -> Person:
        self._check_domain(email)
        try:
            id_ = parse_person_id(email)
        except BadInput as exc:
            raise SignInFailed(f"{email} cannot be used as an id", hint=_ASK) from exc
        return Person(
            id=id_,
            name=_name(identity, id_),
            email=email,
            role=self._rules.role(identity.groups),
            audiences=self._rules.held(identity.groups),
            origin=Origin.SIGN_IN,
            subject=_subject(identity),
        )

    def _check_domain(self, email: str) -> None:
        if email.rpartition("@")[2] not in self._rules.domains:
            raise SignInFailed(f"nobody here is listed with the address {email}", hint=_ASK)


def _free(person: Person, others: list[Person]) -> None:
    try:
        check_free(person, others)
    except BadInput as exc:
        raise SignInFailed(f"{person.email} is taken: {exc}", hint=_ASK) from exc


def _name(identity: Identity, otherwise: str) -> str:
    """Return the name that the service gives somebody, if it can be shown as one."""
    try:
        return parse_name(identity.name, otherwise)
    except BadInput:
        return otherwise


def _subject(identity: Identity) -> str:
    return f"{identity.issuer} {identity.subject}"


def _address(identity: Identity) -> str:
    """Return the address of an identity, which is known to be theirs."""
    try:
        email = parse_email(identity.email)
    except BadInput as exc:
        raise SignInFailed("the sign-in service names no usable e-mail address") from exc
    if not email:
        raise SignInFailed(
            "the sign-in service does not say what your e-mail address is",
            hint="It has to send the claim `email`: see docs/people.md.",
        )
    if not identity.verified:
        raise SignInFailed(
            f"the sign-in service has not verified the address {email}",
            hint="Verify it there, or have it send `email_verified`: see docs/people.md.",
        )
    if not identity.subject:
        raise SignInFailed("the sign-in service does not say who you are: it sends no `sub`")
    return email
