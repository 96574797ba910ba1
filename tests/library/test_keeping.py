"""Files come in whole, are described, and are put away; each with its entry in the event log."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from copilot.bootstrap import review
from copilot.domain.access import Audience
from copilot.domain.documents import SourceKind
from copilot.domain.review import ItemId, ItemKind
from copilot.errors import (
    BadInput,
    FileInTheWay,
    InvalidManifest,
    NotPermitted,
    NotThere,
    OverLimits,
    WorkspaceNotWritable,
    WrongStep,
)
from copilot.library.changing import Changing
from copilot.library.describing import FILE, SIDECAR
from copilot.library.keeping import Given
from tests.library.conftest import ADM, COM, EMP, ENG
from tests.workspaces import ROOT


def test_a_file_comes_in_with_what_is_said_about_it(shelf):
    """It stands in its folder with a sidecar that ingestion understands, and the log says who gave it."""
    said = {"title": "Minutes of March", "period": "2026-03", "criteria": ["CC1.2"], "kind": ""}
    kept = shelf.put("../march.md", b"# March\n\nWe met.\n", who=ENG, said=said)
    assert (kept.path, kept.replaced) == ("evidence/march.md", False)
    assert (shelf.root / kept.path).read_bytes() == b"# March\n\nWe met.\n"
    sidecar = yaml.safe_load((shelf.root / "evidence/march.md.meta.yaml").read_text())
    assert sidecar == {"title": "Minutes of March", "criteria": ["CC1.2"], "period": "2026-03"}
    assert shelf.log()[-1] == ("eng", "added a source", "evidence/march.md")
    assert shelf.waiting() == {"eng": ["evidence/march.md"]}
    report = shelf.copilot.ingest([shelf.root / kept.path])
    assert report.added == ["evidence/march.md"]
    assert shelf.library.source(kept.path, principal=COM).metadata.title == "Minutes of March"
    assert shelf.hidden() == []


def test_one_file_is_ingested_as_it_is_with_all_others(shelf):
    """A manifest that speaks of a file which is there does not mean another of nearly that name."""
    kept = shelf.put("review-2026-q2.csv", b"user,kept\nann,yes\n")
    report = shelf.copilot.ingest([shelf.root / kept.path])
    assert (report.added, report.refused) == ([kept.path], [])


def test_a_file_is_never_put_over_another_unless_that_is_wanted(shelf):
    """And then the other one is kept where what was removed is."""
    with pytest.raises(FileInTheWay):
        shelf.put("undated.txt", b"new")
    assert shelf.put("undated.txt", b"new", replace=True).replaced
    assert (shelf.root / "evidence/undated.txt").read_bytes() == b"new"
    assert shelf.removed() == {b"The backup ran.\n"}
    assert shelf.log()[-1] == ("com", "replaced a source", "evidence/undated.txt")


@pytest.mark.parametrize(
    ("who", "problem"), [pytest.param(ENG, NotPermitted, id="no reviewer"), (COM, FileInTheWay)]
)
def test_only_who_may_read_a_file_and_change_files_replaces_it(shelf, who, problem):
    """The minutes of the board stay, whoever else wants a file of their name."""
    with pytest.raises(problem):
        shelf.put("minutes.md", b"mine", who=who, replace=True)
    assert (shelf.root / "evidence/minutes.md").read_bytes() == b"# Minutes\n\nThe board met.\n"
    assert shelf.put("minutes.md", b"ours", who=ADM, replace=True).replaced


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        pytest.param({"content": [b""]}, BadInput, id="empty"),
        pytest.param({"folder": "../.."}, BadInput, id="another folder"),
        pytest.param({"name": "manifest.yaml"}, BadInput, id="a manifest"),
        pytest.param({"said": {"audience": "Nobody, ever!"}}, InvalidManifest, id="no audience"),
        pytest.param({"said": {"criteria": ["CC99"]}}, InvalidManifest, id="no criterion"),
        pytest.param({"said": {"period": "soon"}}, InvalidManifest, id="no period"),
        pytest.param({"said": {"colour": "red"}}, BadInput, id="no field"),
        pytest.param({"said": {"title": "a\0b"}}, BadInput, id="a control character"),
        pytest.param({"said": {"kind": "catalog"}}, InvalidManifest, id="no kind"),
        pytest.param({"content": [b"x" * 600_000] * 2}, OverLimits, id="too large"),
    ],
)
def test_what_cannot_be_used_leaves_nothing_behind(shelf, given, problem):
    """Neither a file nor an entry in the log."""
    shelf.library._largest = 1_000_000
    before = (shelf.log(), sorted(shelf.root.glob("*/*")))
    wanted = {"name": "a.txt", "folder": "evidence", "content": [b"a"], **given}
    with pytest.raises(problem) as refused:
        shelf.library.put(Given(**wanted), principal=COM)
    assert refused.value.hint
    assert (shelf.log(), sorted(shelf.root.glob("*/*"))) == before


def test_employees_and_auditors_give_and_change_nothing(shelf):
    """The use case refuses them itself, whatever a route lets through."""
    with pytest.raises(NotPermitted):
        shelf.put("a.txt", who=EMP)
    with pytest.raises(NotPermitted):
        shelf.remove("policies/access.md", who=ENG)
    with pytest.raises(NotPermitted):
        shelf.describe("policies/access.md", who=EMP, title="Mine")


def test_links_are_never_followed(shelf, tmp_path):
    """Neither a folder nor a file that leads elsewhere is written through."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (shelf.root / "findings").symlink_to(outside)
    with pytest.raises(BadInput):
        shelf.put("a.txt", folder="findings")
    (outside / "secret.txt").write_text("secret")
    (shelf.root / "evidence/link.txt").symlink_to(outside / "secret.txt")
    with pytest.raises(FileInTheWay):
        shelf.put("link.txt", b"over", replace=True)
    for path in ("evidence/link.txt", "findings/secret.txt"):
        with pytest.raises(NotThere):
            shelf.remove(path, who=ADM)
    assert (outside / "secret.txt").read_text() == "secret"
    assert sorted(one.name for one in outside.iterdir()) == ["secret.txt"]


