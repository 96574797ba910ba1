"""The event log: who did what, when, to which version; each entry holds the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

BEFORE_THE_FIRST: Final = "0" * 64
"""What the first entry has for the hash of the one before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something to be logged: an entry without its place in the log."""

    who: str
    """The principal's id."""
    action: str
    """A verb in the past and what it was done to: `approved a draft`."""
    about: str
    """What it was done to, such as `policy/access-control` or `mapping/AC-01`."""
    version: int | None = None
    detail: Mapping[str, str] = field(default_factory=dict)
    """Reasons and figures; never a secret, never the text of a document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of the log."""

    number: int
    """Counts from 1, without gaps."""
    at: datetime
    """In UTC."""
    happening: Happening
    previous: str
    """The hash of the entry before."""
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A row that this program has not written: something in it is not of the form that it writes."""

    number: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """How long the log was and the hash of its last entry: kept elsewhere, it shows a cut tail."""

    entries: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which entries somebody looks for; what is empty lets everything pass."""

    who: str = ""
    action: str = ""
    about: str = ""
    """An item, or a folder or control with all that stands below it."""
    since: datetime | None = None
    until: datetime | None = None
    """Entries of this moment and later are left out."""


EMPTY: Final = Seal(entries=0, hash=BEFORE_THE_FIRST)
"""The seal of a log without entries."""


def follow(seal: Seal, happening: Happening, at: datetime) -> Entry:
    """Return the entry that comes after those that are sealed."""
    number, previous = seal.entries + 1, seal.hash
    digest = hash_of(number, at, happening, previous)
    return Entry(number=number, at=at, happening=happening, previous=previous, hash=digest)


def hash_of(number: int, at: datetime, happening: Happening, previous: str) -> str:
    """Return the SHA-256 of an entry, over a JSON array that says everything in it.

    The time is written with microseconds, so that a database that rounds shows.
    """
    said = [
        number,
        at.isoformat(timespec="microseconds"),
        happening.who,
        happening.action,
        happening.about,
        happening.version,
        sorted(happening.detail.items()),
        previous,
    ]
    written = json.dumps(said, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()
