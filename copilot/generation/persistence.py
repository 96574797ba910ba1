"""How long to go on asking a model that fails, and when to stop.

Two things are kept apart. An `Effort` is one answer's tries: a few, with pauses, within a deadline. A
`Circuit` is what a process knows of a model across answers: after failures in a row nobody waits for it
until it has had a rest, and then one call goes ahead and finds out for all.
"""

from __future__ import annotations

import logging
import random as chances
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from copilot.domain.prompting import Completion
from copilot.errors import (
    ModelBusy,
    ModelKeyRefused,
    ModelRefused,
    ModelReplyUnusable,
    ModelSuspended,
    ModelTimedOut,
    ModelUnavailable,
    PromptTooLong,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from copilot.domain.prompting import Partial, RenderedPrompt
    from copilot.ports import ChatModel

_LOG: Final = logging.getLogger(__name__)

_RETRIES: Final = 2
_FIRST_PAUSE: Final = 0.5
"""Seconds before the first retry, on average; twice as long before each one after it."""
_LEAST_SECONDS: Final = 1.0
"""With less than this left, another try would only make the reader wait."""
_ALL_IS_WELL: Final = (ModelReplyUnusable, ModelRefused, PromptTooLong)
"""Problems with one prompt or reply: the provider itself works."""
_OPENS_AT: Final = 4
_WEIGHT_OF_A_TIMEOUT: Final = 2
"""A timeout has cost somebody the whole deadline, so fewer of them are borne."""
_FIRST_REST: Final = 30.0
_LONGEST_REST: Final = 600.0


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Circuit:
    """What is known of a model's failures in a row; one for each model and process."""

    def __init__(
        self,
        name: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self._name = name
        self._clock = clock
        self._now = now
        self._lock = threading.Lock()
        self._failures = 0
        self._since: datetime | None = None
        self._last = ""
        self._rest = 0.0
        self._rests_until: float | None = None
        self._on_trial = False
        self._refused: tuple[str, str] | None = None

    @property
    def failing_since(self) -> datetime | None:
        """When the failures in a row began, if the model is left alone because of them."""
        with self._lock:
            return self._since if self._rests_until is not None or self._refused else None

    @property
    def lets_through(self) -> bool:
        """Whether the model would be asked now."""
        with self._lock:
            return self._refused is None and not self._resting()

    def enter(self) -> bool:
        """Ask to make a call; return whether it is the one that finds out for all.

        Raises:
            ModelKeyRefused: The key was refused before.
            ModelSuspended: The model is left alone for now.
        """
        with self._lock:
            if self._refused:
                message, hint = self._refused
                raise ModelKeyRefused(message, hint=hint)
            if self._rests_until is None:
                return False
            if self._resting():
                left = max(0.0, self._rests_until - self._clock())
                raise ModelSuspended(
                    f"{self._name} has been failing since {self._since:%Y-%m-%d %H:%M} UTC: {self._last}",
                    hint=f"It is tried again in {left:.0f} s."
                    if left
                    else "It is being tried again.",
                )
            self._on_trial = True
            return True

    def leave(self, problem: ModelUnavailable | None, *, trial: bool) -> None:
        """Take note of how a call ended; nothing is a reply that is of use."""
        with self._lock:
            if trial:
                self._on_trial = False
            if isinstance(problem, ModelKeyRefused):
                self._refuse(problem)
            elif problem is None or isinstance(problem, _ALL_IS_WELL):
                self._recover()
            elif trial or self._rests_until is None:
                self._fail(problem, trial=trial)

    def abandon(self, *, trial: bool) -> None:
        """Take note that a call was given up before it ended, which says nothing of the model."""
        with self._lock:
            if trial:
                self._on_trial = False

    def _resting(self) -> bool:
        if self._rests_until is None:
            return False
        return self._on_trial or self._clock() < self._rests_until

    def _refuse(self, problem: ModelKeyRefused) -> None:
        if self._refused is None:
            _LOG.error("%s. %s It is not asked again until a restart.", problem, problem.hint)
        self._refused = (str(problem), problem.hint)
        self._since = self._since or self._now()

    def _recover(self) -> None:
        if self._rests_until is not None:
            _LOG.info("%s answers again", self._name)
        self._failures, self._since, self._rest, self._rests_until = 0, None, 0.0, None

    def _fail(self, problem: ModelUnavailable, *, trial: bool) -> None:
        self._since = self._since or self._now()
        self._last = problem.reason
        self._failures += _WEIGHT_OF_A_TIMEOUT if isinstance(problem, ModelTimedOut) else 1
        if not trial and self._failures < _OPENS_AT:
            return
        if not trial:
            _LOG.warning("%s keeps failing and is left alone for a while: %s", self._name, problem)
        self._rest = min(_LONGEST_REST, self._rest * 2 or _FIRST_REST)
        asked = problem.retry_after if isinstance(problem, ModelBusy) else None
        self._rests_until = self._clock() + max(self._rest, min(_LONGEST_REST, asked or 0.0))


class Patient:
    """A `ChatModel` that asks again where it helps, and not where it does not.

    Args:
        model: The model that is really asked.
        circuit: What is known of it; a new one if several do not share it.
        clock: The time on the clock of `time.monotonic`.
        sleep: Waits for so many seconds.
        random: A number between 0 and 1, so that those who failed together do not come back together.
    """

    def __init__(
        self,
        model: ChatModel,
        *,
        circuit: Circuit | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        random: Callable[[], float] = chances.random,  # noqa: S311  nothing is kept secret by it
    ) -> None:
        self._model = model
        self.circuit = circuit or Circuit(model.name, clock=clock)
        self._clock = clock
        self._sleep = sleep
        self._random = random

    @property
    def name(self) -> str:
        """Provider and model, as in the setting."""
        return self._model.name

    @property
    def remote(self) -> bool:
        """Whether what is sent leaves this machine."""
        return self._model.remote

    def begin(self, *, deadline: float) -> Effort:
        """Return the tries that one answer has, for all the calls that it makes."""
        return Effort(
            self._model,
            deadline=deadline,
            circuit=self.circuit,
            clock=self._clock,
            sleep=self._sleep,
            random=self._random,
        )

    def stream(
        self,
        prompt: RenderedPrompt,
        *,
        schema: Mapping[str, Any],
        max_tokens: int,
        deadline: float,
    ) -> Iterator[Partial | Completion]:
        """Do as `Effort.stream` does, for a caller that makes one call only.

        Raises:
            ModelUnavailable: There is no usable reply, and no retry would help.
        """
        return self.begin(deadline=deadline).stream(prompt, schema=schema, max_tokens=max_tokens)


class Effort:
    """One answer's tries at a model; its calls share the deadline and the retries."""

    def __init__(
        self,
        model: ChatModel,
        *,
        deadline: float,
        circuit: Circuit,
        clock: Callable[[], float],
        sleep: Callable[[float], object],
        random: Callable[[], float],
    ) -> None:
        self._model = model
        self.deadline = deadline
        self._circuit = circuit
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._retried = 0

    def stream(
        self, prompt: RenderedPrompt, *, schema: Mapping[str, Any], max_tokens: int
    ) -> Iterator[Partial | Completion]:
        """Yield a reply as it comes, asking again as long as nothing of it has come.

        Once something has, a failure is raised: what was made of it is the caller's. To start over,
        ask `again` and call this anew.

        Raises:
            ModelUnavailable: There is no usable reply, and no retry would help or was allowed.
        """
        while True:
            begun = False
            try:
                for event in self._once(prompt, schema, max_tokens):
                    begun = True
                    yield event
            except ModelUnavailable as exc:
                if begun or not self.again(exc):
                    raise
            else:
                return

    def again(self, problem: ModelUnavailable) -> bool:
        """Wait as long as it takes and say whether to ask once more; each yes uses up a retry."""
        if not problem.retryable or self._retried >= _RETRIES or not self._circuit.lets_through:
            return False
        pause = self._pause(problem)
        if self._clock() + pause + _LEAST_SECONDS > self.deadline:
            return False
        self._retried += 1
        self._sleep(pause)
        return True

    def _pause(self, problem: ModelUnavailable) -> float:
        if isinstance(problem, ModelReplyUnusable):
            return 0.0  # nobody is overloaded
        pause = _FIRST_PAUSE * 2.0**self._retried * (0.5 + self._random())
        if isinstance(problem, ModelBusy) and problem.retry_after is not None:
            return max(pause, problem.retry_after + _FIRST_PAUSE * self._random())
        return pause

    def _once(
        self, prompt: RenderedPrompt, schema: Mapping[str, Any], max_tokens: int
    ) -> Iterator[Partial | Completion]:
        if self._clock() >= self.deadline:
            raise ModelTimedOut(f"no time was left to ask {self._model.name}")
        trial = self._circuit.enter()
        ended = False
        try:
            for event in self._model.stream(
                prompt, schema=schema, max_tokens=max_tokens, deadline=self.deadline
            ):
                if isinstance(event, Completion):
                    # Before it is handed over: few callers ask for what comes after the end.
                    ended = True
                    self._circuit.leave(None, trial=trial)
                yield event
        except ModelUnavailable as exc:
            ended = True
            self._circuit.leave(exc, trial=trial)
            raise
        finally:
            if not ended:
                self._circuit.abandon(trial=trial)
