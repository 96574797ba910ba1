"""docs/configure.md lists the settings that there are."""

from __future__ import annotations

import re
import tomllib

import pytest

from copilot.adapters.chat_addresses import PROVIDERS
from copilot.config import Settings, read_settings
from copilot.generation.hiding import read_hidden
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


def test_the_whole_example_is_a_file_that_works(tmp_path):
    """The whole `copilot.toml` of the page can be used as it stands."""
    file = tmp_path / "copilot.toml"
    file.write_text(blocks(CONFIGURE, "toml")[0])

    assert read_settings(file).company == "Harbourlight"


def test_the_example_with_a_model_is_a_file_that_works(tmp_path):
    """So can the lines about a language model, expressions and prices included."""
    file = tmp_path / "copilot.toml"
    file.write_text(blocks(CONFIGURE, "toml")[1])

    settings = read_settings(file)

    assert settings.model_price == (0.4, 1.6)
    assert [one.pattern for one in read_hidden(settings.hide)] == list(settings.hide)


def test_the_variables_of_the_page_are_settings():
    """No example exports a variable that sets nothing."""
    shown = {
        name for block in blocks(CONFIGURE, "sh") for name in re.findall(r"\bCOPILOT_(\w+)=", block)
    }

    assert shown <= {key.upper() for key in Settings.model_fields}
    assert {"MODEL", "BASE_URL", "ENCODER"} <= shown


def test_every_provider_is_described():
    """The table of models and the code name the same providers and variables of their keys."""
    rows = table(CONFIGURE, "model", "example", "key", "what to install")
    text = " ".join(" ".join(row) for row in rows)

    assert set(re.findall(r"`(\w+):(?!//)", text)) == PROVIDERS.keys()
    for provider in PROVIDERS.values():
        assert all(f"`{name}`" in text for name in provider.keys)
        assert not provider.extra or f"[{provider.extra}]" in text