def test_of_two_who_give_a_file_of_one_name_one_is_told(shelf):
    """Eight at once: one file is whole and in the log, the others are refused and gone."""
    outcomes, gate = [], threading.Barrier(8)

    def give(number):
        gate.wait()
        try:
            outcomes.append(shelf.put("same.txt", b"%d" % number * 50_000).sha256)
        except FileInTheWay:
            outcomes.append(None)

    threads = [threading.Thread(target=give, args=[number]) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    content = (shelf.root / "evidence/same.txt").read_bytes()
    assert sum(one is not None for one in outcomes) == 1
    assert (len(content), len(set(content))) == (50_000, 1)
    assert sum(about == "evidence/same.txt" for _, _, about in shelf.log()) == 1
    assert shelf.hidden() == []


def test_what_is_still_being_received_is_left_alone_and_what_was_abandoned_goes(shelf):
    """A change tidies up after uploads that ended in the middle, an hour later."""
    coming, abandoned = (shelf.root / f"evidence/.change-{n}.part" for n in (1, 2))
    for part in (coming, abandoned):
        part.write_bytes(b"half")
    os.utime(abandoned, (1, 1))
    shelf.library.settle()
    assert (coming.exists(), abandoned.exists()) == (True, False)


def test_a_workspace_that_cannot_be_written_takes_nothing(shelf, monkeypatch):
    """Whoever gives a file is told why, and the log says nothing of it."""
    before = shelf.log()

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WorkspaceNotWritable, match="No space left"):
        shelf.put("a.txt")
    assert (shelf.log(), shelf.hidden()) == (before, [])


def test_a_change_that_was_cut_off_is_finished_and_what_was_never_logged_is_dropped(
    shelf, monkeypatch
):
    """Here the process ended after the entry was written, and another before it."""
    monkeypatch.setattr(Changing, "_finish", lambda *_: None)
    shelf.put("march.md", b"We met.", said={"audience": "board"})
    monkeypatch.undo()
    assert not (shelf.root / "evidence/march.md").exists()
    (shelf.root / "evidence/.change-00.file").write_text("never logged")
    shelf.library.settle()
    assert (shelf.root / "evidence/march.md").read_bytes() == b"We met."
    assert (shelf.root / "evidence/march.md.meta.yaml").read_text() == "audience: board\n"
    assert shelf.hidden() == []


def test_what_is_removed_may_be_kept_on_another_disk(shelf, monkeypatch):
    """Where neither a move nor a link leads there, it is copied."""
    move, link = Path.replace, os.link

    def elsewhere(file, place, **named):
        if file.parent != Path(place).parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        return move(file, place) if not named else link(file, place, **named)

    monkeypatch.setattr(Path, "replace", elsewhere)
    monkeypatch.setattr(os, "link", elsewhere)
    shelf.put("undated.txt", b"new", replace=True)
    shelf.remove("evidence/undated.txt")
    assert shelf.removed() == {b"The backup ran.\n", b"new"}
    assert not (shelf.root / "evidence/undated.txt").exists()


