"""The sample company with a model that a server plays, through everything that is between them."""

from __future__ import annotations

import contextlib
import shutil

import pytest

from copilot.adapters.chat_addresses import PROVIDERS
from copilot.adapters.chat_models import connect
from tests.generated.talking import KEY, MODEL, environment, talking, variables
from tests.models.server import ModelServer


@pytest.fixture(autouse=True)
def _a_key_and_nothing_else(monkeypatch):
    for provider in PROVIDERS.values():
        for name in (*provider.keys, *provider.urls):
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@pytest.fixture(scope="session", autouse=True)
def _vendors_are_loaded():
    """Load what a first call loads, which would take most of a short deadline."""
    connect(MODEL, base_url="http://127.0.0.1:9/v1").probe(seconds=60)


@pytest.fixture
def server():
    """Yield a server that is listening."""
    with ModelServer() as running:
        yield running


@pytest.fixture(scope="session")
def company(sample_folder, tmp_path_factory):
    """Return a copy of the sample company's workspace, which models' calls are logged in."""
    return shutil.copytree(sample_folder, tmp_path_factory.mktemp("generated") / "harbourlight")


@pytest.fixture
def own_company(sample_folder, tmp_path):
    """Return a copy of the sample company's workspace for one test."""
    return shutil.copytree(sample_folder, tmp_path / "harbourlight")


@pytest.fixture(scope="session")
def run(forked):
    """Return a function that runs `copilot` in a folder as a process of its own and returns it, finished."""

    def running(folder, *arguments, **more):
        known = environment(**{"OPENAI_API_KEY": KEY, **more})
        return forked(*arguments, cwd=folder, environment=known)

    return running


@pytest.fixture
def talk(server, company, sample, monkeypatch):
    """Return a function that opens a workspace with a model and these settings."""
    with contextlib.ExitStack() as stack:

        def opening(folder=company, **settings):
            for name, value in variables(server, **settings).items():
                monkeypatch.setenv(name, value)
            return stack.enter_context(talking(folder, sample))

        yield opening
