"""Wire management responses: a finding and the company's own sources in, a draft out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from copilot import config, people
from copilot.bootstrap import review
from copilot.bootstrap.controls import read_workspace_controls
from copilot.bootstrap.drafting import company_profile, load_terms, readers_of_drafts
from copilot.domain.documents import SourceKind, SourcePath, may_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from copilot.bootstrap.drafting import Searching
    from copilot.bootstrap.process import Copilot
    from copilot.domain.access import Principal
    from copilot.domain.documents import Source
    from copilot.domain.drafts import Draft
    from copilot.domain.findings import Finding, FindingKind, FindingKindId
    from copilot.domain.outlines import Terms
    from copilot.responses.case_records import CaseRecords
    from copilot.responses.cases import Surroundings
    from copilot.responses.phrases import PhraseRemark
    from copilot.retrieval.search import Search

_KNOWLEDGE: Final = "knowledge"
_FINDINGS: Final = "findings"
_YAML: Final = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFinding:
    """A file of `findings/` that describes a finding."""

    path: SourcePath
    finding: Finding | None = None
    problem: str = ""
    """Why it cannot be used; empty if it can."""


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

    kinds = _kinds()
    read = [(read_finding(path, kinds=kinds), path) for path in paths]
    return draft_findings(copilot, read, principal=principal)


def draft_findings(
    copilot: Copilot,
    findings: Sequence[tuple[Finding, Path | None]],
    *,
    principal: Principal,
    searching: Searching | None = None,
) -> list[Draft]:
    """Return the drafts of responses to findings.

    Args:
        copilot: The workspace, wired.
        findings: Each with the file that describes it, if there is one.
        principal: Who has them drafted.
        searching: What opens the indexes, where they are open already; the workspace itself by default.

    Raises:
        InvalidProfile, InvalidControls, InvalidKnowledge: Something that drafts rest on cannot be used.
    """
    from copilot.responses.responding import respond

    kinds, around = _kinds(), _surroundings(copilot, load_terms())
    reader = readers_of_drafts(principal)
    with (searching or copilot.searching)() as search:
        records = _records(copilot, search, reader)
        drafts = [
            respond(
                finding,
                kinds=kinds,
                around=around,
                records=records,
                source=_source(copilot, path, reader) if path else None,
            )
            for finding, path in findings
        ]
    hidden = _hidden(copilot, principal, reader)
    return [
        replace(draft, notes=(*draft.notes, *_left_out(finding, hidden)))
        for (finding, _), draft in zip(findings, drafts, strict=True)
    ]


def finding_of(fields: Mapping[str, Any]) -> Finding:
    """Return the finding that some fields describe, as its file would have them.

    Raises:
        InvalidFinding: With one line for each problem, which names its field.
    """
    from copilot.responses import finding_writing

    return finding_writing.finding_of(fields, kinds=_kinds())[0]


def add_finding(
    copilot: Copilot, fields: Mapping[str, Any], *, principal: Principal
) -> ListedFinding:
    """Keep a finding as a new file of `findings/`; nothing that is there is touched.

    Raises:
        InvalidFinding: With one line for each problem, which names its field.
        FileInTheWay: There is a finding with its id.
        WorkspaceNotWritable: The folder or the database cannot be written.
    """
    from copilot.adapters.finding_files import add_file
    from copilot.domain.event_log import Happening
    from copilot.errors import FileInTheWay
    from copilot.responses import finding_writing

    finding, text = finding_writing.finding_of(fields, kinds=_kinds())
    path = copilot.workspace.root / _FINDINGS / finding_writing.file_name(finding)
    label = SourcePath(path.relative_to(copilot.workspace.root).as_posix())

    def check() -> None:
        known = [one for one in _listed(copilot) if one.finding and one.finding.id == finding.id]
        if known:
            raise FileInTheWay(
                f"there is a finding {finding.id} already", hint="Give it another id."
            )

    happening = Happening(who=principal.id, action="added a finding", about=label)
    add_file(copilot.database, path, text, happening=happening, at=review.now(), check=check)
    return ListedFinding(path=label, finding=finding)


def list_findings(copilot: Copilot, *, principal: Principal) -> list[ListedFinding]:
    """Return the findings of the workspace that somebody may read, by path.

    What has not been ingested has no audience yet; those who review see it.
    """
    return [one for one in _listed(copilot) if _may_read(copilot, one.path, principal)]


def finding_at(copilot: Copilot, path: str, *, principal: Principal) -> tuple[Finding, Path]:
    """Return a finding of the workspace with its file.

    Raises:
        NotThere: There is none of that path, or the principal may not read it.
        InvalidFinding: Its file cannot be used.
    """
    from copilot.errors import NotThere
    from copilot.responses.findings import read_finding

    there = {one.path for one in list_findings(copilot, principal=principal)}
    if path not in there:
        raise NotThere(f"there is no finding {path!r}", hint="The list of findings names them.")
    file = copilot.workspace.root / path
    return read_finding(file, kinds=_kinds()), file


def _listed(copilot: Copilot) -> Iterator[ListedFinding]:
    from copilot.errors import InvalidFinding
    from copilot.ingestion.folders import Root, walk
    from copilot.responses.findings import describes_finding, read_finding

    root = Root(label=_FINDINGS, path=copilot.workspace.root / _FINDINGS)
    for one in sorted(walk([root]).found, key=lambda each: each.path):
        if one.file.suffix not in _YAML or not describes_finding(one.file):
            continue
        try:
            yield ListedFinding(path=one.path, finding=read_finding(one.file))
        except InvalidFinding as exc:
            yield ListedFinding(path=one.path, problem=exc.problems[0].removeprefix(str(one.file)))


def _may_read(copilot: Copilot, path: SourcePath, principal: Principal) -> bool:
    if principal.reviews:
        return True
    return copilot.truth.text_of(path, principal=principal) is not None


def _kinds() -> Mapping[FindingKindId, FindingKind]:
    from copilot.responses.kinds import load_kinds

    return load_kinds(config.data_folder(_KNOWLEDGE) / "responses", roles=load_terms().roles)


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
        if one.metadata.kind is not SourceKind.CATALOG and not may_read(reader, one.metadata)
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
