"""Answers in a model's words: what it is given, and what becomes of what it says."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from copilot.answering.followups import faithful
from copilot.domain.answers import Basis, Progressed, Refused, Released
from copilot.domain.prompting import Completion
from copilot.errors import CopilotError, ModelUnavailable
from copilot.generation.absences import named_absences
from copilot.generation.numbering import number
from copilot.generation.recording import Recording
from copilot.generation.replies import QUESTION_SCHEMA
from copilot.generation.writing import Task, Written

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterator, Sequence

    from copilot.answering.material import Composition, Material
    from copilot.domain.access import Audience, Principal
    from copilot.domain.answers import Claim, Event, Generation, Withheld
    from copilot.domain.documents import Passage
    from copilot.generation.persistence import Patient
    from copilot.generation.prompts import Prompts
    from copilot.generation.writing import Hiding, Writer
    from copilot.ports import CallLog
    from copilot.wording import Vocabulary

_LOG: Final = logging.getLogger(__name__)

_REWRITING_TOKENS: Final = 200
_REWRITING_SHARE: Final = 0.25
"""Share of an answer's time that rewriting a follow-up may take."""

_REMOTE: Final = "everything that was found is marked as never to be sent to a remote model"
_NOTHING_HELD: Final = "none of the model's claims was carried by its sources"
_NOTHING_SAID: Final = "the model found nothing to say from the sources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An answer as it was composed, which a model is to put into better words."""

    material: Material
    made: Composition
    catalog_passages: Sequence[Passage]
    composed: Sequence[Claim]
    """The composed claims, checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a model contributed; all of it empty where there is none."""

    claims: tuple[Claim, ...] = ()
    """The claims of the answer in the order in which they were released; none if it is composed."""
    missing: tuple[str, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    reason: str = ""
    """Why the model did not write the answer, or not to its end."""
    broke_off: bool = False
    """Whether the answer ends where the model failed."""
    generation: Generation | None = None
    notes: tuple[str, ...] = ()


class Prose:
    """A language model behind its gate."""

    def __init__(
        self,
        *,
        writer: Writer,
        chat: Patient,
        prompts: Prompts,
        hiding: Callable[[], Hiding],
        calls: CallLog,
        vocabulary: Vocabulary,
        never_send: Collection[Audience] = (),
        seconds: float,
    ) -> None:
        """Name the parts.

        Args:
            writer: Writes claims and releases what passes the gate.
            chat: The model itself, for rewriting follow-ups.
            prompts: The texts that it is given.
            hiding: Makes fresh placeholders.
            calls: Where calls are logged.
            vocabulary: Tells what a text speaks of.
            never_send: Audiences whose sources never go to a remote model.
            seconds: How long an answer may take.
        """
        self._writer = writer
        self._chat = chat
        self._prompts = prompts
        self._hiding = hiding
        self._calls = calls
        self._vocabulary = vocabulary
        self._never_send = frozenset(never_send) if writer.remote else frozenset()
        self._seconds = seconds

    def standalone(
        self, text: str, earlier: Sequence[str], by_rule: str, *, principal: Principal
    ) -> str:
        """Return a follow-up as a question of its own: the model's, if it invents nothing."""
        if by_rule == text:
            return text
        hiding = self._hiding()
        *before, last_one = hiding.hide_all([*earlier, text])
        prompt = self._prompts.load("standalone").render(
            {"earlier": "\n".join(f"- {one}" for one in before), "question": last_one}
        )
        deadline = time.monotonic() + _REWRITING_SHARE * self._seconds
        call = Recording(model=self._chat.name, prompt=prompt.source, principal=principal)
        try:
            for part in self._chat.stream(
                prompt, schema=QUESTION_SCHEMA, max_tokens=_REWRITING_TOKENS, deadline=deadline
            ):
                call.last = part if isinstance(part, Completion) else None
        except ModelUnavailable as exc:
            call.problem = exc
            _LOG.info("%s did not rewrite the question for %s: %s", self._chat.name, principal.id,
                      exc.reason)  # fmt: skip
            return by_rule
        finally:
            call.close(self._calls)
        value = call.last.value.get("question") if call.last else None
        rewritten = hiding.restore(value) if isinstance(value, str) else ""
        return rewritten if faithful(rewritten, (*earlier, text), self._vocabulary) else by_rule

    def write(
        self, draft: Draft, *, principal: Principal, started: float
    ) -> Generator[Event, None, Result]:
        """Yield claims as they pass the gate, and return what came of it."""
        given = number(_useful(draft), withheld=self._never_send)
        if not given:
            return Result(reason=_REMOTE)
        yield Progressed("Writing")
        task = Task(
            question=draft.material.question.text,
            given=given,
            principal=principal,
            period=str(draft.material.period or "not set"),
            deadline=started + self._seconds,
        )
        claims: list[Claim] = []
        written: Written | None = None
        try:
            for event in self._writer.write(task):
                match event:
                    case Released(claim=claim):
                        claims.append(claim)
                        yield event
                    case Refused(withheld=withheld):
                        yield Refused(_for_reader(withheld, principal))
                    case Written():
                        written = event
        except ModelUnavailable as exc:
            return Result(reason=exc.reason)
        if written is None:
            raise CopilotError("a writer ended without a result")
        more = list(
            _completing(
                draft, claims, withheld=bool(written.generation.withheld or written.failure)
            )
        )
        yield from (Released(one) for one in more)
        return self._result(draft, written, [*claims, *more], principal=principal)

    def _result(
        self,
        draft: Draft,
        written: Written,
        outcome: Sequence[Claim],
        *,
        principal: Principal,
    ) -> Result:
        claims = outcome
        withheld = tuple(_for_reader(one, principal) for one in written.generation.withheld)
        generation = replace(written.generation, withheld=withheld)
        if not claims:
            reason = written.failure or (_NOTHING_HELD if withheld else _NOTHING_SAID)
            return Result(reason=reason, generation=generation, notes=written.notes)
        titles = [one.title for one in draft.made.criteria]
        return Result(
            claims=tuple(claims),
            missing=tuple(
                named_absences(
                    written.missing,
                    question=draft.material.question.text,
                    criteria=titles,
                    vocabulary=self._vocabulary,
                )
            ),
            withheld=withheld,
            reason=written.failure,
            broke_off=bool(written.failure),
            generation=generation,
            notes=written.notes,
        )


def _useful(draft: Draft) -> Iterator[Passage]:
    """Yield what the model is given, the most useful first: what was quoted, then what was found."""
    material = draft.material
    quoted = {(one.source, one.start) for claim in draft.composed for one in claim.citations}
    own = [one.hit.passage for one in material.own]
    catalog = [*draft.catalog_passages]
    if material.guidance is not None:
        catalog.insert(0, material.guidance)

    def is_quoted(passage: Passage) -> bool:
        return any(
            source == passage.source.path and passage.start <= start < passage.end
            for source, start in quoted
        )

    yield from (one for one in own if is_quoted(one))
    yield from (one for one in catalog if is_quoted(one))
    yield from (hit.passage for hit in material.catalog_hits if is_quoted(hit.passage))
    yield from own


def _completing(draft: Draft, claims: Sequence[Claim], *, withheld: bool) -> Iterator[Claim]:
    """Yield composed claims that a model's answer must not lose.

    A contradiction between policies is always named. Where a claim was withheld, what was found in
    sources that the answer does not cite is quoted as it stands.
    """
    if not claims:
        return
    cited = {one.source for claim in claims for one in claim.citations}
    contradictions = {claim.text for claim in draft.made.disagreements}
    for claim in draft.composed:
        sources = {one.source for one in claim.citations}
        fills = withheld and claim.basis is not Basis.CATALOG and not sources & cited
        if claim.text in contradictions or fills:
            yield claim


def _for_reader(withheld: Withheld, principal: Principal) -> Withheld:
    """Return what was withheld without its words, unless the reader reviews."""
    if principal.reviews:
        return withheld
    return replace(withheld, text="", why=f"a claim failed its check ({withheld.outcome.value})")
