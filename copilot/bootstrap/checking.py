"""Wire the check of a policy: a file, the outline of its kind, and the workspace it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from copilot import config
from copilot.bootstrap import drafting
from copilot.bootstrap.controls import read_workspace_controls
from copilot.domain.access import EVERYONE
from copilot.domain.documents import Metadata, Source, SourceKind, SourcePath
from copilot.errors import UnknownPolicyKind, UnreadableFile

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from copilot.bootstrap.drafting import Searching
    from copilot.bootstrap.process import Copilot
    from copilot.checking.policy_file import PolicyFile
    from copilot.domain.access import Principal
    from copilot.domain.drafts import PolicyKindId
    from copilot.domain.periods import Period
    from copilot.domain.remarks import CheckedPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found about a policy, and the changes that are proposed for it."""

    policy: CheckedPolicy
    diff: str
    """A unified diff; empty where nothing can be mended in words."""


def check_policy(
    copilot: Copilot,
    path: Path,
    *,
    principal: Principal,
    kind: str = "",
    period: Period | None = None,
    on: date | None = None,
    searching: Searching | None = None,
) -> Checked:
    """Return what a compliance lead should know of a policy.

    Args:
        copilot: The workspace, wired.
        path: The policy, in any format that is read; in the workspace or elsewhere.
        principal: Who asks. What they may not read is neither compared nor quoted.
        kind: The kind of policy by its id or title; empty for what its title says.
        period: The audit period in which evidence is looked for, in place of the setting.
        on: The day that dates are compared with; today if it is not given.
        searching: What opens the indexes, where they are open already; the workspace itself by default.

    Raises:
        UnreadableFile: The file cannot be read; the message names it and says why.
        UnknownPolicyKind: There is no such kind, or the title names none; the hint names the nearest.
        InvalidProfile: `company.yaml` cannot be used.
        InvalidControls: A list of controls cannot be read.
    """
    from copilot.checking.checking import Against, check
    from copilot.checking.proposing import propose
    from copilot.drafting import outlines
    from copilot.drafting.filling import Filling

    if kind:
        outlines.policy_kind(kind, copilot.catalog)  # refused before a long file is read
    file = read_policy(copilot, path, principal=principal)
    terms = drafting.load_terms()
    outline = outlines.load_outline(
        config.data_folder("knowledge") / "policies",
        _kind(copilot, file, kind, path),
        terms=terms,
        catalog=copilot.catalog,
    )
    settings = copilot.settings
    profile = drafting.company_profile(copilot, terms)
    with (searching or copilot.searching)() as search:
        found = check(
            file,
            Against(
                truth=copilot.truth,
                search=search,
                principal=principal,
                catalog=copilot.catalog,
                terms=terms,
                vocabulary=copilot.vocabulary,
                outline=outline,
                controls=read_workspace_controls(copilot),
                scope=frozenset(settings.categories),
                period=period or settings.period,
                on=on or datetime.now(UTC).date(),
                profile=profile,
            ),
            kind_given=bool(kind),
        )
    diff = propose(
        file,
        found.policy.remarks,
        found.judged,
        outline=outline,
        filling=Filling(profile, terms),
    )
    return Checked(policy=found.policy, diff=diff)


def read_policy(copilot: Copilot, path: Path, *, principal: Principal) -> PolicyFile:
    """Return a policy as the readers give it, cut into passages as it would be ingested.

    Raises:
        UnreadableFile: It cannot be read; the message names it and says why.
    """
    from copilot.adapters.parsing import BoundedParser
    from copilot.checking.policy_file import policy_file
    from copilot.ingestion.chunking import cut

    label = _label(copilot, path)
    reader = BoundedParser(copilot.limits)
    try:
        document = reader.read(path, name=label)
    except UnreadableFile as exc:
        raise type(exc)(f"{path}: {exc}", hint=exc.hint) from exc
    except OSError as exc:
        raise UnreadableFile(f"{path}: {(exc.strerror or str(exc)).lower()}") from exc
    finally:
        reader.close()
    stored = {one.path: one for one in copilot.truth.sources(principal=principal)}
    title = document.title or path.stem.replace("-", " ").replace("_", " ").capitalize()
    source = stored.get(label) or Source(
        path=label,
        metadata=Metadata(
            kind=SourceKind.POLICY,
            title=title,
            audience=EVERYONE,
            owner=str(document.metadata.get("owner") or ""),
        ),
    )
    return policy_file(document, source, cut(document, title=source.metadata.title))


def _label(copilot: Copilot, path: Path) -> SourcePath:
    """Return what a file is called: its place in the workspace, or its name if it stands elsewhere."""
    absolute = path.expanduser().absolute().resolve()
    home = copilot.workspace.root.resolve()
    inside = absolute.is_relative_to(home)
    return SourcePath(absolute.relative_to(home).as_posix() if inside else path.name)


def _kind(copilot: Copilot, file: PolicyFile, named: str, path: Path) -> PolicyKindId:
    from copilot.checking.checking import kind_of
    from copilot.domain.drafts import PolicyKindId
    from copilot.drafting import outlines

    if named:
        return outlines.policy_kind(named, copilot.catalog)
    kinds = [(PolicyKindId(one.id), one.title) for one in copilot.catalog.policy_kinds]
    stated = str(file.document.metadata.get("policy_kind") or "")
    for said in filter(None, (stated, file.source.metadata.title, path.stem)):
        found = kind_of(said, kinds)
        if found is not None:
            return found
    title = file.source.metadata.title
    try:
        return outlines.policy_kind(title, copilot.catalog)
    except UnknownPolicyKind as exc:
        raise UnknownPolicyKind(
            f"{path.name}: “{title}” does not tell which kind of policy it is",
            hint=f"Name it with --kind. {exc.hint}",
        ) from exc
