"""Rows of delimited files, as the standard library reads them, with the place of every character."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.viewing.tables import delimited
from tests.viewing.opened import words

CELLS = st.text(st.sampled_from('ab1 ",;\n\t|é'), max_size=8)
ROWS = st.lists(st.lists(CELLS, min_size=2, max_size=5), min_size=1, max_size=8)


def shown(body):
    """Return the cells of each row as texts."""
    return [["".join(run.text for run in cell.runs) for cell in row.cells] for row in body.rows]


@given(ROWS, st.sampled_from(",;\t|"))
def test_cells_are_what_the_standard_library_reads(rows, delimiter):
    """Whatever is in them: quotes, line ends, the delimiter itself."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator="\n").writerows(rows)
    text = f"sep={delimiter}\n{written.getvalue()}"
    read = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    wanted = [row for row in read if "".join(row).strip() or len(row) > 1]
    body = delimited(text, [])
    whole = shown(body)
    later = body.later
    while later is not None:
        body = delimited(text, [], at=later)
        whole += shown(body)
        later = body.later
    assert [row for row in whole if "".join(row).strip()] == [
        row for row in wanted if "".join(row).strip()
    ]


@given(ROWS, st.data())
def test_the_cells_of_a_quote_are_touched_and_no_others(rows, data):
    """A cell is touched where a character of it is in the quote, and exactly those are marked."""
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows(rows)
    text = written.getvalue()
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    cells = [cell for row in delimited(text, [], mark=(start, end)).rows for cell in row.cells]
    marked = ["".join(run.text for run in cell.runs if run.marked) for cell in cells]
    assert [cell.touched for cell in cells] == [bool(one) for one in marked]
    assert words("".join(marked)) == words(text[start:end])


def test_a_quote_that_never_closes_is_a_letter():
    """As the reader took it when the file was ingested."""
    body = delimited('name,size\n"5 inch,3\nother,4\n', [])
    assert shown(body) == [["name", "size"], ['"5 inch', "3"], ["other", "4"]]


@pytest.mark.parametrize("count", [1, 39, 40, 41, 200])
def test_rows_can_be_gone_back_through(count):
    """Each step back leads to the rows before, until the first."""
    text = "".join(f"r{n},x\n" for n in range(count))
    body = delimited(text, [], at=len(text))
    seen = shown(body)
    while body.earlier is not None:
        body = delimited(text, [], at=body.earlier)
        seen = shown(body) + seen
    assert {row[0] for row in seen} == {f"r{n}" for n in range(count)}


def test_of_a_row_without_end_the_part_around_the_quote_is_shown():
    """A page is for people, whatever a file holds."""
    text = "a,b\n" + "x" * 90_000 + "the quote" + "y" * 90_000 + ",c\n"
    start = text.index("the quote")
    body = delimited(text, [], mark=(start, start + 9))
    [cell] = body.rows[-1].cells
    assert cell.touched
    assert "".join(run.text for run in cell.runs if run.marked) == "the quote"
    assert sum(len(run.text) for run in cell.runs) < 5_000
