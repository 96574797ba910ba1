"""What goes over the wire to an embeddings server and comes back from it."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from copilot.adapters.server_urls import check_url
from copilot.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

OPENAI_URL: Final = "https://api.openai.com/v1"

_BATCH: Final = 64
"""Texts in one request, and so what a request that fails has cost."""

_BATCH_CHARACTERS: Final = 60_000
_LONGEST: Final = 6_000
"""Characters of a text that are sent: several times the longest passage, below every usual limit."""

_CODE: Final = re.compile(r"[a-z][a-z_]{2,60}")
"""A server's code for what went wrong. Anything else could be a key or a piece of a text."""


def checked_url(base_url: str) -> str:
    """Return where the server is.

    Raises:
        EncoderUnavailable: It is no address, or holds what must not be printed.
    """
    url = base_url.strip().rstrip("/").removesuffix("/embeddings") or OPENAI_URL
    return check_url(url, where="`encoder_base_url`", error=EncoderUnavailable)


def sendable(text: str) -> str:
    """Return what a server takes of a text: neither half characters, nor nothing."""
    return text[:_LONGEST].encode("utf-8", "replace").decode().strip() or "-"


def batches_of(texts: Sequence[str]) -> Iterator[list[str]]:
    """Yield texts in pieces that one request takes."""
    batch: list[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == _BATCH or size + len(text) > _BATCH_CHARACTERS):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def vectors_in(body: bytes, expected: int) -> NDArray[np.float32]:
    """Return the vectors of a reply, in the order of the texts, each of length one.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: It is no such reply.
    """
    data = json.loads(body)["data"]
    rows = {_index(one, at): _row(one["embedding"]) for at, one in enumerate(data)}
    vectors = np.stack([rows[at] for at in range(expected)])
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if len(data) != expected or not np.isfinite(norms).all() or not norms.all():
        raise ValueError("a vector has a direction, and every text has one")
    found: NDArray[np.float32] = (vectors / norms).astype(np.float32)
    return found


def _index(one: dict[str, Any], at: int) -> int:
    stated = one.get("index")
    return at if stated is None else int(stated)


def _row(embedding: list[float] | str) -> NDArray[np.float64]:
    if isinstance(embedding, str):  # some servers know one format only
        return np.frombuffer(base64.b64decode(embedding), np.float32).astype(np.float64)
    row = np.asarray(embedding, dtype=np.float64)
    if row.ndim != 1 or not row.size:
        raise ValueError("a vector is a row of numbers")
    return row


def code_of(body: object) -> str:
    """Return a server's code for what went wrong, if it is one."""
    error = body.get("error", body) if isinstance(body, dict) else None
    found = (error.get("code") or error.get("type")) if isinstance(error, dict) else None
    return found if isinstance(found, str) and _CODE.fullmatch(found) else ""


def retry_after(headers: Any) -> float | None:
    """Return the seconds that a server asks us to wait; a date is left to our own waiting."""
    try:
        seconds = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def causes(exc: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it came from."""
    seen: set[int] = set()
    while exc is not None and id(exc) not in seen:
        seen.add(id(exc))
        yield exc
        exc = exc.__cause__ or exc.__context__


def of_transport(exc: Exception) -> bool:
    """Say whether an error comes from the wire: openai passes those on while a reply is read."""
    return any(kind.__module__.startswith("http") for kind in type(exc).__mro__)
