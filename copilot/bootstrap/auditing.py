"""Wire auditing: the request list, what can be provided, and the trace of what auditors open."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from copilot.bootstrap import review

if TYPE_CHECKING:
    from copilot.auditing.opening import Openings
    from copilot.auditing.requests import RequestList
    from copilot.bootstrap.process import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.documents import Source


@dataclass(frozen=True, slots=True)
class WorkspaceMaterial:
    """The sources and the approved items of a workspace."""

    copilot: Copilot

    def title(self, what: str, *, principal: Principal) -> str | None:
        """Return what a source or an approved item is called; nothing if they may not read it."""
        from copilot.adapters.sql.requests import title_of
        from copilot.domain.review import parse_item
        from copilot.errors import UnknownItem

        title = title_of(self.copilot.database, what, principal=principal)
        if title is not None:
            return title
        try:
            library = review.library(self.copilot)
            item = library.show(parse_item(what), principal=principal).item
        except UnknownItem:
            return None
        return item.title if item.in_force is not None else None


def request_list(copilot: Copilot) -> RequestList:
    """Return the requests of a workspace."""
    from copilot.adapters.sql.requests import SqlRequests
    from copilot.auditing.requests import RequestList

    return RequestList(
        SqlRequests(copilot.database),
        material=WorkspaceMaterial(copilot),
        auditors=lambda: _auditors(copilot),
        period=copilot.settings.period,
        now=review.now,
    )


def openings(copilot: Copilot) -> Openings:
    """Return what writes down which sources and items auditors open."""
    from copilot.auditing.opening import Openings

    return Openings(review.event_log(copilot), now=review.now)


def timeless(copilot: Copilot, principal: Principal) -> list[Source]:
    """Return the evidence that no auditor is shown, of what a principal may read."""
    from copilot.auditing import opening

    return opening.timeless(copilot.truth.sources(principal=principal))


def for_auditors(copilot: Copilot, principal: Principal) -> list[Source]:
    """Return the company's sources that an auditor who holds what a principal holds may read."""
    from copilot.domain.access import Role
    from copilot.domain.documents import SourceKind, may_read

    reader = replace(principal, role=Role.AUDITOR, within=copilot.settings.period)
    return [
        one
        for one in copilot.truth.sources(principal=principal)
        if one.metadata.kind is not SourceKind.CATALOG and may_read(reader, one.metadata)
    ]


def _auditors(copilot: Copilot) -> list[Principal]:
    people = (one.principal() for one in copilot.register.people() if one.active)
    return [one for one in people if one.audits]
