"""Values that pass to and from a language model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from copilot.errors import ModelUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedPrompt:
    """One prompt, filled in and ready to be sent."""

    system: str
    """What the model is told to do; nothing of it comes from a document or a person."""
    user: str
    """The question and the sources."""
    source: str
    """Which prompt it was made from, as `name@version`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """A model's whole reply, and what it cost."""

    value: Mapping[str, Any]
    """The reply as a JSON object, parsed; its shape still has to be checked."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    truncated: bool = False
    """Whether the model stopped because it had used up its tokens."""
    note: str = ""
    """What the person who runs this should know, such as that JSON mode had to do."""


@dataclass(frozen=True, slots=True)
class Partial:
    """A model's reply as far as it has come."""

    value: Mapping[str, Any]
    """The JSON object so far; its last string or list may be cut anywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCheck:
    """What one small call to a model showed."""

    name: str
    remote: bool
    seconds: float
    structured: str
    """How it gives a reply its shape: `JSON schema`, `JSON mode`, `plain text`; empty if it failed."""
    note: str = ""
    problem: ModelUnavailable | None = None
    """Why it gave no reply; nothing if it did."""


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A stretch of text that should not leave the machine."""

    start: int
    end: int
    kind: str
    """A lower-case word, such as `secret`, `email` or `person`."""