# What is said


def test_a_description_says_who_says_what(shelf):
    """A field is said by the file's own description, a manifest, or the file itself."""
    about = shelf.library.description("evidence/review-2026-q1.csv", principal=COM)
    assert (about.metadata.title, about.metadata.owner) == (
        "Access review, first quarter 2026", "Head of IT",
    )  # fmt: skip
    assert (about.said_by["title"], about.said_by["owner"]) == (
        "the manifest of evidence, row 1", "the manifest of evidence, defaults",
    )  # fmt: skip
    policy = shelf.library.description("policies/access.md", principal=COM)
    assert (policy.metadata.owner, policy.said_by["owner"]) == ("Head of People", FILE)
    assert policy.problem == ""


def test_a_description_is_changed_by_a_sidecar_that_ingestion_obeys(shelf):
    """What stays as a manifest or the file has it is not repeated in the sidecar."""
    path = "evidence/review-2026-q1.csv"
    about, overruled = shelf.describe(
        path, title="Access review, first quarter 2026", owner="Ann", controls=["AC-3"]
    )
    assert (about.metadata.owner, about.said_by["owner"], overruled) == ("Ann", SIDECAR, [])
    sidecar = yaml.safe_load((shelf.root / f"{path}.meta.yaml").read_text())
    assert sidecar == {"owner": "Ann", "controls": ["AC-3"]}
    shelf.copilot.ingest([shelf.root / path])
    stored = shelf.library.source(path, principal=COM).metadata
    assert (stored.owner, stored.controls, stored.frequency) == ("Ann", ("AC-3",), "quarterly")
    assert shelf.log()[-1] == ("com", "described a source", path)


def test_who_empties_a_field_that_somebody_else_says_is_told(shelf):
    """The period of a manifest's row cannot be taken away by a sidecar; the row is named."""
    path = "evidence/review-2026-q1.csv"
    shelf.describe(path, period="2026-02")
    about, (overruled,) = shelf.describe(path, period="")
    assert (overruled.field, overruled.said_by) == ("period", "the manifest of evidence, row 1")
    assert str(about.metadata.period) == overruled.value == "2026-01-01..2026-03-31"
    assert not (shelf.root / f"{path}.meta.yaml").exists()


def test_two_editors_do_not_overwrite_each_other(shelf):
    """The state that the second one saw is no longer the one that is there."""
    path = "evidence/undated.txt"
    seen = shelf.library.description(path, principal=COM).state
    shelf.describe(path, seen=seen, period="2026-03")
    with pytest.raises(AssertionError, match="somebody else was here"):
        shelf.describe(path, seen=seen, owner="Bob")
    assert "owner" not in (shelf.root / f"{path}.meta.yaml").read_text()
    manifest = shelf.root / "evidence/manifest.yaml"
    seen = shelf.library.description(path, principal=COM).state
    manifest.write_text(manifest.read_text().replace("Head of IT", "Head of Cloud"))
    assert shelf.library.description(path, principal=COM).state != seen


def test_a_file_of_nearly_a_name_that_a_manifest_gives_an_audience_needs_one_of_its_own(shelf):
    """Nobody knows who may read it: the manifest may mean it, and names another that is not there."""
    manifest = shelf.root / "evidence/manifest.yaml"
    manifest.write_text(manifest.read_text().replace("file: minutes.md", "file: minuets.md"))
    with pytest.raises(InvalidManifest, match="is this file meant"):
        shelf.put("minuets-.md", b"The board met.", said={"period": "2026"})
    said = {"period": "2026", "audience": "board"}
    assert shelf.put("minuets-.md", b"The board met.", said=said).path == "evidence/minuets-.md"
    about = shelf.library.description("evidence/minuets-.md", principal=ADM)
    assert (about.metadata.audience, about.problem) == ("board", "")


def test_a_manifest_that_cannot_be_used_has_to_be_mended_first(shelf):
    """No sidecar makes up for it."""
    (shelf.root / "evidence/manifest.yaml").write_text("flies: []\n")
    assert "flies" in shelf.library.description("evidence/undated.txt", principal=COM).problem
    with pytest.raises(InvalidManifest, match="flies"):
        shelf.describe("evidence/undated.txt", owner="Ann")


