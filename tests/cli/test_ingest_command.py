"""`copilot init` and `copilot ingest` as real processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.cli.conftest import POLICY, environment
from tests.workspaces import open_workspace


def test_a_workspace_is_made_and_can_be_used_at_once(made, document):
    """Settings, folders and the next steps in words; then the files and the catalog go in."""
    begun, ingested, _ = made
    report = document(ingested)
    assert (begun.returncode, ingested.returncode, ingested.stderr) == (0, 0, "")
    assert "copilot ingest" in begun.stdout
    assert "policies/access.md" in report["added"]
    assert report["refused"] == []


@pytest.mark.parametrize("taken", ["copilot.toml", ""])
def test_nothing_is_overwritten(copilot, tmp_path, taken):
    """A workspace or a file of that name stays as it is."""
    place = tmp_path / "taken"
    (place / taken).parent.mkdir(exist_ok=True)
    (place / taken).write_text("mine")
    assert copilot("init", "taken", cwd=tmp_path).returncode == 2
    assert (place / taken).read_text() == "mine"


def test_files_inside_and_outside_the_workspace_are_named(copilot, document, small, tmp_path):
    """A path outside is followed from then on, under its own name."""
    outside = tmp_path / "handbook"
    outside.mkdir()
    (outside / "leave.md").write_text("# Leave\n\nEverybody has 30 days of leave.\n")
    (small / "policies" / "access.md").write_text(f"{POLICY}\nChanged.\n")
    inside = document(copilot("ingest", "policies/access.md", "--json", cwd=small))
    more = document(
        copilot("ingest", str(outside), "--kind", "policy", "--audience", "hr", "--json", cwd=small)
    )
    (outside / "leave.md").unlink()
    after = document(copilot("ingest", "--json", cwd=small))
    assert inside["changed"] == ["policies/access.md"]
    assert more["added"] == ["handbook/leave.md"]
    assert after["removed"] == ["handbook/leave.md"]


@pytest.fixture
def followed(copilot, small, tmp_path):
    """Return a folder outside a workspace that was ingested into it."""
    outside = tmp_path / "handbook"
    outside.mkdir()
    (outside / "leave.md").write_text("# Leave\n\nEverybody has 30 days of leave.\n")
    (outside / "empty.md").touch()
    assert copilot("ingest", str(outside), "--kind", "policy", cwd=small).returncode == 0
    return outside


@pytest.mark.parametrize("gone", [False, True], ids=["it is there", "it is gone"])
def test_a_folder_outside_is_forgotten(copilot, document, small, followed, gone):
    """Its sources and refusals go, and later runs pass it by."""
    if gone:
        shutil.rmtree(followed)
    forgotten = document(copilot("ingest", "--forget", "../handbook", "--json", cwd=small))
    followed.mkdir(exist_ok=True)
    (followed / "leave.md").write_text("# Leave\n\nIt is back.\n")
    after = document(copilot("ingest", "--json", cwd=small))
    found = document(copilot("search", "days of leave", "--json", cwd=small))
    assert forgotten["forgotten"] == [{"label": "handbook", "path": str(followed)}]
    assert forgotten["removed"] == ["handbook/leave.md"]
    assert (after["added"], after["refused"]) == ([], [])
    assert all(not one["source"].startswith("handbook") for one in found["results"])


def test_what_was_forgotten_is_said(copilot, small, followed):
    """In words: the place, and how much went with it."""
    done = copilot("ingest", "--forget", str(followed), cwd=small)
    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    assert "Forgotten handbook" in said
    assert "1 removed" in said
    assert "handbook/leave.md" in said


def test_a_folder_may_be_forgotten_by_the_name_that_answers_show(
    copilot, document, small, followed
):
    """The beginning of its sources' paths will do."""
    done = document(copilot("ingest", "--forget", "handbook", "--json", cwd=small))
    assert done["removed"] == ["handbook/leave.md"]


def test_an_unknown_folder_cannot_be_forgotten(copilot, document, small, followed):
    """The error lists what could be, and nothing is removed."""
    done = copilot(
        "ingest", "--forget", str(followed), "--forget", "../handbok", "--json", cwd=small
    )
    error = document(done)["error"]
    assert done.returncode == 2
    assert "../handbok" in error["message"]
    assert str(followed) in error["hint"]
    again = document(copilot("ingest", "--json", cwd=small))
    assert (again["removed"], again["unchanged"] > 0) == ([], True)


def test_a_file_of_the_workspace_is_forgotten_if_no_run_follows_it(copilot, document, small):
    """One that was named by hand goes by its name; one of the four folders goes with its file."""
    (small / "notes").mkdir()
    (small / "notes" / "a.md").write_text(POLICY)
    copilot("ingest", "notes/a.md", cwd=small)
    shutil.rmtree(small / "notes")
    done = document(copilot("ingest", "--forget", "notes", "--json", cwd=small))
    followed = copilot("ingest", "--forget", "policies/access.md", "--json", cwd=small)
    assert done["removed"] == ["notes/a.md"]
    assert followed.returncode == 2
    assert "policies" in document(followed)["error"]["message"]
    assert "Remove" in document(followed)["error"]["hint"]


