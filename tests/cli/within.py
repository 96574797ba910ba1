"""The command line within the test's own process: the same code, without the start of a new one."""

from __future__ import annotations

import contextlib
import io
import json
import os
from types import SimpleNamespace

from copilot.cli.main import _run


def run(*arguments, cwd):
    """Run a command in a folder; return its status, what it printed, and that as JSON."""
    out, err, kept = io.StringIO(), io.StringIO(), dict(os.environ)
    for name in [one for one in os.environ if one.startswith("COPILOT_")]:
        if name != "COPILOT_CACHE_DIR":
            del os.environ[name]
    try:
        with (
            contextlib.chdir(cwd),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            status = _run([str(one) for one in arguments])
    finally:
        os.environ.clear()
        os.environ.update(kept)
    done = SimpleNamespace(returncode=status, stdout=out.getvalue(), stderr=err.getvalue())
    if "--json" in arguments and done.stdout:
        done.json = json.loads(done.stdout)
    return done
