"""One small ingestion on real parts: SQLite, the real encoder, a reader in a child process."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from copilot import bootstrap
from copilot.adapters.encoders import OnnxEncoder
from copilot.adapters.parsing import BoundedParser, Limits
from copilot.adapters.readers import registry
from copilot.adapters.sql.database import connect
from copilot.adapters.sql.truth import SqlTruth
from copilot.domain.access import principal
from copilot.ingestion.folders import Root
from copilot.ingestion.pipeline import Ingestion

GROUPS = ("compliance", "hr", "engineering")


@pytest.fixture(scope="session")
def encoder():
    """Return the real encoder."""
    return OnnxEncoder(bootstrap.prepare_encoder(), threads=1)


@pytest.fixture(scope="session")
def shared_parser():
    """Return a parser whose child serves every test that does not need limits of its own."""
    parser = BoundedParser(Limits(seconds=60, megabytes=2_048, file_megabytes=100))
    yield parser
    parser.close()


@pytest.fixture
def read(tmp_path):
    """Return a function that writes a file and reads it, without a child process."""

    def reading(name, content):
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif content is not None:
            path.write_text(content, encoding="utf-8")
        return registry.read(path, name)

    return reading


class Company:
    """A workspace of a test: a folder, a database, and what a run over them says."""

    def __init__(self, home, encoder, parser, empty):
        self.home = home
        self.policies = home / "policies"
        self.evidence = home / "evidence"
        self.policies.mkdir()
        self.evidence.mkdir()
        shutil.copy(empty, home / "truth.db")
        self.truth = SqlTruth(connect(f"sqlite:///{home / 'truth.db'}"))
        self.encoder = encoder
        self.parser = parser
        self.reader = principal("tester", audiences=GROUPS)

    def write(self, path, content):
        """Write a file of the workspace."""
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            file.write_bytes(content)
        else:
            file.write_text(content, encoding="utf-8")
        return file

    def ingest(self, *paths, retry=False):
        """Bring the truth in line with the folders, or with some paths only."""
        labels = paths or ("policies", "evidence")
        roots = [Root(label=label, path=self.home / label) for label in labels]
        with ThreadPoolExecutor(1) as pool:
            ingestion = Ingestion(
                truth=self.truth,
                encoder=self.encoder,
                reader=self.parser,
                executor=pool,
                limits=str(self.parser.limits),
            )
            return ingestion.run(roots, scope=list(labels), retry=retry)

    def source(self, path):
        """Return a stored source, or nothing."""
        listed = self.truth.sources(principal=self.reader)
        return next((one for one in listed if one.path == path), None)

    def audience(self, path):
        """Return the audience that a source is stored under."""
        found = self.source(path)
        return found.metadata.audience if found else None

    def text(self, path):
        """Return a stored text."""
        return self.truth.text_of(path, principal=self.reader)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory):
    """Return a database without sources, to be copied: making its tables takes a while."""
    file = tmp_path_factory.mktemp("empty") / "truth.db"
    SqlTruth(connect(f"sqlite:///{file}")).close()
    return file


@pytest.fixture
def company(tmp_path, encoder, shared_parser, empty_database):
    """Return an empty workspace."""
    made = Company(tmp_path, encoder, shared_parser, empty_database)
    yield made
    made.truth.close()


@pytest.fixture
def without_tools(monkeypatch, tmp_path):
    """Leave no program on the path, so that OCR is absent."""
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