def test_another_kind_shows_a_file_to_nobody_else(shelf):
    """Policies are for everyone unless somebody says so; evidence that becomes one stays as it was."""
    about, _ = shelf.describe("evidence/undated.txt", kind="policy")
    assert (about.metadata.kind, about.metadata.audience) == (
        SourceKind.POLICY, Audience("compliance"),
    )  # fmt: skip
    shelf.copilot.ingest([shelf.root / "evidence/undated.txt"])
    assert shelf.library.source("evidence/undated.txt", principal=EMP) is None


def test_a_sidecar_that_cannot_be_used_is_mended_by_writing_it_anew(shelf):
    """The description says what is wrong with it; the old one is kept."""
    file = shelf.root / "evidence/undated.txt.meta.yaml"
    file.write_text("perod: 2026\n")
    about = shelf.library.description("evidence/undated.txt", principal=COM)
    assert "did you mean `period`" in about.problem
    about, _ = shelf.describe("evidence/undated.txt", period="2026")
    assert about.problem == ""
    assert shelf.removed() == {b"perod: 2026\n"}


def test_a_file_that_may_not_be_read_is_no_file(shelf):
    """In the same words as one that there is not; one that was refused is known to reviewers."""
    for path, who in [("evidence/minutes.md", COM), ("evidence/absent.md", COM), ("x", COM),
                      ("evidence/broken.pdf", ENG)]:  # fmt: skip
        with pytest.raises(NotThere) as absent:
            shelf.library.description(path, principal=who)
        assert str(absent.value) == f"there is no file {path!r}"
    assert shelf.library.description("evidence/broken.pdf", principal=COM).path


# Put away


def test_a_file_is_put_away_with_what_is_said_about_it(shelf):
    """Nothing is lost, and the next ingest forgets it."""
    path = "evidence/old-review.csv"
    shelf.remove(path)
    assert not (shelf.root / path).exists()
    assert not (shelf.root / f"{path}.meta.yaml").exists()
    assert shelf.removed() == {b"user,kept\nbob,yes\n", b"period: 2024\n"}
    assert shelf.log()[-1] == ("com", "removed a source", path)
    assert shelf.waiting() == {"com": [path]}
    assert shelf.copilot.ingest().removed == [path]


def test_what_was_approved_stays(shelf):
    """The file of a policy that is in force is replaced by approving another version of it."""
    item, text = ItemId("policy/backup"), "# Backup\n\nBackups are made every day.\n"
    review.save_draft(
        shelf.copilot, item=item, kind=ItemKind.POLICY, title="Backup", text=text, principal=COM
    )
    steps = review.workflow(shelf.copilot)
    steps.submit(item, principal=COM)
    steps.approve(item, principal=ADM)
    with pytest.raises(WrongStep, match="version 1 of policy/backup"):
        shelf.remove("policies/backup.md", who=ADM)
    with pytest.raises(WrongStep):
        shelf.put("backup.md", who=ADM, folder="policies", replace=True)
    (shelf.root / "policies/backup.md").write_text("changed by hand")
    assert shelf.put("backup.md", who=ADM, folder="policies", replace=True).replaced


# The process ends in between

_ABOUT_NEW = "audience: board\n"


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """Return what was left of each change, killed at each of its steps."""
    folder = tmp_path_factory.mktemp("killed") / "nearly-empty"
    command = [sys.executable, "-m", "tests.library.killed", str(folder)]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)


@pytest.mark.parametrize(
    ("what", "logged", "after"),
    [
        ("add", "added a source", {"new.csv": "new", "new.csv.meta.yaml": _ABOUT_NEW}),
        ("replace", "replaced a source",
         {"old-review.csv": "new", "old-review.csv.meta.yaml": _ABOUT_NEW + "period: 2024\n"}),
        ("remove", "removed a source", {"old-review.csv": None, "old-review.csv.meta.yaml": None}),
    ],
)  # fmt: skip
def test_a_process_that_is_killed_leaves_no_half_change(left, what, logged, after):
    """Wherever it ends, the next change finishes what the log holds and drops what it does not."""
    before = {
        "old-review.csv": "user,kept\nbob,yes\n",
        "old-review.csv.meta.yaml": "period: 2024\n",
    }
    whole = {name: text for name, text in {**before, **after}.items() if text is not None}
    for one in left[what]:
        files = {name: text for name, text in one["files"].items() if not name.endswith(".part")}
        assert files == (whole if one["logged"] == logged else before)
    assert {one["logged"] for one in left[what][:-1]} == {"", logged}
