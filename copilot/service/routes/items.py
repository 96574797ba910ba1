"""What is reviewed: items and their versions, and every step that is taken on them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Query, Response

from copilot.bootstrap import review
from copilot.domain.jobs import JobKind
from copilot.domain.review import ItemKind, State
from copilot.drafting import markup
from copilot.drafting.checklist import lost_citations
from copilot.drafting.plain import footnote_json
from copilot.errors import BadInput
from copilot.review.plain import brief_json, comment_json, item_json, version_json, waiver_json
from copilot.review.workflow import Saved
from copilot.service.access import Caller, Needs
from copilot.service.etags import IfMatch
from copilot.service.paging import Page, WindowOf
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.reviewing import (
    FORMS,
    ItemOf,
    conditional,
    difference,
    etag_of,
    exported,
    open_in,
    seen_in,
    shown_item,
)
from copilot.service.schemas.review import (
    AnswerBody,
    ApproveBody,
    ApprovedReply,
    CheckReply,
    CommentBody,
    CommentReply,
    ConfirmBody,
    DiffReply,
    ItemReply,
    ReasonBody,
    SaveBody,
    ShownReply,
    TextBody,
    VersionBrief,
    VersionReply,
    WaiveBody,
    WaiverReply,
)

router: Final = APIRouter(prefix="/review", tags=["review"])

Reader = Annotated[Caller, Needs(Permission.READ_ITEMS)]
Writer = Annotated[Caller, Needs(Permission.WRITE_ITEMS)]
Commenter = Annotated[Caller, Needs(Permission.COMMENT)]
Decider = Annotated[Caller, Needs(Permission.DECIDE_ITEMS)]

_Number = Annotated[int, Query(ge=1, le=1_000_000)]

_ONE: Final = "/{kind}/{name}"


class Form(StrEnum):
    """What an item is exported as."""

    MD = "md"
    DOCX = "docx"
    PDF = "pdf"


@router.get("", response_model=Page[ItemReply])
def items(
    *,
    caller: Reader,
    service: ServiceOf,
    window: WindowOf,
    kind: Annotated[list[ItemKind] | None, Query(description="Only these kinds.")] = None,
    state: Annotated[list[State] | None, Query(description="Only in these states.")] = None,
    waiting: Annotated[bool, Query(description="Only those whose next step is yours.")] = False,
) -> dict[str, Any]:
    """List what is reviewed, as far as you may see it, by id."""
    found = review.library(service.copilot).listed(
        principal=caller.principal, kinds=kind or (), states=state or ()
    )
    if waiting:
        found = review.waiting(service.copilot, found, principal=caller.principal)
    part, following, total = window.of(found)
    return {"items": [item_json(one) for one in part], "next": following, "total": total}


@router.get(_ONE, response_model=ShownReply)
def item(
    *,
    caller: Reader,
    id_: ItemOf,
    service: ServiceOf,
    response: Response,
    version: Annotated[
        int | None, Query(ge=1, le=1_000_000, description="By default the newest.")
    ] = None,
) -> dict[str, Any]:
    """Show an item: its text, what is open, what was said, and what you can do."""
    found = shown_item(service, id_, principal=caller.principal, number=version)
    response.headers["etag"] = etag_of(found["versions"][-1]["number"])
    return found


@router.get(f"{_ONE}/versions", response_model=Page[VersionBrief])
def versions(caller: Reader, id_: ItemOf, service: ServiceOf, window: WindowOf) -> dict[str, Any]:
    """List the versions of an item, newest first."""
    found = review.library(service.copilot).show(id_, principal=caller.principal)
    part, following, total = window.of(found.versions[::-1])
    return {"items": [brief_json(one) for one in part], "next": following, "total": total}


@router.post(f"{_ONE}/versions", status_code=201, response_model=ItemReply)
def save(
    *,
    caller: Writer,
    id_: ItemOf,
    body: SaveBody,
    service: ServiceOf,
    response: Response,
    if_match: IfMatch = None,
    if_none_match: Annotated[
        str | None, Header(description="* for a new item, in place of If-Match.")
    ] = None,
) -> dict[str, Any]:
    """Save a text as a new version of the one that If-Match names; nothing of others is overwritten."""
    fresh = if_match is None and (if_none_match or "").strip() == "*"
    base = None if fresh else seen_in(if_match)
    saved = Saved(
        text=body.text,
        title=body.title,
        note=body.note,
        base=base,
        on_newest=base is None and not fresh,
    )
    with conditional():
        kept = review.save_edit(
            service.copilot,
            id_,
            saved,
            principal=caller.principal,
            let_go=body.let_citations_go,
        )
    response.headers["etag"] = etag_of(kept.latest.number)
    response.headers["location"] = f"/api/v1/review/{id_}/versions/{kept.latest.number}"
    return item_json(kept)


@router.get(f"{_ONE}/versions/{{number}}", response_model=VersionReply)
def version(
    caller: Reader,
    id_: ItemOf,
    number: Annotated[int, Path(ge=1, le=1_000_000)],
    service: ServiceOf,
) -> dict[str, Any]:
    """Show one version of an item."""
    library = review.library(service.copilot)
    found = library.show(id_, principal=caller.principal, number=number).version
    service.openings.opened_item(id_, principal=caller.principal)
    return version_json(found)


@router.get(f"{_ONE}/diff", response_model=DiffReply)
def diff(
    *,
    caller: Reader,
    id_: ItemOf,
    service: ServiceOf,
    older: _Number | None = None,
    newer: _Number | None = None,
) -> dict[str, Any]:
    """Show what changed between two versions; by default since the one in force, or the one before."""
    if (older is None) is not (newer is None):
        raise BadInput("a difference needs two versions", hint="Name `older` and `newer`, or none.")
    numbers = (older, newer) if older is not None and newer is not None else None
    library = review.library(service.copilot)
    found = library.compared(id_, principal=caller.principal, numbers=numbers)
    service.openings.opened_item(id_, principal=caller.principal)
    return difference(found)


@router.post(f"{_ONE}/check", response_model=CheckReply)
def check(
    *,
    caller: Writer,
    id_: ItemOf,
    body: TextBody,
    service: ServiceOf,
    base: Annotated[_Number | None, Query(description="The version that is edited.")] = None,
) -> dict[str, Any]:
    """Say what a text that is being edited has open, and which citations saving it would lose."""
    library = review.library(service.copilot)
    before = library.show(id_, principal=caller.principal, number=base)
    waivers = {one.mark: one for one in before.version.waivers}
    lost = lost_citations(before.version.text, body.text)
    return {
        "questions": open_in(body.text, dict(waivers)),
        "lost": [footnote_json(one) for one in lost],
        "undefined": list(dict.fromkeys(one.label for one in markup.read(body.text).unknown)),
    }


@router.post(f"{_ONE}/submit", response_model=ItemReply)
def submit(
    caller: Writer, id_: ItemOf, service: ServiceOf, if_match: IfMatch = None
) -> dict[str, Any]:
    """Hand the version that If-Match names to those who review."""
    workflow = review.workflow(service.copilot)
    with conditional():
        kept = workflow.submit(id_, principal=caller.principal, seen=seen_in(if_match))
    return item_json(kept)


@router.post(f"{_ONE}/comments", status_code=201, response_model=CommentReply)
def comment(
    caller: Commenter, id_: ItemOf, body: CommentBody, service: ServiceOf
) -> dict[str, Any]:
    """Say something about the newest version."""
    workflow = review.workflow(service.copilot)
    return comment_json(workflow.comment(id_, body.text, principal=caller.principal))


@router.post(f"{_ONE}/answers", status_code=201, response_model=ItemReply)
def answer(
    *,
    caller: Writer,
    id_: ItemOf,
    body: AnswerBody,
    service: ServiceOf,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Answer an open question wherever it stands, as a new version."""
    closing = review.closing(service.copilot)
    with conditional():
        kept = closing.answer(
            id_, body.question, body.text, principal=caller.principal, base=seen_in(if_match)
        )
    response.headers["etag"] = etag_of(kept.latest.number)
    return item_json(kept)


