"""What is known about a file besides its text, and which of several statements counts.

From the strongest to the weakest: a sidecar (`report.pdf.meta.yaml`), the file's row in a manifest,
the file's own front matter, the `defaults` of a manifest, and the file's place. Every manifest from
the file's folder upward counts, the nearer before the farther. A sidecar is about nothing but its
file, and a manifest is kept by compliance while front matter is kept by whoever writes the page.

A value that cannot be used refuses the file: it is better left out than shown to the wrong people.
"""

from __future__ import annotations

import hashlib
import json
import re
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from copilot.domain.access import EVERYONE, Audience, parse_audience
from copilot.domain.criteria import CriterionId, Frequency, parse_criterion
from copilot.domain.documents import Metadata, SourceKind
from copilot.domain.periods import Period, parse_period
from copilot.errors import BadInput, InvalidAudience, InvalidManifest
from copilot.ingestion.folders import WORKSPACE_FOLDERS
from copilot.ingestion.statements import FIELDS, MEND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copilot.domain.documents import SourcePath
    from copilot.ingestion.folders import Found

_COMPLIANCE: Final = Audience("compliance")
DEFAULT_AUDIENCES: Final[Mapping[SourceKind, Audience]] = {
    SourceKind.POLICY: EVERYONE,
    SourceKind.CONTROL: EVERYONE,
    SourceKind.EVIDENCE: _COMPLIANCE,
    SourceKind.FINDING: _COMPLIANCE,
    SourceKind.CATALOG: EVERYONE,
}
"""Who may read a file about which nobody has said: policies are for everyone, records are not."""

_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d")
_ABSENT: Final = object()
_DATA: Final = frozenset({".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".ndjson", ".eml", ".log"})


def digest(particular: Mapping[str, Any], general: Mapping[str, Any], *more: str) -> str:
    """Return what changes when anything said about a file changes."""
    said = json.dumps([particular, general, more], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def resolve(
    found: Found,
    *,
    said: tuple[Mapping[str, Any], Mapping[str, Any]],
    own: Mapping[str, Any],
    title: str,
) -> Metadata:
    """Return a file's metadata from everything that is said about it.

    Args:
        found: The file.
        said: What sidecar and manifest say of the file in particular, and of its folder.
        own: The file's front matter.
        title: The title that its reader found; may be empty.

    Raises:
        InvalidManifest: A value cannot be used.
    """
    particular, general = said
    merged: dict[str, Any] = {}
    for one in (general, {key: own[key] for key in FIELDS if key in own}, particular):
        merged |= {key: value for key, value in one.items() if _stated(key, value)}
    try:
        kind = _kind(merged.get("kind"), found)
        audience = _audience(merged.get("audience", _ABSENT), found)
        return Metadata(
            kind=kind,
            title=_text(merged.get("title")) or title or _title_of(found.path),
            audience=audience or DEFAULT_AUDIENCES[kind],
            owner=_text(merged.get("owner")),
            criteria=tuple(dict.fromkeys(map(_criterion, _list(merged.get("criteria"))))),
            controls=tuple(_list(merged.get("controls"))),
            period=_period(merged.get("period")),
            collected=_date(merged.get("collected")),
            frequency=_frequency(merged.get("frequency")),
        )
    except BadInput as exc:
        raise InvalidManifest(
            f"what is said about it cannot be used: {exc}. {exc.hint}".strip(), hint=MEND
        ) from exc


def _stated(key: str, value: object) -> bool:
    """Say whether a field was filled in; an audience that was not is a mistake, not a blank."""
    return key == "audience" or value not in (None, "", [])


def _audience(value: object, found: Found) -> Audience | None:
    if value is _ABSENT:
        return parse_audience(found.root.audience) if found.root.audience else None
    if not isinstance(value, str):
        # YAML reads `no`, `2026` and an empty field as something else than words.
        raise InvalidAudience(
            f"the audience is {value!r}, not a name",
            hint="Write one group, such as `compliance`; put quotes around words such as no.",
        )
    return parse_audience(value)


def _kind(value: object, found: Found) -> SourceKind:
    if value:
        try:
            kind = SourceKind(str(value).strip().lower())
        except ValueError as exc:
            known = ", ".join(one for one in SourceKind if one is not SourceKind.CATALOG)
            raise InvalidManifest(
                f"{value!r} is no kind of source", hint=f"It is one of {known}."
            ) from exc
        if kind is not SourceKind.CATALOG:
            return kind
        raise InvalidManifest("a company's file cannot be of the kind catalog")
    if found.root.kind is not None:
        return found.root.kind
    for part in PurePosixPath(found.path).parts:
        if part.lower() in WORKSPACE_FOLDERS:
            return WORKSPACE_FOLDERS[part.lower()]
    return SourceKind.EVIDENCE if found.file.suffix.lower() in _DATA else SourceKind.POLICY


def _title_of(path: SourcePath) -> str:
    stem = PurePosixPath(path).stem.replace("_", " ").replace("-", " ")
    return stem[:1].upper() + stem[1:]


def _text(value: object) -> str:
    if isinstance(value, list | dict):
        raise InvalidManifest(f"{value!r} is no text")
    return " ".join(str(value).split()) if value else ""


def _list(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, dict):
        raise InvalidManifest(f"{value!r} is no list")
    items = value if isinstance(value, list) else str(value).replace(";", ",").split(",")
    return [text for item in items if (text := _text(item))]


def _criterion(text: str) -> CriterionId:
    return parse_criterion(text)


def _period(value: object) -> Period | None:
    if value is None or value == "":
        return None
    day = _as_date(value)
    return Period(day, day) if day else parse_period(str(value))


def _date(value: object) -> date | None:
    if value is None or value == "":
        return None
    return _as_date(value) or parse_period(str(value)).end


def _as_date(value: object) -> date | None:
    if isinstance(value, str) and len(value) > 10 and (time := _MOMENT.match(value)):
        # Front matter comes from another process, where a moment has become words.
        return date.fromisoformat(time[1])
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _frequency(value: object) -> Frequency | None:
    if not value:
        return None
    text = str(value).strip().lower().replace("_", " ")
    aliases = {"annually": "annual", "yearly": "annual", "semi-annually": "semi-annual",
               "half-yearly": "semi-annual", "ongoing": "continuous", "ad hoc": "per event"}  # fmt: skip
    try:
        return Frequency(aliases.get(text, text))
    except ValueError as exc:
        raise InvalidManifest(
            f"{value!r} is no frequency", hint=f"It is one of {', '.join(Frequency)}."
        ) from exc
