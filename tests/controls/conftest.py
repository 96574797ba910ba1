"""Real files of every form, read by the real child process."""

from __future__ import annotations

import csv
import json

import openpyxl
import pytest

from copilot.adapters.control_files import BoundedControlFiles
from copilot.controls.reading import import_controls, read_controls
from copilot.errors import InvalidControls


@pytest.fixture(scope="session")
def files():
    """Return the reader and writer of control files, whose child serves every test."""
    with BoundedControlFiles() as ready:
        yield ready


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a file of any form: text, a tree, rows or sheets of rows."""

    def writing(name, content, *, delimiter=",", encoding="utf-8"):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, str):
            path.write_bytes(content.encode(encoding))
        elif path.suffix == ".xlsx":
            workbook(content if isinstance(content, dict) else {"Controls": content}).save(path)
        elif path.suffix == ".csv":
            with path.open("w", encoding=encoding, newline="") as file:
                csv.writer(file, delimiter=delimiter).writerows(content)
        else:
            path.write_text(json.dumps(content), encoding=encoding)
        return path

    return writing


def workbook(sheets):
    """Return a workbook with those sheets."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


@pytest.fixture
def read(written, files):
    """Return a function that writes a file and reads the controls in it."""

    def reading(name, content, *, columns=None, kind=None, **form):
        return read_controls(
            written(name, content, **form), files=files, columns=columns, kind=kind
        )

    return reading


@pytest.fixture
def imported(written, files):
    """Return a function that writes a file and imports it, with notes."""

    def importing(name, content, *, columns=None, kind=None, **form):
        path = written(name, content, **form)
        return import_controls(path, files=files, columns=columns, kind=kind)

    return importing


@pytest.fixture
def refused(written, files):
    """Return a function that writes a file and returns the error that importing it ends in."""

    def refusing(name, content, *, columns=None, **form):
        path = content if name is None else written(name, content, **form)
        with pytest.raises(InvalidControls) as caught:
            import_controls(path, files=files, columns=columns)
        return caught.value

    return refusing
