"""Check a policy that exists already: what it leaves out, promises without record, or contradicts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from copilot.checking.addressing import Reading, judge_points, not_addressed
from copilot.checking.approval_block import missing_approval
from copilot.checking.commitments import Evidence, commitments, unproven
from copilot.checking.conflicts import conflicts, likeness_by, rules_of
from copilot.checking.holders import other_holders
from copilot.checking.policy_file import WithFile
from copilot.checking.staleness import stale_dates
from copilot.domain.documents import SourceKind
from copilot.domain.remarks import CheckedPolicy, Remark, RemarkKind
from copilot.drafting.policy_sentences import sayings
from copilot.errors import UnsupportedClaim

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from copilot.checking.addressing import PointJudged
    from copilot.checking.conflicts import Conflict, Rule
    from copilot.checking.policy_file import PolicyFile
    from copilot.domain.access import Principal
    from copilot.domain.companies import CompanyProfile
    from copilot.domain.controls import Control
    from copilot.domain.criteria import Catalog, Category
    from copilot.domain.documents import Source
    from copilot.domain.drafts import PolicyKindId
    from copilot.domain.outlines import Outline, Terms
    from copilot.domain.periods import Period
    from copilot.ports import Truth
    from copilot.retrieval.search import Search
    from copilot.wording import Vocabulary

_ORDER: Final = {kind: place for place, kind in enumerate(RemarkKind)}
_SAME_TITLE: Final = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """What a policy is checked against."""

    truth: Truth
    search: Search
    principal: Principal
    catalog: Catalog
    terms: Terms
    vocabulary: Vocabulary
    outline: Outline
    controls: Sequence[Control]
    scope: Collection[Category]
    period: Period | None
    on: date
    """Today."""
    profile: CompanyProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The remarks on a policy, and what changes to it are proposed from."""

    policy: CheckedPolicy
    judged: tuple[PointJudged, ...]


def check(file: PolicyFile, against: Against, *, kind_given: bool) -> Found:
    """Return everything that a compliance lead should know of a policy.

    Every passage is cited, and every citation is checked against the text that it names.

    Args:
        file: The policy. It need not be in the workspace; if it is, its own stored version is left out.
        against: What it is compared with.
        kind_given: Whether the caller named its kind.
    """
    reading = Reading(
        encode=against.search.encode_all, vocabulary=against.vocabulary, terms=against.terms
    )
    judged = judge_points(
        file, against.outline, catalog=against.catalog, scope=against.scope, reading=reading
    )
    sources = against.truth.sources(principal=against.principal)
    others, notes = _others(file, sources)
    own_rules = list(rules_of(file.said, company=against.profile.name))
    other_rules = [rule for source in others for rule in _rules(source, against)]
    evidence = Evidence(
        search=against.search,
        principal=against.principal,
        controls=against.controls,
        sources=sources,
        vocabulary=against.vocabulary,
        period=against.period,
    )
    remarks = [
        *_conflicts(own_rules, other_rules, against),
        *stale_dates(file, on=against.on, own=own_rules, others=other_rules),
        *missing_approval(file),
        *not_addressed(judged),
        *unproven(commitments(file), evidence),
        *other_holders(file, against.profile),
    ]
    if against.period is None:
        notes.append("No audit period is set, so a record of any time counts as evidence.")
    checked, failed = _checked(remarks, WithFile(file, against.truth), against.principal)
    return Found(
        judged=tuple(judged),
        policy=CheckedPolicy(
            path=file.source.path,
            title=file.source.metadata.title,
            kind=against.outline.kind,
            kind_given=kind_given,
            on=against.on,
            remarks=tuple(sorted(checked, key=lambda one: _ORDER[one.kind])),
            points=len(judged),
            addressed=sum(one.is_addressed for one in judged),
            compared=len(others),
            period=against.period,
            notes=(*file.document.notes, *notes, *failed),
        ),
    )


def kind_of(title: str, kinds: Iterable[tuple[PolicyKindId, str]]) -> PolicyKindId | None:
    """Return the kind of policy that a title names, or nothing if it names none of them clearly."""
    wanted = _words(title)
    best = max(
        ((SequenceMatcher(None, wanted, _words(named)).ratio(), kind) for kind, named in kinds),
        default=None,
    )
    if best and best[0] >= _SAME_TITLE:
        return best[1]
    # "Backup policy of Harbourlight" and "Access control & credentials policy" name a kind in part.
    within = [
        kind for kind, named in kinds if set(_words(named).split()) <= set(wanted.split())
    ]  # fmt: skip
    return within[0] if len(within) == 1 else None


def _words(title: str) -> str:
    plain = re.sub(r"&", " and ", title.lower())
    return " ".join(
        word for word in re.findall(r"[a-z]+", plain) if word not in {"policy", "the", "and", "of"}
    )


def _others(file: PolicyFile, sources: Sequence[Source]) -> tuple[list[Source], list[str]]:
    """Return the workspace's other policies; its own stored version is none of them."""
    title = _words(file.source.metadata.title)
    others, notes = [], []
    for source in sources:
        if source.metadata.kind is not SourceKind.POLICY or source.path == file.source.path:
            continue
        if _words(source.metadata.title) == title:
            notes.append(
                f"{source.path} has the same title and was taken for another version: not compared."
            )
        else:
            others.append(source)
    return others, notes


def _rules(source: Source, against: Against) -> list[Rule]:
    passages = against.truth.passages_of(source.path, principal=against.principal)
    return list(rules_of(sayings(passages), company=against.profile.name))


def _conflicts(own: Sequence[Rule], others: Sequence[Rule], against: Against) -> list[Remark]:
    found = conflicts(own, others, likeness=likeness_by(against.search.encode_all))
    return [_conflict(one) for one in found]


def _conflict(found: Conflict) -> Remark:
    one, other = found.one, found.other
    mine, theirs = one.said.passage.source, other.said.passage.source
    where = (
        f"“{theirs.metadata.title}” says “{_figure(other)}”"
        if mine.path != theirs.path
        else f"elsewhere it says “{_figure(other)}”"
    )
    return Remark(
        kind=RemarkKind.CONFLICT,
        subject=one.matter.id,
        text=f"{one.matter.id[:1].upper()}{one.matter.id[1:]}: here it is “{_figure(one)}”; {where}.",
        citations=(one.said.cite(), other.said.cite()),
        hint="Have the owners agree on one rule, or write into each for which case it holds.",
    )


def _figure(rule: Rule) -> str:
    return " ".join(rule.quantity.words.split())


def _checked(
    remarks: Iterable[Remark], texts: WithFile, principal: Principal
) -> tuple[list[Remark], list[str]]:
    """Return the remarks whose every citation holds, and a note for each that was left out."""
    kept: list[Remark] = []
    failed: list[str] = []
    for one in remarks:
        try:
            cited = tuple(texts.check(each, principal=principal) for each in one.citations)
        except UnsupportedClaim as exc:
            failed.append(f"A remark on {one.subject} was left out: {exc}.")
        else:
            kept.append(replace(one, citations=cited))
    return kept, failed
