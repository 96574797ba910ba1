"""One call to a model through langchain. Importing this module imports langchain.

A server tells by an error that it does not know a parameter; the call then does without it and the next
ones start there. Structured output has three forms, each worse than the one before: a JSON schema that the
server keeps to, JSON of any shape, and plain text out of which the object is cut.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import threading
import warnings
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from langchain.chat_models import init_chat_model
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.output_parsers import JsonOutputParser
from langsmith import tracing_context

from copilot.adapters import certificates
from copilot.adapters.chat_failures import unknown_parameters
from copilot.adapters.chat_lines import event_hooks
from copilot.domain.prompting import Completion, Partial
from copilot.errors import ModelFailed, ModelRefused, ModelReplyUnusable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping

    from langchain_core.language_models import BaseChatModel
    from langchain_core.outputs import ChatGenerationChunk, GenerationChunk
    from langchain_core.runnables import Runnable

    from copilot.adapters.chat_addresses import Address
    from copilot.domain.prompting import RenderedPrompt


class Form(StrEnum):
    """How the shape of the reply is asked for; the value is for people."""

    SCHEMA = "JSON schema"
    TOOL = "a tool's arguments"
    JSON = "JSON mode"
    TEXT = "plain text"


_FORMS: Final = {
    "anthropic": (Form.SCHEMA, Form.TOOL, Form.TEXT),
    "": (Form.SCHEMA, Form.JSON, Form.TEXT),
}
_METHODS: Final = {
    Form.SCHEMA: "json_schema",
    Form.TOOL: "function_calling",
    Form.JSON: "json_mode",
}
_FINISHES: Final = ("finish_reason", "stop_reason", "done_reason")
_OUT_OF_TOKENS: Final = frozenset({"length", "max_tokens", "model_context_window_exceeded"})
_HELD_BACK: Final = frozenset({"content_filter", "refusal", "safety"})
_THOUGHTS: Final = re.compile(r"<think>.*?(</think>|\Z)", re.DOTALL)
_HALF_PAIR: Final = re.compile(r"[\ud800-\udfff]")


class Caller:
    """One model of one provider, made ready, with what its server turned out not to know."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._forms = _FORMS.get(address.provider, _FORMS[""])
        self._form = 0
        self._without: frozenset[str] = frozenset()
        self._models: dict[tuple[int, frozenset[str]], BaseChatModel] = {}
        self._lock = threading.Lock()
        self._client: Any = None
        self._unused: Any = None

    @property
    def form(self) -> Form:
        """How replies are asked for now."""
        return self._forms[self._form]

    def prepare(self, max_tokens: int) -> None:
        """Load everything that the first call would load."""
        self._model(max_tokens)

    def events(
        self, prompt: RenderedPrompt, *, schema: Mapping[str, Any], max_tokens: int
    ) -> Generator[Partial | Completion]:
        """Yield the reply as it comes, then the whole of it.

        Raises:
            ModelUnavailable: The reply is of no use.
            Exception: Whatever langchain and the vendors raise.
        """
        while True:
            form, without = self._form, self._without
            try:
                # A request that is turned down has yielded nothing yet.
                return (yield from self._attempt(prompt, schema, max_tokens))
            except Exception as exc:
                if not self._make_do(unknown_parameters(exc), form, without):
                    raise

    def _make_do(self, unknown: list[str], form: int, without: frozenset[str]) -> bool:
        """Give up one thing that the server does not know; say whether there was one."""
        with self._lock:
            if unknown and (form, without) != (self._form, self._without):
                return True  # another call has just learnt it
            for what in unknown:
                if what == "format" and form + 1 < len(self._forms):
                    self._form += 1
                    return True
                if what != "format" and what not in without:
                    self._without |= {what}
                    return True
        return False

    def _attempt(
        self, prompt: RenderedPrompt, schema: Mapping[str, Any], max_tokens: int
    ) -> Iterator[Partial | Completion]:
        # What they warn of (a model without JSON schema, a surplus parameter) is dealt with here.
        warnings.filterwarnings("ignore", module=r"(langchain|openai|anthropic|ollama)")
        form = self.form
        system = prompt.system
        if form in {Form.JSON, Form.TEXT}:
            written = json.dumps(dict(schema), ensure_ascii=False)
            system += (
                f"\n\nAnswer with one JSON object and nothing else. Its JSON schema:\n{written}"
            )
        heard = _Heard()
        latest: Mapping[str, Any] = {}
        try:
            for value in self._values(
                form, schema, max_tokens, said=(system, prompt.user), heard=heard
            ):
                latest = _writable(value)
                yield Partial(latest)
        except Exception as exc:
            # openai reports a reply that ran out of tokens, or was filtered, as an error at its end.
            if not heard.finish:
                raise
            heard.count(getattr(getattr(exc, "completion", None), "usage", None))
        yield self._completion(heard, latest, form)

    def _values(
        self,
        form: Form,
        schema: Mapping[str, Any],
        max_tokens: int,
        *,
        said: tuple[str, str],
        heard: _Heard,
    ) -> Iterator[dict[str, Any]]:
        """Yield the object as far as it has come, each time that it has grown."""
        messages = list(zip(("system", "user"), said, strict=True))
        # A trace would send the sources to LangSmith, past every check of what may leave the machine.
        with tracing_context(enabled=False):
            chain = self._chain(form, schema, max_tokens)
            for value in chain.stream(messages, config={"callbacks": [heard]}):
                if isinstance(value, dict):
                    yield value

    def _chain(
        self, form: Form, schema: Mapping[str, Any], max_tokens: int
    ) -> Runnable[Any, dict[str, Any]]:
        model = self._model(max_tokens)
        if form is Form.TEXT:
            return model | JsonOutputParser()
        named = {"title": "reply", "description": "The whole reply.", **schema}
        own = self._address.provider in {"openai", "azure_openai"}
        strict = {"strict": True} if form is Form.SCHEMA and own else {}
        chain: Runnable[Any, Any] = model.with_structured_output(
            named, method=_METHODS[form], **strict
        )
        return chain

    def _completion(self, heard: _Heard, latest: Mapping[str, Any], form: Form) -> Completion:
        name = self._address.name
        if heard.refusal or heard.finish in _HELD_BACK:
            raise ModelRefused(f"{name} refused to answer")
        text = heard.arguments or heard.text
        truncated = heard.finish in _OUT_OF_TOKENS
        notes = (
            []
            if form is self._forms[0]
            else [f"{name} does not take a JSON schema: {form} had to do"]
        )
        value = _parsed(text)
        if value is None and truncated:
            value = dict(latest)
        if value is None and not heard.finish:
            raise ModelFailed(f"{name} broke off in the middle of its reply")
        if not text.strip():
            raise ModelReplyUnusable(f"{name} sent an empty reply")
        if value is None:
            value = _cut_out(text)
            notes.append(f"{name} wrote more than JSON: the object was cut out")
        if value is None:
            raise ModelReplyUnusable(f"{name} did not answer with a JSON object")
        return Completion(
            value=_writable(value),
            prompt_tokens=heard.prompt_tokens,
            completion_tokens=heard.completion_tokens,
            truncated=truncated,
            note="; ".join(notes),
        )

    def _model(self, max_tokens: int) -> BaseChatModel:
        with self._lock:
            key = (max_tokens, self._without)
            if key not in self._models:
                about = self._parameters(max_tokens)
                if "temperature" not in self._without:
                    about["temperature"] = 0
                made: BaseChatModel = init_chat_model(
                    self._address.model, model_provider=self._address.provider, **about
                )
                if self._address.provider == "anthropic":
                    self._adopt(made)
                self._models[key] = made
            return self._models[key]

    def _parameters(self, max_tokens: int) -> dict[str, Any]:
        """Return what langchain's class for the provider is given."""
        address = self._address
        match address.provider:
            case "ollama":
                headers = {"Authorization": f"Bearer {address.key}"} if address.key else {}
                return {
                    "base_url": address.url,
                    "num_predict": max_tokens,
                    "client_kwargs": {"headers": headers},
                    "sync_client_kwargs": self._client_options(),
                }
            case "anthropic":
                return {
                    "base_url": address.url,
                    "api_key": address.key or "none",
                    "max_tokens": max_tokens,
                    "max_retries": 0,
                }
            case "azure_openai":
                given = {"api_key": address.key} if address.key else {}
                return {
                    **self._openai_parameters(),
                    **given,
                    "azure_endpoint": address.url,
                    "azure_deployment": address.model,
                    "api_version": address.api_version,
                    "max_tokens": max_tokens,
                }
            case _:
                # OpenAI's own newer models know `max_completion_tokens` only, other servers `max_tokens`.
                own = address.url.startswith("https://api.openai.com/")
                limit = (
                    {"max_tokens": max_tokens}
                    if own
                    else {"extra_body": {"max_tokens": max_tokens}}
                )
                return {
                    **self._openai_parameters(),
                    **limit,
                    "base_url": address.url,
                    "api_key": address.key or "none",
                }

    def _openai_parameters(self) -> dict[str, Any]:
        import openai

        if self._client is None:
            proxy = "" if self._address.local else os.environ.get("OPENAI_PROXY", "")
            options = self._client_options() | ({"proxy": proxy} if proxy else {})
            self._client = openai.DefaultHttpxClient(**options)
            # Never used; without one, the model makes its own and reads all certificates for it.
            self._unused = openai.DefaultAsyncHttpxClient(verify=certificates.trusted())
        return {
            "http_client": self._client,
            "http_async_client": self._unused,
            "openai_proxy": "",  # it is the client's
            "stream_usage": "usage" not in self._without,
            "max_retries": 0,
            # Its other API sends the same over another protocol, which few servers speak.
            "use_responses_api": False,
        }

    def _adopt(self, model: Any) -> None:
        """Put a client of ours under a model of Anthropic, whose class takes none."""
        if self._client is None:
            vendor = importlib.import_module("anthropic")
            self._client = vendor.DefaultHttpxClient(**self._client_options())
        model.__dict__["_client"] = model._client.with_options(http_client=self._client)

    def _client_options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "event_hooks": event_hooks(),
            "verify": certificates.trusted(),
            # What is sent would go to a host that nobody named.
            "follow_redirects": False,
        }
        if self._address.local:
            # Through a proxy that the environment names, it would leave the machine.
            options["mounts"] = dict.fromkeys(("http://", "https://", "all://"))
        return options


