"""A server of vectors, and its encoder."""

from __future__ import annotations

import pytest

from tests.retrieval.embedding_server import serving
from tests.retrieval.remote.served import made


@pytest.fixture(scope="package")
def server():
    with serving() as running:
        yield running


@pytest.fixture
def encoder(server, request):
    """Return an encoder of that server, which has forgotten all that it received before."""
    server.requests.clear()
    server.script.clear()
    server.always = None
    return made(server.url, **getattr(request, "param", {}))
