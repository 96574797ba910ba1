"""Jobs are done in order, once, and by whom they were asked for; whatever ends the process."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import timedelta

import pytest
import sqlalchemy

from copilot.domain.jobs import MOST_TRIES, JobKind, JobState, joined
from copilot.errors import BadInput, NotPermitted, NotThere, WorkspaceBusy
from tests.jobs.conftest import PEOPLE, Held, now, until
from tests.workspaces import ROOT

JO, KIM, RIA, ANN = (PEOPLE[one] for one in ("jo", "kim", "ria", "ann"))


def done(runner, job, principal=RIA):
    """Wait until a job is over, and return it."""

    def over():
        found = runner.job(job.id, principal)
        return found if found.over else None

    return until(over)


def test_jobs_are_done_in_their_order_and_keep_what_came_of_them(desk):
    """The oldest job is done first; result, times and the log's entries tell of it."""
    seen = []

    def work(arguments, principal, _telling):
        seen.append(arguments["n"])
        return {"for": principal.id}

    runner = desk.runner(work)
    jobs = [runner.submit(JobKind.MAP, {"n": n}, principal=JO) for n in range(3)]
    runner.start()
    last = done(runner, jobs[-1], JO)
    assert seen == [0, 1, 2]
    assert (last.state, last.result, last.tries) == (JobState.DONE, {"for": "jo"}, 1)
    assert last.created_at <= last.started_at <= last.finished_at
    begun = [one for one in desk.log() if one[1] == "began a job"]
    assert begun == [("jo", "began a job", "1")] * 3
    assert desk.log()[-1][:2] == ("jo", "finished a job")


def test_progress_can_be_seen_while_a_work_is_at_it(desk):
    """What a work tells is kept, for whoever looks."""
    work = Held()
    runner = desk.runner(work)
    runner.start()
    job = runner.submit(JobKind.MAP, principal=JO)
    found = until(lambda: (one := runner.job(job.id, JO)).done and one)
    assert (found.state, found.doing, found.done, found.total) == (
        JobState.RUNNING, "working", 1, 2,
    )  # fmt: skip
    work.go_on.set()
    assert done(runner, job).state is JobState.DONE


def test_a_job_is_seen_by_whoever_began_it_and_by_reviewers(desk):
    """To anybody else it does not exist, in the same words as one that there is not."""
    runner = desk.runner(Held())
    job = runner.submit(JobKind.MAP, principal=JO)
    assert runner.job(job.id, JO) == runner.job(job.id, RIA)
    with pytest.raises(NotThere) as hidden:
        runner.job(job.id, KIM)
    with pytest.raises(NotThere) as absent:
        runner.job("0" * 16, KIM)
    assert str(hidden.value).replace(job.id, "") == str(absent.value).replace("0" * 16, "")
    with pytest.raises(NotThere):
        runner.stop_job(job.id, KIM)
    assert ([*runner.jobs(KIM)], [one.id for one in runner.jobs(RIA)]) == ([], [job.id])


def test_jobs_are_listed_newest_first_in_parts(desk):
    """And it is known how many there are."""
    runner = desk.runner(Held())
    jobs = [runner.submit(JobKind.MAP, {"n": n}, principal=JO).id for n in range(5)]
    found = [one.id for start in (0, 3) for one in runner.jobs(JO, 3, start=start)]
    assert (found, runner.count(JO), runner.count(KIM)) == (jobs[::-1], 5, 0)


def test_the_same_work_does_not_wait_twice(desk):
    """What is asked for while a job waits is done by that one; paths are put together."""
    runner = desk.runner(Held())
    first = runner.submit(JobKind.INGEST, {"paths": ["policies/a.md"]}, principal=JO)
    second = runner.submit(JobKind.INGEST, {"paths": ["policies/b.md"]}, principal=JO)
    other = runner.submit(JobKind.INGEST, {"paths": ["policies/c.md"]}, principal=KIM)
    assert (first.id, second.arguments["paths"]) == (second.id, ["policies/a.md", "policies/b.md"])
    assert other.id != first.id
    whole = runner.submit(JobKind.INGEST, {}, principal=JO)
    assert (whole.id, whole.arguments["paths"]) == (first.id, [])