class _Heard(BaseCallbackHandler):
    """What a model really sent: langchain's parsers keep the value and drop the rest."""

    def __init__(self) -> None:
        self.text = ""
        self.arguments = ""
        self.refusal = ""
        self.finish = ""
        self.prompt_tokens: int | None = None
        self.completion_tokens: int | None = None

    def on_llm_new_token(
        self,
        token: str | list[str | dict[str, Any]],
        *,
        chunk: GenerationChunk | ChatGenerationChunk | None = None,
        **_: Any,
    ) -> None:
        """Take note of a piece of the reply."""
        message = getattr(chunk, "message", None)
        if chunk is None or message is None:
            return
        self.text += chunk.text
        for part in getattr(message, "tool_call_chunks", ()):
            self.arguments += part.get("args") or ""
        self.refusal = str(message.additional_kwargs.get("refusal") or self.refusal)
        found = (message.response_metadata.get(name) for name in _FINISHES)
        self.finish = next((str(one) for one in found if one), self.finish)
        usage = getattr(message, "usage_metadata", None) or {}
        self._note(usage.get("input_tokens"), usage.get("output_tokens"))

    def count(self, usage: Any) -> None:
        """Take note of the tokens of a reply that openai's client raised as an error."""
        self._note(getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None))

    def _note(self, prompt: int | None, completion: int | None) -> None:
        # Some servers count up and repeat the sum, so the largest is the last; 0 is a count left out.
        if prompt:
            self.prompt_tokens = max(prompt, self.prompt_tokens or 0)
        if completion:
            self.completion_tokens = max(completion, self.completion_tokens or 0)


def _parsed(text: str) -> dict[str, Any] | None:
    """Return the text as a JSON object, if it is one and nothing else."""
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _cut_out(text: str) -> dict[str, Any] | None:
    """Return the longest JSON object that stands in a text."""
    text = _THOUGHTS.sub("", text)
    decoder = json.JSONDecoder(strict=False)
    best: tuple[int, dict[str, Any]] | None = None
    at = text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            if best is None or end - at > best[0]:
                best = (end - at, value)
        at = text.find("{", end)
    return best[1] if best else None


def _writable(value: dict[str, Any]) -> dict[str, Any]:
    """Return the value without halves of characters, which no file and no terminal takes."""
    text = json.dumps(value, ensure_ascii=False)
    if not _HALF_PAIR.search(text):
        return value
    mended: dict[str, Any] = json.loads(_HALF_PAIR.sub("\N{REPLACEMENT CHARACTER}", text))
    return mended
