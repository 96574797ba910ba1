"""Promises of a policy that something is done again and again, and whether a record shows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from copilot.checking.cases import case_of
from copilot.citations.quantities import quantities
from copilot.domain.answers import Citation
from copilot.domain.criteria import Frequency
from copilot.domain.documents import SourceKind
from copilot.domain.indexing import Filters
from copilot.domain.periods import MONTHS_OF, label
from copilot.domain.remarks import Remark, RemarkKind
from copilot.wording import coverage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from copilot.checking.policy_file import PolicyFile
    from copilot.domain.access import Principal
    from copilot.domain.controls import Control, ControlId
    from copilot.domain.documents import Source
    from copilot.domain.periods import Period
    from copilot.drafting.policy_sentences import Said
    from copilot.retrieval.search import Hit, Search
    from copilot.wording import Vocabulary

_DOES: Final = re.compile(
    r"\b(?:review|test|train|check|complet|compar|report|run|runs|exercis|held|hold|meet|send|sent|scan|rotat|updat|"
    r"go(?:es)? through|looks?|assess|sign|acknowledg|approv|count|restor|carr(?:y|ied)|takes? (?:place|part)|perform|"
    r"conduct|audit|verif|monitor|receiv|replac|renew|back(?:ed)? up|attend|repeat|practis|rehears|inspect|publish|"
    r"evaluat|examin|reconcil|recertif|attest|confirm|trigger|read|export|tri(?:ed|al)|set|calibrat|clean)\w*",
    re.IGNORECASE,
)
_EVERYBODY: Final = re.compile(
    r"\b(?:(?:every|each|all) (?:new )?(?:employees?|persons?|people|staff|colleagues?|engineers?|managers?|personnel|"
    r"workers?|users?|contractors?)|everyone|everybody)\b.{0,60}?\b(?:trained|trains?|training|course|acknowledg\w+|"
    r"signs?|signed)\b",
    re.IGNORECASE,
)
_NO_PROMISE: Final = re.compile(
    r"^(?:if|when|where|whenever|should|unless|somebody|someone|anyone)\b|\bper ?cent\b|%|\btimes in a\b|(?-i:\bmay\b)|\bmight\b|\bcan be\b|"
    r"\bnot been\b|\bthe last\b|\bmeans that\b|\bfor up to\b|\ba right to\b|\bexpected to happen\b|\brevenue\b|\?$",
    re.IGNORECASE,
)
_ADJECTIVE: Final = re.compile(
    r"^\s+(?:work|revenue|updates?|backups? (?:are|is) kept|snapshots? for|basis for|stand-?up)\b",
    re.IGNORECASE,
)
_ATTRIBUTE: Final = re.compile(r"\b(?:the|its|our|their|this|that|each)\s+$", re.IGNORECASE)
"""Before a word such as `quarterly`: "the quarterly review" speaks of a promise that stands elsewhere."""

_HOW_OFTEN: Final = re.compile(r"how often|frequen|interval|cadence|schedule|rhythm", re.IGNORECASE)
_FOR_OTHERS: Final = re.compile(
    r"\bcontracts?\b.*\bcontain|vendors? (?:must|shall)|terms\b", re.IGNORECASE
)

_OFTEN: Final = {
    24.0: Frequency.DAILY, 168.0: Frequency.WEEKLY, 730.0: Frequency.MONTHLY, 2190.0: Frequency.QUARTERLY,
    4380.0: Frequency.SEMI_ANNUAL, 8760.0: Frequency.ANNUAL,
}  # fmt: skip
_RARITY: Final = tuple(_OFTEN.values())
_DAILY: Final = 24.0
_RARELY: Final = 8760.0
_SHORT: Final = 70
"""Characters of a sentence that needs the one before it to be understood."""

CONTROL: Final = 0.62
CONTROL_AS_OFTEN: Final = 0.55
"""Least cosine of a promise and a control that is the same thing; less where both are as often. On the
promises of the sample company every control above it is right, and the first wrong one has .57 and .53."""

RECORD: Final = 0.5
RECORD_WORDS: Final = (0.36, 0.5)
WORDS: Final = 0.6
"""Least cosine of a promise and a record of it; less where the record also has half of the words that carry
meaning; words alone from six in ten. With these, 14 of the 39 promises of the sample company are reported; read
by hand, 13 of them have no record in the period or not all, and one more that has none is not reported."""

_FOUND: Final = 12
_LONGEST: Final = 240
"""Characters of a record that are cited: enough to recognise it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A promise to do something again and again."""

    said: Said
    often: Frequency | None
    """Nothing where only "everyone" is promised, or a rhythm that has no name."""
    words: str
    above: str = ""
    """What it cannot be understood without: the item's label, the heading, the sentence before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where records of a promise are looked for."""

    search: Search
    principal: Principal
    controls: Sequence[Control]
    sources: Sequence[Source]
    vocabulary: Vocabulary
    period: Period | None


