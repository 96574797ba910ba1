"""Read what manifests and sidecars say, and find what they say of a file."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final
from unicodedata import normalize

import yaml

from copilot.domain.documents import SourcePath
from copilot.errors import InvalidManifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from copilot.ingestion.folders import Found, Walked

FIELDS: Final = (
    "title", "kind", "audience", "owner", "criteria", "controls", "period", "collected", "frequency",
)  # fmt: skip

MEND: Final = "Mend what is said about it, then ingest again."

_LARGEST: Final = 5_000_000
_CLOSE: Final = 0.8
_PATTERN: Final = re.compile(r"[*?\[]")
_SCALAR: Final = (str, int, float, bool, date, type(None))


@dataclass(slots=True)
class Statements:
    """What sidecars and manifests say, read once for a whole run."""

    rows: dict[str, list[tuple[str, Mapping[str, Any]]]] = field(default_factory=dict)
    """By folder: the rows of its manifest, each a pattern and its fields."""
    defaults: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    sidecars: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    """By folder or file: why what is said about it cannot be used."""
    astray: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By folder: names of files that its manifest gives an audience and that are not there."""
    idle: list[tuple[SourcePath, str]] = field(default_factory=list)
    """Manifests with a remark on each of their rows that names a file which is not there."""

    def about(self, found: Found) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return what is said of a file in particular, and of its folders in general.

        Raises:
            InvalidManifest: What is said cannot be read, or may be meant for this file and names
                another. The file is better left out than shown to the wrong people.
        """
        if reason := self.broken.get(found.path):
            raise InvalidManifest(reason, hint=MEND)
        particular: dict[str, Any] = {}
        general: dict[str, Any] = {}
        # The farthest first, so that the nearer may say otherwise.
        for parent in reversed(PurePosixPath(found.path).parents):
            folder = str(parent)
            if reason := self.broken.get(folder):
                raise InvalidManifest(reason, hint=MEND)
            relative = _relative(found.path, folder)
            for pattern, fields in self.rows.get(folder, ()):
                if _names(pattern, relative):
                    particular.update(fields)
            general.update(self.defaults.get(folder, {}))
        particular.update(self.sidecars.get(found.path, {}))
        if "audience" not in particular:
            self._refuse_near_miss(found.path)
        return particular, general

    def origins(self, path: SourcePath) -> Mapping[str, str]:
        """Return by field where a manifest says it of a file: `the manifest of evidence, row 3`.

        Where several do, it is the one that counts. Sidecars are left out.
        """
        found: dict[str, str] = {}
        folders = [str(parent) for parent in reversed(PurePosixPath(path).parents)]
        for folder in folders:
            found |= dict.fromkeys(
                self.defaults.get(folder, {}), f"the manifest of {folder}, defaults"
            )
        for folder in folders:
            for number, (pattern, fields) in enumerate(self.rows.get(folder, ()), start=1):
                if _names(pattern, _relative(path, folder)):
                    found |= dict.fromkeys(fields, f"the manifest of {folder}, row {number}")
        return found

    def _refuse_near_miss(self, path: SourcePath) -> None:
        for folder, names in self.astray.items():
            if folder == "." or path.startswith(f"{folder}/"):
                relative = _relative(path, folder)
                if near := next((name for name in names if _alike(name, relative)), None):
                    raise InvalidManifest(
                        f"what is said in {folder} gives an audience to `{near}`, which is not "
                        "there; is this file meant?",
                        hint=MEND,
                    )


def _relative(path: str, folder: str) -> str:
    return normalize("NFC", path.removeprefix(f"{folder}/"))


def _alike(name: str, relative: str) -> bool:
    """Say whether one may be the other with a mistake in letters, capitals or ending."""
    one, other = name.lower(), relative.lower()
    stems = {str(PurePosixPath(path).with_suffix("")) for path in (one, other)}
    return len(stems) == 1 or bool(get_close_matches(one, [other], cutoff=_CLOSE))


def _names(pattern: str, relative: str) -> bool:
    return relative == pattern or fnmatch.fnmatchcase(relative, pattern)


def read_statements(walked: Walked) -> Statements:
    """Read every manifest and sidecar of a walk; what cannot be used is kept as a reason."""
    statements = Statements()
    for folder, files in walked.manifests.items():
        try:
            content = _only(files, folder)
            rows = list(_rows(content, f"{folder}/{files[0].name}"))
        except InvalidManifest as exc:
            statements.broken[folder] = str(exc)
        else:
            statements.rows[folder] = rows
            statements.defaults[folder] = content.get("defaults") or {}
    for path, file in walked.sidecars.items():
        try:
            sidecar = _mapping(file, f"{path}.meta.yaml")
            _check_fields(sidecar, f"{path}.meta.yaml")
            statements.sidecars[path] = sidecar
        except InvalidManifest as exc:
            statements.broken[path] = str(exc)
    _note_astray(statements, walked)
    _note_idle(statements, walked)
    return statements


def _note_astray(statements: Statements, walked: Walked) -> None:
    present = [found.path for found in walked.found]
    places = {str(folder): files[0].parent for folder, files in walked.manifests.items()}
    for folder, rows in statements.rows.items():
        inside = [_relative(path, folder) for path in present]
        named = [pattern for pattern, fields in rows if "audience" in fields]
        # Of a folder that is walked in part, the other files are there all the same.
        place = places[folder]
        statements.astray[folder] = tuple(
            pattern
            for pattern in named
            if not any(_names(pattern, one) for one in inside)
            and not os.path.exists(place / pattern)
        )
    # A sidecar of a file that is not there speaks, perhaps, for one that is called nearly so.
    for path, fields in statements.sidecars.items():
        if "audience" in fields and path not in present:
            folder, _, name = path.rpartition("/")
            statements.astray[folder] = (*statements.astray.get(folder, ()), name)


def _note_idle(statements: Statements, walked: Walked) -> None:
    present = [found.path for found in walked.found]
    for folder, rows in statements.rows.items():
        manifest = walked.manifests[SourcePath(folder)][0]
        inside = [_relative(path, folder) for path in present if path.startswith(f"{folder}/")]
        # Of a pattern nobody can say what it should have fitted.
        named = {pattern for pattern, _ in rows if not _PATTERN.search(pattern)}
        for name in sorted(named.difference(inside)):
            # It may be there and unread, or in a part of the folder that was not walked.
            if not os.path.exists(manifest.parent / name):
                near = get_close_matches(name, inside, n=1, cutoff=_CLOSE)
                meant = f"; is `{near[0]}` meant?" if near else ""
                where = SourcePath(f"{folder}/{manifest.name}")
                statements.idle.append((where, f"there is no file `{name}`{meant}"))


def _only(files: Sequence[Path], folder: str) -> dict[str, Any]:
    if len(files) > 1:
        raise InvalidManifest(f"{folder} has two manifests; keep one")
    return _mapping(files[0], f"{folder}/{files[0].name}")


def _mapping(file: Path, name: str) -> dict[str, Any]:
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            raise InvalidManifest(f"{name} is no file of a few lines")
        content = yaml.load(file.read_text(encoding="utf-8-sig"), Loader=_StrictLoader)  # noqa: S506  safe
    except (yaml.YAMLError, ValueError, OSError, RecursionError) as exc:
        mark = getattr(exc, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        problem = getattr(exc, "problem", None) or exc
        raise InvalidManifest(f"{name}{line} cannot be read: {problem}") from exc
    if not isinstance(content, dict):
        raise InvalidManifest(f"{name} must hold `key: value` lines")
    return content


class _StrictLoader(yaml.SafeLoader):
    """The safe loader, which also refuses a key that stands twice: which one was meant?"""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"`{key.value}` stands twice", key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _rows(content: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key in content.keys() - {"files", "defaults"}:
        raise InvalidManifest(f"{name}: there is no field `{key}`; it has `defaults` and `files`")
    defaults, files = content.get("defaults") or {}, content.get("files") or []
    if not isinstance(defaults, dict) or not isinstance(files, list):
        raise InvalidManifest(f"{name}: `defaults` must be a mapping and `files` a list")
    _check_fields(defaults, f"{name}, defaults")
    for number, row in enumerate(files, start=1):
        if not isinstance(row, dict) or not isinstance(row.get("file"), str):
            raise InvalidManifest(f"{name}, row {number}: a row needs `file`")
        fields = {key: value for key, value in row.items() if key != "file"}
        _check_fields(fields, f"{name}, row {number} ({row['file']})")
        pattern = str(PurePosixPath(row["file"].strip().replace("\\", "/")))
        yield normalize("NFC", pattern), fields


def _check_fields(fields: Mapping[str, Any], where: str) -> None:
    for key, value in fields.items():
        if key not in FIELDS:
            near = get_close_matches(str(key), FIELDS, n=1)
            meant = f"; did you mean `{near[0]}`?" if near else f"; it has {', '.join(FIELDS)}"
            raise InvalidManifest(f"{where}: there is no field `{key}`{meant}")
        items = value if isinstance(value, list) else [value]
        if not all(isinstance(item, _SCALAR) for item in items):
            raise InvalidManifest(f"{where}: `{key}` must be a word or a list of words")
