"""Write controls, and what is suggested for them, into files that other programs read.

What is written and read again is the same: ids, texts, owners, frequencies, systems, the criteria
that the company names. Suggestions stand beside them and are not read back, since they are nobody's
word yet.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from copilot.controls.oscal_writing import component_definition
from copilot.controls.reading import LONGEST_TEXT
from copilot.controls.texts import many_lines, one_line
from copilot.domain.controls import ControlId
from copilot.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from copilot.domain.controls import Because, Control, Suggestion, Suggestions
    from copilot.ports import ControlFiles

FORMS: Final = ("csv", "xlsx", "json", "oscal")
_HEADER: Final = (
    "id", "title", "description", "owner", "frequency", "system", "criteria", "kind",
    "suggested", "confidence", "reason",
)  # fmt: skip


def write_controls(
    path: Path,
    controls: Sequence[Control],
    suggestions: Iterable[Suggestions] = (),
    *,
    files: ControlFiles,
    form: str = "",
    when: datetime | None = None,
) -> None:
    """Write controls and what is suggested for them.

    Args:
        path: Where to; an existing file is replaced, as a whole or not at all.
        controls: In the order in which they are written.
        suggestions: For any of them.
        files: Writes the file.
        form: `csv`, `xlsx`, `json` or `oscal`; without it the name tells: `.oscal.json` is OSCAL.
        when: What an OSCAL document says of its age; now, if nothing is said.

    Raises:
        BadInput: The form is unknown, a text is too long for it, or the place cannot be written.
    """
    form = form or form_of(path)
    by_id = {one.control: one for one in suggestions}
    tidied = [tidy(control) for control in controls]
    for control in tidied:
        if max(map(len, (control.id, control.title, control.description))) > LONGEST_TEXT:
            raise BadInput(
                f"control {control.id} has a text of more than {LONGEST_TEXT:,} characters"
            )
    match form:
        case "csv" | "xlsx":
            rows = [_HEADER, *(_row(one, by_id.get(one.id)) for one in tidied)]
            files.write_tables(path, {"Controls": rows})
        case "json":
            plain = [_plain(one, by_id.get(one.id)) for one in tidied]
            files.write_tree(path, {"controls": plain})
        case "oscal":
            moment = (when or datetime.now(UTC)).astimezone(UTC)
            files.write_tree(path, component_definition(tidied, by_id, when=moment))
        case _:
            raise BadInput(
                f"controls are not written as {form!r}", hint=f"Forms are {', '.join(FORMS)}."
            )


def form_of(path: Path) -> str:
    """Return the form that a file's name asks for.

    Raises:
        BadInput: It asks for none that is written.
    """
    name = path.name.lower()
    if name.endswith((".oscal.json", ".oscal")):
        return "oscal"
    if path.suffix.lower() in {".csv", ".xlsx", ".json"}:
        return path.suffix.lower().removeprefix(".")
    raise BadInput(
        f"controls are not written as {path.suffix or path.name}",
        hint="Name the file .csv, .xlsx, .json or .oscal.json.",
    )


def tidy(control: Control) -> Control:
    """Return a control in the form that every file keeps: as it is when it has been read."""
    return replace(
        control,
        id=ControlId(one_line(control.id)),
        title=one_line(control.title),
        description=many_lines(control.description),
        owner=one_line(control.owner),
        system=one_line(control.system),
    )


def _row(control: Control, suggested: Suggestions | None) -> tuple[str, ...]:
    decided = _decided(suggested)
    return (
        control.id,
        control.title,
        control.description,
        control.owner,
        str(control.frequency or ""),
        control.system,
        ";".join(control.criteria),
        str(control.kind),
        ";".join(one.criterion for one in decided),
        ";".join(f"{one.confidence:.2f}" for one in decided),
        "\n".join(f"{one.criterion}: {one_line(one.reason)}" for one in decided if one.reason),
    )


def _decided(suggested: Suggestions | None) -> list[Suggestion]:
    if suggested is None:
        return []
    ranked = {one.criterion: one for one in suggested.ranked}
    return [ranked[criterion] for criterion in suggested.decided if criterion in ranked]


def _plain(control: Control, suggested: Suggestions | None) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": control.id,
        "title": control.title,
        "description": control.description,
        "owner": control.owner,
        "frequency": str(control.frequency) if control.frequency else None,
        "system": control.system,
        "criteria": list(control.criteria),
        "kind": str(control.kind),
    }
    if suggested:
        plain["suggestions"] = [suggestion_json(one) for one in suggested.ranked]
        plain["decided"] = list(suggested.decided)
    return plain


def suggestion_json(suggestion: Suggestion) -> Mapping[str, Any]:
    """Return a suggestion as JSON has it, in files and on the command line."""
    return {
        "criterion": suggestion.criterion,
        "confidence": round(suggestion.confidence, 4),
        "reason": suggestion.reason,
        "because": [_because(one) for one in suggestion.because],
    }


def _because(because: Because) -> Mapping[str, Any]:
    return {
        "kind": because.kind,
        "source": because.source,
        "title": because.title,
        "quote": because.quote,
        "start": because.start,
        "end": because.end,
        "likeness": round(because.likeness, 4),
        "point": because.point,
    }
