"""Let a language model order the closest suggestions and write their reasons, within bounds.

The model gets controls whose first suggestions the mapper hardly tells apart, and decides nothing but
their order and, through the gate of answers, their reasons. Each criterion keeps the confidence that the
mapper gave it, so what is listed stays as well calibrated as it was, whoever ordered it and whatever the
text of a control made of them. See docs/decisions/0012.
"""

from __future__ import annotations

import logging
import re
import time
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from copilot.citations.facts import facts_of, uncarried_facts
from copilot.domain.prompting import Completion
from copilot.errors import ModelReplyUnusable, ModelUnavailable, PromptTooLong
from copilot.generation.numbering import draw_mark, texts_of, written
from copilot.generation.recording import Recording
from copilot.mapping.close_calls import ShownTexts, close_call, show
from copilot.mapping.opinions import REASONS, SCHEMA, opinions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from copilot.citations.checking import Texts
    from copilot.citations.gate import Gate
    from copilot.citations.given import Proposed
    from copilot.domain.access import Principal
    from copilot.domain.controls import Control, ControlId, Suggestions
    from copilot.domain.criteria import CriterionId
    from copilot.domain.prompting import RenderedPrompt
    from copilot.generation.persistence import Patient
    from copilot.generation.placeholders import Placeholders
    from copilot.generation.prompts import Prompts
    from copilot.mapping.close_calls import CloseCall, Shown
    from copilot.mapping.opinions import Opinion
    from copilot.ports import CallLog

_LOG: Final = logging.getLogger(__name__)

TOGETHER: Final = 4
"""Controls that one call is about: the reply to more is longer than `model_max_tokens` usually is."""

_LONGEST_REASON: Final = 300
"""Characters; what is longer is no line."""

_GIVEN_UP: Final = 2
"""Replies without use, one after the other, after which the model is not asked again."""

