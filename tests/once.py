"""What a run of the tests makes once, however many processes it has."""

from __future__ import annotations

import fcntl
import os
import shutil


def once(tmp_path_factory, name, make):
    """Return a folder of this run; the first process that wants it makes it, others wait for that.

    Args:
        tmp_path_factory: pytest's fixture.
        name: The folder's name, one for each thing that is made.
        make: Is called with a folder that is not there yet, and fills it.
    """
    base = tmp_path_factory.getbasetemp()
    # With several processes each has a folder of its own in that of the run.
    place = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, unfinished = place / name, place / f"{name}-unfinished"
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel lets go of it if the process dies
        if not made.exists():
            shutil.rmtree(unfinished, ignore_errors=True)  # of one that died
            make(unfinished)
            unfinished.rename(made)
    return made
