"""`copilot log`: listed, checked, exported; tampering ends with the status of a failure."""

from __future__ import annotations

import json
import shutil
import sqlite3

import pytest

from copilot import bootstrap, config
from copilot.bootstrap import review
from copilot.domain.review import ItemId, ItemKind
from copilot.errors import BadInput
from tests.cli.within import run

PEOPLE = """\
people:
  - {id: ann, role: compliance}
  - {id: eve, role: engineer}
  - {id: aud, role: auditor}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a workspace in which a draft was saved, edited, commented on and approved."""
    home = tmp_path_factory.mktemp("logged")
    (home / "copilot.toml").write_text('company = "Harbour"\n')
    (home / "people.yaml").write_text(PEOPLE)
    (home / "one.md").write_text("# Response\n\nWe agree.\n")
    (home / "two.md").write_text("# Response\n\nWe agree, and say why.\n")
    item = "response/F-1"
    for step in (
        ("save", item, "one.md", "--as", "ann"),
        ("save", item, "two.md", "--base", "1", "--as", "ann"),
        ("submit", item, "--as", "ann"),
        ("comment", item, "Good."),
        ("approve", item),
    ):
        done = run("review", *step, cwd=home)
        assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(made, tmp_path):
    """Return a copy of it, to tamper with."""
    return shutil.copytree(made, tmp_path / "home")


def sql(home, statement):
    """Change the database behind the product's back."""
    connection = sqlite3.connect(home / ".copilot" / "truth.db")
    with connection:
        connection.execute(statement)
    connection.close()


def test_the_newest_comes_last(made):
    """Who did what to which version; --last and --about narrow it."""
    listed = run("log", "--json", cwd=made).json
    assert [(one["who"], one["action"], one["version"]) for one in listed["entries"]] == [
        ("ann", "saved a version", 1),
        ("ann", "saved a version", 2),
        ("ann", "submitted for review", 2),
        ("operator", "commented", 2),
        ("operator", "approved a version", 2),
    ]
    assert listed["seal"] == {"entries": 5, "hash": listed["entries"][-1]["hash"]}
    (last,) = run("log", "--last", "1", "--json", cwd=made).json["entries"]
    assert last["number"] == 5
    assert run("log", "--about", "policy/x", "--json", cwd=made).json["entries"] == []
    plain = run("log", cwd=made).stdout
    assert plain.index("submitted for review") < plain.index("approved a version")


def test_a_whole_log_holds(made, copilot):
    """And the seal is printed, so that it can be kept elsewhere."""
    done = copilot("log", "verify", cwd=made)
    assert (done.returncode, done.stderr) == (0, "")
    assert "5 entries, each as it was written" in done.stdout


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE events SET who = 'bob' WHERE number = 3", "Entry 3 is not as written"),
        ("DELETE FROM events WHERE number = 2", "Entry 2 is missing"),
        ("UPDATE review_versions SET text = 'We deny.'", "is not the one that was saved"),
    ],
    ids=["edited", "deleted", "the text itself"],
)
def test_tampering_is_named_with_a_status_of_its_own(home, statement, said):
    """For people and for programs."""
    sql(home, statement)
    done = run("log", "verify", cwd=home)
    assert done.returncode == 1
    assert said in " ".join(done.stdout.split())
    found = run("log", "verify", "--json", cwd=home)
    assert (found.returncode, found.json["status"]) == (1, "damaged")
    assert found.json["damages"] or found.json["contradictions"]


def test_a_damaged_log_is_not_sealed_anew(home):
    """An export would pass off what is there for what happened."""
    sql(home, "UPDATE events SET who = 'bob' WHERE number = 3")
    done = run("log", "export", "--out", "log.jsonl", cwd=home)
    assert (done.returncode, (home / "log.jsonl").exists()) == (1, False)
    assert "entry 3" in done.stderr


def test_an_export_finds_a_tail_that_was_cut(home):
    """The chain alone cannot."""
    run("log", "export", "--out", "log.jsonl", cwd=home)
    sql(home, "DELETE FROM events WHERE number > 3")
    sql(home, "UPDATE review_versions SET state = 'in review' WHERE number = 2")
    assert run("log", "verify", cwd=home).returncode == 0
    done = run("log", "verify", "--seal", "log.jsonl", cwd=home)
    assert done.returncode == 1
    assert "entries 4 to 5 are missing at the end" in done.stdout.lower()


def test_a_row_that_cannot_be_read_is_listed_as_such(home):
    """The others are listed all the same, with their reasons."""
    sql(home, "UPDATE events SET detail = 'x' WHERE number = 2")
    sql(home, 'UPDATE events SET detail = \'{"reason":"because"}\' WHERE number = 3')
    listed = run("log", cwd=home).stdout
    assert "2  unreadable: its time or its details cannot be read" in listed
    assert "because" in listed
    assert run("log", "--json", cwd=home).json["entries"][1].keys() == {"number", "unreadable"}


