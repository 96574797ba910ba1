"""Let a model write an answer, and release of it only what passes the gate."""

from __future__ import annotations

import logging
import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Protocol

from copilot.citations.gate import Verdict
from copilot.domain.answers import Generation, Outcome, Refused, Released, Withheld
from copilot.domain.prompting import Completion
from copilot.errors import ModelKeyRefused, ModelSuspended, ModelUnavailable, PromptTooLong
from copilot.generation.numbering import draw_mark, texts_of, written
from copilot.generation.recording import Recording
from copilot.generation.replies import SCHEMA, claims_of, missing_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from copilot.citations.gate import Gate
    from copilot.citations.given import GivenSource, Proposed
    from copilot.domain.access import Principal
    from copilot.domain.answers import Claim
    from copilot.domain.prompting import RenderedPrompt
    from copilot.generation.judging import Judge
    from copilot.generation.persistence import Effort, Patient
    from copilot.generation.prompts import Prompts
    from copilot.ports import CallLog
    from copilot.wording import Vocabulary

_LOG: Final = logging.getLogger(__name__)

MOST_CLAIMS: Final = 8
"""Claims that a model is asked for at most: more than that nobody reads in a chat."""

_SAME: Final = 0.5
"""Share of meaning words in common at which a second attempt is taken for the same claim mended."""

_LEAST_SECONDS: Final = 1.0
"""With less time left than this, no further call is begun."""

_CITED: Final = re.compile(r"“([^”]*)”")
_PLACEHOLDER: Final = re.compile(r"\[[A-Z]+_\d+[a-z]*\]")


class Hiding(Protocol):
    """Puts placeholders for what must not leave the machine, and puts it back."""

    def hide_all(self, texts: Sequence[str]) -> list[str]:
        """Return the texts with placeholders; a secret of one is hidden in all of them."""

    def restore(self, text: str) -> str:
        """Return the text with what the placeholders stand for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A question, and what may be said about it."""

    question: str
    given: tuple[GivenSource, ...]
    principal: Principal
    period: str
    deadline: float
    """When the answer must be there, on the clock of `time.monotonic`."""
    prompt: str = "answer"
    """The name of the prompt that asks for the claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What came of it; the last thing that a writer yields."""

    generation: Generation
    missing: tuple[str, ...] = ()
    """What the model named as missing; not yet checked."""
    notes: tuple[str, ...] = ()
    """What a reviewer should know of the calls."""
    failure: str = ""
    """Why the model did not finish, if it did not."""


@dataclass(frozen=True, slots=True)
class _Failed:
    """A claim that did not pass."""

    said: Proposed
    """As the model said it, with placeholders."""
    meant: Proposed
    verdict: Verdict


@dataclass(slots=True)
class _Progress:
    """Everything that a task has come to so far, over all its calls."""

    released: list[str] = field(default_factory=list)
    failed: list[_Failed] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)
    failure: str = ""
    prompt: str = ""
    unjudged: bool = False
    """Whether the judge could not be asked, and is not asked again for this answer."""