def commitments(file: PolicyFile) -> Iterator[Commitment]:
    """Yield what a policy promises to do again and again; each sentence once."""
    for before, said in zip((None, *file.said), file.said, strict=False):
        if _is_no_promise(said):
            continue
        above = _above(said, before)
        found = next(
            (
                one
                for one in quantities(said.text)
                if one.kind == "frequency"
                and _DAILY <= one.value <= _RARELY
                and not (" " not in one.words and _ATTRIBUTE.search(said.text[: one.at]))
                and not _ADJECTIVE.match(said.text[one.end :])
            ),
            None,
        )
        everybody = _EVERYBODY.search(said.text)
        if found and (_DOES.search(said.text) or (_HOW_OFTEN.match(said.text) and said.label)):
            yield Commitment(
                said=said, often=_OFTEN.get(found.value), words=found.words, above=above
            )
        elif everybody and not found:
            yield Commitment(said=said, often=None, words=everybody[0], above=above)


def unproven(found: Iterable[Commitment], evidence: Evidence) -> Iterator[Remark]:
    """Yield the promises for which no record, or not every record, speaks for the audit period."""
    listed = list(found)
    if not listed:
        return
    texts = [_query(one) for one in listed]
    likeness = evidence.search.encode_all(texts)
    controls = list(evidence.controls)
    known = evidence.search.encode_all([one.text for one in controls]) if controls else None
    seen: set[tuple[str, str]] = set()
    for at, one in enumerate(listed):
        scores = known @ likeness[at] if known is not None else ()
        same = {
            control.id
            for control, score in zip(controls, scores, strict=True)
            if score >= (CONTROL_AS_OFTEN if control.frequency is one.often else CONTROL)
        }
        records = _records(one, texts[at], same, evidence)
        remark = _remark(one, records, evidence.period)
        key = (remark.text if remark else "", ",".join(sorted(same)))
        if remark and (not same or key not in seen):
            seen.add(key)
            yield remark


def _is_no_promise(said: Said) -> bool:
    return bool(
        _NO_PROMISE.search(said.text)
        or _FOR_OTHERS.search(f"{said.lead} {said.heading}")
        or case_of(said.label, dimensions={"severity"}).named
    )


def _above(said: Said, before: Said | None) -> str:
    if said.label:
        return f"{said.label}: "
    if len(said.text) > _SHORT:
        return ""
    heading = re.sub(r"^[0-9.]+ *", "", (said.passage.heading[-1:] or ("",))[0])
    near = before is not None and before.passage is said.passage
    return f"{heading}: {before.text + ' ' if before is not None and near else ''}"


def _query(one: Commitment) -> str:
    return f"{one.above}{one.said.text}"


