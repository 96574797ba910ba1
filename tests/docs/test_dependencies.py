"""docs/decisions/0007 speaks of every dependency, and says the licence that it has."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import distribution, metadata

import pytest

from tests.docs.pages import ROOT, tables

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNS, DEVELOPS = tables(
    ROOT / "docs" / "decisions" / "0007-dependencies.md", "package", "why", "licence"
)


def names(requirements: Iterable[str]) -> set[str]:
    """Return the names of packages without extras and versions."""
    return {re.split(r"[^\w.-]", one)[0] for one in requirements}


def test_what_runs_is_described():
    """The first table names the dependencies of the product and no other."""
    assert {row[0] for row in RUNS} == names(PROJECT["project"]["dependencies"])


def test_what_only_development_needs_is_described():
    """The second table names the packages of the group `dev` and no other."""
    assert {row[0] for row in DEVELOPS} == names(PROJECT["dependency-groups"]["dev"])


@pytest.mark.parametrize("row", [*RUNS, *DEVELOPS], ids=lambda row: row[0])
def test_a_licence_is_the_one_that_the_package_states(row):
    """The first word of the licence stands in what the installed package says of itself."""
    about = metadata(row[0])
    fields = ("License-Expression", "License", "Classifier")
    stated = " ".join(value for name in fields for value in about.get_all(name, []))
    if (
        not about.get("License-Expression")
        and not about.get("License")
        and "License ::" not in stated
    ):
        # It says so only in the file that it brings.
        [brought] = [one for one in distribution(row[0]).files or () if one.name == "LICENSE"]
        stated = brought.read_text().partition("\n")[0]
    family = re.split("[^A-Za-z]", row[2])[0]

    assert family in stated
