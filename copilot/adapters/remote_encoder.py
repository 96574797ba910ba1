"""Texts to vectors by a server that speaks OpenAI's embeddings API.

Nothing that a server says of a failure is passed on but its status and its code: servers echo keys and
texts. No tokenizer is fetched to count tokens; a text that is too long for the model is shortened when
the server says so.
"""

from __future__ import annotations

import logging
import random
import re
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import numpy as np

from copilot.adapters import certificates
from copilot.adapters.chat_addresses import is_loopback
from copilot.adapters.remote_encoder_wire import (
    OPENAI_URL,
    batches_of,
    causes,
    checked_url,
    code_of,
    of_transport,
    retry_after,
    sendable,
    vectors_in,
)
from copilot.errors import EncoderUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import openai
    from numpy.typing import NDArray

_LOG: Final = logging.getLogger(__name__)

_AT_ONCE: Final = 4
"""Requests under way at the same time."""

_SHORTEST: Final = 200
"""Characters down to which a text is shortened before the model counts as unusable."""

_RETRIES: Final = 4
_FIRST_WAIT: Final = 0.4
_CONNECT_SECONDS: Final = 10.0
_LARGEST_REPLY: Final = 64_000_000

_AGAIN: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_REFUSED: Final = frozenset({401, 403})
_UNKNOWN: Final = 404
_REDIRECTS: Final = range(300, 400)
_TOO_LARGE: Final = 413
_TOO_LONG_STATUS: Final = frozenset({400, 413, 422, 500})
_TOO_LONG: Final = re.compile(
    r"context[_ ](length|size|window)|too (long|large|many tokens)|less than \d+ tokens"
    r"|maximum (sequence|input|number of tokens)|(length|tokens?) exceeds|batch size",
    re.IGNORECASE,
)
_NO_CREDIT: Final = "insufficient_quota"


class _Again(Exception):
    """The same request may succeed later."""

    def __init__(self, problem: EncoderUnavailable, after: float | None = None) -> None:
        super().__init__()
        self.problem = problem
        self.after = after


class _TooLong(Exception):
    """The model cannot take one of the texts."""

    def __init__(self, problem: EncoderUnavailable) -> None:
        super().__init__()
        self.problem = problem


