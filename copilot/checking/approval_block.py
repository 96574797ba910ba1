"""Whether a policy says who owns it, who approved it, when, and which version it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from copilot.checking.dates import DateKind, dates_of
from copilot.domain.remarks import Remark, RemarkKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from copilot.checking.policy_file import PolicyFile

_SOMEBODY: Final = (
    r"\W{0,4}\s*(?!tbd|tba|to be|n/?a\b|none|open question|\[|<|\?|_{2})(?-i:[A-Z])[\w.’'-]+"
)
_FIELDS: Final = {
    "owner": (
        ("owner", "policy_owner", "document_owner", "responsible"),
        re.compile(
            rf"\b(?:(?:policy |document |process )?owner|owned by|maintained by|responsible person|author(?:/reviewer)?)(?: is)?{_SOMEBODY}",
            re.IGNORECASE,
        ),
    ),
    "approver": (
        ("approved_by", "approver", "approval", "signed_by"),
        re.compile(
            rf"\b(?:approv(?:ed(?: and \w+)? by|er(?: is)?|al by|ing authority)|signed (?:off )?by|authori[sz]ed by){_SOMEBODY}",
            re.IGNORECASE,
        ),
    ),
    "version": (
        ("version", "revision"),
        re.compile(
            r"\b(?:version|revision|rev\.|ver\.)(?:[\s:|.]|entry|value|number)*v?\d+(?:\.\d+)*",
            re.IGNORECASE,
        ),
    ),
}
_OPEN: Final = re.compile(r"open question|to confirm|\btbd\b|\btba\b|^[\[<_?]", re.IGNORECASE)
_VERSION_ROW: Final = re.compile(r"^v?\d+(?:\.\d+)+")
_HEADING: Final = re.compile(r"approv|version|revision|history|document control", re.IGNORECASE)


def missing_approval(file: PolicyFile) -> Iterator[Remark]:
    """Yield one remark that names what the approval block lacks, if it lacks anything."""
    lacking = [name for name in _FIELDS if not _is_there(file, name)]
    dates = [one for one in dates_of(file) if one.kind is not DateKind.NEXT]
    if not any(one.kind is DateKind.APPROVED for one in dates):
        # A table of versions has a date for each, and an approver's column says who stood behind it.
        lacking.append("date of approval")
    if not lacking:
        return
    block = next((one.cite() for one in file.said if _HEADING.search(one.heading)), None)
    yield Remark(
        kind=RemarkKind.MISSING_APPROVAL,
        subject=", ".join(lacking),
        text=f"It does not say {_listed(lacking)}.",
        citations=(block,) if block else file.top,
        hint="Auditors ask for all four: owner, approver, version and the date of approval. Put them into "
        "a block at the end.",
    )


def _is_there(file: PolicyFile, name: str) -> bool:
    fields, pattern = _FIELDS[name]
    named = file.field(*fields)
    if named and not _OPEN.search(named[0]):
        return True
    if name == "owner" and file.source.metadata.owner:
        return True
    for one in file.said:
        if pattern.search(one.text) or pattern.search(f"{one.label}: {one.text}"):
            return True
        if name == "version" and _HEADING.search(one.heading) and _VERSION_ROW.match(one.label):
            return True
    return False


def _listed(lacking: list[str]) -> str:
    told = {
        "owner": "who owns it", "approver": "who approved it", "version": "which version it is",
        "date of approval": "when it was approved",
    }  # fmt: skip
    parts = [told[one] for one in lacking]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
