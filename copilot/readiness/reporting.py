"""Readiness written to files: a report to look at, tables for spreadsheets, JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.errors import BadInput
from copilot.readiness.oscal import assessment_results
from copilot.readiness.page import page
from copilot.readiness.plain import readiness_json
from copilot.readiness.tables import criteria_rows, readiness_tables

if TYPE_CHECKING:
    from pathlib import Path

    from copilot.ports import ControlFiles
    from copilot.readiness.assessing import Readiness

FORMS: Final = (".html", ".xlsx", ".csv", ".oscal.json", ".json")


def form_of(path: Path) -> str:
    """Return the form that a file's name asks for: one of `FORMS`.

    Raises:
        BadInput: It asks for none of them.
    """
    name = path.name.lower()
    form = next((one for one in FORMS if name.endswith(one)), "")
    if not form:
        raise BadInput(
            f"readiness is not written to {path}",
            hint=f"Name a file that ends in {', '.join(FORMS[:-1])} or {FORMS[-1]}.",
        )
    return form


def write_report(path: Path, readiness: Readiness, *, files: ControlFiles) -> None:
    """Write readiness in the form that the file's name asks for; what was there is replaced.

    CSV has a row for each criterion; XLSX has the matrix, gaps and tasks as well.

    Raises:
        BadInput: The form is unknown, or the place cannot be written.
    """
    match form_of(path):
        case ".html":
            files.write_text(path, page(readiness))
        case ".xlsx":
            files.write_tables(path, readiness_tables(readiness))
        case ".csv":
            files.write_tables(path, {"Criteria": criteria_rows(readiness)})
        case ".oscal.json":
            files.write_tree(path, assessment_results(readiness))
        case _:
            files.write_tree(path, readiness_json(readiness))
