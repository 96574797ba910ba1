"""Start-up time and peak memory of a cold `copilot ask` on the sample workspace."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.common import ROOT, Bound, Outcome, Row, megabytes, options, publish, spread

# Nothing heavy may be imported here: on Linux the peak of a child begins with that of its parent.

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_QUESTION: Final = "How do I prove that we review access?"
_COMMANDS: Final = {
    "python, nothing imported": ["-c", "pass"],
    "copilot --version": ["-m", "copilot", "--version"],
    "copilot search": ["-m", "copilot", "search", "--json", _QUESTION],
    "copilot ask": ["-m", "copilot", "ask", _QUESTION],
    "copilot ask --json": ["-m", "copilot", "ask", "--json", _QUESTION],
}
_PROMISED: Final = "copilot ask"
_QUICK: Final = ("python, nothing imported", _PROMISED)
_SECONDS: Final = 2.5
_MEGABYTES: Final = 450.0


def build(folder: Path, environment: Mapping[str, str], *, quick: bool) -> None:
    """Build and ingest the sample workspace."""
    only = [str(folder / "policies")] if quick else []
    for command in (
        [str(ROOT / "examples" / "build.py"), str(folder)],
        ["-m", "copilot", "ingest", *only],
    ):
        subprocess.run(  # noqa: S603  our own commands, no shell
            [sys.executable, *command], env=environment, check=True, stdout=subprocess.DEVNULL
        )


def once(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float, float]:
    """Run one command; return its seconds, its processor's seconds and its peak in megabytes.

    Raises:
        RuntimeError: It failed.
    """
    begin = time.perf_counter()
    child = subprocess.Popen(  # noqa: S603  our own commands, no shell
        [sys.executable, *command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}")
    return seconds, used.ru_utime + used.ru_stime, megabytes(used.ru_maxrss)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write JSON if asked."""
    parser = options("cold", __doc__ or "")
    parser.add_argument("--repetitions", type=int, default=0, help="default 7; 2 with --quick")
    parser.add_argument("--folder", type=Path, help="an ingested workspace; default: the sample's")
    given = parser.parse_args(arguments)
    repetitions = given.repetitions or (2 if given.quick else 7)
    outcome = Outcome(benchmark="cold", quick=given.quick, parameters={"repetitions": repetitions})
    found: dict[str, list[tuple[float, float, float]]] = {
        name: [] for name in (_QUICK if given.quick else _COMMANDS)
    }
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.folder or Path(scratch)
        environment = {**os.environ, "COPILOT_HOME": str(folder), "PYTHONPATH": str(ROOT)}
        if not given.folder:
            build(folder, environment, quick=given.quick)
        for _ in range(repetitions):
            for name, runs in found.items():
                runs.append(once(_COMMANDS[name], environment))
    for name, runs in found.items():
        seconds, worked, peaks = zip(*runs, strict=True)
        row: Row = {"command": name, **spread("seconds", seconds)}
        row |= {"CPU s": statistics.median(worked), "peak MB": max(peaks)}
        outcome.rows.append(row)
    promised = next(row for row in outcome.rows if row["command"] == _PROMISED)
    for what, name, bound in (("s", "seconds", _SECONDS), ("MB", "peak MB", _MEGABYTES)):
        outcome.bounds.append(
            Bound(what=f"{_PROMISED}, {what}", measured=float(promised[name] or 0), at_most=bound)
        )
    publish(outcome, given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
