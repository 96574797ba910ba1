"""What a newcomer types and gets wrong: each is told what to do, and nothing is left half done."""

from __future__ import annotations

import pytest

from tests.cli.within import run
from tests.workspaces import open_workspace

LIST = "id,title,description\nAC-01,Access review,Owners review all accounts each quarter.\n"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        pytest.param(["init", " "], "the name of the folder is empty", id="no folder"),
        pytest.param(["catalog", "CC6"], "CC6.1 to CC6.8", id="a series"),
        pytest.param(["catalog", "P1.2"], "The nearest is P1.1.", id="beyond the last"),
        pytest.param(["catalog", "--folder", "gone"], "gone is no folder", id="no knowledge"),
        pytest.param(["search", "x", "-k", "0"], "it must be at least 1", id="too few"),
        pytest.param(["search", "x", "-k", "ten"], "it is no whole number", id="no number"),
        pytest.param(["search", "x", "--kind", "catalog"], "Kinds are policy", id="no own kind"),
        pytest.param(
            ["search", "x", "--category", "privacy", "--criterion", "CC6.1"],
            "CC6.1 is not of the category privacy",
            id="nothing in common",
        ),
        pytest.param(["map", "controls"], "controls is a folder", id="a folder"),
        pytest.param(["doctor", "--server", "u"], "stands before the command", id="too late"),
        pytest.param(["map", "a.csv", "--out", "./a.csv"], "would be replaced", id="itself"),
        pytest.param(["readiness", "--out", "controls"], "not written to controls", id="no form"),
        pytest.param(["ingest", ".."], "has the workspace itself in it", id="too much"),
        pytest.param(
            ["ingest", "--audience", "A & B"], "cannot name an audience", id="no audience"
        ),
        pytest.param(["draft", "response", "--check", "gone.md"], "gone.md cannot be", id="gone"),
    ],
)
def test_a_wrong_word_is_told_and_changes_nothing(empty, typed, said):
    """The status of a wrong use, words that help, and every file as it was."""
    (empty / "controls").mkdir()
    (empty / "a.csv").write_text(LIST)
    done = run(*typed, cwd=empty)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.split())
    assert (empty / "a.csv").read_text() == LIST
    assert {one.name for one in empty.iterdir()} <= {
        ".copilot",
        "a.csv",
        "controls",
        "copilot.toml",
    }


def test_what_is_no_address_of_a_database_is_not_repeated(empty):
    """It names the setting and how it is written; the value may hold a password."""
    (empty / "copilot.toml").write_text('database_url = "my-secret@host"\n')
    done = run("review", "list", cwd=empty)
    assert done.returncode == 2
    assert "`database_url`" in done.stderr
    assert "my-secret" not in done.stderr


def test_the_folder_one_stands_in_has_a_name(tmp_path):
    """`init .` says so in words and not with two full stops."""
    done = run("init", ".", cwd=tmp_path)
    assert done.stdout.startswith("Made a workspace in this folder.\n")


def test_the_doctor_names_a_list_of_controls_that_cannot_be_read(empty):
    """It keeps readiness from being told; nothing else is broken where nothing was ever ingested."""
    (empty / "controls").mkdir()
    (empty / "controls" / "list.csv").write_text(LIST + "AC-01,Twice,The same id again.\n")
    done = run("doctor", "--json", cwd=empty)
    (found,) = (one for one in done.json["findings"] if one["health"] == "broken")
    assert (done.returncode, found["what"]) == (1, "lists of controls")
    assert "AC-01" in found["details"][0]


def test_records_that_are_missing_are_one_line_for_each_series(company):
    """A monthly record with eight gaps is one thing to look for."""
    found = run("doctor", "--json", cwd=company).json["findings"]
    (missing,) = (one["details"] for one in found if one["what"] == "missing records")
    assert len(missing) == len({line.partition(" for ")[0] for line in missing}) > 1


def test_an_item_without_entries_is_not_an_empty_log(empty):
    """The answer is about what was asked."""
    assert "about policy/x" in run("log", "--about", "policy/x", cwd=empty).stdout


def test_a_difference_in_a_file_has_the_lines_of_the_text(empty):
    """A pipe gets every line whole, so that it can be kept or handed on."""
    long = "- " + "word " * 60 + "end."
    (empty / "one.md").write_text(f"# A\n\n{long}\n")
    (empty / "two.md").write_text(f"# A\n\n{long} More.\n")
    run("review", "save", "response/r", "one.md", cwd=empty)
    run("review", "save", "response/r", "two.md", "--base", "1", cwd=empty)
    diff = run("review", "diff", "response/r", cwd=empty).stdout
    shown = run("review", "show", "response/r", cwd=empty).stdout
    assert f"+{long} More." in diff.splitlines()
    assert f"{long} More." in shown.splitlines()


def test_an_excerpt_ends_with_a_whole_word(company):
    """No result breaks off within a word."""
    done = run("search", "restore", "-k", "5", cwd=company)
    cut = [
        line.removesuffix(" …").split()[-1]
        for line in done.stdout.splitlines()
        if line.endswith(" …")
    ]
    text = " ".join(
        one["text"]
        for one in run("search", "restore", "-k", "5", "--json", cwd=company).json["results"]
    )
    assert set(cut) <= set(text.split())


def test_a_search_is_narrowed_to_a_category(company):
    """What comes back is labelled with a criterion of it."""
    done = run("search", "backup", "--category", "availability", "--json", cwd=company)
    with open_workspace(company) as wired:
        listed = wired.truth.sources(principal=wired.principal(None))
    labels = {one.path: one.metadata.criteria for one in listed}
    found = {one["source"] for one in done.json["results"]}
    assert found
    assert all(any(label.startswith("A1.") for label in labels[one]) for one in found)