class Writer:
    """Writes the claims of answers with a model."""

    def __init__(
        self,
        *,
        chat: Patient,
        prompts: Prompts,
        gate: Gate,
        vocabulary: Vocabulary,
        hiding: Callable[[], Hiding],
        calls: CallLog,
        max_tokens: int,
        judge: Judge | None = None,
    ) -> None:
        """Name the parts.

        Args:
            chat: The model, asked again where that helps.
            prompts: The texts that it is given.
            gate: What a claim must pass.
            vocabulary: Tells whether two claims are about the same.
            hiding: Makes fresh placeholders for one answer.
            calls: Where calls are logged.
            max_tokens: The most that the model may write in one reply.
            judge: A second model, which has a say on claims that pass the gate.
        """
        self._chat = chat
        self._prompts = prompts
        self._gate = gate
        self._vocabulary = vocabulary
        self._hiding = hiding
        self._calls = calls
        self._max_tokens = max_tokens
        self._judge = judge

    @property
    def remote(self) -> bool:
        """Whether what is given to the model, or to its judge, leaves this machine."""
        return self._chat.remote or (self._judge is not None and self._judge.remote)

    def write(self, task: Task) -> Iterator[Released | Refused | Written]:
        """Yield the claims that passed the gate as they come, what was withheld, and the result.

        Nothing is raised for a model that fails: the result says why it did.
        """
        progress = _Progress()
        hiding = self._hiding()
        effort = self._chat.begin(deadline=task.deadline)
        try:
            task = yield from self._first(task, (hiding, effort), progress)
            first = list(progress.failed)
            if first and task.deadline - time.monotonic() > _LEAST_SECONDS:
                progress.failed.clear()
                yield from self._again(task, (hiding, effort), progress, first=first)
        except ModelUnavailable as exc:
            # What a circuit says again for every answer has been logged when it was opened.
            known = isinstance(exc, ModelKeyRefused | ModelSuspended)
            level = logging.INFO if known else logging.WARNING
            _LOG.log(level, "%s did not finish the answer: %s", self._chat.name, exc)
            progress.failure = progress.failure or exc.reason
        withheld = tuple(
            Withheld(text=one.meant.text, outcome=one.verdict.outcome, why=one.verdict.why)
            for one in progress.failed
        )
        for one in withheld:
            yield Refused(one)
        yield Written(
            generation=Generation(
                model=self._chat.name,
                prompt=progress.prompt,
                outcomes=dict(progress.outcomes),
                withheld=withheld,
            ),
            notes=tuple(dict.fromkeys(progress.notes)),
            missing=progress.missing,
            failure=progress.failure,
        )

    def _first(
        self, task: Task, means: tuple[Hiding, Effort], progress: _Progress
    ) -> Generator[Released, None, Task]:
        """Ask for the claims; with fewer sources, or from the start, where that may help.

        Return the task with the sources that the model could read.
        """
        _, effort = means
        while True:
            try:
                yield from self._call(task.prompt, task, means, progress)
            except PromptTooLong:
                if len(task.given) < 2:
                    raise
                task = replace(task, given=task.given[: len(task.given) // 2])
            except ModelUnavailable as exc:
                # Until the model speaks, the effort asks again by itself; here it broke off.
                if not progress.seen or not effort.again(exc):
                    raise
            else:
                return task

    def _again(
        self,
        task: Task,
        means: tuple[Hiding, Effort],
        progress: _Progress,
        *,
        first: Sequence[_Failed],
    ) -> Iterator[Released]:
        """Tell the model what failed, once. What it neither mends nor replaces stays withheld."""
        before = len(progress.released)
        try:
            yield from self._call("answer-again", task, means, progress, failures=first)
        except ModelUnavailable as exc:
            _LOG.info("the failed claims could not be asked for again: %s", exc.reason)
        answered = [
            *progress.released[before:],
            *(one.meant.text for one in progress.failed),
        ]
        progress.failed += [
            one
            for one in first
            if not any(self._alike(one.meant.text, other) for other in answered)
        ]

    def _call(
        self,
        name: str,
        task: Task,
        means: tuple[Hiding, Effort],
        progress: _Progress,
        *,
        failures: Sequence[_Failed] = (),
    ) -> Iterator[Released]:
        """Make one call and yield what passes of it, as soon as it is complete."""
        hiding, effort = means
        prompt = self._rendered(name, task, hiding, failures)
        progress.prompt = progress.prompt or prompt.source
        before = dict(progress.outcomes)
        call = Recording(
            model=self._chat.name,
            prompt=prompt.source,
            principal=task.principal,
            sources=[_where(one) for one in task.given],
        )
        try:
            done = 0
            for part in effort.stream(prompt, schema=SCHEMA, max_tokens=self._max_tokens):
                whole = isinstance(part, Completion)
                claims = claims_of(part.value, whole=whole)
                for said in claims[done:]:
                    done += 1
                    yield from self._checked(said, hiding, task, progress)
                if isinstance(part, Completion):
                    call.last = part
        except ModelUnavailable as exc:
            call.problem = exc
            raise
        finally:
            call.close(self._calls, _gained(before, progress.outcomes))
        if call.last is not None:
            self._take_notes(call.last, hiding, progress, first=not failures)

    def _take_notes(
        self, last: Completion, hiding: Hiding, progress: _Progress, *, first: bool
    ) -> None:
        if first:
            progress.missing = tuple(hiding.restore(one) for one in missing_of(last.value))
        if last.note:
            progress.notes.append(last.note)
        if last.truncated:
            progress.notes.append(
                "The model had used up its tokens before it had finished (model_max_tokens)."
            )

    def _checked(
        self, said: Proposed, hiding: Hiding, task: Task, progress: _Progress
    ) -> Iterator[Released]:
        proposed = _restored(said, hiding)
        key = " ".join(proposed.text.lower().split())
        if key in progress.seen and key in {" ".join(t.lower().split()) for t in progress.released}:
            return  # the model said it again after a break
        progress.seen.add(key)
        verdict = _invented(said, hiding) or self._gate.check(
            proposed, given=task.given, principal=task.principal
        )
        if verdict.claim is not None and self._judge is not None:
            why = self._objection(verdict.claim, self._judge, task, progress)
            verdict = Verdict(Outcome.UNSUPPORTED, why) if why else verdict
        progress.outcomes[verdict.outcome] = progress.outcomes.get(verdict.outcome, 0) + 1
        if verdict.claim is not None:
            progress.released.append(proposed.text)
            yield Released(verdict.claim)
        elif not any(one.meant.text == proposed.text for one in progress.failed):
            progress.failed.append(_Failed(said, proposed, verdict))

    def _objection(self, claim: Claim, judge: Judge, task: Task, progress: _Progress) -> str:
        """Return what the judge has against a claim; one that cannot be asked has nothing.

        The claim has passed the other checks.
        """
        if progress.unjudged:
            return ""
        try:
            return judge.objection(claim, principal=task.principal, deadline=task.deadline)
        except ModelUnavailable as exc:
            progress.unjudged = True
            progress.notes.append(f"The judge could not be asked about every claim: {exc.reason}.")
            known = isinstance(exc, ModelKeyRefused | ModelSuspended)
            _LOG.log(logging.INFO if known else logging.WARNING, "the judge was not asked: %s", exc)
            return ""

    def _rendered(
        self, name: str, task: Task, hiding: Hiding, failures: Sequence[_Failed]
    ) -> RenderedPrompt:
        shown = [task.question, *texts_of(task.given), *(one.verdict.why for one in failures)]
        mark = draw_mark((*shown, *(one.said.text for one in failures)))
        question, *hidden = hiding.hide_all(shown)
        texts = hidden[: len(hidden) - len(failures)]
        values = {
            "mark": mark,
            "question": question,
            "sources": written(task.given, mark=mark, texts=texts),
            "period": task.period,
        }
        if not failures:
            values["most"] = str(MOST_CLAIMS)
        else:
            values["failures"] = _told(failures, hidden[len(texts) :], texts)
        return self._prompts.load(name).render(values)

    def _alike(self, one: str, other: str) -> bool:
        mine, theirs = self._vocabulary.asked(one), self._vocabulary.asked(other)
        shared = sum(weight for concept, weight in mine.items() if concept in theirs)
        return shared >= _SAME * (sum(mine.values()) or 1.0)


def _invented(said: Proposed, hiding: Hiding) -> Verdict | None:
    """Return what is wrong with a claim of somebody whom no placeholder stands for."""
    strangers = [one for one in _PLACEHOLDER.findall(said.text) if hiding.restore(one) == one]
    if not strangers:
        return None
    return Verdict(Outcome.UNSUPPORTED, f"nothing was given as “{strangers[0]}”")


def _told(failures: Sequence[_Failed], whys: Sequence[str], texts: Sequence[str]) -> str:
    """Return what failed, with no words but those that the model was given or said itself.

    A secret that was cut, or put into small letters, on the way into a reason is not known for one.
    """
    said = [words for one in failures for words in (one.said.text, *_quotes(one.said))]
    known = _squeezed(" \n".join((*texts, *said)))

    def kept(match: re.Match[str]) -> str:
        return match[0] if _squeezed(match[1].removesuffix("…")) in known else "“…”"

    return "\n".join(
        f"{at}. {one.said.text}\n   failed: {_CITED.sub(kept, why)}"
        for at, (one, why) in enumerate(zip(failures, whys, strict=True), start=1)
    )


def _quotes(proposed: Proposed) -> list[str]:
    return [one.words for one in proposed.quotes]


def _squeezed(text: str) -> str:
    return " ".join(text.casefold().split())


def _where(given: GivenSource) -> str:
    passage = given.passage
    return f"{passage.source.path}:{passage.start}-{passage.end}"


def _restored(proposed: Proposed, hiding: Hiding) -> Proposed:
    quotes = tuple(replace(one, words=hiding.restore(one.words)) for one in proposed.quotes)
    return replace(proposed, text=hiding.restore(proposed.text), quotes=quotes)


def _gained(before: Mapping[Outcome, int], now: Mapping[Outcome, int]) -> dict[str, int]:
    gained = {one.value: now[one] - before.get(one, 0) for one in now}
    return {one: count for one, count in gained.items() if count}
