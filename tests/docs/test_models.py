"""What the pages say of language models is what the code has."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from copilot import errors
from copilot.domain.calls import Call
from copilot.generation.hiding import KINDS
from copilot.generation.numbering import LONGEST_PASSAGE, MOST_SOURCES
from copilot.generation.prompts import Prompts
from tests.docs.pages import ROOT, blocks, table

PRODUCTION = ROOT / "docs" / "production.md"
SECURITY = ROOT / "docs" / "security.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
PROMPTS = ROOT / "prompts" / "README.md"


def code_words(text):
    """Return what is set as code in a cell."""
    return re.findall(r"`([^`]+)`", text)


def failures(of=errors.ModelUnavailable):
    """Yield every class of failures of a model."""
    for one in of.__subclasses__():
        yield one
        yield from failures(one)


def test_every_failure_is_described():
    """The table has each class with its words and whether it is tried again."""
    rows = table(PRODUCTION, "class in the log", "`mode_reason`", "asked again")

    assert {row[0].strip("`"): row[1] for row in rows} == {
        one.__name__: one.reason for one in failures()
    }
    assert {row[0].strip("`") for row in rows if row[2] == "yes"} == {
        one.__name__ for one in failures() if one.retryable
    }


def test_every_field_of_the_log_of_calls_is_described():
    """The table has the fields of a call in their order."""
    rows = table(PRODUCTION, "field", "what it holds")

    assert [row[0].strip("`") for row in rows] == [one.name for one in dataclasses.fields(Call)]


def test_the_line_of_the_log_that_is_shown_has_every_field():
    """Whoever reads the log with a program can go by the example."""
    [line] = blocks(PRODUCTION, "json")

    assert list(json.loads(line)) == [one.name for one in dataclasses.fields(Call)]


def test_every_kind_of_placeholder_is_described():
    """The table has each kind of what is replaced, and no other."""
    rows = table(SECURITY, "kind", "what")

    assert {row[0].strip("`") for row in rows} == set(KINDS)


def test_how_much_a_model_is_given_is_what_the_page_says():
    """The numbers of passages and characters are those of the code."""
    [row] = [row for row in table(SECURITY, "what", "to whom", "when") if "passages with" in row[0]]

    assert f"up to {MOST_SOURCES} passages" in row[0]
    assert f"{LONGEST_PASSAGE:,} characters" in row[0]


def test_every_prompt_is_described_with_its_variables():
    """The table has the files of the folder and what each of them declares."""
    prompts = Prompts(ROOT / "prompts")
    rows = table(PROMPTS, "prompt", "variables", "what it is for")

    assert {row[0].strip("`"): set(code_words(row[1])) for row in rows} == {
        name: set(prompts.load(name).variables) for name in prompts.names()
    }


def test_every_variable_of_a_prompt_is_explained():
    """No variable is used that the second table does not explain."""
    prompts = Prompts(ROOT / "prompts")
    explained = {
        row[0].strip("`") for row in table(PROMPTS, "variable", "what is put in its place")
    }

    assert explained == {one for name in prompts.names() for one in prompts.load(name).variables}


@pytest.mark.parametrize(
    "page", [ARCHITECTURE, ROOT / "docs" / "extend.md"], ids=lambda one: one.name
)
def test_every_module_that_is_named_exists(page):
    """Whoever looks for a file by the page finds it."""
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "copilot").rglob("*.py")}
    for others in ("bots", "tests"):
        modules |= {path.relative_to(ROOT).as_posix() for path in (ROOT / others).rglob("*.py")}
    text = re.sub(r"```python\n.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    named = set(re.findall(r"(?<![\w*])[\w/]*\w\.py\b", text)) - {"calendars.py"}
    named = {one for one in named if not one.endswith("/calendars.py")}

    assert named
    assert [
        one for one in sorted(named) if not any(f"/{each}".endswith(f"/{one}") for each in modules)
    ] == []
