"""Start drafts: policies, responses to findings, the system description; check a policy; findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Response

from copilot.bootstrap import checking, drafting, responses, review
from copilot.bootstrap import description as bootstrap_description
from copilot.checking.plain import check_json
from copilot.domain.documents import SourceKind
from copilot.domain.jobs import JobKind
from copilot.domain.periods import parse_period
from copilot.domain.review import ItemId, ItemKind
from copilot.drafting import markup, outlines
from copilot.drafting.plain import draft_json
from copilot.errors import BadInput, NotThere
from copilot.review.plain import item_json
from copilot.service.access import Caller, Needs
from copilot.service.paging import Page, WindowOf
from copilot.service.parts import ServiceOf
from copilot.service.permissions import Permission
from copilot.service.reviewing import etag_of
from copilot.service.schemas.drafts import (
    CheckBody,
    CheckedReply,
    DescriptionBody,
    DraftedReply,
    FindingBody,
    FindingReply,
    KindReply,
    PolicyBody,
    ResponseBody,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copilot.bootstrap.responses import ListedFinding
    from copilot.bootstrap.service import Service
    from copilot.domain.access import Principal
    from copilot.domain.drafts import Draft
    from copilot.domain.review import Item

router: Final = APIRouter(tags=["drafts"])

Reader = Annotated[Caller, Needs(Permission.READ_ITEMS)]
Writer = Annotated[Caller, Needs(Permission.WRITE_ITEMS)]
Adder = Annotated[Caller, Needs(Permission.ADD_SOURCES)]

_DESCRIPTION: Final = ItemId(f"{ItemKind.DESCRIPTION}/system")


@router.get("/drafts/kinds", response_model=list[KindReply])
def kinds(caller: Reader, service: ServiceOf) -> list[dict[str, Any]]:
    """List the kinds of policies that can be drafted, with what they cover."""
    return kinds_json(service, caller.principal)


@router.post("/drafts/policy", status_code=201, response_model=DraftedReply)
def policy(
    body: PolicyBody, caller: Writer, service: ServiceOf, response: Response
) -> dict[str, Any]:
    """Draft a policy from the company's profile and what its own documents say."""
    who, copilot = caller.principal, service.copilot
    kind = outlines.policy_kind(body.kind, copilot.catalog)
    _check_free(service, ItemId(f"{ItemKind.POLICY}/{kind}"), who, again=body.again)
    draft = drafting.draft_policy(copilot, kind, principal=who, searching=service.drafting)
    return _kept(service, draft, who, response)


@router.post("/drafts/response", status_code=201, response_model=DraftedReply)
def management_response(
    body: ResponseBody, caller: Writer, service: ServiceOf, response: Response
) -> dict[str, Any]:
    """Draft a management response to a finding: what records show is cited, the rest is asked for."""
    who, copilot = caller.principal, service.copilot
    file = None
    if body.path is not None and body.finding is None:
        finding, file = responses.finding_at(copilot, body.path, principal=who)
    elif body.finding is not None and body.path is None:
        finding = responses.finding_of(body.finding.fields())
    else:
        raise BadInput("name the finding by `path`, or give it as `finding`; one of them")
    _check_free(service, ItemId(f"{ItemKind.RESPONSE}/{finding.id}"), who, again=body.again)
    (draft,) = responses.draft_findings(
        copilot, [(finding, file)], principal=who, searching=service.drafting
    )
    return _kept(service, draft, who, response)


@router.post("/drafts/description", status_code=201, response_model=DraftedReply)
def description(
    body: DescriptionBody, caller: Writer, service: ServiceOf, response: Response
) -> dict[str, Any]:
    """Draft the system description from the company's profile, its inventory and its records."""
    who = caller.principal
    _check_free(service, _DESCRIPTION, who, again=body.again)
    draft = bootstrap_description.draft_description(
        service.copilot, principal=who, searching=service.drafting
    )
    return _kept(service, draft, who, response)