class RemoteEncoder:
    """An embeddings model behind a URL; nothing is opened before the first text."""

    def __init__(
        self,
        model: str,
        *,
        base_url: str = "",
        key: Callable[[], tuple[str, str]],
        seconds: float = 60.0,
        known: Callable[[str], int | None] = lambda _: None,
    ) -> None:
        """Name the model and its server.

        Args:
            model: As the server calls it.
            base_url: Where it is, up to and with `/v1`; OpenAI's own when empty.
            key: Returns the key, empty if there is none, and where it comes from, for a person.
            seconds: How long a call of `encode` may take, with all that is tried again.
            known: Returns how long vectors of an encoder's name were so far, if there were any.

        Raises:
            EncoderUnavailable: What is given is no model or no URL.
        """
        if not model or not model.isprintable():
            raise EncoderUnavailable(
                "`encoder` names no model", hint="It takes openai:MODEL, as the server calls it."
            )
        self._model = model
        self._url = checked_url(base_url)
        self._key = key
        self._seconds = seconds
        self._known = known
        self._length: int | None = None
        self._opened: openai.OpenAI | None = None
        self._headers: dict[str, Any] = {}
        self._opening = threading.Lock()
        host = urlsplit(self._url).netloc
        digest = sha256(f"{model}\n{self._url}".encode()).hexdigest()[:8]
        self.name = f"openai:{model[:80]}@{host[:80]}/{digest}"

    def __repr__(self) -> str:
        """Return the name, and no key."""
        return f"RemoteEncoder({self.name!r})"

    @property
    def remote(self) -> bool:
        """Whether the texts leave this machine."""
        return not is_loopback(self._url)

    @property
    def dimensions(self) -> int:
        """How long a vector is; if nobody knows yet, the server is asked.

        Raises:
            EncoderUnavailable: It does not say.
        """
        if self._length is None:
            self._length = self._known(self.name)
        return self._length or int(self.encode(["dimensions"]).shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a unit vector for each text, as rows in the order given.

        Raises:
            EncoderUnavailable: The server cannot be reached, refuses, or returns something else.
        """
        if not texts:
            return np.zeros((0, self._length or 0), dtype=np.float32)
        deadline = time.monotonic() + self._seconds
        batches = list(batches_of([sendable(text) for text in texts]))
        if len(batches) == 1:
            found = [self._vectors(batches[0], deadline)]
        else:
            with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="embeddings") as pool:
                found = list(pool.map(lambda one: self._vectors(one, deadline), batches))
        lengths = {one.shape[1] for one in found}
        if len(lengths) != 1:
            raise self._strange("vectors of different lengths")
        self._check_length(lengths.pop())
        return np.concatenate(found)

    def _check_length(self, length: int) -> None:
        if self._length is None:
            self._length = self._known(self.name) or length
        if length != self._length:
            raise EncoderUnavailable(
                f"{self.name} returned vectors of {length} numbers, and {self._length} until now: "
                "it is another model by the same name",
                hint="Serve it under a name of its own, and set `encoder` to that.",
            )

    def _vectors(self, texts: list[str], deadline: float) -> NDArray[np.float32]:
        """Return the vectors of one batch, trying again and shortening where that helps."""
        try:
            return self._patiently(texts, deadline)
        except _TooLong as exc:
            if len(texts) > 1:
                half = len(texts) // 2
                parts = (texts[:half], texts[half:])
                return np.concatenate([self._vectors(part, deadline) for part in parts])
            if len(texts[0]) <= _SHORTEST:
                raise exc.problem from None
            return self._vectors([texts[0][: len(texts[0]) // 2]], deadline)

    def _patiently(self, texts: list[str], deadline: float) -> NDArray[np.float32]:
        for attempt in range(_RETRIES + 1):
            try:
                return self._once(texts, deadline)
            except _Again as exc:
                usual = _FIRST_WAIT * 2**attempt * random.uniform(0.75, 1.25)  # noqa: S311  jitter
                wait = usual if exc.after is None else exc.after
                if attempt == _RETRIES or time.monotonic() + wait >= deadline:
                    raise exc.problem from None
                _LOG.debug("%s again in %.1f s: %s", self.name, wait, exc.problem)
                time.sleep(wait)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, texts: list[str], deadline: float) -> NDArray[np.float32]:
        import openai

        left = deadline - time.monotonic()
        if left <= 0:
            raise self._late()
        timeout = openai.Timeout(left, connect=min(left, _CONNECT_SECONDS))
        # The client's own reading of a reply has no end in time, and makes an object of each number.
        sending = self._client().embeddings.with_streaming_response
        try:
            with sending.create(
                model=self._model,
                input=texts,
                encoding_format="float",
                extra_headers=self._headers,
                timeout=timeout,
            ) as response:
                body = self._body(response.iter_bytes(), deadline)
        # Not `from exc`: the text of these errors is what the server said.
        except openai.APIStatusError as exc:
            raise self._refused(exc) from None
        except openai.APITimeoutError:
            raise _Again(self._late()) from None
        except openai.APIConnectionError as exc:
            raise _Again(self._unreached(exc)) from None
        except openai.OpenAIError as exc:
            raise self._strange(type(exc).__name__) from None
        except Exception as exc:
            if not of_transport(exc):
                raise
            late = "Timeout" in type(exc).__name__
            raise _Again(self._late() if late else self._unreached(exc)) from None
        return self._read(body, len(texts))

    def _body(self, chunks: Iterator[bytes], deadline: float) -> bytes:
        """Return a reply; a server that drips is left at the deadline."""
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if time.monotonic() > deadline:
                raise self._late()
            if len(body) > _LARGEST_REPLY:
                raise self._strange("more than any embeddings")
        return bytes(body)

    def _read(self, body: bytes, expected: int) -> NDArray[np.float32]:
        """Return the vectors of a reply, each of length one.

        Raises:
            EncoderUnavailable: It is no such reply.
        """
        try:
            return vectors_in(body, expected)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise self._strange("no embeddings for the texts") from None

    def _client(self) -> openai.OpenAI:
        with self._opening:
            if self._opened is None:
                self._opened = self._open()
                weakref.finalize(self, self._opened.close)
            return self._opened

    def _open(self) -> openai.OpenAI:
        import openai

        key, _ = self._key()
        if not key and self._url == OPENAI_URL:
            raise EncoderUnavailable(
                f"`encoder` names {self._model} of OpenAI, and there is no key",
                hint="Set OPENAI_API_KEY, or `api_key_file` to a file that holds it.",
            )
        for vendor in ("openai", "httpx2", "httpcore2"):
            # What they log of requests and headers is not for a log.
            logging.getLogger(vendor).setLevel(logging.WARNING)
        self._headers = {} if key else {"Authorization": openai.Omit()}
        return openai.OpenAI(
            api_key=key or "none",
            base_url=self._url,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(
                # A server that sends requests on decides who reads them; a proxy that the
                # environment names would carry away what is meant for this machine.
                follow_redirects=False,
                trust_env=self.remote,
                verify=certificates.trusted(environment=self.remote),
            ),
        )

    # What goes wrong, in our words

    def _refused(self, exc: openai.APIStatusError) -> Exception:
        """Return the error for a status, as `_Again` or `_TooLong` if something can be done."""
        status, code, said = exc.status_code, code_of(exc.body), str(exc.body)
        about = f"HTTP {status}" + (f", {code}" if code else "")
        if status in _REFUSED:
            _, where = self._key()
            return EncoderUnavailable(
                f"the server of {self.name} refused the key ({about})", hint=f"Check {where}."
            )
        if status == _UNKNOWN:
            return EncoderUnavailable(
                f"{self._url} has no model {self._model!r}, or no embeddings ({about})",
                hint="Check `encoder` and `encoder_base_url`, which usually ends in /v1.",
            )
        if status in _REDIRECTS:
            return EncoderUnavailable(
                f"{self._url} sends requests on to another address ({about})",
                hint="Set `encoder_base_url` to that address if it is the right one.",
            )
        failed = EncoderUnavailable(
            f"the server of {self.name} failed ({about})",
            hint="Check `encoder` and `encoder_base_url`, or try again later.",
        )
        if status == _TOO_LARGE or (status in _TOO_LONG_STATUS and _TOO_LONG.search(said)):
            return _TooLong(failed)
        if code == _NO_CREDIT or status not in _AGAIN:
            return failed
        return _Again(failed, retry_after(exc.response.headers))

    def _late(self) -> EncoderUnavailable:
        return EncoderUnavailable(
            f"the server of {self.name} did not answer within {self._seconds:g} s",
            hint="Raise `encoder_seconds`, or check `encoder_base_url`.",
        )

    def _unreached(self, exc: Exception) -> EncoderUnavailable:
        why = next((one.strerror for one in causes(exc) if isinstance(one, OSError)), None)
        said = f": {why.lower()}" if why else ""
        return EncoderUnavailable(
            f"the server of {self.name} cannot be reached at {self._url}{said}",
            hint="Check `encoder_base_url`, and whether the server runs.",
        )

    def _strange(self, what: str) -> EncoderUnavailable:
        return EncoderUnavailable(
            f"the server of {self.name} returned {what}",
            hint="Check `encoder_base_url`: it must speak OpenAI's embeddings API.",
        )
