"""Wire management responses: a finding and the company's own sources in, a draft out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from copilot import config, people
from copilot.bootstrap_controls import read_workspace_controls
from copilot.bootstrap_drafting import company_profile, load_terms, readers_of_drafts
from copilot.domain.documents import SourceKind, SourcePath

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from copilot.bootstrap import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.documents import Source
    from copilot.domain.drafts import Draft
    from copilot.domain.findings import Finding
    from copilot.domain.outlines import Terms
    from copilot.responses.case_records import CaseRecords
    from copilot.responses.cases import Surroundings
    from copilot.responses.phrases import PhraseRemark
    from copilot.retrieval.search import Search

_KNOWLEDGE: Final = "knowledge"


def finding_template() -> str:
    """Return a file that describes a finding, with every field explained."""
    from copilot.responses.findings import TEMPLATE

    return TEMPLATE


def draft_response(copilot: Copilot, path: Path, *, principal: Principal) -> Draft:
    """Return the draft of a management response to the finding that a file describes.

    Args:
        copilot: The workspace, wired.
        path: The file, inside the workspace or elsewhere.
        principal: Who has it drafted. Only sources that they may read are quoted, and of those only
            what reviewers of drafts may read as well.

    Raises:
        InvalidFinding: The file cannot be used; with one line for each problem.
        InvalidProfile: `company.yaml` cannot be used.
        InvalidControls: A list of controls cannot be read.
        InvalidKnowledge: What is known of findings breaks its form.
    """
    (draft,) = draft_responses(copilot, [path], principal=principal)
    return draft


def draft_responses(
    copilot: Copilot, paths: Iterable[Path], *, principal: Principal
) -> list[Draft]:
    """Return the drafts of several responses, as `draft_response` does of one."""
    from copilot.responses.findings import read_finding
    from copilot.responses.kinds import load_kinds
    from copilot.responses.responding import respond

    terms = load_terms()
    folder = config.data_folder(_KNOWLEDGE) / "responses"
    kinds = load_kinds(folder, roles=terms.roles)
    read = [(path, read_finding(path, kinds=kinds)) for path in paths]
    around = _surroundings(copilot, terms)
    reader = readers_of_drafts(principal)
    with copilot.searching() as search:
        records = _records(copilot, search, reader)
        drafts = [
            respond(
                finding,
                kinds=kinds,
                around=around,
                records=records,
                source=_source(copilot, path, reader),
            )
            for path, finding in read
        ]
    hidden = _hidden(copilot, principal, reader)
    return [
        replace(draft, notes=(*draft.notes, *_left_out(finding, hidden)))
        for (_, finding), draft in zip(read, drafts, strict=True)
    ]


def response_phrases(text: str) -> list[PhraseRemark]:
    """Return where a response, also one that was edited, uses phrases to avoid.

    Raises:
        InvalidKnowledge: The list of phrases breaks its form.
    """
    from copilot.responses.phrases import check_phrases, load_phrases

    return check_phrases(text, load_phrases(config.data_folder(_KNOWLEDGE)))


def _records(copilot: Copilot, search: Search, reader: Principal) -> CaseRecords:
    from copilot.citations.support import Support
    from copilot.responses.case_records import CaseRecords
    from copilot.responses.meanings import Meanings

    company = copilot.settings.company
    return CaseRecords(
        truth=copilot.truth,
        search=search,
        vocabulary=copilot.vocabulary,
        support=Support(copilot.vocabulary, search.encode_all, company=company),
        encode=Meanings(search.encode_all).vectors,
        principal=reader,
    )


def _surroundings(copilot: Copilot, terms: Terms) -> Surroundings:
    from copilot.responses.cases import Surroundings

    profile = company_profile(copilot, terms)
    return Surroundings(
        terms=terms,
        profile=profile,
        company=profile.name,
        controls=tuple(read_workspace_controls(copilot)),
        posts=people.read_posts(copilot.workspace.root / "people.yaml"),
    )


def _source(copilot: Copilot, path: Path, reader: Principal) -> SourcePath | None:
    """Return the source that a finding's file is, or nothing where it is none that may be read."""
    file, root = path.expanduser().resolve(), copilot.workspace.root.resolve()
    if not file.is_relative_to(root):
        return None
    source = SourcePath(file.relative_to(root).as_posix())
    return source if copilot.truth.text_of(source, principal=reader) is not None else None


def _hidden(copilot: Copilot, principal: Principal, reader: Principal) -> list[Source]:
    """Return the sources that are not quoted although whoever drafts may read them."""
    return [
        one
        for one in copilot.truth.sources(principal=principal)
        if one.metadata.kind is not SourceKind.CATALOG
        and not reader.may_read(one.metadata.audience)
    ]


def _left_out(finding: Finding, hidden: Sequence[Source]) -> list[str]:
    """Return what whoever drafts should look at, since the draft could not quote it."""
    if not hidden:
        return []
    why = "not everybody who reviews drafts may read"
    records = [one.path for one in hidden if finding.control in one.metadata.controls]
    if records:
        return [
            f"Records of {finding.control} that are not quoted, since {why} them: {', '.join(records)}."
        ]
    audiences = sorted({one.metadata.audience for one in hidden})
    return [f"Sources for {', '.join(audiences)} are not quoted, since {why} them."]
