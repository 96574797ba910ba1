"""How long an ingest takes that finds nothing changed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.common import ROOT, Bound, Outcome, Told, options, publish, spread
from benchmarks.texts import VariantEncoder, write_files
from benchmarks.wiring import open_workspace, store
from copilot import bootstrap
from copilot.adapters.encoders import OnnxEncoder
from copilot.config import SETTINGS_FILE
from copilot.ingestion.folders import Root

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FOLDER: Final = "evidence"
_FILES: Final = 10_000
_SECONDS: Final = 3.0


def build(home: Path, files: int) -> None:
    """Make a workspace of so many files of one passage, and ingest it as the product would."""
    home.mkdir(parents=True, exist_ok=True)
    (home / SETTINGS_FILE).touch()
    write_files(home / _FOLDER, files=files, passages=1, seed=1)
    made = VariantEncoder(bootstrap.prepare_encoder())
    with open_workspace(home, encoder=made) as copilot:
        store(copilot, [Root(label=_FOLDER, path=home / _FOLDER)], progress=Told())
        copilot.follower.catch_up(Told().step)


def measure(home: Path, files: int, *, repetitions: int) -> dict[str, list[float]]:
    """Return the seconds of each way to ingest the workspace again."""
    encoder = OnnxEncoder(bootstrap.prepare_encoder())

    def again() -> None:
        with open_workspace(home, encoder=encoder) as copilot:
            report = copilot.ingest()
        if report.unchanged < files or report.passages:
            raise RuntimeError(f"only {report.unchanged} files were found unchanged")

    def command() -> None:
        environment = {**os.environ, "COPILOT_HOME": str(home), "PYTHONPATH": str(ROOT)}
        subprocess.run(
            [sys.executable, "-m", "copilot", "ingest"],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    with open_workspace(home, encoder=encoder) as copilot:
        copilot.ingest()  # takes the catalog in, once
    ways: dict[str, tuple[Callable[[], None], Callable[[], None]]] = {
        "in a warm process": (again, lambda: None),
        "written again, same content": (again, lambda: _touch(home)),
        "copilot ingest, a new process": (command, lambda: None),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(repetitions):
        for name, (call, prepare) in ways.items():
            prepare()
            begin = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - begin)
    return times


def _touch(home: Path) -> None:
    for file in (home / _FOLDER).iterdir():
        file.touch()


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, measure, print, and write JSON if asked."""
    parser = options("unchanged", __doc__ or "")
    parser.add_argument("--files", type=int, default=0, help="default 10,000; 200 with --quick")
    parser.add_argument("--repetitions", type=int, default=0, help="default 5; 1 with --quick")
    given = parser.parse_args(arguments)
    files = given.files or (200 if given.quick else _FILES)
    repetitions = given.repetitions or (1 if given.quick else 5)
    outcome = Outcome(
        benchmark="unchanged",
        quick=given.quick,
        parameters={"files": files, "repetitions": repetitions},
    )
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        build(home, files)
        times = measure(home, files, repetitions=repetitions)
    for name, values in times.items():
        outcome.rows.append({"how": name, **spread("seconds", values)})
    for row in outcome.rows:
        if row["how"] != "written again, same content":
            outcome.bounds.append(
                Bound(
                    what=f"{row['how']}, s", measured=float(row["seconds"] or 0), at_most=_SECONDS
                )
            )
    publish(outcome, given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