@pytest.mark.parametrize(
    ("kind", "waiting", "wanted", "both"),
    [
        pytest.param("map", {}, {}, {}, id="the same"),
        pytest.param("map", {}, {"n": 1}, None, id="another"),
        pytest.param("ingest", {"retry": True}, {"paths": ["a"]}, None, id="tried again or not"),
    ],
)
def test_only_what_one_job_can_do_is_put_together(kind, waiting, wanted, both):
    """Other work is another job."""
    assert joined(JobKind(kind), waiting, wanted) == both


def test_a_work_ends_at_its_next_step_when_its_job_is_stopped(desk):
    """Somebody else than the runner's process may stop it, too; then the next job is done."""
    work = Held()
    runner = desk.runner(work)
    elsewhere = desk.runner(work)
    runner.start()
    job = runner.submit(JobKind.MAP, principal=JO)
    assert work.begun.wait(60)
    stopped = elsewhere.stop_job(job.id, RIA)
    assert (stopped.state, stopped.result) == (JobState.STOPPED, None)
    work.go_on.clear()
    after = runner.submit(JobKind.MAP, {"n": 2}, principal=JO)
    until(lambda: len(work.calls) == 2)
    work.go_on.set()
    assert done(runner, after).state is JobState.DONE
    assert runner.job(job.id, JO).state is JobState.STOPPED
    assert ("ria", "stopped a job", None) in desk.log()


def test_a_job_that_waits_is_stopped_before_it_begins(desk):
    """It is never begun, and stopping it once more changes nothing."""
    work = Held()
    work.go_on.set()
    runner = desk.runner(work)
    job = runner.submit(JobKind.MAP, principal=JO)
    runner.stop_job(job.id, JO)
    runner.start()
    done(runner, runner.submit(JobKind.MAP, principal=JO))
    assert runner.stop_job(job.id, JO).state is JobState.STOPPED
    assert len(work.calls) == 1


def test_a_job_that_fails_says_why_and_what_to_do(desk):
    """An error that is meant for people is kept in its words."""

    def work(*_):
        raise BadInput("the list is empty", hint="Fill it.")

    runner = desk.runner(work)
    runner.start()
    failed = done(runner, runner.submit(JobKind.MAP, principal=JO))
    assert (failed.state, failed.problem, failed.hint) == (
        JobState.FAILED, "the list is empty", "Fill it.",
    )  # fmt: skip


def test_a_defect_fails_its_job_and_no_other(desk, caplog):
    """What happened is for the log, not for whoever reads the job; the next job is done."""

    def work(arguments, *_):
        if not arguments:
            raise ZeroDivisionError("a secret")
        return {}

    runner = desk.runner(work)
    runner.start()
    failed = done(runner, runner.submit(JobKind.MAP, principal=JO))
    assert (failed.state, failed.problem) == (JobState.FAILED, "an internal fault, see the log")
    assert "a secret" in caplog.text
    assert done(runner, runner.submit(JobKind.MAP, {"n": 1}, principal=JO)).state is JobState.DONE


def test_a_job_waits_for_another_process_and_says_for_which(desk):
    """While somebody else writes the workspace, nothing fails."""
    tries = []

    def work(*_):
        tries.append(1)
        if len(tries) < 2:
            raise WorkspaceBusy("process 7 (copilot ingest) is writing this workspace")
        return {}

    runner = desk.runner(work)
    runner.start()
    job = runner.submit(JobKind.INGEST, principal=JO)
    until(lambda: runner.job(job.id, JO).doing.startswith("waiting: process 7 "))
    found = done(runner, job)
    assert (found.state, found.tries, len(tries)) == (JobState.DONE, 1, 2)


def test_a_service_that_ends_puts_its_job_back(desk):
    """The next start goes on with it, and the try that was cut off does not count."""
    work = Held()
    first = desk.runner(work)
    first.start()
    job = first.submit(JobKind.MAP, principal=JO)
    assert work.begun.wait(60)
    first.stop()
    waiting = first.job(job.id, JO)
    assert (waiting.state, waiting.tries) == (JobState.QUEUED, 0)
    work.go_on.set()
    second = desk.runner(work)
    second.start()
    assert done(second, job).tries == 1


