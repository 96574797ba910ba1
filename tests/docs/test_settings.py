"""docs/configure.md lists the settings that there are."""

from __future__ import annotations

import tomllib

import pytest

from copilot.config import Settings, read_settings
from tests.docs.pages import ROOT, blocks, table

CONFIGURE = ROOT / "docs" / "configure.md"
ROWS = {
    cells[0].strip("`"): cells
    for cells in table(CONFIGURE, "key", "variable", "default", "what it does")
}


def test_every_setting_is_described_and_no_other():
    """The table and the code name the same keys."""
    assert ROWS.keys() == Settings.model_fields.keys()


@pytest.mark.parametrize("key", Settings.model_fields)
def test_the_variable_is_the_key_in_capitals(key):
    """The variable that is named is the one that is read."""
    assert ROWS[key][1] == f"`COPILOT_{key.upper()}`"


@pytest.mark.parametrize("key", Settings.model_fields)
def test_the_default_is_the_one_of_the_code(key):
    """What stands under `default` is what a workspace without the key gets."""
    shown = ROWS[key][2]
    default = Settings.model_fields[key].default
    value = None if shown == "none" else tomllib.loads(f"it = {shown.strip('`')}")["it"]

    assert value == (list(default) if isinstance(default, tuple) else default)


def test_the_example_is_a_file_that_works(tmp_path):
    """The `copilot.toml` of the page can be used as it stands."""
    [example] = blocks(CONFIGURE, "toml")
    file = tmp_path / "copilot.toml"
    file.write_text(example)

    assert read_settings(file).company == "Harbourlight"
