"""The request list: auditors say what they need, compliance provides it, both see where it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from copilot.domain.access import Role
from copilot.domain.event_log import Happening
from copilot.domain.requests import Provided, Request, RequestState
from copilot.errors import BadInput, NotPermitted, NotThere, WrongStep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from copilot.auditing.ports import Material, RequestChange, RequestStore
    from copilot.domain.access import Principal
    from copilot.domain.criteria import CriterionId
    from copilot.domain.periods import Period

MOST_TITLE: Final = 200
MOST_TEXT: Final = 4_000
"""Characters in a request's title, and in its detail or a note."""

NEXT: Final[Mapping[RequestState, frozenset[RequestState]]] = {
    RequestState.OPEN: frozenset(
        {RequestState.PROVIDED, RequestState.CLOSED, RequestState.WITHDRAWN}
    ),
    RequestState.PROVIDED: frozenset(
        {RequestState.OPEN, RequestState.CLOSED, RequestState.WITHDRAWN}
    ),
    RequestState.CLOSED: frozenset({RequestState.OPEN}),
    RequestState.WITHDRAWN: frozenset({RequestState.OPEN}),
}
"""The states that can follow a state; what is not here cannot be."""

_TAKES_MORE: Final = frozenset({RequestState.OPEN, RequestState.PROVIDED})
"""Something can be provided for a request in one of these states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks for, as it was typed."""

    title: str
    detail: str = ""
    criterion: CriterionId | None = None
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Something that was provided, as somebody sees it."""

    provided: Provided
    title: str
    """What it is called now; empty if whoever looks may not, or no longer, read it."""
    for_auditors: bool
    """Whether some auditor may read it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A request as somebody sees it."""

    request: Request
    pieces: tuple[Piece, ...]


class RequestList:
    """The requests of a workspace."""

    def __init__(
        self,
        store: RequestStore,
        *,
        material: Material,
        auditors: Callable[[], Sequence[Principal]],
        period: Period | None,
        now: Callable[[], datetime],
    ) -> None:
        """Name the parts.

        Args:
            store: Where requests are kept.
            material: What can be provided, for whom.
            auditors: Returns the auditors who may sign in.
            period: The audit period.
            now: The time.
        """
        self._store = store
        self._material = material
        self._auditors = auditors
        self._period = period
        self._now = now

    def listed(self, *, principal: Principal) -> list[Seen]:
        """Return every request with what was provided, newest first.

        Auditors see of that what they may read; compliance sees all of it, and what no auditor may read.

        Raises:
            NotPermitted: The principal has no part in the audit.
        """
        _check_part(principal)
        readers = self._readers(principal)
        return [self._seen(one, principal, readers) for one in self._store.requests()]

    def show(self, id_: int, *, principal: Principal) -> Seen:
        """Return one request, as `listed` does.

        Raises:
            NotThere: There is no such request.
            NotPermitted: The principal has no part in the audit.
        """
        _check_part(principal)
        found = self._store.request(id_)
        if found is None:
            raise _unknown(id_)
        return self._seen(found, principal, self._readers(principal))

    def ask(self, asked: Asked, *, principal: Principal) -> Request:
        """Keep a new request.

        Raises:
            NotPermitted: The principal has no part in the audit.
            BadInput: It has no title, or a text is too long.
            WorkspaceNotWritable: The database can only be read.
        """
        _check_part(principal)
        title = " ".join(asked.title.split())
        if not title or len(title) > MOST_TITLE:
            raise BadInput(
                "a request needs a title", hint=f"Say in up to {MOST_TITLE} characters what for."
            )
        now = self._now()
        request = Request(
            id=0,
            title=title,
            detail=_text(asked.detail),
            criterion=asked.criterion,
            due=asked.due,
            who=principal.id,
            at=now,
        )
        said = {"criterion": str(asked.criterion or ""), "due": str(asked.due or "")}
        with self._store.changing_requests() as change:
            id_ = change.add(request)
            detail = {key: value for key, value in said.items() if value}
            change.log(_happening(id_, "made a request", principal, detail), at=now)
        return replace(request, id=id_)

    def move(self, id_: int, state: RequestState, *, principal: Principal) -> Request:
        """Mark a request as provided, closed or withdrawn, or open it again.

        Raises:
            NotThere: There is no such request.
            NotPermitted: The principal has no part in the audit; or an auditor says that the company
                has provided something.
            WrongStep: That does not follow from where it stands.
            WorkspaceNotWritable: The database can only be read.
        """
        _check_part(principal)
        if state is RequestState.PROVIDED:
            _check_provides(principal)
        with self._store.changing_requests() as change:
            request = _existing(change, id_)
            if state not in NEXT[request.state]:
                raise WrongStep(
                    f"request {id_} is {request.state}, and cannot become {state}",
                    hint=f"It can become {', '.join(sorted(NEXT[request.state]))}.",
                )
            change.set_state(id_, state)
            detail = {"from": request.state.value, "to": state.value}
            happening = _happening(id_, "moved a request", principal, detail)
            change.log(happening, at=self._now())
        return replace(request, state=state)

    def provide(self, id_: int, what: str, note: str = "", *, principal: Principal) -> Seen:
        """Provide a source or an approved item for a request.

        Args:
            id_: The request.
            what: The path of a source, or the id of an item that is approved.
            note: What the auditor should know about it.
            principal: Who provides it, and may read it.

        Raises:
            NotThere: There is no such request, source or approved item, or it is not theirs to read.
            NotPermitted: They do not provide anything: the roles compliance and admin do.
            BadInput: No auditor may read it, or the note is too long.
            WrongStep: It was provided already, or the request is closed or withdrawn.
            WorkspaceNotWritable: The database can only be read.
        """
        _check_provides(principal)
        what, now = what.strip(), self._now()
        self._check_material(what, principal)
        provided = Provided(id=0, what=what, note=_text(note), who=principal.id, at=now)
        with self._store.changing_requests() as change:
            request = _existing(change, id_)
            if request.state not in _TAKES_MORE:
                raise WrongStep(f"request {id_} is {request.state}", hint="Open it again first.")
            if any(one.what == what for one in request.provided):
                raise WrongStep(f"{what} was provided for request {id_} already")
            change.provide(id_, provided)
            change.log(_happening(id_, "provided a source", principal, {"what": what}), at=now)
        return self.show(id_, principal=principal)

    def take_back(self, id_: int, provided: int, *, principal: Principal) -> Seen:
        """Take back something that was provided for a request.

        Raises:
            NotThere: There is no such request, or nothing of that number was provided for it.
            NotPermitted: They do not provide anything.
            WorkspaceNotWritable: The database can only be read.
        """
        _check_provides(principal)
        with self._store.changing_requests() as change:
            request = _existing(change, id_)
            for one in request.provided:
                if one.id == provided:
                    change.take_back(provided)
                    said = _happening(id_, "took back a source", principal, {"what": one.what})
                    change.log(said, at=self._now())
                    break
            else:
                raise NotThere(f"nothing of the number {provided} was provided for request {id_}")
        return self.show(id_, principal=principal)

    def _check_material(self, what: str, principal: Principal) -> None:
        if self._material.title(what, principal=principal) is None:
            raise NotThere(
                f"there is no source or approved item {what!r}",
                hint="Name a path such as evidence/review.xlsx or an item such as policy/backup.",
            )
        if not self._read_by_some(what, self._readers(principal)):
            raise BadInput(
                f"no auditor may read {what}",
                hint="Evidence needs a period that overlaps the audit period "
                f"({self._period or 'which is not set'}), and an audience that the auditor holds.",
            )

    def _seen(self, request: Request, principal: Principal, readers: Sequence[Principal]) -> Seen:
        pieces = [
            Piece(
                provided=one,
                title=self._material.title(one.what, principal=principal) or "",
                for_auditors=self._read_by_some(one.what, readers),
            )
            for one in request.provided
        ]
        if principal.audits:
            pieces = [one for one in pieces if one.title]
            request = replace(request, provided=tuple(one.provided for one in pieces))
        return Seen(request=request, pieces=tuple(pieces))

    def _readers(self, principal: Principal) -> Sequence[Principal]:
        """Return the auditors; before there are any, one who holds what the principal holds."""
        anybody = replace(principal, role=Role.AUDITOR, within=self._period)
        return [principal] if principal.audits else self._auditors() or [anybody]

    def _read_by_some(self, what: str, readers: Iterable[Principal]) -> bool:
        return any(self._material.title(what, principal=one) is not None for one in readers)


def _existing(change: RequestChange, id_: int) -> Request:
    request = change.request(id_)
    if request is None:
        raise _unknown(id_)
    return request


def _happening(id_: int, action: str, principal: Principal, detail: Mapping[str, str]) -> Happening:
    return Happening(who=principal.id, action=action, about=f"request/{id_}", detail=detail)


def _text(given: str) -> str:
    text = given.strip()
    if "\0" in text:
        raise BadInput("this text holds a sign that no text has")
    if len(text) > MOST_TEXT:
        raise BadInput(
            f"this text has {len(text):,} characters", hint=f"{MOST_TEXT:,} are possible."
        )
    return text


def _check_part(principal: Principal) -> None:
    if not (principal.audits or principal.reviews):
        raise NotPermitted(
            f"{principal.id} has no part in the audit: the role is {principal.role}",
            hint="Auditors, compliance and admins see the requests.",
        )


def _check_provides(principal: Principal) -> None:
    if not principal.reviews:
        raise NotPermitted(
            f"{principal.id} cannot provide anything: the role is {principal.role}",
            hint="The roles compliance and admin do.",
        )


def _unknown(id_: int) -> NotThere:
    return NotThere(f"there is no request {id_}", hint="The page Requests lists them.")