def test_a_job_goes_on_at_once_after_its_process_was_killed(desk):
    """Nobody waits until the dead process has not been heard of for a while."""
    runner = desk.runner(lambda *_: {"went": "on"})
    job = runner.submit(JobKind.MAP, principal=JO)
    command = [sys.executable, "-m", "tests.jobs.killed", str(desk.folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"begun\n"
        assert runner.job(job.id, JO).state is JobState.RUNNING
        process.kill()
    runner.start()
    found = done(runner, job)
    assert (found.state, found.result, found.tries) == (JobState.DONE, {"went": "on"}, 2)
    assert [one[1] for one in desk.log()] == [
        "put a job in the queue", "began a job", "put a job back in the queue",
        "began a job", "finished a job",
    ]  # fmt: skip


def test_a_job_that_ends_every_process_is_given_up(desk):
    """After three tries it has failed, with what to do about it."""
    job = desk.runner(Held()).submit(JobKind.MAP, principal=JO)
    for _ in range(MOST_TRIES):
        assert desk.store.take("dead", now=now(), gone=["dead"]).id == job.id
    assert desk.store.take("dead", now=now(), gone=["dead"]) is None
    found = desk.store.job(job.id)
    assert (found.state, found.tries) == (JobState.FAILED, MOST_TRIES)
    assert "3 times" in found.problem
    assert found.hint


def test_a_job_is_given_to_another_when_its_runner_was_not_seen_for_a_while(desk):
    """And what the first runner tells later is not kept: the job is no longer its own."""
    job = desk.runner(Held()).submit(JobKind.MAP, principal=JO)
    begun = desk.store.take("far away", now=now() - timedelta(minutes=2))
    assert desk.store.waits(now=now())
    taken = desk.store.take("near", now=now())
    assert taken.id == begun.id == job.id
    assert not desk.store.seen(begun, "far away", now=now())
    assert not desk.store.end(begun, "far away", now=now())
    assert desk.store.seen(taken, "near", now=now())
    assert not desk.store.waits(now=now())


def test_of_several_services_one_does_each_job(desk):
    """Three runners on one database do twelve jobs, each of them once."""
    seen = []

    def work(arguments, *_):
        seen.append(arguments["n"])
        return {}

    runners = [desk.runner(work) for _ in range(3)]
    for n in range(12):
        runners[0].submit(JobKind.MAP, {"n": n}, principal=JO)
    for runner in runners:
        runner.start()
    until(lambda: all(one.over for one in runners[0].jobs(RIA)))
    assert sorted(seen) == list(range(12))


def test_auditors_begin_nothing_and_reviewers_draft_everything(desk):
    """A job is a change, and drafting everything is work on everybody's drafts."""
    runner = desk.runner(Held())
    with pytest.raises(NotPermitted):
        runner.submit(JobKind.MAP, principal=ANN)
    with pytest.raises(NotPermitted):
        runner.submit(JobKind.DRAFT_ALL, principal=JO)
    assert runner.submit(JobKind.DRAFT_ALL, principal=RIA).state is JobState.QUEUED


def test_a_database_that_fails_for_a_moment_ends_neither_work_nor_thread(desk, monkeypatch, caplog):
    """A figure of progress that cannot be kept is lost; jobs that cannot be taken are taken later."""
    failing = threading.Event()

    def fails(*_, **__):
        failing.set()
        raise sqlalchemy.exc.OperationalError("UPDATE jobs", {}, OSError("disk I/O error"))

    waits, seen = desk.store.waits, desk.store.seen
    monkeypatch.setattr(desk.store, "waits", fails)
    runner = desk.runner(lambda *given: given[2].step("working", 1, 1) or {})
    runner.start()
    assert failing.wait(60)
    monkeypatch.setattr(desk.store, "waits", waits)
    monkeypatch.setattr(desk.store, "seen", fails)
    job = runner.submit(JobKind.MAP, principal=JO)
    assert done(runner, job).state is JobState.DONE
    assert seen(job, "nobody", now=now()) is False
    assert "cannot be taken" in caplog.text
    assert "cannot be kept" in caplog.text
