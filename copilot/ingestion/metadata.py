"""What is known about a file besides its text, and which of several statements counts.

From the strongest to the weakest: a sidecar (`report.pdf.meta.yaml`), the file's row in the nearest
manifest upward, the file's own front matter, the `defaults` of that manifest, and the file's place.
The first four are written by people about this file; a sidecar is about nothing else, and a manifest
is kept by compliance while front matter is kept by whoever writes the page.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import yaml

from copilot.domain.access import EVERYONE, Audience, parse_audience
from copilot.domain.criteria import CriterionId, Frequency, parse_criterion
from copilot.domain.documents import Metadata, SourceKind
from copilot.domain.periods import Period, parse_period
from copilot.errors import BadInput, InvalidManifest
from copilot.ingestion.folders import WORKSPACE_FOLDERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from copilot.domain.documents import SourcePath
    from copilot.ingestion.folders import Found, Walked

FIELDS: Final = (
    "title", "kind", "audience", "owner", "criteria", "controls", "period", "collected", "frequency",
)  # fmt: skip

_COMPLIANCE: Final = Audience("compliance")
DEFAULT_AUDIENCES: Final[Mapping[SourceKind, Audience]] = {
    SourceKind.POLICY: EVERYONE,
    SourceKind.CONTROL: EVERYONE,
    SourceKind.EVIDENCE: _COMPLIANCE,
    SourceKind.FINDING: _COMPLIANCE,
    SourceKind.CATALOG: EVERYONE,
}
"""Who may read a file about which nobody has said: policies are for everyone, records are not."""

MEND: Final = "Mend what is said about it, then ingest again."

_DATA: Final = frozenset({".csv", ".tsv", ".xlsx", ".json", ".jsonl", ".ndjson", ".eml", ".log"})


@dataclass(slots=True)
class Statements:
    """What sidecars and manifests say, read once for a whole run."""

    rows: dict[str, list[tuple[str, Mapping[str, Any]]]] = field(default_factory=dict)
    """By folder: the rows of its manifest, each a pattern and its fields."""
    defaults: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    sidecars: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    """By folder or file: why what is said about it cannot be used."""

    def about(self, found: Found) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return what is said of a file in particular, and of its folder in general.

        Raises:
            InvalidManifest: What is said cannot be read. The file is better left out than shown to
                the wrong people.
        """
        if reason := self.broken.get(found.path):
            raise InvalidManifest(reason, hint=MEND)
        folder = _nearest(found.path, self.broken.keys() | self.rows.keys())
        if folder is None:
            return self.sidecars.get(found.path, {}), {}
        if reason := self.broken.get(folder):
            raise InvalidManifest(reason, hint=MEND)
        relative = found.path.removeprefix(f"{folder}/")
        row: dict[str, Any] = {}
        for pattern, fields in self.rows[folder]:
            if relative == pattern or fnmatch.fnmatchcase(relative, pattern):
                row.update(fields)
        row.update(self.sidecars.get(found.path, {}))
        return row, self.defaults.get(folder, {})


def _nearest(path: str, folders: Iterable[str]) -> str | None:
    known = set(folders)
    parents = (str(parent) for parent in PurePosixPath(path).parents)
    return next((parent for parent in parents if parent in known), None)


def read_statements(walked: Walked) -> Statements:
    """Read every manifest and sidecar of a walk; what cannot be used is kept as a reason."""
    statements = Statements()
    for folder, file in walked.manifests.items():
        try:
            content = _mapping(file, f"{folder}/{file.name}")
            rows = _rows(content, f"{folder}/{file.name}")
        except InvalidManifest as exc:
            statements.broken[folder] = str(exc)
        else:
            statements.rows[folder] = rows
            statements.defaults[folder] = content.get("defaults") or {}
    for path, file in walked.sidecars.items():
        try:
            sidecar = _mapping(file, f"{path}.meta.yaml")
            _only_known(sidecar, f"{path}.meta.yaml")
            statements.sidecars[path] = sidecar
        except InvalidManifest as exc:
            statements.broken[path] = str(exc)
    return statements


def _mapping(file: Path, name: str) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as exc:
        mark = getattr(exc, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(exc, "problem", None) or exc
        raise InvalidManifest(f"{name}{line} cannot be read: {problem}") from exc
    if not isinstance(content, dict):
        raise InvalidManifest(f"{name} must hold `key: value` lines")
    return content


def _rows(content: Mapping[str, Any], name: str) -> list[tuple[str, Mapping[str, Any]]]:
    for key in content.keys() - {"files", "defaults"}:
        raise InvalidManifest(f"{name}: there is no field `{key}`; it has `defaults` and `files`")
    defaults, files = content.get("defaults") or {}, content.get("files") or []
    if not isinstance(defaults, dict) or not isinstance(files, list):
        raise InvalidManifest(f"{name}: `defaults` must be a mapping and `files` a list")
    _only_known(defaults, f"{name}, defaults")
    rows: list[tuple[str, Mapping[str, Any]]] = []
    for number, row in enumerate(files, start=1):
        if not isinstance(row, dict) or not isinstance(row.get("file"), str):
            raise InvalidManifest(f"{name}, row {number}: a row needs `file`")
        fields = {key: value for key, value in row.items() if key != "file"}
        _only_known(fields, f"{name}, row {number} ({row['file']})")
        rows.append((row["file"], fields))
    return rows


def _only_known(fields: Mapping[str, Any], where: str) -> None:
    for key in fields:
        if key not in FIELDS:
            near = get_close_matches(str(key), FIELDS, n=1)
            meant = f"; did you mean `{near[0]}`?" if near else f"; it has {', '.join(FIELDS)}"
            raise InvalidManifest(f"{where}: there is no field `{key}`{meant}")


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
    merged = {**general, **{key: own[key] for key in FIELDS if own.get(key)}, **particular}
    try:
        kind = _kind(merged.get("kind"), found)
        audience = merged.get("audience") or found.root.audience
        return Metadata(
            kind=kind,
            title=_text(merged.get("title")) or title or _title_of(found.path),
            audience=parse_audience(str(audience)) if audience else DEFAULT_AUDIENCES[kind],
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
    return " ".join(str(value).split()) if value else ""


def _list(value: object) -> list[str]:
    if value is None:
        return []
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
