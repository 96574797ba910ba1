"""What each kind of job does in a workspace, and what of it is shown to whom."""

from __future__ import annotations

import shutil

import pytest

from copilot.bootstrap import jobs, review
from copilot.domain.access import Role, principal
from copilot.domain.jobs import JobKind, JobState
from copilot.domain.review import ItemId, ItemKind
from tests.jobs.conftest import until
from tests.library.small import build_small
from tests.once import once
from tests.workspaces import open_workspace

RIA = principal("ria", role=Role.COMPLIANCE, audiences=["compliance"])
ADA = principal("ada", role=Role.ADMIN, audiences=["compliance", "board"])
ENG = principal("eng", role=Role.ENGINEER)
PEOPLE = {one.id: one for one in (RIA, ADA, ENG)}


@pytest.fixture(scope="module")
def blank(tmp_path_factory):
    """Return a workspace in which nothing has been ingested."""
    folder = tmp_path_factory.mktemp("works")
    (folder / "copilot.toml").write_text('company = "Acme"\n')
    with open_workspace(folder) as made:
        yield made


@pytest.fixture(scope="module")
def copilot(tmp_path_factory):
    """Return a workspace with a few files."""
    made = once(tmp_path_factory, "small-workspace", build_small)
    with open_workspace(
        shutil.copytree(made, tmp_path_factory.mktemp("works") / "small")
    ) as opened:
        yield opened


def running(copilot):
    """Return what runs its jobs."""
    made = jobs.job_runner(copilot, find=PEOPLE.__getitem__)
    made.start()
    return made


@pytest.fixture(scope="module")
def runner(copilot):
    """Return what runs its jobs."""
    made = running(copilot)
    yield made
    made.stop()


def done(runner, kind, who=RIA, **arguments):
    """Begin a job and return it when it is over."""
    job = runner.submit(kind, arguments, principal=who)

    def over():
        found = runner.job(job.id, who)
        return found if found.over else None

    found = until(over, seconds=120)
    assert found.state is JobState.DONE, found.problem
    return found


def versions(copilot):
    """Return how many versions each policy has."""
    store = review.workflow(copilot)._store
    return {item.id: len(store.versions(item.id)) for item in store.items()}


def test_every_policy_is_drafted_but_those_that_somebody_has_written_on(blank):
    """Nobody's work is superseded; and cut off in the middle, it goes on after what it has drafted."""
    own = ItemId("policy/backup")
    review.save_draft(
        blank, item=own, kind=ItemKind.POLICY, title="Backup", text="# Ours\n", principal=RIA
    )
    runner = running(blank)
    job = runner.submit(JobKind.DRAFT_ALL, principal=RIA)
    until(lambda: runner.job(job.id, RIA).done > 2, seconds=120)
    runner.stop()
    # Waiting again, unless it was done just before it was to stop.
    assert runner.job(job.id, RIA).state in {JobState.QUEUED, JobState.DONE}
    runner = running(blank)
    until(lambda: runner.job(job.id, RIA).over, seconds=120)
    runner.stop()
    found = runner.job(job.id, RIA)
    (kept,) = found.result["kept"]
    assert (kept["item"], bool(kept["why"]), found.tries) == (own, True, 1)
    assert set(versions(blank).values()) == {1}
    assert {*found.result["drafted"], own} == versions(blank).keys()


def test_the_result_of_an_ingest_names_only_what_may_be_read(copilot, runner):
    """Whoever reviews sees a job of somebody else, without files of audiences that they do not hold."""
    evidence = copilot.workspace.root / "evidence"
    (evidence / "march.md").write_text("---\naudience: board\n---\nThe board met.\n")
    (evidence / "backup.md").write_text("---\naudience: compliance\n---\nThe backup ran.\n")
    (evidence / "damaged.pdf").write_text("no PDF")
    job = done(runner, JobKind.INGEST, ADA, paths=["evidence/march.md", "evidence"])
    shown = {
        who.id: jobs.shown_result(job.result, principal=who)["added"] for who in (RIA, ADA, ENG)
    }
    assert shown == {
        "ria": ["evidence/backup.md"],
        "ada": ["evidence/backup.md", "evidence/march.md"],
        "eng": [],
    }
    refused = [
        jobs.shown_result(job.result, principal=who, asked=asked)["refused"]
        for who, asked in [(RIA, ()), (ENG, ()), (ENG, ["evidence/damaged.pdf"])]
    ]
    assert [len(one) for one in refused] == [2, 0, 1]
    (evidence / "march.md").unlink()
    gone = done(runner, JobKind.INGEST, ADA, paths=["evidence/march.md"])
    assert gone.result["removed"] == ["evidence/march.md"]
    assert jobs.shown_result(gone.result, principal=RIA)["removed"] == []


def test_an_ingest_waits_for_whoever_writes_the_workspace(copilot, runner):
    """It does not fail, and says what it waits for."""
    with copilot.writer_lock.writing(wait=0):
        job = runner.submit(JobKind.INGEST, {}, principal=RIA)
        until(lambda: "is writing this workspace" in runner.job(job.id, RIA).doing)
    until(lambda: runner.job(job.id, RIA).state is JobState.DONE, seconds=120)


def test_mapping_without_controls_is_done_at_once(copilot, runner):
    """There is nothing to suggest."""
    assert done(runner, JobKind.MAP).result == {"controls": 0, "suggested": 0}
