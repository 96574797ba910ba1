"""The event log as a file: one JSON line for each entry, and the newest seal in the last line."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from copilot.domain.event_log import EMPTY, Entry, Happening, Seal, Unreadable
from copilot.errors import BadInput
from copilot.replacing import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.tampering import Damage

_NO_LOG: Final = "`copilot log export --out FILE.jsonl` writes such a file."


def entry_json(entry: Entry | Unreadable) -> dict[str, Any]:
    """Return an entry as a JSON object; what its hash is over, and the hash."""
    if isinstance(entry, Unreadable):
        return {"number": entry.number, "unreadable": entry.why}
    happening = entry.happening
    return {
        "number": entry.number,
        "at": entry.at.isoformat(timespec="microseconds"),
        "who": happening.who,
        "action": happening.action,
        "about": happening.about,
        "version": happening.version,
        "detail": dict(sorted(happening.detail.items())),
        "previous": entry.previous,
        "hash": entry.hash,
    }


def seal_json(seal: Seal) -> dict[str, Any]:
    """Return a seal as a JSON object."""
    return {"seal": {"entries": seal.entries, "hash": seal.hash}}


def report_json(
    entries: Sequence[Entry | Unreadable],
    seal: Seal | None,
    damages: Sequence[Damage],
    contradictions: Sequence[str],
) -> dict[str, Any]:
    """Return what a check of a log found, as a JSON object."""
    return {
        "status": "damaged" if damages or contradictions else "whole",
        "entries": len(entries),
        **(seal_json(seal) if seal else {"seal": None}),
        "damages": [
            {"harm": one.harm.value, "first": one.first, "last": one.last, "said": str(one)}
            for one in damages
        ],
        "contradictions": list(contradictions),
    }


def log_text(entries: Sequence[Entry]) -> tuple[str, Seal]:
    """Return a log as JSON lines, the last of which is its seal; and that seal."""
    seal = Seal(entries=entries[-1].number, hash=entries[-1].hash) if entries else EMPTY
    lines = [*(entry_json(one) for one in entries), seal_json(seal)]
    return "".join(f"{_line(one)}\n" for one in lines), seal


def write_log(path: Path, entries: Sequence[Entry]) -> Seal:
    """Write a log into a file that only its owner may read, whole or not at all; return its seal.

    Raises:
        BadInput: The place cannot be written.
    """
    text, seal = log_text(entries)
    try:
        with replacing(path, private=True) as new:
            new.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise BadInput(f"{path} cannot be written: {exc.strerror}") from exc
    return seal


def read_log(path: Path) -> tuple[list[Entry | Unreadable], Seal | None]:
    """Return the rows of a file, each in its line's place, and the seal if it ends with one.

    Raises:
        BadInput: The file cannot be read.
    """
    lines = _lines(path)
    seal = _seal(lines[-1]) if lines else None
    rows = lines[:-1] if seal else lines
    return [_entry(line, number) for number, line in enumerate(rows, start=1)], seal


def read_seal(path: Path) -> Seal:
    """Return the seal that a file ends with: an exported log, or the seal alone.

    Raises:
        BadInput: The file cannot be read, or ends with no seal.
    """
    lines = _lines(path)
    seal = _seal(lines[-1]) if lines else None
    if seal is None:
        raise BadInput(f"the last line of {path} is no seal", hint=_NO_LOG)
    return seal


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as exc:
        raise BadInput(f"{path} is no log: it is not UTF-8", hint=_NO_LOG) from exc
    except OSError as exc:
        raise BadInput(f"{path} cannot be read: {exc.strerror}") from exc
    return [line for line in text.split("\n") if line.strip()]


def _line(written: dict[str, Any]) -> str:
    return json.dumps(written, ensure_ascii=False, separators=(",", ":"))


def _seal(line: str) -> Seal | None:
    try:
        said = json.loads(line)["seal"]
        return Seal(entries=int(said["entries"]), hash=str(said["hash"]))
    except (ValueError, KeyError, TypeError):
        return None


def _entry(line: str, number: int) -> Entry | Unreadable:
    """Return the entry of a line; only what would be written again in the same way is one."""
    try:
        said = json.loads(line)
        happening = Happening(
            who=said["who"],
            action=said["action"],
            about=said["about"],
            version=said["version"],
            detail=said["detail"],
        )
        entry = Entry(
            number=said["number"],
            at=datetime.fromisoformat(said["at"]),
            happening=happening,
            previous=said["previous"],
            hash=said["hash"],
        )
        same = type(entry.number) is int and _line(entry_json(entry)) == line
    except (ValueError, KeyError, TypeError, AttributeError):
        return Unreadable(number=number, why=f"line {number} is no entry of a log")
    if not same:
        return Unreadable(number=number, why=f"line {number} is written in another way")
    return entry