def _records(
    one: Commitment, query: str, controls: set[ControlId], evidence: Evidence
) -> dict[str, tuple[Source, Hit | None]]:
    """Return the records of a promise by path: those of its control, and those that speak of it."""
    found: dict[str, tuple[Source, Hit | None]] = {
        source.path: (source, None)
        for source in evidence.sources
        if source.metadata.kind is SourceKind.EVIDENCE and controls & set(source.metadata.controls)
    }
    # What people have labelled as records of the control counts before what reads like one.
    labelled = bool(found)
    asked = evidence.vocabulary.asked(query)
    by_source: dict[str, list[Hit]] = {}
    for hit in evidence.search.search(
        query,
        principal=evidence.principal,
        limit=_FOUND,
        filters=Filters(kinds=frozenset({SourceKind.EVIDENCE})),
    ):
        by_source.setdefault(hit.passage.source.path, []).append(hit)
    for path, hits in by_source.items():
        source = hits[0].passage.source
        # A report names its subject in one place and says what was done in another.
        texts = (f"{hit.passage.context} {hit.passage.text}" for hit in hits)
        share = coverage(
            asked, evidence.vocabulary.concepts(" ".join((source.metadata.title, *texts)))
        )
        nearest = max(hits, key=lambda hit: hit.cosine or 0.0)
        near = nearest.cosine or 0.0
        carries = near >= RECORD or (near >= RECORD_WORDS[0] and share >= RECORD_WORDS[1])
        if path in found or (
            not labelled and (carries or share >= WORDS) and _as_often(source, one.often)
        ):
            found[path] = (source, nearest)
    return found


def _as_often(source: Source, often: Frequency | None) -> bool:
    """Say whether a record can be of something that happens so often: not one of an event, or a rarer one."""
    stated = source.metadata.frequency
    if stated is None or often is None or stated is Frequency.CONTINUOUS:
        return True
    return stated is not Frequency.PER_EVENT and _RARITY.index(stated) <= _RARITY.index(often)


def _remark(
    one: Commitment, records: dict[str, tuple[Source, Hit | None]], period: Period | None
) -> Remark | None:
    sources = [source for source, _ in records.values()]
    inside = [source for source in sources if _speaks_for(source, period)]
    promise = f"It promises “{one.words}”"
    when = f" in the audit period, {label(period)}" if period else ""
    if not sources:
        return _made(one, f"{promise}, and no record of it was found{when}.")
    if not inside:
        newest = max(sources, key=lambda each: str(each.metadata.period or ""))
        about = label(newest.metadata.period) if newest.metadata.period else "no stated time"
        text = f"{promise}. The newest record, “{newest.metadata.title}”, speaks for {about} and not{when.replace(' in', ' for', 1)}."
        return _made(one, text, *_shown(records[newest.path]))
    missing = _missing(one.often, inside, period)
    if not missing:
        return None
    stretches = ", ".join(label(each) for each in missing)
    text = f"{promise}. There are records{when}, but none for {stretches}."
    return _made(one, text, *_shown(records[inside[0].path]))


def _made(one: Commitment, text: str, *more: Citation) -> Remark:
    return Remark(
        kind=RemarkKind.COMMITMENT_WITHOUT_EVIDENCE,
        subject=one.often.value if one.often else "everyone",
        text=text,
        citations=(one.said.cite(), *more),
        hint="File the record with its period, or change the promise to what is done.",
    )


def _shown(record: tuple[Source, Hit | None]) -> tuple[Citation, ...]:
    """Return the words of a record that was found by its words; labels alone have none."""
    hit = record[1]
    if hit is None:
        return ()
    passage = hit.passage
    words = passage.text
    if len(words) > _LONGEST:
        words = words[: words.rfind(" ", 0, _LONGEST) if " " in words[:_LONGEST] else _LONGEST]
    return (
        Citation(
            source=passage.source.path,
            title=passage.title,
            page=passage.page,
            start=passage.start,
            end=passage.start + len(words),
            quote=words,
            place=passage.place,
        ),
    )


def _speaks_for(source: Source, period: Period | None) -> bool:
    if period is None:
        return True
    own = source.metadata.period
    return own is not None and own.overlaps(period)


def _missing(
    often: Frequency | None, inside: Sequence[Source], period: Period | None
) -> list[Period]:
    """Return the stretches of the period in which something that recurs by the calendar left no record."""
    if period is None or often is None or often not in MONTHS_OF:
        return []
    # Tickets of a whole year are no record that the review of the third quarter took place.
    alike = [one for one in inside if one.metadata.frequency in {often, None}] or inside
    times = [one.metadata.period for one in alike if one.metadata.period]
    return [slot for slot in period.slots(often) if not any(one.overlaps(slot) for one in times)]
