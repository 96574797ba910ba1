"""Bringing the truth in line with the folders."""

from __future__ import annotations

import os

import pytest

from copilot.domain.access import EVERYONE
from tests.ingestion.helpers import reasons

PAGE = "# Access\n\nEvery account is reviewed each quarter.\n"
BROKEN = "---\naudience: hr\n\n# never ends\n"


def test_new_files_are_added(company):
    """A first run stores everything, a second nothing."""
    company.write("policies/a.md", PAGE)
    company.write("evidence/b.csv", "user,role\nana,admin\n")
    first = company.ingest()
    assert first.added == ["policies/a.md", "evidence/b.csv"]
    assert first.encoded == first.passages > 0
    second = company.ingest()
    assert (second.added, second.changed, second.unchanged, second.encoded) == ([], [], 2, 0)


def test_changed_content_is_stored(company):
    """A file is judged by its content, and only new words are encoded."""
    company.write("policies/a.md", PAGE + "\n## Old\n\nOld words.\n")
    company.ingest()
    company.write("policies/a.md", PAGE + "\n## New\n\nNew words.\n")
    report = company.ingest()
    assert report.changed == ["policies/a.md"]
    assert report.encoded == 1
    assert "New words." in company.text("policies/a.md")


def test_a_touched_file_is_unchanged(company):
    """A new date alone costs a hash, once."""
    file = company.write("policies/a.md", PAGE)
    company.ingest()
    os.utime(file, (1, 1))
    assert company.ingest().unchanged == 1
    stored = company.truth.fingerprints()["policies/a.md"]
    assert stored.mtime_ns == file.stat().st_mtime_ns


def test_a_moved_file_is_moved(company):
    """A file that went elsewhere with the same content is told as moved, without encoding."""
    file = company.write("policies/a.md", PAGE)
    company.ingest()
    file.rename(company.policies / "b.md")
    report = company.ingest()
    assert report.moved == [("policies/a.md", "policies/b.md")]
    assert (report.added, report.removed, report.encoded) == ([], [], 0)
    assert company.source("policies/a.md") is None


def test_a_moved_file_that_cannot_be_used_leaves_its_old_place(company):
    """A file that is moved to where it is refused does not stay under its old path."""
    file = company.write("policies/a.md", PAGE)
    company.ingest()
    company.write("policies/sub/a.md.meta.yaml", "kind: nonsense\n")
    file.rename(company.policies / "sub" / "a.md")
    report = company.ingest()
    assert report.removed == ["policies/a.md"]
    assert "no kind" in reasons(report)["policies/sub/a.md"]
    assert company.source("policies/a.md") is None


def test_a_removed_file_is_removed(company):
    """What is gone from the folder is gone from the truth."""
    file = company.write("policies/a.md", PAGE)
    company.ingest()
    file.unlink()
    assert company.ingest().removed == ["policies/a.md"]
    assert company.truth.partitions() == {}


def test_changed_metadata_is_stored(company):
    """A new audience counts at once, although the file is the same."""
    company.write("policies/a.md", PAGE)
    company.ingest()
    assert company.audience("policies/a.md") == EVERYONE
    company.write("policies/a.md.meta.yaml", "audience: hr\n")
    report = company.ingest()
    assert (report.changed, report.encoded) == (["policies/a.md"], 0)
    assert company.audience("policies/a.md") == "hr"
    assert set(company.truth.partitions()) == {"to-hr"}


def test_a_refused_file_is_told_each_time_and_taken_when_mended(company):
    """A refusal stays in the report until the file is mended."""
    company.write("policies/a.md", BROKEN)
    for _ in range(2):
        assert "never ends" in reasons(company.ingest())["policies/a.md"]
    company.write("policies/a.md", PAGE)
    report = company.ingest()
    assert (report.added, report.refused) == (["policies/a.md"], [])
    assert company.truth.refusals() == {}


def test_a_file_that_can_no_longer_be_read_is_kept_stale(company):
    """The last good version stays, marked, until a good one comes or the file goes."""
    file = company.write("policies/a.md", PAGE)
    company.ingest()
    company.write("policies/a.md", BROKEN)
    for _ in range(2):
        report = company.ingest()
        assert [refusal.path for refusal in report.stale] == ["policies/a.md"]
        assert company.source("policies/a.md").stale
        assert company.text("policies/a.md") == PAGE
    company.write("policies/a.md", PAGE)
    company.ingest()
    assert not company.source("policies/a.md").stale
    file.unlink()
    assert company.ingest().removed == ["policies/a.md"]


def test_one_path_does_not_remove_others(company):
    """Ingesting a part speaks for that part only."""
    company.write("policies/a.md", PAGE)
    company.write("policies/sub/b.md", PAGE)
    gone = company.write("policies/sub/c.md", PAGE + "more")
    company.ingest()
    gone.unlink()
    (company.policies / "a.md").unlink()
    report = company.ingest("policies/sub")
    assert report.removed == ["policies/sub/c.md"]
    assert company.source("policies/a.md") is not None


def test_a_name_that_begins_alike_is_not_in_scope(company):
    """`policies/sub` does not speak for `policies/sub-two`."""
    company.write("policies/sub/a.md", PAGE)
    company.write("policies/sub-two/b.md", PAGE)
    company.ingest()
    (company.policies / "sub-two" / "b.md").unlink()
    assert company.ingest("policies/sub").removed == []


def test_a_folder_that_cannot_be_opened_is_not_taken_for_empty(company):
    """What stands in a folder that is closed for now stays, and is stale."""
    if os.geteuid() == 0:
        pytest.skip("root opens every folder")
    company.write("policies/sub/a.md", PAGE)
    company.ingest()
    (company.policies / "sub").chmod(0)
    report = company.ingest()
    (company.policies / "sub").chmod(0o755)
    assert report.removed == []
    assert company.source("policies/sub/a.md").stale


def test_a_file_replaced_by_a_link_outward_is_kept_stale(company, tmp_path_factory):
    """A file that turns into a link out of the folder keeps its last good version."""
    outside = tmp_path_factory.mktemp("outside") / "secret.md"
    outside.write_text("# Secret\n\nNot ours.\n")
    file = company.write("policies/a.md", PAGE)
    company.ingest()
    file.unlink()
    file.symlink_to(outside)
    report = company.ingest()
    assert [refusal.path for refusal in report.stale] == ["policies/a.md"]
    assert company.text("policies/a.md") == PAGE
    file.unlink()
    company.write("policies/a.md", PAGE)
    company.ingest()
    assert not company.source("policies/a.md").stale


def test_two_files_of_the_same_words_are_both_there(company):
    """The same words in two places are two sources and one vector."""
    company.write("policies/a.md", PAGE)
    company.write("policies/b.md", PAGE)
    report = company.ingest()
    assert (len(report.added), report.encoded) == (2, 1)
