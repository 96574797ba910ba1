"""Whose certificates are trusted, read once: each client would read the same file again, for 40 ms."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


def trusted(*, environment: bool = True) -> ssl.SSLContext:
    """Return what connections are checked against, as the clients of language models would make it.

    Args:
        environment: Whether `SSL_CERT_FILE` and `SSL_CERT_DIR` are looked at.
    """
    named = (os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
    return _read(environment, *(named if environment else (None, None)))


@cache
def _read(environment: bool, _file: str | None, _folder: str | None) -> ssl.SSLContext:
    import httpx2

    return httpx2.create_ssl_context(trust_env=environment)
