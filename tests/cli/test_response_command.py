"""`copilot draft response` as people and programs use it."""

from __future__ import annotations

import json
import shutil

import pytest
import typer

from copilot.cli.response_command import response
from copilot.errors import BadInput
from copilot.responses.findings import parse_finding


@pytest.fixture(scope="module")
def drafted(copilot, sample_folder, tmp_path_factory):
    """Return the process that drafted a response in a copy of the sample company, and its file."""
    folder = shutil.copytree(sample_folder, tmp_path_factory.mktemp("responses") / "company")
    done = copilot(
        "draft", "response", "findings/late-access-removal.yaml", "--out", "response.md", "--json",
        cwd=folder,
    )  # fmt: skip
    return done, folder


def test_a_response_is_drafted_saved_and_written(drafted, document):
    """One document on standard output, one file, one item that waits for review."""
    done, folder = drafted
    printed = document(done)

    assert done.returncode == 0
    assert printed["item"] == "response/F-2025-01"
    assert printed["state"] == "draft"
    assert printed["outline"] == "late-access-removal, exception"
    assert {one["role"] for one in printed["open_questions"]} >= {"Head of IT"}
    assert all(one["verified"] for one in printed["citations"])
    assert "# Management response to F-2025-01" in (folder / "response.md").read_text()


def test_whoever_drafts_is_told_what_it_was_read_as(drafted):
    """The kind decides what is asked, so it is said, with how to name another."""
    done, _ = drafted

    assert "Access of a leaver removed late (late-access-removal)" in done.stderr
    assert "response/F-2025-01, version 1 (draft)" in done.stderr


def test_a_finding_with_mistakes_is_refused_and_nothing_is_written(copilot, drafted):
    """File, line and hint; neither a draft nor a file is left behind."""
    _, folder = drafted
    (folder / "bad.yaml").write_text("id: F-1\ncriterion: CC6.12\nexceptions: One is missing.\n")

    done = copilot("draft", "response", "bad.yaml", "--out", "bad.md", cwd=folder)

    assert done.returncode == 2
    assert "bad.yaml:1: the field `control` is missing" in done.stderr
    assert "bad.yaml:2: " in done.stderr
    assert "--template" in done.stderr
    assert not (folder / "bad.md").exists()
    assert done.stdout == ""


def test_a_template_can_be_printed_anywhere(capsys):
    """It needs no workspace and is a finding."""
    response(template=True)

    assert parse_finding(capsys.readouterr().out, name="template").id == "F-2026-01"


def test_without_a_finding_the_template_is_named():
    """Whoever only types the command learns how to begin."""
    with pytest.raises(BadInput) as caught:
        response()

    assert "--template" in caught.value.hint


def test_an_edited_response_is_looked_through(tmp_path, capsys):
    """Each phrase with its line, why, and what to write in its place; the status tells."""
    file = tmp_path / "edited.md"
    file.write_text("# Response\n\nThis was an isolated\nincident due to human error.\n")
    with pytest.raises(typer.Exit) as caught:
        response(check=file, as_json=True)
    remarks = json.loads(capsys.readouterr().out)["remarks"]

    assert caught.value.exit_code == 1
    assert [(one["phrase"], one["line"]) for one in remarks] == [
        ("isolated incident", 3),
        ("human error", 4),
    ]
    assert all(one["why"] and one["instead"] for one in remarks)


def test_a_response_without_such_phrases_passes(tmp_path, capsys):
    """Nothing to say is said as well."""
    file = tmp_path / "edited.md"
    file.write_text("The account was open for four days after the limit.\n")
    response(check=file)

    assert "No phrase to avoid was found." in capsys.readouterr().out


def test_a_response_that_is_no_text_is_refused(tmp_path):
    """A Word file is named where Markdown is meant."""
    file = tmp_path / "edited.docx"
    file.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(BadInput, match="is not UTF-8 text"):
        response(check=file)
