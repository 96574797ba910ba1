"""What went wrong with a model, in our own words and our own classes.

The vendors' classes differ, and what they have in common is enough: a status, headers, a body, and a
chain of causes. A key or a stretch of the prompt that a server echoes is taken out of every text.
"""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from copilot.errors import (
    ModelBusy,
    ModelFailed,
    ModelKeyRefused,
    ModelMisused,
    ModelRefused,
    ModelReplyUnusable,
    ModelTimedOut,
    ModelUnavailable,
    PromptTooLong,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from copilot.adapters.chat_addresses import Address
    from copilot.domain.prompting import RenderedPrompt

_TOO_LONG: Final = re.compile(
    r"context[_ ]length|context[_ ]window|context[_ ]size|maximum context|too many tokens"
    r"|prompt is too long|input is too long|input tokens exceed|reduce the length|string_above_max",
    re.IGNORECASE,
)
_FILTERED: Final = re.compile(
    r"content[_ ]?filter|content[_ ]policy|content management policy|responsibleai|safety system",
    re.IGNORECASE,
)
_NO_CREDIT: Final = re.compile(
    r"insufficient_quota|exceeded your current quota|credit balance", re.IGNORECASE
)
_UNKNOWN: Final = {
    "temperature": re.compile(r"temperature", re.IGNORECASE),
    "usage": re.compile(r"stream_options|include_usage", re.IGNORECASE),
    "format": re.compile(
        r"response_format|json_schema|json_object|json mode|structured[ _]output|output_config"
        r"|output_format|grammar|guided",
        re.IGNORECASE,
    ),
}
_REJECTING: Final = frozenset({400, 404, 415, 422, 500, 501})
"""Statuses with which servers turn down a parameter that they do not know."""
_WORST_QUOTE: Final = 160
"""Characters of a server's own words that are shown."""
_ECHO: Final = 24
"""So many characters of the prompt in a row are no coincidence."""


class ProviderError(Exception):
    """Stands for a vendor's error, named by its class, whose text holds what must not be shown."""


@dataclass(frozen=True, slots=True)
class _Secret:
    """What must be in no text that anybody reads."""

    key: str
    prompt: RenderedPrompt

    def shows_in(self, text: str) -> bool:
        """Say whether a text holds the key, one of its ends, or a stretch of the prompt."""
        if self.key and any(part in text for part in (self.key[:8], self.key[-6:])):
            return True
        sent = " ".join(f"{self.prompt.system} {self.prompt.user}".split())
        plain = " ".join(text.replace("\\n", " ").split())
        starts = range(0, len(plain) - _ECHO + 1, 4)
        return any(plain[at : at + _ECHO] in sent for at in starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What the chain of causes says."""

    status: int | None
    said: str
    """The server's words with its codes, for looking at and not for showing."""
    message: str
    retry_after: float | None
    kind: str
    """The class of what was raised."""
    names: frozenset[str]
    """Every class in the chain, and their bases."""
    system: str
    """What the operating system says, such as that a connection was refused."""


def unknown_parameters(problem: BaseException) -> list[str]:
    """Return which of `temperature`, `usage` and `format` the server seems not to know."""
    facts = _facts(problem)
    if facts.status not in _REJECTING or _TOO_LONG.search(facts.said):
        return []
    return [what for what, words in _UNKNOWN.items() if words.search(facts.said)]


def failure(problem: BaseException, address: Address, prompt: RenderedPrompt) -> ModelUnavailable:
    """Return our error for a vendor's, with the cause put to it."""
    for one in _chain(problem):
        if isinstance(one, ModelUnavailable):
            return one
    secret = _Secret(address.key, prompt)
    facts = _facts(problem)
    words = "" if secret.shows_in(facts.message) else " ".join(facts.message.split())
    said = f": {words[:_WORST_QUOTE]}" if words else ""
    ours = _by_status(facts, address, said) if facts.status else _by_class(facts, address, said)
    # Servers echo keys when they refuse them, whole or in part.
    hidden = facts.status in {401, 403} or any(secret.shows_in(str(one)) for one in _chain(problem))
    ours.__cause__ = ProviderError(type(problem).__name__) if hidden else problem
    return ours


def _by_status(facts: _Facts, address: Address, said: str) -> ModelUnavailable:
    name, status = address.name, facts.status or 0
    http = f"(HTTP {status})"
    if status in {401, 403}:
        verb = "did not accept the key" if status == 401 else "does not let this key use the model"
        return ModelKeyRefused(f"{name} {verb} {http}", hint=f"Check {address.keys}.")
    if status == 413 or _TOO_LONG.search(facts.said):
        return PromptTooLong(f"the sources are more than {name} can read at once {http}")
    if _FILTERED.search(facts.said):
        return ModelRefused(f"the provider of {name} filtered the request {http}")
    if _NO_CREDIT.search(facts.said):
        return ModelMisused(
            f"the account behind {name} has no credit left {http}",
            hint="Look at the provider's page for plan and billing.",
        )
    if status == 429 or (status >= 500 and facts.retry_after is not None):
        after = facts.retry_after
        wait = "" if after is None else f"; it asks to wait {after:.0f} s"
        return ModelBusy(f"{name} has too many requests {http}{wait}", retry_after=after)
    if status == 408:
        return ModelTimedOut(f"{name} took too long {http}")
    if status >= 500 or status in {409, 425}:
        return ModelFailed(f"{name} failed {http}{said}")
    return _misused(facts, address, http, said)


def _misused(facts: _Facts, address: Address, http: str, said: str) -> ModelMisused:
    name = address.name
    match facts.status:
        case 404:
            return ModelMisused(
                f"{address.url} does not know the model of {name}, or is another kind of server "
                f"{http}{said}",
                hint="Check `model` and `base_url`.",
            )
        case status if status and 300 <= status < 400:
            return ModelMisused(
                f"{address.url} sends requests on to another address {http}",
                hint="Set `base_url` to the address that it sends them to.",
            )
        case _:
            return ModelMisused(f"{name} turned the request down {http}{said}")


def _by_class(facts: _Facts, address: Address, said: str) -> ModelUnavailable:
    name = address.name
    if any("ConnectTimeout" in one for one in facts.names):
        return _unreachable(address, "no connection in time")
    if any("Timeout" in one for one in facts.names):
        return ModelTimedOut(f"{name} did not answer in time")
    if any("ConnectError" in one for one in facts.names):
        return _unreachable(address, facts.system or "no connection")
    if facts.names & {"APIConnectionError", "RemoteProtocolError", "ReadError", "ConnectionError"}:
        return ModelFailed(f"{name} broke off{f': {facts.system}' if facts.system else ''}")
    if _TOO_LONG.search(facts.said):
        return PromptTooLong(f"the sources are more than {name} can read at once")
    if "APIError" in facts.names:
        return ModelFailed(f"{name} failed while it answered{said}")
    if "JSONDecodeError" in facts.names:
        return ModelFailed(f"{name} does not keep to the protocol")
    # What langchain and openai make of a stream without a single event.
    if facts.names & {"AssertionError", "ValueError"}:
        return ModelReplyUnusable(f"{name} sent no reply")
    return ModelFailed(f"{name} could not be used: {facts.kind}")


def _unreachable(address: Address, why: str) -> ModelFailed:
    return ModelFailed(
        f"{address.name} cannot be reached at {address.url}: {why}",
        hint="Check `base_url`, and whether the server runs.",
    )


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        yield problem
        problem = problem.__cause__ or problem.__context__


def _facts(problem: BaseException) -> _Facts:
    status: int | None = None
    after: float | None = None
    said, messages, names, system = [], [], set(), ""
    for one in _chain(problem):
        names |= {kind.__name__ for kind in type(one).__mro__} - {"Exception", "BaseException"}
        found = getattr(one, "status_code", None)
        status = status or (found if isinstance(found, int) and found > 0 else None)
        headers = getattr(getattr(one, "response", None), "headers", None)
        after = after if after is not None else _retry_after(headers)
        body = getattr(one, "body", None)
        if isinstance(body, dict):
            error = body.get("error", body)
            error = error if isinstance(error, dict) else {"message": error}
            said += [str(error.get(key, "")) for key in ("code", "type", "param", "message")]
            messages.append(str(error.get("message") or ""))
        messages.append(str(getattr(one, "error", "") or ""))  # ollama's
        said.append(str(one))
        if isinstance(one, OSError) and one.strerror:
            system = one.strerror.lower()
    message = next((one for one in messages if one), "")
    return _Facts(
        status=status,
        said="\n".join(said),
        message=message,
        retry_after=after,
        kind=type(problem).__name__,
        names=frozenset(names),
        system=system,
    )


def _retry_after(headers: Mapping[str, Any] | None) -> float | None:
    """Return the seconds that a server asks us to wait, in whichever of three forms."""
    if not headers:
        return None
    try:
        seconds = float(headers.get("retry-after-ms", "")) / 1000
    except ValueError:
        written = str(headers.get("retry-after", "")).strip()
        try:
            seconds = float(written)
        except ValueError:
            try:
                seconds = parsedate_to_datetime(written).timestamp() - time.time()
            except ValueError:
                return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