def test_a_workspace_without_events_says_so(tmp_path):
    """And an empty log holds."""
    (tmp_path / "copilot.toml").write_text("")
    assert run("log", cwd=tmp_path).stdout == "Nothing was logged yet.\n"
    assert run("log", "verify", cwd=tmp_path).returncode == 0


def test_one_person_alone_may_be_all_there_is(home):
    """`company.yaml` says so; without it nobody approves what they wrote."""
    run("review", "save", "response/F-2", "one.md", cwd=home)
    run("review", "submit", "response/F-2", cwd=home)
    assert run("review", "approve", "response/F-2", cwd=home).returncode == 1
    (home / "company.yaml").write_text("name: Harbour\none_person: true\n")
    assert run("review", "approve", "response/F-2", cwd=home).returncode == 0
    (entry,) = run("log", "--last", "1", "--json", cwd=home).json["entries"]
    assert entry["detail"]["own_work"] == "a company of one person"


def test_drafts_are_kept_under_their_own_kind(home):
    """A new item, then versions based on the newest, whichever it is."""
    with bootstrap.Copilot(config.find_workspace(home)) as copilot:
        ann = copilot.principal("ann")
        about = {"item": ItemId("policy/visitors"), "title": "Visitors", "principal": ann}
        for text in ("# One\n", "# Two\n", "# Two\n"):
            kept = review.save_draft(copilot, kind=ItemKind.POLICY, text=text, **about)
        assert (kept.latest.number, kept.latest.base, kept.title) == (2, 1, "Visitors")
        with pytest.raises(BadInput, match="is no response"):
            review.save_draft(copilot, kind=ItemKind.RESPONSE, text="# One\n", **about)


@pytest.fixture
def exported(home):
    """Return the lines of an exported log, and the file."""
    assert run("log", "export", "--out", "log.jsonl", cwd=home).returncode == 0
    file = home / "log.jsonl"
    return file.read_text().splitlines(), file


def test_an_export_can_be_checked_alone(exported, home):
    """Without the workspace; its last line is the seal."""
    lines, file = exported
    assert len(lines) == 6
    assert json.loads(lines[-1])["seal"]["entries"] == 5
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert run("log", "verify", "log.jsonl", cwd=home).returncode == 0


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (lambda lines: [*lines[:2], lines[2].replace("ann", "bob"), *lines[3:]], "entry 3"),
        (lambda lines: [*lines[:1], *lines[2:]], "entry 2 is missing"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "entry 1 stands"),
        (lambda lines: [*lines[:3], lines[5]], "missing at the end"),
        (lambda lines: lines[:-1], "does not end with a seal"),
        (lambda lines: [*lines[:2], "not json", *lines[2:]], "entry 3"),
        (lambda lines: [lines[0].replace(":", ": ", 1), *lines[1:]], "entry 1"),
        (lambda lines: [*lines[:3], lines[2], *lines[3:]], "entry 3"),
    ],
    ids=["edit", "delete", "reorder", "cut", "no seal", "insert", "space", "twice"],
)
def test_an_export_that_was_tampered_with_is_found_out(exported, home, tamper, said):
    """Line by line, as in the database."""
    lines, file = exported
    file.write_text("\n".join(tamper(lines)) + "\n")
    done = run("log", "verify", "log.jsonl", cwd=home)
    assert done.returncode == 1
    assert said in " ".join(done.stdout.lower().split())


def test_only_those_who_look_after_it_read_the_log(made):
    """Compliance and admins; an auditor sees no drafts, and the log names them."""
    assert run("log", "--as", "ann", cwd=made).returncode == 0
    for who in ("eve", "aud"):
        refused = run("log", "--as", who, cwd=made)
        assert (refused.returncode, "may not read the log" in refused.stderr) == (1, True)
        assert run("log", "export", "--out", "x.jsonl", "--as", who, cwd=made).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "--out", "log.txt"), ".jsonl"),
        (("export", "--out", "absent/log.jsonl"), "cannot be written"),
        (("verify", "one.md"), "does not end with a seal"),
        (("verify", "--seal", "one.md"), "is no seal"),
        (("verify", "absent.jsonl"), "cannot be read"),
    ],
    ids=lambda given: given if isinstance(given, str) else " ".join(given),
)
def test_what_is_used_wrongly_is_explained(made, arguments, said):
    """What is no log is not taken for one."""
    done = run("log", *arguments, cwd=made)
    assert done.returncode in {1, 2}
    assert said in done.stderr + done.stdout
