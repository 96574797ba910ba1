"""Load the outlines of policies and the terms they use; say everything that is wrong at once."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, cast

from copilot.domain.criteria import CriterionId, Frequency
from copilot.domain.drafts import PolicyKindId
from copilot.domain.outlines import (
    Decision,
    DecisionKind,
    Duty,
    Outline,
    OutlineSection,
    ProducedRecord,
    RoleTerm,
    Terms,
    ToolTerm,
)
from copilot.drafting import outline_checking
from copilot.errors import InvalidKnowledge, UnknownPolicyKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from copilot.catalog.checking import Problem
    from copilot.catalog.marked_yaml import MarkedYaml
    from copilot.domain.criteria import Catalog, PolicyKind

_HINT: Final = "knowledge/README.md describes every field."
_SHORTEST_WORD: Final = 4


def load_terms(folder: Path) -> Terms:
    """Return the roles, tools and decisions that outlines may name.

    Args:
        folder: `policies` of the knowledge folder.

    Raises:
        InvalidKnowledge: With one line for each problem.
    """
    problems: list[Problem] = []
    plain = outline_checking.read_terms(folder, problems)
    _refuse(problems)
    return Terms(
        roles={own: RoleTerm(id=own, **term) for own, term in plain["roles"].items()},
        tools={own: ToolTerm(id=own, **term) for own, term in plain["tools"].items()},
        decisions={
            own: Decision(id=own, **{**term, "kind": DecisionKind(term["kind"])})
            for own, term in plain["decisions"].items()
        },
    )


def load_outline(folder: Path, kind: PolicyKindId, *, terms: Terms, catalog: Catalog) -> Outline:
    """Return the outline of one kind of policy, checked but for what it leaves to other outlines.

    Raises:
        InvalidKnowledge: With one line for each problem of its file.
        UnknownPolicyKind: `kind` is none of the catalog's.
    """
    title = _titles(catalog)[policy_kind(kind, catalog)]
    problems: list[Problem] = []
    file = outline_checking.read_outline(
        folder, kind, terms=terms, catalog=catalog, problems=problems
    )
    _refuse(problems)
    return _outline(cast("MarkedYaml", file).value, title)


def load_outlines(
    folder: Path, *, terms: Terms, catalog: Catalog
) -> Mapping[PolicyKindId, Outline]:
    """Return the outline of every kind of policy, in the order of `policy-kinds.yaml`.

    Raises:
        InvalidKnowledge: With one line for each problem of each file: a kind without an outline and
            a point that is left to an outline which does not answer it are problems too.
    """
    titles = _titles(catalog)
    problems = list(outline_checking.strangers(folder, titles))
    files: dict[PolicyKindId, MarkedYaml] = {}
    for kind in titles:
        file = outline_checking.read_outline(
            folder, kind, terms=terms, catalog=catalog, problems=problems
        )
        if file is not None:
            files[kind] = file
    problems += outline_checking.unanswered_elsewhere(folder, files)
    _refuse(problems)
    return {kind: _outline(file.value, titles[kind]) for kind, file in files.items()}


def outline_of(name: str, *, folder: Path, terms: Terms, catalog: Catalog) -> Outline:
    """Return the outline of the kind that a person means: `access-control`, `Access control policy`.

    Raises:
        InvalidKnowledge: With one line for each problem of its file.
        UnknownPolicyKind: It is no kind of policy; the hint names the nearest.
    """
    return load_outline(folder, policy_kind(name, catalog), terms=terms, catalog=catalog)


def policy_kind(name: str, catalog: Catalog) -> PolicyKindId:
    """Return the kind of policy that a person means by its id or its title, in any case.

    Raises:
        UnknownPolicyKind: There is none; the hint names the nearest.
    """
    wanted = _plain(name)
    for kind in catalog.policy_kinds:
        if wanted in {_plain(kind.id), _plain(kind.title)}:
            return PolicyKindId(kind.id)
    near = _nearest(wanted, catalog.policy_kinds)
    listed = ", ".join(kind.id for kind in catalog.policy_kinds)
    raise UnknownPolicyKind(
        f"{name.strip()!r} is no kind of policy",
        hint=f"The nearest is {' or '.join(near)}." if near else f"The kinds are {listed}.",
    )


def unused_decisions(outlines: Collection[Outline], terms: Terms) -> tuple[str, ...]:
    """Return the ids of decisions that no outline speaks of."""
    used = {outline.review for outline in outlines}
    for outline in outlines:
        for text in _texts(outline):
            used |= {
                name for sort, name in outline_checking.PLACE.findall(text) if sort == "decide"
            }
    return tuple(own for own in terms.decisions if own not in used)


def _titles(catalog: Catalog) -> dict[PolicyKindId, str]:
    return {PolicyKindId(kind.id): kind.title for kind in catalog.policy_kinds}


def _plain(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", " ", name.lower()).split()
    return " ".join(word for word in words if word not in {"policy", "the", "and", "our"})


def _nearest(wanted: str, kinds: Sequence[PolicyKind]) -> list[str]:
    """Return up to two kinds that look like what was typed, or have a word that looks like one of it."""
    spelled = {_plain(one): kind.id for kind in kinds for one in (kind.title, kind.id)}
    if near := get_close_matches(wanted, spelled, n=1, cutoff=0.6):
        return [spelled[near[0]]]
    known = {word for plain in spelled for word in plain.split()}
    typed = (word for word in wanted.split() if len(word) >= _SHORTEST_WORD)
    words = {near for word in typed for near in get_close_matches(word, known, n=1, cutoff=0.8)}
    return list(dict.fromkeys(own for plain, own in spelled.items() if words & set(plain.split())))[
        :2
    ]


def _refuse(problems: Collection[Problem]) -> None:
    if problems:
        raise InvalidKnowledge([str(one) for one in sorted(set(problems))], hint=_HINT)


def _outline(data: Mapping[str, Any], title: str) -> Outline:
    return Outline(
        kind=PolicyKindId(data["kind"]),
        title=title,
        version=data["version"],
        criteria=tuple(CriterionId(one) for one in data["criteria"]),
        owner=data["owner"],
        approver=data["approver"],
        review=data["review"],
        purpose=data["purpose"],
        scope=data["scope"],
        duties=tuple(Duty(**one) for one in data["duties"]),
        sections=tuple(_section(one) for one in data["sections"]),
        records=tuple(
            ProducedRecord(record=one["record"], frequency=Frequency(one["frequency"]))
            for one in data["records"]
        ),
        elsewhere={point: PolicyKindId(kind) for point, kind in data.get("elsewhere", {}).items()},
    )


def _section(data: Mapping[str, Any]) -> OutlineSection:
    return OutlineSection(
        heading=data["heading"],
        text=tuple(tuple(one) if isinstance(one, list) else one for one in data["text"]),
        answers=tuple(data.get("answers", ())),
        looks_for=tuple(data.get("looks_for", ())),
    )


def _texts(outline: Outline) -> list[str]:
    texts = [outline.purpose, outline.scope, *(duty.does for duty in outline.duties)]
    for section in outline.sections:
        for block in section.text:
            texts += [block] if isinstance(block, str) else block
    return [*texts, *(one.record for one in outline.records)]
