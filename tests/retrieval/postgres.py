"""A PostgreSQL server for the tests, where one is installed."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa

_numbers = itertools.count(1)


def _programs():
    """Return the folder of the server's programs; Debian keeps them off the path."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextlib.contextmanager
def running():
    """Start a server in a folder of its own, reached by a socket there; yield its URL, or skip."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server is installed here (initdb was not found)")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("the extra `postgres` is not installed here (there is no psycopg)")
    # Not under pytest's own folder, whose path is longer than that of a socket may be.
    home = Path(tempfile.mkdtemp(prefix="pg-"))
    # The server refuses to be root's.
    user = {"user": "nobody"} if os.geteuid() == 0 else {}
    if user:
        os.chown(home, pwd.getpwnam("nobody").pw_uid, -1)

    def run(program, *arguments):
        subprocess.run(
            [programs / program, "-D", home / "data", *arguments],
            cwd=home,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **user,
        )

    try:
        run("initdb", "-U", "copilot", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-k {home} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "start", "-w", "-l", str(home / "log"), "-o", options)
        try:
            yield f"postgresql+psycopg://copilot@/postgres?host={home}"
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def new_database(server):
    """Return the URL of an empty database on a server."""
    name = f"test_{next(_numbers)}"
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")
