"""What every test shares: no network beyond this machine, the shipped knowledge, the shared data."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from copilot import bootstrap
from copilot.adapters.encoders import OnnxEncoder
from tests.forking import commands
from tests.mapping import learned as learning
from tests.memory import in_memory
from tests.once import once
from tests.order import longest_first
from tests.small_models import make_models
from tests.workspaces import build_sample, open_workspace

# How busy the machine is decides nothing; and what CI tries is the same on every run of a commit.
settings.register_profile(
    "project",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
settings.load_profile("project")

# The processes of a run share the cores, and inherit this; threads of their own would only get in the way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A process of a run comes to hold millions of objects that stay, which Python would look through all the time.
gc.set_threshold(50_000, 20, 20)

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def pytest_configure():
    """Let no test wait for a disk."""
    in_memory()


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest, so that all processes of a run end at the same time."""
    longest_first(items, root=ROOT)


@pytest.fixture(autouse=True)
def _loopback_only(request, monkeypatch):
    """Nothing leaves the machine; local servers may be reached."""
    if "online" in request.keywords:
        return
    connect = socket.socket.connect

    def guarded(self, address):
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            # Not an `Exception`, so no client can catch it and call it an outage.
            pytest.fail(f"a test tried to reach {address!r}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session", autouse=True)
def _interruptible():
    """Commands that tests start can be interrupted.

    A shell that runs the tests in the background has its children ignore interrupts, and theirs; those of
    a process with a handler of its own get the usual one.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def forked():
    """Return a function that runs the command in a process of its own; see `forking.py`."""
    with commands() as run:
        yield run


@pytest.fixture(scope="session")
def knowledge():
    """Return the folder of knowledge in this checkout."""
    return ROOT / "knowledge"


@pytest.fixture(scope="session")
def catalog():
    """Return the shipped catalog, checked."""
    return bootstrap.load_catalog()


@pytest.fixture(scope="session")
def shared():
    """Return the folder of shared data, or skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def learned(tmp_path_factory):
    """Return a cache in which the mapper keeps what it learned in this run, having found it damaged."""
    return once(tmp_path_factory, "learned", learning.learn)


@pytest.fixture(scope="session")
def mapper_known(request):
    """Let nothing wait in this process for the mapper to learn: if this machine's cache lacks it, fill it."""
    if not learning.known(OnnxEncoder(bootstrap.prepare_encoder())):
        request.getfixturevalue("learned")


@pytest.fixture(scope="session")
def models(tmp_path_factory):
    """Return a folder with small models: `small` and `prompted`, which are BERTs, and `static`."""
    return once(tmp_path_factory, "small-models", make_models)


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory, mapper_known):
    """Return the sample company's workspace, ingested; for reading only.

    Wherever it is used, suggestions may be made: two processes that learn at once take twice the time.
    """
    made = once(tmp_path_factory, "sample-company", build_sample)
    # A copy for each process of the run: two that have one index open could stand in each other's way.
    return shutil.copytree(made, tmp_path_factory.mktemp("sample") / "harbourlight")


@pytest.fixture(scope="session")
def sample(sample_folder):
    """Return the sample company's workspace, wired."""
    with open_workspace(sample_folder) as copilot:
        yield copilot


@pytest.fixture(scope="session")
def answering(sample):
    """Return answering over the sample company."""
    with sample.answering() as ready:
        yield ready


@pytest.fixture(scope="session")
def ask(sample, answering):
    """Return a function that asks the sample company a question as the operator."""

    def asking(question, *, named=None, period=None):
        return answering.ask(
            question,
            principal=sample.principal(named),
            period=period or sample.settings.period,
            scope=sample.settings.categories,
        )

    return asking
