"""Kill -9 at random moments of an ingest; afterwards all is as if nothing had happened.

`COPILOT_TEST_KILLS` sets how many; 50 take about a minute.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from copilot.domain.access import principal
from copilot.domain.indexing import text_hash
from copilot.errors import WorkspaceBusy
from tests.processes import context
from tests.retrieval.ingesting import FOLDERS, ingest
from tests.retrieval.workspace import Workspace

KILLS = int(os.environ.get("COPILOT_TEST_KILLS", "12"))
FILES = 60
WORDS = (
    "access review quarter laptop encryption incident backup vendor password owner evidence system "
    "customer deletion training audit control change deploy network key secret badge visitor".split()
)
READER = principal("reader", audiences=["hr"])
QUERIES = [*WORDS[:12], "who owns the backup", "laptop encryption key", '"the owner of"', "AC-07"]


def write(folder, number, dice):
    """Write one file of random sentences, some of them for one audience only."""
    lines = [
        f"The {dice.choice(WORDS)} of {dice.choice(WORDS)} is what the owner of AC-{dice.randint(1, 9):02} "
        f"shows for the {dice.choice(WORDS)} {dice.choice(WORDS)} {number}.\n"
        for _ in range(dice.randint(3, 20))
    ]
    audience = dice.choice(["everyone", "everyone", "hr"])
    file = folder / FOLDERS[number % 2] / f"file-{number}.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    head = f"---\naudience: {audience}\n---\n# File {number}\n\n"
    file.write_text(head + "\n".join(lines), encoding="utf-8")


def shake(folder, dice):
    """Change, add and remove a few files."""
    for number in dice.sample(range(FILES), 12):
        file = folder / FOLDERS[number % 2] / f"file-{number}.md"
        if file.exists() and dice.random() < 0.25:
            file.unlink()
        else:
            write(folder, number, dice)


def holdings(folder):
    """Return everything that the truth holds and what searches find, without internal ids."""
    workspace = Workspace(folder)
    truth = workspace.truth
    sources = truth.sources(principal=READER)
    passages = {
        source.path: [
            (one.start, one.end, one.text, one.heading)
            for one in truth.passages_of(source.path, principal=READER)
        ]
        for source in sources
    }
    found = {}
    with workspace.searching() as search:
        for query in QUERIES:
            hits = search.search(query, principal=READER, limit=10)
            found[query] = {
                (hit.passage.source.path, hit.passage.start): round(hit.cosine or 0.0, 3)
                for hit in hits
            }
    assert workspace.follower.check()
    workspace.close()
    return sources, passages, found


def undisturbed(folder, beside):
    """Return what an ingest of the same files gives that nobody disturbs."""
    for name in FOLDERS:
        shutil.copytree(folder / name, beside / name)
    ingest(beside)
    return holdings(beside)


def test_killed_ingests_leave_nothing_behind(tmp_path):
    """After many kills, one more ingest gives the sources, passages and results of a quiet run."""
    dice = random.Random(7)  # noqa: S311  which moment and which file, nothing secret
    folder = tmp_path / "shaken"
    for number in range(FILES):
        write(folder, number, dice)
    started = time.monotonic()
    ingest(tmp_path / "shaken")
    took = time.monotonic() - started
    killed = 0
    while killed < KILLS:
        shake(folder, dice)
        process = context().Process(target=ingest, args=(str(folder),))
        process.start()
        started = time.monotonic()
        process.join(dice.uniform(0.02, took))
        if process.is_alive():
            os.kill(process.pid, signal.SIGKILL)
        else:
            took = time.monotonic() - started  # so the next is likelier to be interrupted
        process.join()
        assert process.exitcode in {0, -signal.SIGKILL}
        killed += process.exitcode != 0
    ingest(folder)
    assert holdings(folder) == undisturbed(folder, tmp_path / "quiet")


def test_the_command_line_survives_kills(tmp_path):
    """The same with `copilot ingest` itself, the real encoder, and its parsing children."""
    dice = random.Random(8)  # noqa: S311
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "copilot.toml").write_text("")
    for number in range(FILES):
        write(folder, number, dice)
    command = [sys.executable, "-m", "copilot"]
    for wait in (1.2, 2.5, 4.0):
        with subprocess.Popen([*command, "ingest"], cwd=folder, stdout=subprocess.DEVNULL) as child:
            try:
                child.wait(wait)
            except subprocess.TimeoutExpired:
                child.kill()
    done = subprocess.run([*command, "ingest"], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    again = subprocess.run(
        [*command, "ingest", "--json"], cwd=folder, capture_output=True, check=True
    )
    report = json.loads(again.stdout)
    assert report["added"] == report["changed"] == report["removed"] == []
    assert report["unchanged"] >= FILES


def _read(folder, begun, stop, seen):
    """Search again and again, once more at the end, and tell which hits did not agree with the truth."""
    workspace = Workspace(Path(folder))
    truth, hits, wrong, last = workspace.truth, 0, [], False
    while not last:
        last = stop.is_set()
        with workspace.searching() as search:
            found = [
                (hit, search.encode(query))
                for query in QUERIES[:6]
                for hit in search.search(query, principal=READER, limit=10)
            ]
        hits += len(found)
        wrong += [one for one in (_untrue(truth, *pair) for pair in found) if one]
        begun.set()
    workspace.close()
    seen.put((hits, wrong))


def _untrue(truth, hit, vector):
    """Return what is wrong with a hit, held against the vectors that the truth has ever had."""
    stored = truth.vectors([text_hash(_indexed(hit.passage))], "hashing")
    if not stored:
        return f"the truth never had {hit.passage.text!r}"
    (known,) = stored.values()
    expected = float(np.frombuffer(known, np.float16).astype(np.float32) @ vector)
    if hit.cosine is not None and abs(expected - hit.cosine) > 0.002:
        return f"{hit.passage.text!r}: {hit.cosine} for {expected}"
    return ""


def _indexed(passage):
    """Return what the encoder saw of a passage: its title and headings, then its words."""
    context = " > ".join(dict.fromkeys((passage.source.metadata.title, *passage.heading)))
    return f"{context}\n{passage.text}"


def test_a_reader_beside_a_writer_sees_only_what_is_true(tmp_path):
    """While files come, change and go, every hit has the words and the vector of the truth."""
    dice = random.Random(9)  # noqa: S311
    folder = tmp_path / "both"
    for number in range(FILES):
        write(folder, number, dice)
    ingest(folder)
    begun, stop, seen = context().Event(), context().Event(), context().Queue()
    reader = context().Process(target=_read, args=(str(folder), begun, stop, seen))
    reader.start()
    assert begun.wait(60)
    for _ in range(6):
        shake(folder, dice)
        writer = context().Process(target=_write, args=(str(folder),))
        writer.start()
        writer.join()
        assert writer.exitcode == 0
    stop.set()
    hits, wrong = seen.get(timeout=60)
    reader.join()
    assert hits > 100
    assert wrong == []


def _write(folder):
    """Ingest, and begin again when a reader is just catching up."""
    for _ in range(100):
        try:
            ingest(folder)
        except WorkspaceBusy:
            time.sleep(0.1)
        else:
            return
    sys.exit(1)