@router.post(f"{_ONE}/confirmations", status_code=201, response_model=ItemReply)
def confirm(
    *,
    caller: Writer,
    id_: ItemOf,
    body: ConfirmBody,
    service: ServiceOf,
    response: Response,
    if_match: IfMatch = None,
) -> dict[str, Any]:
    """Confirm decisions that a draft takes for the company, as a new version."""
    closing = review.closing(service.copilot)
    with conditional():
        kept = closing.confirm(
            id_,
            body.questions,
            principal=caller.principal,
            instead=body.instead,
            base=seen_in(if_match),
        )
    response.headers["etag"] = etag_of(kept.latest.number)
    return item_json(kept)


@router.post(f"{_ONE}/waivers", status_code=201, response_model=WaiverReply)
def waive(
    *, caller: Decider, id_: ItemOf, body: WaiveBody, service: ServiceOf, if_match: IfMatch = None
) -> dict[str, Any]:
    """Let a version be approved although a question of it is open."""
    workflow = review.workflow(service.copilot)
    with conditional():
        waiver = workflow.waive(
            id_, body.question, body.reason, principal=caller.principal, seen=seen_in(if_match)
        )
    return waiver_json(waiver)


@router.post(f"{_ONE}/request-changes", response_model=ItemReply)
def request_changes(
    *, caller: Decider, id_: ItemOf, body: ReasonBody, service: ServiceOf, if_match: IfMatch = None
) -> dict[str, Any]:
    """Give the version that If-Match names back to its author; the reason becomes a comment."""
    workflow = review.workflow(service.copilot)
    with conditional():
        kept = workflow.request_changes(
            id_, body.reason, principal=caller.principal, seen=seen_in(if_match)
        )
    return item_json(kept)


@router.post(f"{_ONE}/approve", response_model=ApprovedReply)
def approve(
    *, caller: Decider, id_: ItemOf, body: ApproveBody, service: ServiceOf, if_match: IfMatch = None
) -> dict[str, Any]:
    """Put the version that If-Match names in force; a policy is written to policies/ and ingested."""
    copilot = service.copilot
    with conditional():
        kept = review.workflow(copilot).approve(
            id_,
            principal=caller.principal,
            note=body.note,
            replace_file=body.replace_file,
            seen=seen_in(if_match),
        )
    job = None
    if kept.kind is ItemKind.POLICY:
        path = review.shelf(copilot).path(id_).relative_to(copilot.workspace.root)
        arguments = {"paths": [path.as_posix()]}
        job = service.jobs.submit(JobKind.INGEST, arguments, principal=caller.principal).id
    return {**item_json(kept), "job": job}


@router.get(
    f"{_ONE}/export",
    response_class=Response,
    responses={
        200: {
            "description": "The file, as an attachment.",
            "content": {one.partition(";")[0]: {} for one in FORMS.values()},
        }
    },
)
def export(
    *,
    caller: Reader,
    id_: ItemOf,
    service: ServiceOf,
    form: Annotated[Form, Query(description="PDF is made by LibreOffice.")] = Form.MD,
    version: Annotated[
        int | None, Query(ge=1, le=1_000_000, description="By default the newest.")
    ] = None,
) -> Response:
    """Return a version as a document, with its versions and a block for approval."""
    content, name = exported(service, id_, form, principal=caller.principal, number=version)
    return Response(
        content,
        media_type=FORMS[form],
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"},
    )