@pytest.mark.parametrize(
    "options", [["policies"], ["--kind", "policy"], ["--audience", "hr"], ["--retry"]]
)
def test_to_forget_goes_with_no_other_option(copilot, document, small, options):
    """What a mixture of both would mean is anybody's guess, so it is refused."""
    done = copilot("ingest", "--forget", "handbook", *options, "--json", cwd=small)
    assert done.returncode == 2
    assert "--forget" in document(done)["error"]["message"]


def test_refused_files_are_tried_again_on_demand_or_under_other_limits(copilot, document, small):
    """A limit that was raised counts at once, and `--retry` tries whatever was refused."""
    (small / "policies" / "slow.md").write_text(POLICY)
    low = {"COPILOT_PARSE_SECONDS": "0.01"}
    first = document(copilot("ingest", "--json", cwd=small, **low))
    (refusal,) = first["refused"]
    assert "0.01 seconds" in refusal["reason"]
    assert "--retry" in refusal["hint"]
    again = document(copilot("ingest", "--json", "--retry", cwd=small, **low))
    assert [one["path"] for one in again["refused"]] == ["policies/slow.md"]
    raised = document(copilot("ingest", "--json", cwd=small))
    assert (raised["added"], raised["refused"]) == (["policies/slow.md"], [])


def test_a_path_that_is_not_there_is_a_wrong_use(copilot, document, small):
    """Nothing is removed because of a slip."""
    done = copilot("ingest", "--json", "polices", cwd=small)
    assert (done.returncode, document(done)["error"]["message"]) == (2, "polices does not exist")


def test_the_second_writer_is_told_who_holds_the_workspace(copilot, document, small):
    """Exit 1 with the process id of the first."""
    with open_workspace(small) as ours, ours.writer_lock.writing(wait=0):
        done = copilot("ingest", "--json", cwd=small)
    read = document(done)
    assert (done.returncode, read["error"]["type"]) == (1, "WorkspaceBusy")
    assert f"process {os.getpid()}" in read["error"]["message"]


def test_an_interrupt_stops_without_a_trace_and_the_next_run_goes_on(copilot, document, small):
    """Ctrl-C is exit 130 and a sentence; nothing has to be cleaned up."""
    for number in range(10):
        text = "".join(f"{POLICY}\nSection {number}.{line} of it.\n" for line in range(5))
        (small / "policies" / f"policy-{number}.md").write_text(text)
    running = subprocess.Popen(
        [sys.executable, "-m", "copilot", "ingest"],
        cwd=small,
        # An interrupt that falls into an import leaves the module's file open: Python warns of its own.
        env=environment(PYTHONWARNINGS="default,ignore::ResourceWarning"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    lock = small / ".copilot" / "writer.lock"
    while running.poll() is None and not (lock.exists() and lock.read_text()):
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGINT)  # what a terminal does: children too
    out, said = running.communicate(timeout=60)
    assert (running.returncode, out) == (130, "")
    assert said.splitlines() == [
        "What was stored stays; the next `copilot ingest` goes on from there.",
        "Stopped.",
    ]
    again = document(copilot("ingest", "--json", cwd=small))
    assert again["refused"] == []
    with open_workspace(small) as ours:
        assert len(ours.truth.sources(principal=ours.principal(None))) >= 11
        assert ours.follower.check()


@pytest.mark.parametrize(
    ("options", "said"),
    [("size=2m", "disk is full"), ("size=8m,ro", "Read-only file system")],
)
def test_a_disk_that_cannot_be_written_is_a_failure_with_a_hint(
    document, small, tmp_path, options, said
):
    """Full or read-only: exit 1, what happened, what to do."""
    own = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    if (
        not shutil.which("unshare")
        or subprocess.run(
            [*own, "mount -t tmpfs x /mnt"], check=False, capture_output=True
        ).returncode
    ):
        pytest.skip("this machine lets nobody mount a small disk")
    size, _, readonly = options.partition(",")
    place = tmp_path / "disk"
    place.mkdir()
    script = (
        f"mount -t tmpfs -o {size} x {place} && cp -r {small}/policies {small}/copilot.toml {place} && "
        f"{f'mount -o remount,ro {place} && ' if readonly else ''}"
        f"cd {place} && exec {sys.executable} -m copilot ingest --json"
    )
    done = subprocess.run(
        [*own, script], env=environment(), capture_output=True, encoding="utf-8", check=False
    )
    read = document(done)
    assert done.returncode == 1
    assert said in read["error"]["message"]
    assert read["error"]["hint"]
