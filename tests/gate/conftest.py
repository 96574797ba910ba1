"""The corpus, made once for a run."""

from __future__ import annotations

import pytest

from tests.gate import corpus


@pytest.fixture(scope="session")
def cases(sample):
    """Return every case over the sample company."""
    return corpus.of_sample(sample)


@pytest.fixture(scope="session")
def fresh_cases(sample):
    """Return every case that was written in rounds."""
    return corpus.fresh(sample)


@pytest.fixture(scope="session")
def property_cases(sample):
    """Return every case that is wrong in one respect of language."""
    return corpus.by_property(sample)


@pytest.fixture(scope="session")
def shared_cases(shared):
    """Return every case over the files of real organisations."""
    return corpus.of_shared(shared / "corpus")
