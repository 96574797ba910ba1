"""What the server that plays a model can be told to do.

A behaviour is a plain function from a request to a reply.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 30.0
"""Seconds after which a wait inside the server ends, so that a broken test cannot hang for ever."""


@dataclass(frozen=True)
class Request:
    """What a client sent."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names are in lower case."""
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body, parsed; empty if it is no JSON object."""
        with contextlib.suppress(ValueError):
            read = json.loads(self.body)
            if isinstance(read, dict):
                return read
        return {}

    @property
    def streams(self) -> bool:
        """Whether the reply is wanted piece by piece."""
        return bool(self.json.get("stream"))

    @property
    def wants_usage(self) -> bool:
        """Whether token counts are wanted at the end of a stream."""
        return bool((self.json.get("stream_options") or {}).get("include_usage"))

    @property
    def format(self) -> str:
        """`json_schema`, `json_object`, or nothing."""
        return str((self.json.get("response_format") or {}).get("type", ""))

    @property
    def tool(self) -> str:
        """The name of the first tool that is offered; empty if none is."""
        tools = self.json.get("tools") or []
        return str(tools[0]["function"]["name"]) if tools else ""

    def said(self, *roles: str) -> str:
        """Return the text of the messages of these roles."""
        messages = self.json.get("messages") or []
        return "\n".join(str(one["content"]) for one in messages if one["role"] in roles)

    @property
    def system(self) -> str:
        """What the model is told to do."""
        return self.said("system", "developer")

    @property
    def user(self) -> str:
        """What the user says."""
        return self.said("user")


CUT = "\x00cut"
"""In a script: the connection is closed as if the reply were over."""
RESET = "\x00reset"
"""In a script: the connection is torn down."""
HANG = "\x00hang"
"""In a script: nothing more comes until the client goes away or the server is closed."""

Step = str | bytes | float | threading.Event
"""A piece of the reply, bytes to be sent as they stand, a pause in seconds, or something to wait for."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What the server does with a request."""

    script: Sequence[Step] = ()
    """The message, piece by piece."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Sent as it stands, in place of a completion."""
    refusal: str = ""
    finish: str | None = "stop"
    usage: tuple[int, int] = (210, 34)
    """Tokens of prompt and completion."""
    lead: Sequence[Step] = ()
    """What happens before the first byte of the reply."""


Behaviour = Callable[[Request], Reply]


def as_text(content: object) -> str:
    """Return an object as JSON, and a text as it is."""
    return content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)


def says(content: object, *, piece: int = 0, delay: float = 0.0, **more: Any) -> Behaviour:
    """Reply with a text or an object, in pieces of so many characters; 0 for a single one."""
    text = as_text(content)
    size = piece or max(len(text), 1)
    script: list[Step] = []
    for start in range(0, len(text), size):
        script += [text[start : start + size], delay]
    return lambda _: Reply(script=script, **more)


def plays(*script: Step, **more: Any) -> Behaviour:
    """Reply with this script."""
    return lambda _: Reply(script=script, **more)


def fails(
    status: int,
    message: str = "it failed",
    *,
    code: str = "",
    headers: Mapping[str, str] | None = None,
) -> Behaviour:
    """Reply with an error in OpenAI's form."""
    error = {"message": message, "type": "error", "param": None, "code": code or None}
    return lambda _: Reply(
        status=status,
        headers={"Content-Type": "application/json", **(headers or {})},
        body=json.dumps({"error": error}).encode(),
    )


def breaks_off(content: object, *, after: int, how: str = CUT) -> Behaviour:
    """Reply with the first characters of a text or an object, then `CUT`, `RESET` or `HANG`."""
    return plays(as_text(content)[:after], how)


def hangs() -> Behaviour:
    """Read the request and never answer."""
    return lambda _: Reply(lead=(HANG,))


def drips_headers(*, every: float = 0.02) -> Behaviour:
    """Begin a header and go on with it for ever, a byte at a time."""
    lead: list[Step] = [b"HTTP/1.1 200 OK\r\nX-Endless: "]
    return lambda _: Reply(lead=lead + [b"a", every] * int(PATIENCE / every))


def drips(content: object, *, every: float = 0.02) -> Behaviour:
    """Reply with a character at a time."""
    return says(content, piece=1, delay=every)


def refuses(text: str = "I cannot help with that.") -> Behaviour:
    """Refuse, in the field that structured output has for it."""
    return lambda _: Reply(refusal=text)


def falls_silent() -> Behaviour:
    """Reply with no text at all."""
    return lambda _: Reply()


def stops_short(content: object, *, after: int) -> Behaviour:
    """Use up the tokens after so many characters."""
    return lambda _: Reply(script=(as_text(content)[:after],), finish="length")


def is_too_long() -> Behaviour:
    """Say that the prompt has too many tokens."""
    return fails(
        400,
        "This model's maximum context length is 8192 tokens. However, your messages resulted in "
        "20417 tokens. Please reduce the length of the messages.",
        code="context_length_exceeded",
    )


def filters() -> Behaviour:
    """Say that the prompt was filtered."""
    return fails(
        400,
        "The response was filtered due to the prompt triggering a policy.",
        code="content_filter",
    )


def rejects(*formats: str, then: Behaviour, status: int = 400, message: str = "") -> Behaviour:
    """Refuse requests with these response formats and do `then` with the others."""

    def behaving(request: Request) -> Reply:
        if request.format in formats:
            said = message or f"'response_format' of type '{request.format}' is not supported"
            return fails(status, said)(request)
        return then(request)

    return behaving
