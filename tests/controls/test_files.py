"""What the child makes of a file, looked at without a child."""

from __future__ import annotations

import pytest

from copilot.adapters.control_files import BoundedControlFiles, held
from copilot.adapters.parsing import Limits
from copilot.errors import OverLimits, UnreadableFile
from tests.controls.conftest import workbook
from tests.controls.test_tables import put_results

TEXTS = {
    "c.csv": "sep=;\nid;text\n\nA-1;\"one\ntwo\"\n",
    "latin.csv": b"id|text\nA-1|caf\xe9\n",
    "c.json": '{"a": 1, "b": [{"id": 1.10}, {"id": true}]}',
    "list.json": '[\n{"id": null},\n{"id": "A-2"}]',
    "c.jsonl": '{"id": 1}\n\n{"id": 2}\n',
    "c.yaml": "a: &a {id: 1.10}\nb:\n  - <<: *a\n    text: ~\n",
    "list.yaml": "- id: A-1\n---\n- id: A-2\n---\nid: A-3\n",
}  # fmt: skip
BROKEN = {
    "quote.csv": 'id,text\nA-1,"open\n',
    "long.csv": "id,text\nA-1," + "x" * 1_100_000,
    "open.json": '[{"id": ]',
    "twice.json": '[{"id": 1, "id": 2}]',
    "open.jsonl": "{",
    "twice.jsonl": '{"id": 1, "id": 2}',
    "open.yaml": "a: [",
    "bell.yaml": "a: \x07",
    "twice.yaml": "a: 1\na: 2\n",
    "page.csv": "<html>",
    "note.xlsx": "a note",
    "empty.csv": "",
    "c.pdf": "x",
}


def put(path, content):
    """Write text or bytes and return where."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", TEXTS)
def test_the_child_changes_nothing(name, tmp_path, files):
    """What comes out of the child is what the readers gave."""
    path = put(tmp_path / name, TEXTS[name])
    plain, content = held(path, name), files.read(path)
    assert (plain.get("tree"), plain.get("lines", {})) == (content.tree, content.lines)
    rows = [[(number, tuple(cells)) for number, cells in g["rows"]] for g in plain.get("grids", ())]
    assert rows == [list(grid.rows) for grid in content.grids]
    assert tuple(plain["notes"]) == content.notes


def test_a_workbook(tmp_path, files):
    """Values, faults and hidden sheets of a workbook are told."""
    book = workbook({"One": [["id", "x"], [1.0, "=B9"], [True, "#N/A"], [0.1, None]], "Two": [[]]})
    book["One"].merge_cells("A3:A4")
    book["Two"].sheet_state = "hidden"
    path = tmp_path / "c.xlsx"
    book.save(path)
    plain, content = held(path, "c.xlsx"), files.read(path)
    assert content.notes == ("sheet Two is hidden",) == tuple(plain["notes"])
    [one, two] = content.grids
    assert one.rows[1:3] == ((2, ("1", "")), (3, ("yes", "#N/A")))
    assert [(fault.row, fault.column) for fault in one.faults] == [(3, 2), (2, 2), (3, 1)]
    assert (plain["grids"][0]["sheet"], two.rows) == ("One", ())


def test_a_saved_result_that_is_empty_is_no_fault(tmp_path):
    """A formula that gave an empty text has been computed."""
    path = tmp_path / "c.xlsx"
    workbook({"One": [["id"], ['=""']]}).save(path)
    assert len(held(path, "c.xlsx")["grids"][0]["faults"]) == 1
    put_results(path, {'""': "", "&quot;&quot;": ""})
    assert held(path, "c.xlsx")["grids"][0]["faults"] == []


@pytest.mark.parametrize("name", BROKEN)
def test_damage_is_named(name, tmp_path):
    """A file that cannot be read says why, and never in a way that we did not choose."""
    with pytest.raises(UnreadableFile):
        held(put(tmp_path / name, BROKEN[name]), name)


def test_a_file_over_the_limit_is_not_opened(tmp_path):
    """A file that is too large never reaches the child."""
    path = put(tmp_path / "c.csv", "x" * 2_000_000)
    with BoundedControlFiles(Limits(file_megabytes=1)) as files, pytest.raises(OverLimits):
        files.read(path)
