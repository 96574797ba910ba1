"""Controls, and lists of them that are taken in: looked at first, then put into the workspace."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Depends, File, Form, Query, Response, UploadFile

from copilot.bootstrap import controls, library
from copilot.domain.criteria import parse_criterion
from copilot.domain.jobs import JobKind
from copilot.errors import InvalidControls
from copilot.library.keeping import Given
from copilot.review.control_list import ControlState, Wanted
from copilot.service.access import Caller, Needs
from copilot.service.etags import IfMatch, check_match, etag
from copilot.service.paging import Page, WindowOf
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.schemas.controls import ControlReply, ImportReply, PreviewReply

if TYPE_CHECKING:
    from copilot.bootstrap.service import Service
    from copilot.controls.importing import Plan

router: Final = APIRouter(prefix="/controls", tags=["controls"])

Reader = Annotated[Caller, Needs(Permission.READ_CONTROLS)]
Importer = Annotated[Caller, Needs(Permission.IMPORT_CONTROLS)]


def wanted_of(
    state: Annotated[ControlState | None, Query(description="What there is to do.")] = None,
    criterion: Annotated[
        str, Query(max_length=12, description="Those that serve it, or may.", examples=["CC6.1"])
    ] = "",
    owner: Annotated[str, Query(max_length=400)] = "",
    words: Annotated[str, Query(max_length=400, description="All of them stand there.")] = "",
) -> Wanted:
    """Return which controls a request asks for.

    Raises:
        UnknownCriterion: There is no such criterion.
    """
    return Wanted(
        state=state,
        criterion=parse_criterion(criterion) if criterion.strip() else None,
        owner=owner.strip(),
        words=words,
    )


class Uploaded:
    """A list that somebody sends, and how to read it."""

    def __init__(
        self,
        file: Annotated[
            UploadFile, File(description="CSV, XLSX, YAML, JSON, JSON lines, or OSCAL as JSON.")
        ],
        columns: Annotated[
            list[str],
            Form(
                max_length=20,
                description="Which column is which, as `id=Ref`, where names do not tell.",
            ),
        ] = [],  # noqa: B006  the framework copies it
        in_place_of: Annotated[
            str,
            Form(
                max_length=400,
                description="The list whose place it takes; found by its name or its ids if it is "
                "left out.",
            ),
        ] = "",
    ) -> None:
        self.name = file.filename or ""
        self.content = file.file.read()
        self._columns = [one for one in columns if one.strip()]
        self._in_place_of = in_place_of.strip()

    def plan(self, service: Service, caller: Caller) -> Plan:
        """Return what would come of it.

        Raises:
            BadInput: The name, the columns or the list to replace cannot be used.
            InvalidControls: It cannot be read as controls.
        """
        return controls.plan_import(
            service.copilot,
            self.content,
            self.name,
            principal=caller.principal,
            columns=self._columns,
            in_place_of=self._in_place_of,
        )


@router.get("")
def list_controls(
    caller: Reader,
    service: ServiceOf,
    window: WindowOf,
    wanted: Annotated[Wanted, Depends(wanted_of)],
) -> Page[ControlReply]:
    """List controls with their mappings and what is suggested for them."""
    listed = service.mappings.controls(principal=caller.principal)
    some, after, total = window.of([one for one in listed if wanted.lets(one)])
    return Page(items=[ControlReply.of(one) for one in some], next=after, total=total)


@router.post("/preview")
def preview_import(
    response: Response,
    caller: Importer,
    service: ServiceOf,
    uploaded: Annotated[Uploaded, Depends()],
) -> PreviewReply:
    """Say what a list would add, change and remove, or why it cannot be read. Nothing is written.

    The ETag stands for what was seen: send it as If-Match to take the list in.
    """
    try:
        plan = uploaded.plan(service, caller)
    except InvalidControls as exc:
        return PreviewReply(
            name=uploaded.name,
            replaces="",
            rewritten=False,
            problems=list(exc.problems),
            # What is an option on the command line is a field here.
            hint=exc.hint.replace("--columns ", ""),
        )
    response.headers["ETag"] = _etag(uploaded.content, plan)
    return PreviewReply.of(plan)


@router.post("/import", status_code=201)
def import_controls(
    caller: Importer,
    service: ServiceOf,
    uploaded: Annotated[Uploaded, Depends()],
    if_match: IfMatch = None,
) -> ImportReply:
    """Put a list into the workspace as it was previewed; its controls are then ingested and mapped."""
    principal = caller.principal
    with service.mappings.importing:
        plan = uploaded.plan(service, caller)
        check_match(if_match, _etag(uploaded.content, plan))
        given = Given(
            name=plan.name,
            folder=controls.FOLDER,
            content=[plan.content],
            replace=bool(plan.replaces),
        )
        kept = library.source_library(service.copilot).put(given, principal=principal)
    jobs = [
        service.jobs.submit(JobKind.INGEST, {"paths": [str(kept.path)]}, principal=principal),
        service.jobs.submit(JobKind.MAP, principal=principal),
    ]
    return ImportReply(
        path=kept.path,
        replaced=kept.replaced,
        added=len(plan.brings.added),
        changed=len(plan.brings.changed),
        removed=len(plan.brings.removed),
        jobs=[one.id for one in jobs],
    )


# Last, since an id may hold anything.
@router.get("/{control:path}")
def show_control(control: str, caller: Reader, service: ServiceOf) -> ControlReply:
    """Show one control, with every reason for what is suggested."""
    return ControlReply.of(service.mappings.control(control, principal=caller.principal))


def _etag(content: bytes, plan: Plan) -> str:
    """Return what stands for a file and the list that it was compared with."""
    brings = plan.brings
    before = [*brings.removed, *(one.before for one in brings.changed)]
    return etag(
        sha256(content).hexdigest(),
        sha256(plan.content).hexdigest() if plan.rewritten else "",
        plan.name,
        plan.replaces,
        len(brings.unchanged),
        *map(repr, before),
    )
