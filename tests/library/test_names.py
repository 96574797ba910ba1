"""A name that comes from elsewhere never leads anywhere else."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from copilot.errors import BadInput
from copilot.library.names import LONGEST, safe_name
from copilot.library.places import is_place

_PARTS = st.sampled_from(
    ["..", ".", "/", "\\", "\0", "\n", "\u202e", "\ud800", "%2e%2e", "a", "é", "e\u0301", " ", "~",
     "evidence", "manifest.yaml", ".meta.yaml", ".pdf", "C:", "\u200b", "ﷺ", "字" * 90, "\uff0f"]
)  # fmt: skip
NAMES = st.lists(_PARTS | st.text(max_size=12), max_size=12).map("".join)


@given(NAMES)
def test_a_name_never_leaves_its_folder(name):
    """Whatever a client calls a file, it stands in the folder it is put into, and can be seen there."""
    try:
        safe = safe_name(name)
    except BadInput:
        assume(False)
    path = os.path.normpath(f"/workspace/evidence/{safe}")
    assert os.path.dirname(path) == "/workspace/evidence"
    assert os.path.basename(path) == safe
    assert not safe.startswith(".")
    assert len(safe.encode()) <= LONGEST
    assert all(unicodedata.category(one)[0] != "C" for one in safe)
    assert unicodedata.is_normalized("NFC", safe)
    assert is_place(f"evidence/{safe}")


@settings(max_examples=50)
@given(NAMES)
def test_a_safe_name_stays_as_it_is(name):
    """Making a name safe twice is the same as once."""
    try:
        safe = safe_name(name)
    except BadInput:
        assume(False)
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("report.pdf", "report.pdf", id="as it is"),
        pytest.param("../../etc/passwd", "passwd", id="a path"),
        pytest.param("C:\\evidence\\q1.csv", "q1.csv", id="a path of Windows"),
        pytest.param("..hidden.md ", "hidden.md", id="hidden"),
        pytest.param("a\u202egpj.exe", "agpj.exe", id="written backwards"),
        pytest.param("U\u0308bersicht.md", "Übersicht.md", id="two ways to write it"),
        pytest.param(f"{'x' * 300}.pdf", f"{'x' * 196}.pdf", id="too long"),
        pytest.param("two\n\tlines.txt", "twolines.txt", id="two lines"),
    ],
)
def test_names_are_kept_as_far_as_they_are_safe(given, kept):
    """What people see of a name stays."""
    assert safe_name(given) == kept


@pytest.mark.parametrize(
    "name",
    [
        "",
        "...",
        "/",
        "\0",
        "manifest.yaml",
        "MANIFEST.YML",
        "x.pdf.meta.yaml",
        "people.yaml",
        "a/..",
    ],
)
def test_names_that_mean_something_to_the_product_are_refused(name):
    """Nobody changes what is said about other files by the name of an upload."""
    with pytest.raises(BadInput):
        safe_name(name)


@pytest.mark.parametrize(
    "path",
    ["copilot.toml", "evidence", "evidence/", "evidence/../copilot.toml", "evidence//a", "/etc/passwd",
     "evidence/./a", "evidence/.change-1.file", ".copilot/truth.db", "evidence/manifest.yaml",
     "evidence/a.meta.yml", "knowledge/tsc/a.yaml", "evidence/a\0b"],
)  # fmt: skip
def test_only_files_of_the_four_folders_have_a_place(path):
    """Nothing else can be described or removed by its path."""
    assert not is_place(path)
