"""What settings say of people who sign in: in the file as tables, in variables as pairs."""

from __future__ import annotations

import pytest

from copilot.config import read_settings
from copilot.errors import InvalidSettings


@pytest.fixture
def read(tmp_path):
    """Return a function that reads the settings of a text."""

    def reading(text=""):
        file = tmp_path / "copilot.toml"
        file.write_text(text)
        return read_settings(file)

    return reading


def test_groups_stand_in_tables(read):
    """A group may give one audience or several."""
    given = read('[oidc_roles]\n"a b" = "Admin"\n[oidc_audiences]\ngrc = ["hr", "board"]\nx = "hr"')
    assert given.oidc_roles == {"a b": "admin"}
    assert given.oidc_audiences == {"grc": {"hr", "board"}, "x": {"hr"}}


def test_groups_stand_in_variables(read, monkeypatch):
    """A name may hold an equals sign; one that comes again gives another audience."""
    monkeypatch.setenv("COPILOT_OIDC_ROLES", "CN=grc=compliance, eng=engineer,")
    monkeypatch.setenv("COPILOT_OIDC_AUDIENCES", "grc=hr,grc=board")
    monkeypatch.setenv("COPILOT_OIDC_DOMAINS", " @Example.com, example.org")
    given = read()
    assert given.oidc_roles == {"CN=grc": "compliance", "eng": "engineer"}
    assert given.oidc_audiences == {"grc": {"hr", "board"}}
    assert given.oidc_domains == ("example.com", "example.org")


def test_an_address_loses_its_last_slash(read):
    """So that paths can follow it."""
    assert read('public_url = "https://soc2.example.com/"').public_url == "https://soc2.example.com"
    assert read('oidc_issuer = "http://127.0.0.1:8080"').oidc_issuer == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('oidc_roles = {a = "boss"}', "roles are employee"),
        ('oidc_roles = ["a"]', "it takes a table"),
        ("oidc_roles = {a = 7}", "it takes a table"),
        ('oidc_roles = {"" = "admin"}', "it takes group=word"),
        ('oidc_audiences = {a = "../hr"}', "cannot name an audience"),
        ("oidc_domains = 7", "it takes a list"),
        ('public_url = "soc2.example.com"', "https://"),
        ('public_url = "http://soc2.example.com"', "https://"),
        ('public_url = "ftp://127.0.0.1"', "https://"),
        ('oidc_issuer = "https://user:pass@id.example"', "without a name"),
        ('oidc_issuer = "https://id.example?x=1"', "without a name"),
    ],
)
def test_what_cannot_be_is_named_with_its_line(read, text, said):
    """And with what the setting takes; what was written is not repeated where it may be a secret."""
    with pytest.raises(InvalidSettings, match=said) as refused:
        read(text)
    assert str(refused.value).startswith("copilot.toml:1: `")
    assert "pass" not in str(refused.value)
