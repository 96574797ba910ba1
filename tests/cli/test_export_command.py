"""`copilot review export`: what was reviewed leaves with who wrote and approved it."""

from __future__ import annotations

import shutil

import docx
import pytest

from tests.cli.within import run

DRAFT = """\
---
title: "Visitor policy"
company: "Harbourlight"
owner: "Office Manager"
approver: "Chief Executive"
---

# Visitor policy

## 1. Signing in

Visitors sign the ledger at reception.
"""
ITEM = "policy/visitors"


@pytest.fixture(scope="module")
def workspace(sample_folder, tmp_path_factory):
    """Return a workspace with an approved version and a newer draft."""
    folder = shutil.copytree(sample_folder, tmp_path_factory.mktemp("export") / "company")
    (folder / "one.md").write_text(DRAFT)
    (folder / "two.md").write_text(DRAFT.replace("ledger", "tablet"))
    mara, simon = ("--as", "mara.lindqvist"), ("--as", "simon.ekdahl")
    run("review", "save", ITEM, "one.md", "--title", "Visitor policy", *mara, cwd=folder)
    run("review", "submit", ITEM, *mara, cwd=folder)
    approved = run("review", "approve", ITEM, *simon, cwd=folder)
    assert approved.returncode == 0, approved.stderr
    run("review", "save", ITEM, "two.md", "--base", "1", "--note", "tablet", *mara, cwd=folder)
    return folder


def exported(workspace, *options):
    done = run(
        "review", "export", ITEM, "--out", "visitors.docx", "--force", *options, cwd=workspace
    )
    assert done.returncode == 0, done.stderr
    return docx.Document(str(workspace / "visitors.docx"))


def test_an_approved_version_says_who_approved_it(workspace):
    """With the name of the person, apart from the post, which somebody else may hold, and the versions."""
    document = exported(workspace, "--version", "1")
    versions, approval = (
        [[cell.text for cell in row.cells] for row in table.rows] for table in document.tables
    )
    assert [row[0] for row in versions[1:]] == ["1"]
    assert versions[1][2] == "Mara Lindqvist"
    assert approval[1][1] == "Office Manager"
    assert approval[2][1:3] == ["Chief Executive", ""]
    assert approval[3][:3] == ["Approved in review", "", "Simon Ekdahl"]
    assert approval[3][3]


def test_a_draft_says_that_nobody_approved_it(workspace):
    """The newest version by default, whose approval block is empty."""
    document = exported(workspace)
    said = [one.text for one in document.paragraphs]
    assert "Version 2, draft, not approved" in said
    assert "Visitors sign the tablet at reception." in said
    assert document.tables[1].rows[2].cells[2].text == ""


def test_a_file_is_not_replaced_unasked(workspace):
    """What is there stays."""
    (workspace / "mine.md").write_text("mine")
    done = run("review", "export", ITEM, "--out", "mine.md", cwd=workspace)
    assert done.returncode == 2
    assert "exists" in done.stderr
    assert (workspace / "mine.md").read_text() == "mine"


def test_who_may_not_see_a_draft_exports_none(workspace):
    """An employee is told of no such version."""
    done = run(
        "review", "export", ITEM, "--version", "2", "--out", "x.md", "--as", "audience:everyone",
        cwd=workspace,
    )  # fmt: skip
    assert done.returncode != 0
    assert not (workspace / "x.md").exists()
