"""Secrets that are handed out once: how they are made, and what is kept of them."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

_BYTES: Final = 32
"""256 bits: nobody guesses it, so that one round of SHA-256 is enough to keep it by."""


def new_secret() -> str:
    """Return a random text of 43 letters, digits, dashes and underscores."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(secret: str) -> str:
    """Return the SHA-256 of a secret, which is all that is kept of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Say whether two hashes are equal, in a time that does not tell how much of them is."""
    return secrets.compare_digest(one.encode(), other.encode())
