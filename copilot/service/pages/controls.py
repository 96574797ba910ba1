"""The pages of controls: what is suggested and decided, lists that are taken in, and the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from copilot.bootstrap import controls as bootstrap_controls
from copilot.domain.criteria import Category, category_of, parse_criterion
from copilot.errors import InvalidControls, UnknownCriterion
from copilot.review.control_list import SERVES, ControlState, Wanted, counted
from copilot.review.mappings import MappingState
from copilot.service.access import Caller, Needs
from copilot.service.pages.rendering import render
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.schemas.controls import etag_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from copilot.bootstrap.service import Service
    from copilot.domain.criteria import Criterion, CriterionId
    from copilot.review.control_list import ListedControl

router: Final = APIRouter()

Reader = Annotated[Caller, Needs(Permission.READ_CONTROLS)]

_ALL: Final = "all"
_SHOWN: Final = 50
"""Controls on a page."""

PATIENCE: Final = 2.0
"""Seconds that a page waits for suggestions before it says that they are being made."""

_KINDS: Final[Mapping[MappingState, str]] = {
    MappingState.SUGGESTED: "accent",
    MappingState.DECLARED: "",
    MappingState.ACCEPTED: "good",
    MappingState.REJECTED: "bad",
    MappingState.REPLACED: "bad",
}
"""The look of a badge for each state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the list is narrowed down to, as the address has it."""

    state: str
    criterion: str
    owner: str
    words: str
    page: int

    @property
    def narrowed(self) -> bool:
        """Whether anything besides the state is asked for."""
        return bool(self.criterion.strip() or self.owner.strip() or self.words.strip())

    def link(self, **changes: str | int) -> str:
        """Return the address of the list with something else asked for."""
        given = {
            "state": self.state,
            "criterion": self.criterion,
            "owner": self.owner,
            "words": self.words,
            **changes,
        }
        return f"/controls?{urlencode({key: one for key, one in given.items() if one})}"


def asked_of(
    *,
    state: Annotated[str, Query(max_length=20)] = "",
    criterion: Annotated[str, Query(max_length=12)] = "",
    owner: Annotated[str, Query(max_length=400)] = "",
    words: Annotated[str, Query(max_length=400)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Asked:
    """Return what a reader asks for."""
    known = {*ControlState, _ALL}
    return Asked(
        state=state if state in known else "",
        criterion=criterion,
        owner=owner,
        words=words,
        page=page,
    )


@router.get("/controls")
def controls(
    request: Request,
    caller: Reader,
    service: ServiceOf,
    asked: Annotated[Asked, Depends(asked_of)],
) -> Response:
    """Show controls with what is suggested and decided for them."""
    try:
        if not service.mappings.prepare(wait=PATIENCE):
            return being_suggested(request, service, caller)
        listed = service.mappings.controls(principal=caller.principal)
    except InvalidControls as exc:
        return render(request, "controls_unreadable.html", caller, problem=exc, may=_may(caller))
    counts = counted(listed)
    state = asked.state or _first(counts, caller)
    wanted = _wanted(asked, state)
    found = [one for one in listed if wanted and wanted.lets(one)]
    start = (asked.page - 1) * _SHOWN
    return render(
        request,
        "controls.html",
        caller,
        listed=found[start : start + _SHOWN],
        found=len(found),
        start=start,
        shown=_SHOWN,
        total=len(listed),
        counts=counts,
        state=state,
        states=_tabs(counts, len(listed)),
        asked=asked,
        owners=sorted({one.control.owner for one in listed if one.control.owner}),
        **_about(service, caller),
    )


@router.get("/controls/one")
def one_control(
    request: Request,
    caller: Reader,
    service: ServiceOf,
    control: Annotated[str, Query(max_length=400)],
) -> Response:
    """Return the rows of one control, to take the place of those that a page shows."""
    found = service.mappings.control(control, principal=caller.principal, again=False)
    return render(request, "controls_one.html", caller, one=found, **_about(service, caller))


@router.get("/controls/matrix")
def matrix(
    request: Request,
    caller: Reader,
    service: ServiceOf,
    category: Annotated[list[Category], Query(max_length=5)] = [],  # noqa: B006  the framework copies it
) -> Response:
    """Show controls against criteria."""
    if not service.mappings.prepare(wait=PATIENCE):
        return being_suggested(request, service, caller)
    chosen = frozenset(category or service.settings.categories)
    listed = service.mappings.controls(principal=caller.principal)
    columns = [one for one in service.copilot.catalog if category_of(one.id) in chosen]
    return render(
        request,
        "controls_matrix.html",
        caller,
        listed=listed,
        columns=columns,
        series=[(name, len(list(group))) for name, group in groupby(map(_series, columns))],
        cells={one.control.id: {item.criterion: item for item in one.mappings} for one in listed},
        serving=_serving(listed),
        firsts={next(group).id for _, group in groupby(columns, key=_series)},
        categories=list(Category),
        chosen=chosen,
        state_of=MappingState,
    )


@router.get("/controls/import")
def importing(
    request: Request,
    caller: Annotated[Caller, Needs(Permission.IMPORT_CONTROLS)],
    service: ServiceOf,
) -> Response:
    """Show where a list is taken in."""
    mine = bootstrap_controls.readable_lists(service.copilot, principal=caller.principal)
    return render(
        request,
        "controls_import.html",
        caller,
        lists=sorted(mine),
        may_replace=caller.may(Permission.EDIT_SOURCES),
        megabytes=service.settings.file_megabytes,
    )


def being_suggested(request: Request, service: Service, caller: Caller) -> Response:
    """Return a page that says that suggestions are being made; it gives way to what was asked for."""
    mine = bootstrap_controls.readable_controls(service.copilot, principal=caller.principal)
    return render(request, "controls_waiting.html", caller, count=len(mine))


def _wanted(asked: Asked, state: str) -> Wanted | None:
    """Return which controls are asked for; nothing if it is those of a criterion that there is not."""
    try:
        criterion = parse_criterion(asked.criterion) if asked.criterion.strip() else None
    except UnknownCriterion:
        return None
    return Wanted(
        state=None if state == _ALL else ControlState(state),
        criterion=criterion,
        owner=asked.owner.strip(),
        words=asked.words,
    )


def _first(counts: Mapping[ControlState, int], caller: Caller) -> str:
    """Return what somebody sees first: what waits for them, or everything."""
    decides = caller.may(Permission.DECIDE_MAPPINGS)
    waits = next(
        (one for one in (ControlState.IN_DOUBT, ControlState.UNDECIDED) if counts[one]), None
    )
    return waits if decides and waits else _ALL


def _tabs(counts: Mapping[ControlState, int], total: int) -> list[tuple[str, str, int]]:
    """Return the states to choose from, what they are called, and how many controls are in each."""
    names = {
        ControlState.UNDECIDED: "To decide",
        ControlState.IN_DOUBT: "In doubt",
        ControlState.UNMAPPED: "Serving none",
        ControlState.DECIDED: "Decided",
    }
    return [(_ALL, "All", total), *((one, name, counts[one]) for one, name in names.items())]


def _about(service: Service, caller: Caller) -> dict[str, Any]:
    """Return what the rows of controls are shown with."""
    return {
        "titles": _titles(service),
        "may": _may(caller),
        "kinds": _KINDS,
        "etag_of": etag_of,
    }


def _may(caller: Caller) -> dict[str, bool]:
    return {
        "decide": caller.may(Permission.DECIDE_MAPPINGS),
        "import": caller.may(Permission.IMPORT_CONTROLS),
    }


def _titles(service: Service) -> dict[CriterionId, str]:
    return {one.id: one.title for one in service.copilot.catalog}


def _series(criterion: Criterion) -> str:
    return criterion.id.partition(".")[0]


def _serving(listed: Sequence[ListedControl]) -> dict[str, int]:
    """Return how many controls serve each criterion."""
    counts: dict[str, int] = {}
    for one in listed:
        for item in one.mappings:
            if item.state in SERVES:
                counts[item.criterion] = counts.get(item.criterion, 0) + 1
    return counts
