"""Wire drafting: the company's profile, outlines and sources in, drafts out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from copilot import config
from copilot.bootstrap import review
from copilot.domain.access import EVERYONE
from copilot.domain.documents import SourceKind
from copilot.domain.review import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from copilot.bootstrap.process import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.companies import CompanyProfile
    from copilot.domain.drafts import Draft
    from copilot.domain.exporting import Export
    from copilot.domain.outlines import Outline, Terms
    from copilot.domain.review import Item, ItemId
    from copilot.drafting.facts import Facts
    from copilot.retrieval.search import Search

    Searching = Callable[[], AbstractContextManager[Search]]
    """Opens indexes for as long as they are searched."""

_NOTHING_READ: Final = "No source that reviewers may read has been ingested, so the draft says nothing of what is done today."


def load_terms() -> Terms:
    """Return the roles, tools and decisions that outlines name.

    Raises:
        InvalidKnowledge: The file breaks its form.
    """
    from copilot.drafting import outlines

    return outlines.load_terms(config.data_folder("knowledge") / "policies")


def company_profile(copilot: Copilot, terms: Terms) -> CompanyProfile:
    """Return what the company of a workspace says of itself; its name may stand in the settings.

    Raises:
        InvalidProfile: `company.yaml` cannot be used.
    """
    from copilot.domain.companies import PROFILE_FILE
    from copilot.drafting.profile import read_profile

    profile = read_profile(copilot.workspace.root / PROFILE_FILE, terms=terms)
    return replace(profile, name=profile.name or copilot.settings.company.strip())


def draft_policy(
    copilot: Copilot, name: str, *, principal: Principal, searching: Searching | None = None
) -> Draft:
    """Return the draft of a policy, from the workspace's profile and sources.

    Args:
        copilot: The workspace, wired.
        name: The kind of policy, by its id or title.
        principal: Who has it drafted. Only sources that they may read are quoted, and of those only
            what reviewers of drafts may read as well.
        searching: What opens the indexes, where they are open already; the workspace itself by default.

    Raises:
        UnknownPolicyKind: There is no such kind; the hint names the nearest.
        InvalidProfile: `company.yaml` cannot be used.
        InvalidKnowledge: The outline breaks its form.
    """
    (draft,) = draft_policies(copilot, [name], principal=principal, searching=searching)
    return draft


def draft_policies(
    copilot: Copilot,
    names: Sequence[str],
    *,
    principal: Principal,
    searching: Searching | None = None,
) -> list[Draft]:
    """Return the drafts of several policies, as `draft_policy` does of one."""
    from copilot.drafting import outlines

    terms = load_terms()
    folder = config.data_folder("knowledge") / "policies"
    named = [
        outlines.outline_of(one, folder=folder, terms=terms, catalog=copilot.catalog)
        for one in names
    ]
    return draft_outlines(copilot, named, principal=principal, searching=searching)


def draft_outlines(
    copilot: Copilot,
    outlines: Sequence[Outline],
    *,
    principal: Principal,
    searching: Searching | None = None,
) -> list[Draft]:
    """Return the drafts of policies with these outlines, from the workspace's profile and sources.

    Raises:
        InvalidProfile: `company.yaml` cannot be used.
        InvalidKnowledge: An outline names a term that there is not.
    """
    from copilot.drafting import policies
    from copilot.drafting.facts import NOTHING

    terms = load_terms()
    profile = company_profile(copilot, terms)
    reader = readers_of_drafts(principal)
    found: list[Facts] = [replace(NOTHING, notes=(_NOTHING_READ,))] * len(outlines)
    if _has_sources(copilot, reader):
        with (searching or copilot.searching)() as search:
            found = _facts(copilot, search, outlines, principal=reader)
    return [
        policies.draft_policy(outline, profile, terms=terms, catalog=copilot.catalog, facts=facts)
        for outline, facts in zip(outlines, found, strict=True)
    ]


def load_outlines(copilot: Copilot) -> tuple[Outline, ...]:
    """Return what a policy of each kind has to say, in the catalog's order.

    Raises:
        InvalidKnowledge: An outline breaks its form.
    """
    from copilot.drafting import outlines

    folder = config.data_folder("knowledge") / "policies"
    found = outlines.load_outlines(folder, terms=load_terms(), catalog=copilot.catalog)
    return tuple(found.values())


def purposes(copilot: Copilot, outlines: Sequence[Outline]) -> list[str]:
    """Return what policies are for, in the company's words as far as its profile has them.

    Raises:
        InvalidProfile: `company.yaml` cannot be used.
    """
    from copilot.drafting.filling import Filling
    from copilot.drafting.open_marks import spoken

    terms = load_terms()
    filling = Filling(company_profile(copilot, terms), terms)
    return [spoken(filling.fill(one.purpose).text) for one in outlines]


def check_not_worked_on(copilot: Copilot, item: ItemId, *, principal: Principal) -> None:
    """Let a draft be made where nobody's work would be superseded by it.

    Raises:
        WrongStep: Somebody has worked on the item, or decided on it.
    """
    from copilot.errors import UnknownItem, WrongStep
    from copilot.review.possible import worked_on

    try:
        found = review.library(copilot).show(item, principal=principal).item
    except UnknownItem:
        return
    if why := worked_on(found):
        raise WrongStep(
            f"{item} is not drafted anew: {why}",
            hint="`again` has it drafted all the same, as a new version; the others stay.",
        )


def save_draft(copilot: Copilot, draft: Draft, text: str, *, principal: Principal) -> Item:
    """Keep a draft for review: a new version of its item.

    Raises:
        NotPermitted: The principal may not write.
    """
    note = f"drafted from the outline {draft.outline}" if draft.outline else "drafted"
    return review.save_draft(
        copilot,
        item=draft.id,
        kind=draft.kind,
        title=draft.title,
        text=text,
        principal=principal,
        note=note,
    )


def kept_before(copilot: Copilot, draft: Draft, *, principal: Principal) -> Item | None:
    """Return the item of a draft as it stands, as far as the principal may see it; nothing if it is new."""
    from copilot.errors import UnknownItem

    try:
        return review.library(copilot).show(draft.id, principal=principal).item
    except UnknownItem:
        return None


def export_item(
    copilot: Copilot, id_: ItemId, *, principal: Principal, number: int | None = None
) -> Export:
    """Return a version of what is reviewed, with its versions, who keeps it and who approved it.

    Args:
        copilot: The workspace, wired.
        id_: The item.
        principal: Who asks.
        number: Which version; by default the newest that the principal may see.

    Raises:
        UnknownItem: There is none, or the principal may not see it.
    """
    from copilot.domain.exporting import Export, ExportedVersion
    from copilot.drafting import markup

    shown = review.library(copilot).show(id_, principal=principal, number=number)
    known = {one.id.lower(): one for one in copilot.register.people()}

    def named(who: str) -> str:
        person = known.get(who.lower())
        return person.name if person else who

    version = shown.version
    front = markup.read(version.text).front
    approved = version.state in {State.APPROVED, State.SUPERSEDED} and version.decided_by
    return Export(
        title=shown.item.title,
        company=front.get("company", copilot.settings.company),
        text=version.text,
        status=version.state.value,
        owner=front.get("owner", ""),
        approver=front.get("approver", ""),
        approved_by=named(version.decided_by) if approved else "",
        approved_on=version.decided_at.date() if approved and version.decided_at else None,
        versions=tuple(
            ExportedVersion(
                number=one.number,
                on=one.at.date(),
                author=named(one.author),
                note=one.note,
                state=one.state.value,
            )
            for one in shown.versions
            if one.number <= version.number
        ),
    )


def check_target(path: Path, *, replace: bool) -> None:
    """Refuse a file that a draft cannot be written to, before anything is drafted.

    Raises:
        BadInput: The name asks for an unknown form, its folder does not exist, or the file does.
    """
    from copilot.adapters.draft_files import DraftFiles

    DraftFiles().check(path, replace=replace)


def write_draft(path: Path, export: Export, *, replace: bool = False) -> None:
    """Write a draft in the form that the file's name asks for; it is there whole or not at all.

    Raises:
        BadInput: The name asks for an unknown form, or the file exists and may not be replaced.
        CannotExport: A program that makes the form is missing or fails.
    """
    from copilot.adapters.draft_files import DraftFiles

    DraftFiles().write(path, export, replace=replace)


def exported(form: str, export: Export) -> bytes:
    """Return a draft as a file of a form: `.md`, `.docx` or `.pdf`.

    Raises:
        CannotExport: A program that makes the form is missing or fails.
    """
    from copilot.adapters.draft_files import content

    return content(form, export)


def readers_of_drafts(principal: Principal) -> Principal:
    """Return the principal with no more audiences than everybody has who reviews drafts.

    Whoever may read more has drafts written that quote nothing which a reviewer may not read.
    """
    from copilot.review.workflow import DRAFTS

    return replace(principal, audiences=principal.audiences & {EVERYONE, DRAFTS})


def _has_sources(copilot: Copilot, principal: Principal) -> bool:
    sources = copilot.truth.sources(principal=principal)
    return any(one.metadata.kind is not SourceKind.CATALOG for one in sources)


def _facts(
    copilot: Copilot,
    search: Search,
    outlined: Sequence[Outline],
    *,
    principal: Principal,
) -> list[Facts]:
    from copilot.answering.stating import Stating
    from copilot.drafting.facts import FactFinder
    from copilot.drafting.policies import decisions_of
    from copilot.drafting.section_facts import FactWriter

    terms = load_terms()
    truth, vocabulary, settings = copilot.truth, copilot.vocabulary, copilot.settings
    stating = Stating(truth=truth, search=search, vocabulary=vocabulary)
    finder: FactFinder | FactWriter = FactFinder(stating=stating, truth=truth)
    if copilot.models.configured:
        writer = copilot.models.writer(truth=truth, search=search, vocabulary=vocabulary)
        finder = FactWriter(
            FactFinder(stating=stating, truth=truth),
            passages=stating,
            writer=writer,
            period=str(settings.period or "not set"),
            seconds=settings.model_seconds,
            never_send=settings.never_send if writer.remote else (),
        )
    return [
        finder.facts(one.sections, decisions_of(one, terms), principal=principal)
        for one in outlined
    ]
