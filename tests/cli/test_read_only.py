"""A workspace on a disk that cannot be written, and the rights of one that can."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys

import pytest

from tests.cli.conftest import PROVE, environment
from tests.forking import commands
from tests.workspaces import open_workspace

_APART = ("unshare", "--user", "--map-root-user", "--mount")
_MOUNT = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$1" && shift && exec "$@"'


@pytest.fixture(scope="session")
def read_only(tmp_path_factory):
    """Return the beginning of a command line that sees a folder, named next, as read-only."""
    own = [*_APART, "sh", "-c", _MOUNT, "sh"]
    folder = tmp_path_factory.mktemp("mounted")
    if not shutil.which("unshare"):
        pytest.skip("unshare is not installed")
    tried = subprocess.run(
        [*own, folder, "touch", "file"], check=False, capture_output=True, encoding="utf-8"
    )
    if "Read-only" not in tried.stderr:
        pytest.skip("this machine lets nobody mount a folder read-only")
    return own


@pytest.fixture(scope="module")
def apart(read_only):
    """Return a function that runs the command where folders can be made read-only first."""
    with commands(*_APART) as run:
        yield run


@pytest.fixture
def there(apart, tmp_path):
    """Return a function that runs the command in a folder which cannot be written."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()

    def run(*arguments, cwd):
        done = apart(
            *arguments,
            cwd=cwd,
            environment=environment(TMPDIR=str(scratch)),
            first=[("mount", "--bind", cwd, cwd), ("mount", "-o", "remount,bind,ro", cwd)],
        )
        # onnxruntime leaves a `.ses` where it is loaded.
        assert [one.name for one in scratch.iterdir() if one.name != ".ses"] == []
        return done

    return run


@pytest.mark.parametrize(
    "arguments",
    [("ask", PROVE), ("search", "restore test", "--kind", "evidence"), ("doctor",)],
    ids=lambda one: one[0],
)
def test_what_is_up_to_date_can_be_asked_where_nothing_can_be_written(
    copilot, document, own_company, there, arguments
):
    """The same is said as where it can be, and nothing is left behind."""
    before = copilot(*arguments, "--json", cwd=own_company)
    done = there(*arguments, "--json", cwd=own_company)
    assert (done.returncode, done.stderr) == (before.returncode, before.stderr) == (0, "")
    assert document(done) == document(before)


def test_an_index_that_lags_has_to_be_brought_up_elsewhere(document, own_company, there):
    """What to do is said, and where."""
    shutil.rmtree(own_company / ".copilot" / "index")
    done = there("search", "access", "--json", cwd=own_company)
    error = document(done)["error"]
    assert (done.returncode, error["type"]) == (1, "WorkspaceNotWritable")
    assert "Read-only file system" in error["message"]
    assert "copilot ingest" in error["hint"]


def test_an_older_database_has_to_be_brought_up_elsewhere(document, own_company, there):
    """A schema cannot be changed where nothing can be written."""
    _change(own_company, "UPDATE alembic_version SET version_num = 'first'")
    done = there("search", "access", "--json", cwd=own_company)
    assert done.returncode == 1
    assert "older version" in document(done)["error"]["message"]
    assert "copilot ingest" in document(done)["error"]["hint"]


