"""`copilot draft`."""

from __future__ import annotations

import shutil

import docx
import pytest

from copilot.cli import draft_command
from copilot.drafting import markup
from copilot.errors import BadInput

PEOPLE = """\
people:
  - {id: ada, name: Ada Auditor, email: ada@nobody.example, role: auditor}
"""


@pytest.fixture(scope="module")
def drafted(copilot, company, tmp_path_factory):
    """Return the finished process that drafted a policy for the sample company, and its file."""
    folder = shutil.copytree(company, tmp_path_factory.mktemp("drafted") / "company")
    file = folder / "backup.md"
    return copilot(
        "draft", "policy", "Backup policy", "--out", str(file), "--json", cwd=folder
    ), file


def test_a_draft_is_one_json_document(drafted, document):
    """With its text, what it leaves open, what it cites and what it covers."""
    done, _ = drafted
    read = document(done)
    assert done.returncode == 0
    assert (read["item"], read["version"], read["state"]) == ("policy/backup", 1, "draft")
    assert read["company"] == "Harbourlight"
    assert read["outline"].startswith("backup ")
    assert read["citations"]
    assert all(one["verified"] and one["quote"] for one in read["citations"])
    assert {one["criterion"] for one in read["coverage"]} >= {"A1.2"}
    for mark in (*read["open_questions"], *read["to_confirm"]):
        place = mark["places"][0]
        assert read["text"][place["start"] : place["end"]].startswith("[")


def test_the_file_holds_the_draft(drafted, document):
    """Markdown is written as it is kept."""
    done, file = drafted
    text = file.read_text(encoding="utf-8")
    assert text == document(done)["text"]
    assert markup.read(text).title == "Backup policy"


def test_what_is_open_is_told_on_stderr(drafted):
    """With the number of the version that waits for review."""
    done, file = drafted
    said = " ".join(done.stderr.split())
    assert "to confirm" in said
    assert "Kept as policy/backup, version 1 (draft)." in said
    assert f"Written to {file}." in said


def test_a_file_that_exists_is_not_replaced(copilot, drafted):
    """Without --force nothing is drafted either."""
    _, file = drafted
    before = file.read_bytes()
    done = copilot("draft", "policy", "backup", "--out", str(file), cwd=file.parent)
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert file.read_bytes() == before


def test_without_a_file_the_markdown_goes_to_stdout(copilot, empty):
    """A workspace with nothing in it gets a draft that asks."""
    done = copilot("draft", "policy", "backup", cwd=empty)
    assert done.returncode == 0
    read = markup.read(done.stdout)
    assert done.stdout.startswith("---\n")
    assert read.questions
    assert "Nobody Ltd" in done.stdout


def test_a_draft_becomes_a_document_of_word(copilot, empty):
    """The form follows the name of the file, and --force replaces one."""
    file = empty / "code.docx"
    file.write_text("not a document")
    done = copilot("draft", "policy", "code-of-conduct", "--out", str(file), "--force", cwd=empty)
    assert done.returncode == 0
    texts = [one.text for one in docx.Document(str(file)).paragraphs]
    assert any("Code of conduct" in one for one in texts)


def test_an_unknown_kind_is_a_wrong_use(copilot, empty):
    """Exit 2, the nearest kind, and no file."""
    done = copilot("draft", "policy", "acess control", "--out", "a.md", cwd=empty)
    assert done.returncode == 2
    assert "The nearest is access-control." in done.stderr
    assert not (empty / "a.md").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("a.xlsx", "a draft is written as", id="unknown form"),
        pytest.param("no/where.md", "does not exist", id="no folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_first(tmp_path, name, said):
    """Before anything is drafted."""
    with pytest.raises(BadInput, match=said):
        draft_command.policy("backup", out=tmp_path / name)


def test_a_broken_profile_is_named_by_line(copilot, empty, document):
    """The document of the error has the file and the line."""
    (empty / "company.yaml").write_text("name: Nobody\nservices: 7\n")
    done = copilot("draft", "policy", "backup", "--json", cwd=empty)
    assert done.returncode == 2
    assert "company.yaml:2:" in document(done)["error"]["message"]


def test_an_auditor_drafts_nothing(copilot, empty):
    """Whoever only looks cannot write, and no file is left."""
    (empty / "people.yaml").write_text(PEOPLE)
    done = copilot("draft", "policy", "backup", "--as", "ada", "--out", "a.md", cwd=empty)
    assert done.returncode == 1
    assert not (empty / "a.md").exists()
