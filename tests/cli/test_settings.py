"""The settings of a workspace: the file, the environment, and what is wrong with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from copilot import config
from copilot.domain.criteria import Category
from copilot.domain.periods import Period
from copilot.errors import InvalidSettings, NoWorkspace

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch):
    for name in (*config.Settings.model_fields, "home"):
        monkeypatch.delenv(f"COPILOT_{name.upper()}", raising=False)


@pytest.fixture
def read(tmp_path):
    """Return a function that reads settings from a text."""

    def reading(text):
        file = tmp_path / "copilot.toml"
        file.write_text(text, encoding="utf-8")
        return config.read_settings(file)

    return reading


def test_every_setting_has_a_default(read):
    """An empty file is a complete one."""
    settings = read("")
    assert settings.period is None
    assert settings.categories == (Category.SECURITY,)


@pytest.mark.parametrize(
    "written", ['"2026"', '"2026-01-01..2026-12-31"', '" 2026-01 .. 2026-12 "']
)
def test_a_period_is_read_as_people_write_it(read, written):
    """Years, months and days name the same stretch."""
    assert read(f"period = {written}").period == YEAR


@pytest.mark.parametrize(
    "written", ['["security", "privacy"]', '"Security, Privacy"', '["SECURITY", " privacy "]']
)
def test_categories_are_a_list_or_a_line(read, written):
    """Case and spaces do not matter."""
    assert read(f"categories = {written}").categories == (Category.SECURITY, Category.PRIVACY)


def test_a_category_of_two_words_may_have_a_dash(read):
    """`processing-integrity` is what a variable of the environment would hold."""
    settings = read('categories = "processing-integrity"')
    assert settings.categories == (Category.PROCESSING_INTEGRITY,)


def test_a_mark_at_the_start_of_the_file_is_no_mistake(read):
    """Some editors write one."""
    assert read('\ufeffcompany = "A"').company == "A"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('company = "A"\nperod = "2026"', "copilot.toml:2: .*no setting `perod`.*`period`"),
        ("zzz = 1", "copilot.toml:1: there is no setting `zzz`$"),
        ("[company]\nname = 1", "copilot.toml:1: `company` takes text"),
        ("company = 7", "`company` takes text, in quotes"),
        ("period = 2026", "`period` cannot be used: a period is text"),
        ("period = 2026-01-01", "`period` cannot be used: a period is text"),
        ('period = "soon"', "'soon' is not a period .* Write 2026"),
        (
            'period = "2026-12-01..2026-01-31"',
            "ends on 2026-01-31, before it starts on 2026-12-01$",
        ),
        ('period = "2026-02-30"', "'2026-02-30' is not a period"),
        ('categories = ["securty"]', "has 'securty'; it takes security, availability"),
        ("categories = 7", "`categories` takes a list"),
        ('audit_type = "type III"', '`audit_type` takes "type I" or "type II"'),
        ('readers = "lots"', "`readers` takes a whole number"),
        ("readers = 0", "`readers` takes at least 1"),
        ("readers = 65", "`readers` takes at most 64"),
        ("readers = 1.5", "`readers` takes a whole number"),
        ('parse_seconds = "long"', "`parse_seconds` takes a number"),
        ("parse_seconds = 0", "`parse_seconds` takes more than 0"),
        ("company = [1", "is not valid TOML: .*"),
        ('company = "A"\nperiod = soon', "is not valid TOML: .*line 2"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_is_taken(read, text, said):
    """Whoever edits the file is told where and what, in plain words."""
    with pytest.raises(InvalidSettings, match=said):
        read(text)


def test_every_mistake_is_named_at_once(read):
    """Nobody has to run the command once for each mistake."""
    with pytest.raises(InvalidSettings) as refused:
        read('perod = "2026"\nreaders = 0')
    assert len(str(refused.value).splitlines()) == 2


def test_the_settings_are_listed_where_one_is_unknown(read):
    """The hint is the list."""
    with pytest.raises(InvalidSettings) as refused:
        read("zzz = 1")
    assert "period" in refused.value.hint


def test_a_secret_is_not_repeated_in_the_message(read):
    """A URL may hold a password."""
    with pytest.raises(InvalidSettings) as refused:
        read('database_url = ["postgresql://u:hunter2@h/d"]')
    assert "hunter2" not in str(refused.value)


def test_a_file_of_another_encoding_is_refused(tmp_path):
    """Text that is not UTF-8 is refused with what to do."""
    file = tmp_path / "copilot.toml"
    file.write_bytes('company = "Jörg"'.encode("latin-1"))
    with pytest.raises(InvalidSettings, match="not UTF-8"):
        config.read_settings(file)


def test_the_environment_wins_over_the_file(read, monkeypatch):
    """What is set for one command is stronger than what is written down."""
    monkeypatch.setenv("COPILOT_PERIOD", "2026")
    monkeypatch.setenv("COPILOT_CATEGORIES", "availability,privacy")
    settings = read('period = "2025"\ncategories = ["security"]')
    assert settings.period == YEAR
    assert settings.categories == (Category.AVAILABILITY, Category.PRIVACY)


def test_a_mistake_in_the_environment_names_the_variable(read, monkeypatch):
    """The file is not blamed for what it does not hold."""
    monkeypatch.setenv("COPILOT_READERS", "many")
    with pytest.raises(InvalidSettings, match=r"^COPILOT_READERS: `readers` takes a whole number"):
        read("readers = 2")


def test_only_near_misses_of_a_variable_are_named(monkeypatch):
    """Other products use the same beginning, and are none of our business."""
    monkeypatch.setenv("COPILOT_PERIODS", "2026")
    monkeypatch.setenv("COPILOT_AGENT_TOKEN", "x")
    assert list(config.misspelt_variables()) == [
        "COPILOT_PERIODS sets nothing; COPILOT_PERIOD is a setting."
    ]


def test_the_nearest_workspace_upward_is_found(tmp_path):
    """A command may be run from any folder of a workspace."""
    (tmp_path / "copilot.toml").touch()
    deep = tmp_path / "policies" / "security"
    deep.mkdir(parents=True)
    assert config.find_workspace(deep).root == tmp_path.resolve()


def test_home_is_stronger_than_the_folder(tmp_path, monkeypatch):
    """`COPILOT_HOME` names the workspace from anywhere."""
    (tmp_path / "copilot.toml").write_text('company = "A"')
    monkeypatch.setenv("COPILOT_HOME", str(tmp_path))
    assert config.find_workspace(Path("/")).settings.company == "A"


def test_home_must_be_a_folder(tmp_path, monkeypatch):
    """A slip in the variable makes no new workspace."""
    monkeypatch.setenv("COPILOT_HOME", str(tmp_path / "gone"))
    with pytest.raises(NoWorkspace, match=r"COPILOT_HOME names .*gone"):
        config.find_workspace()


def test_no_workspace_says_how_to_make_one(tmp_path):
    """The first thing that a newcomer meets."""
    with pytest.raises(NoWorkspace) as refused:
        config.find_workspace(tmp_path)
    assert "copilot init" in refused.value.hint


def test_a_folder_may_be_called_anything(tmp_path):
    """Signs with a meaning in URLs do not send the database elsewhere."""
    folder = tmp_path / "a b?c#d%20"
    folder.mkdir()
    (folder / "copilot.toml").touch()
    workspace = config.find_workspace(folder)
    assert sa.make_url(workspace.database_url).database == str(workspace.state / "truth.db")