@router.post("/drafts/check", response_model=CheckedReply)
def check(body: CheckBody, caller: Writer, service: ServiceOf) -> dict[str, Any]:
    """Check a policy: conflicts, old dates, approval, points of focus, promises without a record."""
    copilot = service.copilot
    readable = {
        one.path
        for one in copilot.truth.sources(principal=caller.principal)
        if one.metadata.kind is SourceKind.POLICY
    }
    file = copilot.workspace.root / body.path
    if body.path not in readable or not file.is_file():
        raise NotThere(f"there is no policy {body.path!r}", hint="Name it as search does.")
    found = checking.check_policy(
        copilot,
        file,
        principal=caller.principal,
        kind=body.kind,
        period=parse_period(body.period) if body.period else None,
        on=body.on,
        searching=service.drafting,
    )
    return check_json(found.policy, found.diff)


@router.get("/findings", response_model=Page[FindingReply], tags=["findings"])
def findings(caller: Reader, service: ServiceOf, window: WindowOf) -> dict[str, Any]:
    """List the findings of the workspace that you may read, with their responses."""
    part, following, total = window.of(findings_json(service, caller.principal))
    return {"items": part, "next": following, "total": total}


@router.post("/findings", status_code=201, response_model=FindingReply, tags=["findings"])
def add_finding(body: FindingBody, caller: Adder, service: ServiceOf) -> dict[str, Any]:
    """Keep a finding as a new file of findings/, which is then ingested."""
    who = caller.principal
    added = responses.add_finding(service.copilot, body.fields(), principal=who)
    service.jobs.submit(JobKind.INGEST, {"paths": [added.path]}, principal=who)
    return _finding_json(added, {})


def kinds_json(service: Service, principal: Principal) -> list[dict[str, Any]]:
    """Return the kinds of policies, each with what there is of it that somebody may see."""
    items = _items(service, principal, ItemKind.POLICY)
    outlined = service.outlines
    covers = drafting.purposes(service.copilot, outlined)
    return [
        {
            "id": one.kind,
            "title": one.title,
            "covers": what,
            "criteria": list(one.criteria),
            "item": item_json(item) if (item := items.get(f"policy/{one.kind}")) else None,
        }
        for one, what in zip(outlined, covers, strict=True)
    ]


def findings_json(service: Service, principal: Principal) -> list[dict[str, Any]]:
    """Return the findings that somebody may read, each with its response if they may see it."""
    items = _items(service, principal, ItemKind.RESPONSE)
    listed = responses.list_findings(service.copilot, principal=principal)
    named = sorted(
        listed, key=lambda one: (one.finding is None, one.finding.id if one.finding else one.path)
    )
    return [_finding_json(one, items) for one in named]


def _items(service: Service, principal: Principal, kind: ItemKind) -> Mapping[str, Item]:
    library = review.library(service.copilot)
    return {one.id: one for one in library.listed(principal=principal, kinds=[kind])}


def _finding_json(one: ListedFinding, items: Mapping[str, Item]) -> dict[str, Any]:
    found = one.finding
    item = items.get(f"{ItemKind.RESPONSE}/{found.id}") if found else None
    return {
        "path": one.path,
        "id": found.id if found else None,
        "control": found.control if found else None,
        "criterion": found.criterion if found else None,
        "kind": found.form if found else None,
        "words": (found.auditor_wording or found.exceptions) if found else "",
        "raised_on": found.raised_on if found else None,
        "problem": one.problem,
        "item": item_json(item) if item else None,
    }


def _check_free(service: Service, item: ItemId, principal: Principal, *, again: bool) -> None:
    if not again:
        drafting.check_not_worked_on(service.copilot, item, principal=principal)


def _kept(
    service: Service, draft: Draft, principal: Principal, response: Response
) -> dict[str, Any]:
    text = markup.write(draft)
    item = drafting.save_draft(service.copilot, draft, text, principal=principal)
    response.headers["etag"] = etag_of(item.latest.number)
    response.headers["location"] = f"/api/v1/review/{item.id}"
    return draft_json(draft, item=item)
