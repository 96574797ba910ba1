"""Locks between processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from copilot.adapters.locks import FileLock
from copilot.errors import WorkspaceBusy, WorkspaceNotWritable

_HOLD = """
import sys, time
from pathlib import Path
from copilot.adapters.locks import FileLock
lock = FileLock(Path(sys.argv[1]), what="writing this workspace")
with getattr(lock, sys.argv[2])(wait=0):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Return a function that starts a process which holds the lock."""
    started = []

    def start(how):
        process = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(tmp_path / "a.lock"), how], stdout=subprocess.PIPE
        )
        started.append(process)
        assert process.stdout.readline() == b"held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def lock(tmp_path):
    """Return the lock that the other process holds."""
    return FileLock(tmp_path / "a.lock", what="writing this workspace")


@pytest.mark.parametrize("how", ["writing", "reading"])
def test_a_second_process_is_refused_with_the_writers_id(holder, lock, how):
    """Whoever comes while one writes is told which process it is."""
    process = holder("writing")
    with (
        pytest.raises(WorkspaceBusy, match=rf"process {process.pid} .*writing this workspace"),
        getattr(lock, how)(wait=0),
    ):
        pass


def test_a_killed_holder_leaves_no_lock(holder, lock):
    """After kill -9 the lock is free at once, although its file still names the dead process."""
    process = holder("writing")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with lock.writing(wait=0):
        pass


def test_readers_share(holder, lock):
    """Several may read at once, and then nobody may write."""
    holder("reading")
    with lock.reading(wait=0):
        pass
    with pytest.raises(WorkspaceBusy, match="another process"), lock.writing(wait=0.1):
        pass


def test_the_lock_is_free_after_an_error(lock):
    """An error inside lets go of the lock and of the holder's name."""
    with pytest.raises(ZeroDivisionError), lock.writing(wait=0):
        raise ZeroDivisionError
    with lock.writing(wait=0):
        pass


def test_a_passing_lock_leaves_no_file(lock, tmp_path):
    """The lock of something that was deleted goes with it."""
    with lock.named("generation-1").writing(wait=0):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_lock_that_cannot_be_written_can_be_held_to_read(tmp_path, lock):
    """On a read-only disk readers share what there is, and a writer is told."""
    if os.geteuid() == 0:
        pytest.skip(
            "root writes every file; tests/cli/test_read_only.py mounts one that nobody can"
        )
    with lock.writing(wait=0):
        pass
    (tmp_path / "a.lock").chmod(0o400)
    tmp_path.chmod(0o500)
    with lock.reading(wait=0), lock.named("other").reading(wait=0):
        pass
    with pytest.raises(WorkspaceNotWritable, match="cannot be written"), lock.writing(wait=0):
        pass
    tmp_path.chmod(0o700)
