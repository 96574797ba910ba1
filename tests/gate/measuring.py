"""Put every case of the corpus through the gate, and count what comes out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from copilot.citations.gate import Gate
from copilot.citations.given import GivenSource, Proposed, Quoted
from copilot.citations.support import Support
from copilot.domain.access import EVERYONE, principal
from copilot.domain.answers import Outcome
from copilot.domain.documents import Metadata, Passage, PassageId, Source, SourceKind, SourcePath
from copilot.generation.instructions import spoils

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from copilot.citations.gate import Verdict
    from tests.gate.drafting import Case


class Texts:
    """The truth of one case: the passages that the model was given, as sources of their own.

    The passages of a workspace and those that a case plants are treated alike, so that a planted one
    is not refused merely for not being in the workspace.
    """

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._passages = {one.source.path: one for one in passages}

    def text_of(self, path: str, *, principal: Any) -> str | None:
        """Return the text up to the end of the passage."""
        one = self._passages.get(path)
        return None if one is None else " " * one.start + one.text

    def pages_of(self, path: str, start: int, end: int, *, principal: Any) -> list[int | None]:
        """Return the page of the passage, if the stretch lies in it."""
        one = self._passages.get(path)
        return [one.page] if one and one.start < end and start < one.end else []


@dataclass(frozen=True, slots=True)
class Judged:
    """A case and what the gate said of it."""

    case: Case
    outcome: Outcome
    why: str

    @property
    def right(self) -> bool:
        """Whether it was released or withheld as it should be."""
        return (self.outcome is Outcome.FOUND) is self.case.released


class Judge:
    """A gate for each case, all with the same words and encoder, as in a process that goes on."""

    def __init__(self, support: Support) -> None:
        self._support = support

    def __call__(self, cases: Iterable[Case]) -> list[Judged]:
        """Return the gate's verdict on every case."""
        return [self._judged(case) for case in cases]

    def _judged(self, case: Case) -> Judged:
        verdict = self.ready(case)()
        return Judged(case, verdict.outcome, verdict.why)

    def ready(self, case: Case) -> Callable[[], Verdict]:
        """Return what checks a case, with everything at hand that an answer has before its first claim."""
        given = [GivenSource(one.number, _passage(one)) for one in case.sources]
        gate = Gate(
            truth=Texts(one.passage for one in given),
            support=self._support,
            spoiled=spoils,
        )
        proposed = Proposed(case.claim, tuple(Quoted(n, words) for n, words in case.quotes))
        asker = principal("asker")
        return lambda: gate.check(proposed, given=given, principal=asker)


def judge(cases: Iterable[Case], *, vocabulary: Any, encode: Any) -> list[Judged]:
    """Return the gate's verdict on every case."""
    return Judge(Support(vocabulary, encode, company="Harbourlight"))(cases)


def rates(judged: Iterable[Judged]) -> dict[tuple[str, str], float]:
    """Return the per cent of each kind and half that were judged rightly."""
    right, total = _counted(judged)
    return {key: 100.0 * right[key] / total[key] for key in total}


def table(judged: Iterable[Judged]) -> str:
    """Return how many cases of each kind and half were judged rightly."""
    right, total = _counted(judged)
    return "\n".join(
        f"{kind:18} {half:9} {right[kind, half]:4} of {total[kind, half]:4} "
        f"({100 * right[kind, half] / total[kind, half]:.1f} %)"
        for kind, half in sorted(total)
    )


def _counted(judged: Iterable[Judged]) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    right: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for one in judged:
        key = (one.case.kind, one.case.half)
        total[key] += 1
        right[key] += one.right
    return right, total


def _passage(one: Any) -> Passage:
    source = Source(
        path=SourcePath(f"{one.number}/{one.path}"),
        metadata=Metadata(title=one.title or one.path, kind=_kind(one.path), audience=EVERYONE),
    )
    return Passage(
        id=PassageId(str(one.number)),
        source=source,
        start=one.start,
        end=one.start + len(one.text),
        text=one.text,
        page=one.page,
        place="",
        heading=(),
        context=one.context,
    )


def _kind(path: str) -> SourceKind:
    if path.startswith("knowledge/"):
        return SourceKind.CATALOG
    return SourceKind.EVIDENCE if path.startswith("evidence/") else SourceKind.POLICY
