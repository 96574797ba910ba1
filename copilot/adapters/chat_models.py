"""Language models by setting: `openai:gpt-…`, `azure_openai:…`, `anthropic:…`, `ollama:…`.

Nothing of langchain is imported before a model is really asked. Each call runs on a thread of its own, so
that neither a server that hangs nor one that drips holds anybody up beyond the deadline.
"""

from __future__ import annotations

import queue
import threading
import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any, Final

from copilot.adapters.chat_addresses import find_address
from copilot.adapters.chat_failures import failure
from copilot.adapters.chat_lines import Line
from copilot.domain.prompting import Completion, ModelCheck, Partial, RenderedPrompt
from copilot.errors import ModelTimedOut, ModelUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from copilot.adapters.chat_addresses import Address
    from copilot.adapters.chat_calls import Caller

_Event = Partial | Completion | BaseException


_PROBE: Final = RenderedPrompt(
    system='Answer with the JSON object {"ready": true} and nothing else.',
    user="Are you ready?",
    source="probe@1",
)
_PROBE_SCHEMA: Final = {
    "title": "probe",
    "type": "object",
    "properties": {"ready": {"type": "boolean"}},
    "required": ["ready"],
    "additionalProperties": False,
}
_PROBE_TOKENS: Final = 256
"""More than the object needs: a model that thinks first must come to it."""


def connect(
    model: str, *, base_url: str = "", api_key_file: Path | None = None, setting: str = "model"
) -> LangchainModel:
    """Return the model that a setting names; nothing is sent and nothing heavy imported yet.

    Args:
        model: Provider and model, such as `openai:gpt-4.1-mini`.
        base_url: Where it is served, if not at its provider's usual address.
        api_key_file: A file that holds the key and nothing else; otherwise the provider's variable does.
        setting: What the setting of `model` is called, for messages.

    Raises:
        InvalidSettings: It names no model that can be used, its package or its key is missing.
    """
    address = find_address(model, base_url=base_url, api_key_file=api_key_file, setting=setting)
    return LangchainModel(address)


class LangchainModel:
    """A `ChatModel` that is asked through langchain."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._made: Caller | None = None
        self._making = threading.Lock()

    def __repr__(self) -> str:
        """Return the name, and no key."""
        return f"LangchainModel({self.name!r})"

    @property
    def name(self) -> str:
        """Provider and model, as in the setting."""
        return self._address.name

    @property
    def remote(self) -> bool:
        """Whether what is sent leaves this machine."""
        return not self._address.local

    def prepare(self, *, max_tokens: int) -> None:
        """Begin to load what a call needs, which takes 2 s, while the caller does something else."""

        def load() -> None:
            with suppress(Exception):  # the call meets the same and reports it
                self._caller().prepare(max_tokens)

        threading.Thread(target=load, name=f"prepare {self.name}", daemon=True).start()

    def stream(
        self,
        prompt: RenderedPrompt,
        *,
        schema: Mapping[str, Any],
        max_tokens: int,
        deadline: float,
    ) -> Iterator[Partial | Completion]:
        """Yield the reply as it comes, then once the whole of it.

        A partial reply that is overtaken before it is asked for is left out. Whoever stops asking early
        ends the call.

        Args:
            prompt: What to complete.
            schema: The JSON schema of the object that is wanted; all its properties are required.
            max_tokens: The most tokens that the model may write.
            deadline: When to give up, on the clock of `time.monotonic`.

        Raises:
            ModelUnavailable: There is no usable reply; the error's class says why.
        """
        line = Line(deadline)
        inbox: queue.SimpleQueue[_Event] = queue.SimpleQueue()

        def work() -> None:
            try:
                for event in self._events(prompt, schema, max_tokens, line=line):
                    inbox.put(event)
            except BaseException as exc:  # noqa: BLE001  whatever it is, it belongs to who asked
                inbox.put(exc)

        threading.Thread(target=work, name=f"model {self.name}", daemon=True).start()
        try:
            while True:
                event = self._next(inbox, deadline)
                if isinstance(event, Exception):
                    raise failure(event, self._address, prompt)
                if isinstance(event, BaseException):
                    raise event
                yield event
                if isinstance(event, Completion):
                    return
        finally:
            line.cut()

    def probe(self, *, seconds: float = 20.0) -> ModelCheck:
        """Make one small call and return what it showed, a failure as well."""
        started = time.monotonic()
        problem: ModelUnavailable | None = None
        note = ""
        with suppress(ImportError):  # the call below reports it
            self._caller()  # what importing takes is not the model's
        try:
            started = time.monotonic()
            for event in self.stream(
                _PROBE, schema=_PROBE_SCHEMA, max_tokens=_PROBE_TOKENS, deadline=started + seconds
            ):
                note = event.note if isinstance(event, Completion) else note
        except ModelUnavailable as exc:
            problem = exc
        return ModelCheck(
            name=self.name,
            remote=self.remote,
            seconds=time.monotonic() - started,
            structured="" if problem else str(self._caller().form),
            note=note,
            problem=problem,
        )

    def _events(
        self, prompt: RenderedPrompt, schema: Mapping[str, Any], max_tokens: int, *, line: Line
    ) -> Iterator[Partial | Completion]:
        """Yield what the model says, on the thread that waits for it, until nobody listens."""
        events = self._caller().events(prompt, schema=schema, max_tokens=max_tokens)
        with line.in_use(), closing(events):
            for event in events:
                yield event
                if line.is_over:
                    return

    def _caller(self) -> Caller:
        with self._making:
            if self._made is None:
                from copilot.adapters.chat_calls import Caller

                self._made = Caller(self._address)
            return self._made

    def _next(self, inbox: queue.SimpleQueue[_Event], deadline: float) -> _Event:
        """Return the newest event, waiting for one if there is none."""
        try:
            event = inbox.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            return ModelTimedOut(
                f"{self.name} did not finish its answer in time",
                hint="Raise `model_seconds`, or use a faster model.",
            )
        while isinstance(event, Partial) and not inbox.empty():
            newer = inbox.get()
            if isinstance(newer, BaseException):
                # What was said before a break counts. Nothing comes after it, so it stays the last.
                inbox.put(newer)
                return event
            event = newer
        return event
