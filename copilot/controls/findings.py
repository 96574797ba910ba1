"""Findings of cloud scanners: one technical control for each check, however many resources it saw."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from copilot.controls.texts import many_lines, one_line, plain
from copilot.domain.controls import Control, ControlId, ControlKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from copilot.controls.problems import Problems
    from copilot.controls.rows import Record, Table
    from copilot.domain.controls import Place

_PASS: Final = frozenset({"pass", "passed", "ok", "success", "compliant"})
_FAIL: Final = frozenset({"fail", "failed", "failure", "non compliant", "alarm", "noncompliant"})
_MANUAL: Final = frozenset({"manual", "info", "skip", "skipped", "unknown", "not available"})
_YES: Final = frozenset({"true", "yes", "1", "suppressed"})
_PROVIDERS: Final = {
    "aws": "AWS", "gcp": "Google Cloud", "azure": "Azure", "kubernetes": "Kubernetes",
    "m365": "Microsoft 365", "microsoft365": "Microsoft 365", "github": "GitHub",
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Check:
    """What all findings of one check say together."""

    id: str
    place: Place
    title: str = ""
    description: str = ""
    risk: str = ""
    system: str = ""
    counts: Counter[str] = field(default_factory=Counter)


def is_ocsf(record: Mapping[str, Any]) -> bool:
    """Say whether a record is a finding in the form of the Open Cybersecurity Schema Framework."""
    return "finding_info" in record or ("finding" in record and "class_uid" in record)


def read_ocsf(records: Sequence[Record], problems: Problems) -> list[Control]:
    """Return a control for each check among OCSF findings."""
    return _controls(
        ((_from_ocsf(record), problems.place(line)) for line, record in records),
        problems,
    )


def read_rows(table: Table, problems: Problems) -> list[Control]:
    """Return a control for each check in a table with a row for each resource."""
    fields = tuple(table.columns.at)
    return _controls(
        (({name: table.value(row, name) for name in fields}, row.place) for row in table.rows),
        problems,
    )


def _from_ocsf(record: Mapping[str, Any]) -> dict[str, Any]:
    info = record.get("finding_info") or record.get("finding") or {}
    metadata, compliance = record.get("metadata") or {}, record.get("compliance") or {}
    resources = record.get("resources") or [{}]
    group = resources[0].get("group") if isinstance(resources[0], dict) else None
    return {
        "id": metadata.get("event_code") or compliance.get("control") or info.get("title"),
        "status": record.get("status_code") or compliance.get("status"),
        "title": info.get("title"),
        "description": info.get("desc"),
        "risk": record.get("risk_details"),
        "provider": (record.get("cloud") or {}).get("provider")
        or ("kubernetes" if "container" in (metadata.get("profiles") or ()) else ""),
        "service": group.get("name") if isinstance(group, dict) else "",
        "muted": record.get("status"),
    }


def _controls(
    findings: Iterable[tuple[Mapping[str, Any], Place]], problems: Problems
) -> list[Control]:
    checks: dict[str, _Check] = {}
    for said, place in findings:
        id_, status = one_line(said.get("id")), one_line(said.get("status"))
        for what, text in (("check", id_), ("status", status)):
            if not text:
                problems.add(f"the finding has no {what}", place)
        if not id_ or not status:
            continue
        check = checks.setdefault(id_, _Check(id=id_, place=place))
        check.title = check.title or one_line(said.get("title"))
        check.description = check.description or many_lines(said.get("description"))
        check.risk = check.risk or many_lines(said.get("risk"))
        check.system = check.system or _system(said)
        check.counts[_outcome(status, plain(said.get("muted")))] += 1
    return [_control(check) for check in checks.values()]


def _outcome(status: str, muted: str) -> str:
    word = " ".join(status.casefold().replace("_", " ").replace("-", " ").split())
    if muted.casefold() in _YES or word == "muted":
        return "muted"
    if word in _PASS:
        return "pass"
    if word in _FAIL:
        return "fail"
    return "by hand" if word in _MANUAL else word


def _system(said: Mapping[str, Any]) -> str:
    provider, service = one_line(said.get("provider")), one_line(said.get("service"))
    return " ".join(filter(None, (_PROVIDERS.get(provider.lower(), provider), service)))


def _control(check: _Check) -> Control:
    title = check.title or check.id.replace("_", " ")
    # Many checks describe themselves by their title; then the risk says more.
    same = check.description.casefold().strip(" .") == title.casefold().strip(" .")
    about = check.risk if same or not check.description else check.description
    return Control(
        id=ControlId(check.id),
        title=title,
        description="\n".join(filter(None, (about, _counted(check.counts)))),
        system=check.system,
        kind=ControlKind.FINDING,
        place=check.place,
    )


def _counted(counts: Counter[str]) -> str:
    """Return the outcomes of a check in words: `Scanned on 4 resources: 3 pass, 1 fails.`."""
    words = {
        "pass": ("passes", "pass"),
        "fail": ("fails", "fail"),
        "by hand": ("is left to be checked by hand", "are left to be checked by hand"),
        "muted": ("is muted", "are muted"),
    }
    ordered = [*words, *sorted(counts.keys() - words.keys())]
    parts = [
        f"{counts[one]} {words.get(one, (one, one))[counts[one] != 1]}"
        for one in ordered
        if counts[one]
    ]
    resources = "1 resource" if counts.total() == 1 else f"{counts.total():,} resources"
    return f"Scanned on {resources}: {', '.join(parts)}."