_PLACEHOLDER: Final = re.compile(r"\[[A-Z]+_\d+[a-z]*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reranked:
    """Suggestions as a model has ordered and explained them, and what a person should know of it."""

    suggestions: tuple[Suggestions, ...]
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Progress:
    """What has come of the calls so far."""

    changed: dict[ControlId, Suggestions] = field(default_factory=dict)
    reasons: int = 0
    dropped: int = 0
    """Reasons that did not pass the gate."""
    unsent: int = 0
    """Controls that the limit of calls left out."""
    unanswered: int = 0
    """Controls about which nothing usable came."""
    why: str = ""
    notes: list[str] = field(default_factory=list)

    def missed(self, controls: int, why: str) -> None:
        """Take note that nothing usable came about so many controls."""
        self.unanswered += controls
        self.why = why


class Reranker:
    """Asks a model about close calls."""

    def __init__(
        self,
        *,
        chat: Patient,
        prompts: Prompts,
        gate: Callable[[Texts], Gate],
        hiding: Callable[[], Placeholders],
        calls: CallLog,
        max_tokens: int,
        seconds: float,
        most_calls: int,
    ) -> None:
        """Name the parts.

        Args:
            chat: The model, asked again where that helps.
            prompts: The texts that it is given.
            gate: Makes what a reason must pass, over the texts that the model was given.
            hiding: Makes fresh placeholders for one call.
            calls: Where calls are logged.
            max_tokens: The most that the model may write in one reply.
            seconds: How long one call may take, its retries included.
            most_calls: How many calls are made for one list.
        """
        self._chat = chat
        self._prompts = prompts
        self._gate = gate
        self._hiding = hiding
        self._calls = calls
        self._max_tokens = max_tokens
        self._seconds = seconds
        self._most_calls = most_calls

    @property
    def remote(self) -> bool:
        """Whether what the model is given leaves this machine."""
        return self._chat.remote

    @property
    def name(self) -> str:
        """Provider and model, as in the setting."""
        return self._chat.name

    def rerank(
        self,
        controls: Sequence[Control],
        suggestions: Sequence[Suggestions],
        *,
        principal: Principal,
    ) -> Reranked:
        """Return the suggestions with close ones ordered anew; the others as they are.

        Nothing is raised for a model that fails: what it did not order stays as the mapper has it, and
        a note says so.

        Args:
            controls: What the suggestions are for.
            suggestions: The mapper's, in the same order.
            principal: Who asked for them.
        """
        found = [close_call(*both) for both in zip(controls, suggestions, strict=True)]
        close = [one for one in found if one is not None]
        ordering = [one for one in close if one.gives_orders]
        waiting = [one for one in close if one not in ordering]
        progress = _Progress()
        self._ask(sorted(waiting, key=lambda one: -one.nearness), principal, progress)
        return Reranked(
            suggestions=tuple(progress.changed.get(one.control, one) for one in suggestions),
            notes=tuple(self._told(progress, ordering)),
        )

    def _ask(self, waiting: Sequence[CloseCall], principal: Principal, progress: _Progress) -> None:
        """Ask about controls, a few in each call, until all are done or the model gives out."""
        batches = deque(waiting[at : at + TOGETHER] for at in range(0, len(waiting), TOGETHER))
        useless = 0
        for _ in range(self._most_calls):
            if not batches:
                break
            batch = batches.popleft()
            try:
                self._call(batch, principal, progress)
                useless = 0
            except ModelUnavailable as exc:
                if isinstance(exc, PromptTooLong) and len(batch) > 1:
                    half = len(batch) // 2
                    batches.extendleft((batch[half:], batch[:half]))
                    continue
                progress.missed(len(batch), exc.reason)
                useless += 1
                if useless < _GIVEN_UP and isinstance(exc, ModelReplyUnusable | PromptTooLong):
                    continue
                _LOG.warning("%s is not asked about further controls: %s", self.name, exc)
                progress.missed(sum(map(len, batches)), exc.reason)
                return
        progress.unsent = sum(map(len, batches))

    def _call(self, batch: Sequence[CloseCall], principal: Principal, progress: _Progress) -> None:
        """Ask about some controls and take what the model says of them.

        Raises:
            ModelUnavailable: Nothing usable came.
        """
        shown = show(batch)
        hiding = self._hiding()
        prompt = self._rendered(shown, hiding)
        call = Recording(
            model=self.name,
            prompt=prompt.source,
            principal=principal,
            sources=[one.control.id for one in batch],
        )
        outcomes: Counter[str] = Counter()
        try:
            for part in self._chat.stream(
                prompt,
                schema=SCHEMA,
                max_tokens=self._max_tokens,
                deadline=time.monotonic() + self._seconds,
            ):
                call.last = part if isinstance(part, Completion) else None
            value = hiding.restore_all(call.last.value) if call.last else {}
            opinions = opinions_of(value, shown)
            if not opinions:
                raise ModelReplyUnusable(f"{self.name} ordered none of the candidates")
            gate = self._gate(ShownTexts(shown))
            for number, opinion in opinions.items():
                check = partial(_checked, gate=gate, principal=principal, outcomes=outcomes)
                self._take(shown[number - 1], opinion, check, progress)
        except ModelUnavailable as exc:
            call.problem = exc
            raise
        finally:
            call.close(self._calls, dict(outcomes))
        if left := len(shown) - len(opinions):
            progress.missed(left, ModelReplyUnusable.reason)
        if call.last and call.last.note:
            progress.notes.append(call.last.note)

    def _take(
        self,
        shown: Shown,
        opinion: Opinion,
        check: Callable[[Shown, CriterionId, Proposed], str],
        progress: _Progress,
    ) -> None:
        """Order one control's candidates as the model has it, with the reasons that hold."""
        before = shown.call.suggestions
        known = {one.criterion: one for one in shown.call.candidates}
        for criterion, proposed in opinion.reasons.items():
            reason = check(shown, criterion, proposed)
            if reason:
                known[criterion] = replace(known[criterion], reason=reason)
            progress.reasons += bool(reason)
            progress.dropped += not reason
        order = dict.fromkeys((*opinion.ranked, *known))
        ranked = (*(known[one] for one in order), *before.ranked[len(known) :])
        progress.changed[before.control] = replace(
            before,
            ranked=ranked,
            decided=tuple(one.criterion for one in ranked[: len(before.decided)]),
        )

    def _rendered(self, shown: Sequence[Shown], hiding: Placeholders) -> RenderedPrompt:
        given = [source for one in shown for source in one.given]
        texts = texts_of(given)
        mark = draw_mark(texts)
        values = {
            "mark": mark,
            "controls": "\n".join(one.told for one in shown),
            "sources": written(given, mark=mark, texts=hiding.hide_all(texts)),
            "reasons": str(REASONS),
        }
        return self._prompts.load("rerank").render(values)

    def _told(self, progress: _Progress, ordering: Sequence[CloseCall]) -> Iterator[str]:
        """Yield what a person should know, each once."""
        if progress.changed:
            yield (
                f"{self.name} ordered the closest suggestions of {_controls(len(progress.changed))} "
                f"and wrote reasons: {progress.reasons} passed the check, {progress.dropped} did not."
            )
        if progress.unanswered:
            yield (
                f"{self.name} said nothing usable about {_controls(progress.unanswered)}, whose "
                f"suggestions are as they were: {progress.why}."
            )
        if progress.unsent:
            yield (
                f"{_controls(progress.unsent)} with close suggestions were not sent to {self.name}: "
                f"`model_map_calls` is {self._most_calls}."
            )
        if ordering:
            yield (
                f"Not sent to {self.name}, as their text gives orders to a language model: "
                f"{', '.join(one.control.id for one in ordering)}."
            )
        yield from dict.fromkeys(progress.notes)


def _checked(
    shown: Shown,
    criterion: CriterionId,
    proposed: Proposed,
    *,
    gate: Gate,
    principal: Principal,
    outcomes: Counter[str],
) -> str:
    """Return a reason that holds, in one line; nothing if it does not."""
    cited = shown.cited[criterion]
    named = {one.source for one in proposed.quotes}
    verdict = gate.check(proposed, given=(shown.own, *cited), principal=principal)
    outcomes[verdict.outcome.value] += 1
    both = shown.own.number in named and not named.isdisjoint(one.number for one in cited)
    if verdict.claim is None or not both:
        return ""
    reason = " ".join(verdict.claim.text.split())
    known = " ".join(one.passage.text for one in (shown.own, *cited))
    strangers = [one for one in _PLACEHOLDER.findall(reason) if one not in known]
    # A figure of the catalog is an example: of this company it is true if its control has it too.
    own = facts_of(shown.own.passage.text, loose=True)
    borrowed = uncarried_facts(facts_of(reason), own, columns=shown.own.passage.text)
    return "" if strangers or borrowed or len(reason) > _LONGEST_REASON else reason


def _controls(many: int) -> str:
    return "1 control" if many == 1 else f"{many:,} controls"