def test_where_there_is_no_room_for_a_copy_of_the_index_that_is_said(
    document, own_company, read_only, tmp_path
):
    """The folder for temporary files is named, since that is where room is missing."""
    place = tmp_path / "full"
    place.mkdir()
    script = f'mount -t tmpfs -o size=1m x {place} && TMPDIR={place} exec "$@"'
    command = [sys.executable, "-m", "copilot", "search", "access", "--json"]
    done = subprocess.run(
        [*read_only, own_company, "sh", "-c", script, "sh", *command],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert document(done)["error"]["message"] == f"{place}: No space left on device"


def test_where_nothing_was_ever_ingested_that_is_said(document, empty, there):
    """There is nothing to read, and nothing can be made."""
    done = there("search", "access", "--json", cwd=empty)
    assert done.returncode == 1
    assert ".copilot" in document(done)["error"]["message"]
    assert document(done)["error"]["hint"]


def test_changes_that_were_not_written_into_the_database_are_not_overlooked(
    copilot, document, own_company, there
):
    """After a killed writer the newest changes stand beside it: reading without them is refused."""
    log = own_company / ".copilot" / "truth.db-wal"
    writer = sqlite3.connect(own_company / ".copilot" / "truth.db")
    writer.execute("UPDATE sources SET mtime_ns = mtime_ns + 1")
    writer.commit()
    kept = log.read_bytes()
    writer.close()
    log.write_bytes(kept)
    done = there("search", "access", "--json", cwd=own_company)
    assert done.returncode == 1
    assert "truth.db-wal" in document(done)["error"]["message"]
    assert copilot("search", "access", cwd=own_company).returncode == 0
    assert there("search", "access", cwd=own_company).returncode == 0


def test_beside_a_writer_elsewhere_the_truth_is_read_as_it_is(own_company, there):
    """While somebody who may write has the database open, it is read with its newest changes."""
    with open_workspace(own_company) as ours:
        ours.truth.forget_refusals(["nothing"])
        assert (own_company / ".copilot" / "truth.db-wal").exists()
        done = there("search", "access", cwd=own_company)
    assert (done.returncode, done.stderr) == (0, "")


_READS_TWICE = """
import sys
from copilot.adapters.sql.database import connect
from copilot.adapters.sql.truth import SqlTruth
from copilot.errors import TruthUnavailable
truth = SqlTruth(connect(f"sqlite:///{sys.argv[1]}"))
print(len(truth.fingerprints()) > 0, flush=True)
sys.stdin.readline()
try:
    truth.fingerprints()
except TruthUnavailable as problem:
    print(problem, flush=True)
"""


def test_a_database_that_is_written_meanwhile_is_not_trusted(own_company, read_only):
    """Where SQLite cannot tell reader and writer apart, a change in between is noticed."""
    file = own_company / ".copilot" / "truth.db"
    for beside in ("-wal", "-shm"):
        # As the last one who wrote leaves it; the copy of a company that was open brings them along.
        file.with_name(f"{file.name}{beside}").unlink(missing_ok=True)
    reader = subprocess.Popen(
        [*read_only, own_company, sys.executable, "-c", _READS_TWICE, file],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert reader.stdout.readline() == "True\n"
    _change(own_company, "UPDATE sources SET mtime_ns = mtime_ns + 1")
    said, _ = reader.communicate("go on\n", timeout=60)
    assert "was written while it was read" in said


@pytest.fixture(scope="module")
def unprivileged():
    """Return a function that runs the command as root does to whom files may be closed."""
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner,-chown"]
    if os.geteuid() or subprocess.run([*drop, "true"], check=False, capture_output=True).returncode:
        pytest.skip(
            "only root can give a folder to somebody else, with setpriv to be bound by that"
        )

    with commands(*drop) as run:
        yield run


@pytest.fixture
def as_another(own_company, unprivileged):
    """Return a function that runs the command as somebody who does not own what is stored."""

    def run(*arguments, folder, file):
        for path in (own_company / ".copilot", *(own_company / ".copilot").rglob("*")):
            path.chmod(folder if path.is_dir() else file)
            os.chown(path, 65534, 65534)
        return unprivileged(*arguments, cwd=own_company, environment=environment())

    return run


def test_what_somebody_else_may_read_can_be_asked(copilot, document, own_company, as_another):
    """Where the owner has let others in, they may ask, and not write."""
    before = copilot("ask", PROVE, "--json", cwd=own_company)
    done = as_another("ask", PROVE, "--json", folder=0o755, file=0o644)
    assert done.stderr == ""
    assert document(done) == document(before)
    refused = as_another("ingest", "--json", folder=0o755, file=0o644)
    assert document(refused)["error"]["type"] == "WorkspaceNotWritable"


def test_what_only_its_owner_may_read_is_closed_to_others(document, as_another):
    """Who may not read what is stored is told whose business it is."""
    error = document(as_another("search", "access", "--json", folder=0o700, file=0o600))["error"]
    assert "may not be read" in error["message"]
    assert "owner" in error["hint"]


def _change(folder, statement):
    connection = sqlite3.connect(folder / ".copilot" / "truth.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


# Rights


def rights(folder):
    """Return the rights of a folder and of everything in it, with one example of each."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        kind = "folder" if path.is_dir() else "file"
        found.setdefault((kind, oct(stat.S_IMODE(path.stat().st_mode))), path)
    return found


PRIVATE = {("folder", "0o700"), ("file", "0o600")}


def test_what_is_stored_is_its_owners_alone(small):
    """However generous the user is with other files, the copy of every text is closed."""
    shutil.rmtree(small / ".copilot")
    subprocess.run(
        ["sh", "-c", f"umask 0; exec {sys.executable} -m copilot ingest"],
        cwd=small,
        env=environment(),
        capture_output=True,
        check=True,
    )
    assert rights(small / ".copilot").keys() == PRIVATE


def test_rights_that_are_too_wide_are_narrowed(copilot, small):
    """A workspace of an earlier version is closed by the next command, whichever it is."""
    for path in (small / ".copilot", *(small / ".copilot").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o664)
    (small / ".copilot" / "elsewhere").symlink_to(small / "policies" / "access.md")
    (small / "policies" / "access.md").chmod(0o644)
    assert copilot("search", "access", cwd=small).returncode == 0
    (small / ".copilot" / "elsewhere").unlink()
    assert rights(small / ".copilot").keys() == PRIVATE
    assert stat.S_IMODE((small / "policies" / "access.md").stat().st_mode) == 0o644
