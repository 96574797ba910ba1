"""What is said about a file, by whom, and what its sidecar has to say so that something else holds."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from copilot.domain.access import EVERYONE
from copilot.errors import BadInput, InvalidManifest
from copilot.ingestion import metadata as about
from copilot.ingestion.folders import Found, Root, walk
from copilot.ingestion.statements import FIELDS, read_statements
from copilot.library.places import sidecars_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from copilot.domain.documents import Metadata, Source, SourcePath
    from copilot.ingestion.statements import Statements

SIDECAR: Final = "its own description"
FILE: Final = "the file itself, or its place"
"""Who says something of a file, besides manifests."""

_LONGEST: Final = 500
_MOST: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is known about a file now, though it may not be ingested yet."""

    path: SourcePath
    metadata: Metadata
    said_by: Mapping[str, str]
    """By field, who says so: the file's own description, a manifest, or the file itself."""
    state: str
    """Another whenever anything else is said about the file."""
    problem: str = ""
    """Why what is said cannot be used, in which case the file is not ingested; empty if it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overruled:
    """A field that was emptied and holds something all the same, since somebody else says it."""

    field: str
    value: str
    said_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    found: Found
    sidecar: Mapping[str, Any]
    particular: Mapping[str, Any]
    """What manifests say of the file in particular."""
    general: Mapping[str, Any]
    origins: Mapping[str, str]
    own: Mapping[str, Any]
    """What the file says itself or its place tells, as far as that is known from its last ingest."""
    title: str
    state: str
    broken: str
    """Why a manifest cannot be used; whoever keeps it has to mend it."""
    wrong: str
    """Why the sidecar cannot be used; writing it anew mends that."""
    unsure: str
    """Why nobody knows who may read it, unless the sidecar says so."""


def describe(file: Path, path: SourcePath, source: Source | None) -> Description:
    """Return what is said about a file.

    Args:
        file: The file.
        path: Its path in the workspace.
        source: What was stored when it was ingested; nothing if it never was.
    """
    said = _said(file, path, source)
    metadata, problem = _resolved(said, said.sidecar)
    return Description(
        path=path,
        metadata=metadata,
        said_by={one: _by(said, said.sidecar, one) for one in FIELDS},
        state=said.state,
        problem=said.broken or said.wrong or problem,
    )


def described_anew(
    file: Path, path: SourcePath, source: Source | None, wanted: Mapping[str, object]
) -> tuple[str, list[Overruled]]:
    """Return the sidecar with which what is wanted holds for a file, and what holds all the same.

    Args:
        file: The file; it need not be there yet.
        path: Its path in the workspace.
        source: What was stored when it was ingested; nothing if it never was.
        wanted: Fields and their values; one without a value is emptied, one that is not named stays.

    Raises:
        BadInput: A field is none, or a value cannot be used.
        InvalidManifest: What a manifest says of the file cannot be used.
    """
    said = _said(file, path, source)
    if said.broken:
        raise InvalidManifest(said.broken, hint="Mend the manifest first.")
    given = {key: _value(key, value) for key, value in wanted.items()}
    before, _ = _resolved(said, said.sidecar)
    sidecar = {key: one for key, one in said.sidecar.items() if key not in given}
    sidecar |= {
        key: one
        for key, one in given.items()
        if one and (key in said.sidecar or not source or not _same(one, _shown(before, key)))
    }
    stated = {**said.general, **said.particular, **sidecar}
    if source is not None and "kind" in stated and "audience" not in stated:
        # Each kind has a default audience, and another kind must not show the file to others unasked.
        sidecar["audience"] = str(before.audience)
    after, problem = _resolved(said, sidecar)
    if problem:
        raise InvalidManifest(problem, hint="Say it in another way.")
    overruled = [
        Overruled(field=key, value=held, said_by=_by(said, sidecar, key))
        for key, one in given.items()
        if not one and key not in {"title", "kind", "audience"} and (held := _shown(after, key))
    ]
    return _written(sidecar), overruled


def _said(file: Path, path: SourcePath, source: Source | None) -> _Said:
    root = Root(label=path, path=file)
    walked = walk([root])
    statements = read_statements(walked)
    found = Found(path=path, file=file, root=root, size=0, mtime_ns=0)
    sidecar = dict(statements.sidecars.pop(path, {}))
    wrong = statements.broken.pop(path, "")
    particular, general, broken, unsure = _manifests(statements, found)
    raw = b"\0".join(one.read_bytes() for one in sidecars_of(file) if one.is_file())
    digest = about.digest(particular, general, broken, unsure)
    own: dict[str, Any] = {}
    if source is not None:
        own = {
            key: held
            for key in FIELDS
            if key not in sidecar
            and key not in particular
            and (held := _shown(source.metadata, key))
            and not (key in general and _same(general[key], held))
        }
    origins = statements.origins(path)
    return _Said(
        found=found,
        sidecar=sidecar,
        particular=particular,
        general=general,
        origins={key: one for key, one in origins.items() if key not in own},
        own=own,
        title=source.metadata.title if source else "",
        state=hashlib.sha256(digest.encode() + raw).hexdigest(),
        broken=broken,
        wrong=wrong,
        unsure=unsure,
    )


def _manifests(
    statements: Statements, found: Found
) -> tuple[Mapping[str, Any], Mapping[str, Any], str, str]:
    """Return what manifests say of a file, why they cannot be used, and why its readers are unsure."""
    try:
        return *statements.about(found), "", ""
    except InvalidManifest as exc:
        problem = str(exc)
    try:
        # A manifest may mean this file and name another; that does not matter once it has an audience.
        statements.sidecars[found.path] = {"audience": EVERYONE}
        particular, general = statements.about(found)
    except InvalidManifest:
        return {}, {}, problem, ""
    return (
        {key: one for key, one in particular.items() if key != "audience"},
        general,
        "",
        problem,
    )


def _resolved(said: _Said, sidecar: Mapping[str, Any]) -> tuple[Metadata, str]:
    """Return what holds; if what is said cannot be used, what holds without it, and why it cannot."""
    problem = said.unsure if "audience" not in sidecar else ""
    both = ({**said.particular, **sidecar}, said.general)
    try:
        metadata = about.resolve(said.found, said=both, own=said.own, title=said.title)
    except InvalidManifest as exc:
        bare = about.resolve(said.found, said=({}, {}), own={}, title=said.title)
        return bare, problem or str(exc)
    return metadata, problem


def _by(said: _Said, sidecar: Mapping[str, Any], key: str) -> str:
    if sidecar.get(key) not in (None, "", []):
        return SIDECAR
    return said.origins.get(key, FILE)


def _value(key: str, value: object) -> str | list[str]:
    """Return a value as a sidecar has it.

    Raises:
        BadInput: There is no such field, or it takes other values.
    """
    if key not in FIELDS:
        raise BadInput(f"there is no field {key!r}", hint=f"The fields are {', '.join(FIELDS)}.")
    if any(map(_unseen, value if isinstance(value, list | tuple) else [value])):
        raise BadInput(f"`{key}` has characters that cannot be seen", hint="Type it anew.")
    if key in {"criteria", "controls"}:
        listed = value if isinstance(value, list | tuple) else re.split("[,;]", str(value or ""))
        texts = [text for one in listed if (text := " ".join(str(one).split()))]
        if len(texts) > _MOST or any(len(one) > _LONGEST for one in texts):
            raise BadInput(f"`{key}` has at most {_MOST} names of {_LONGEST} letters")
        return texts
    text = " ".join(str(value or "").split())
    if len(text) > _LONGEST:
        raise BadInput(f"`{key}` is longer than {_LONGEST} letters", hint="Say it more briefly.")
    return text


def _unseen(value: object) -> bool:
    """Say whether a text has controls, halves of characters or the like; lines and tabs are spaces."""
    text = " ".join(str(value or "").split())
    return any(unicodedata.category(one).startswith("C") for one in text)


def _shown(metadata: Metadata, key: str) -> str:
    """Return a field as people write it."""
    value = getattr(metadata, key)
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None else str(value)


def _same(one: object, other: object) -> bool:
    return _plain(one) == _plain(other)


def _plain(value: object) -> str:
    texts = value if isinstance(value, list | tuple) else [value]
    return ", ".join(" ".join(str(one).split()) for one in texts)


def _written(sidecar: Mapping[str, Any]) -> str:
    """Return a sidecar as YAML, its fields in their usual order; empty if it says nothing."""
    ordered = {key: sidecar[key] for key in FIELDS if sidecar.get(key) not in (None, "", [])}
    return yaml.safe_dump(ordered, sort_keys=False, allow_unicode=True) if ordered else ""
