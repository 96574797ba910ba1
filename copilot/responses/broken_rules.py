"""The rule that a finding says was not kept, as the company's own policies have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.citations.quantities import agree, quantities
from copilot.domain.documents import SourceKind
from copilot.drafting.record_lines import lines_of, under_heading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.controls import Control
    from copilot.domain.findings import Finding, FindingKind
    from copilot.drafting.record_lines import RecordLine
    from copilot.responses.case_records import CaseRecords, Cited

LIKELY: Final = 0.38
"""Least likeness of a rule to question, control and finding."""

_AS_GOOD: Final = 0.93
_NEXT_BEST: Final = 0.75
_SAME_RULE: Final = 0.6
"""Least likeness of two rules that can contradict each other."""

_TOP: Final = 6
_ENCODED: Final = 24


def find_rules(
    finding: Finding, kind: FindingKind, control: Control | None, *, records: CaseRecords
) -> list[Cited]:
    """Return what policies say on what was not done: the likeliest sentence, and at most one more.

    The second adds to the first, or gives another limit for the same.
    """
    wording = finding.auditor_wording or finding.exceptions
    # What is asked of findings in general says nothing about this one.
    questions = kind.rule or (control.text if control else wording,)
    queries = dict.fromkeys((*questions, wording, *([control.text] if control else [])))
    lines = {
        (line.passage.source.path, line.start): line
        for query in queries
        for passage in records.passages(query, kinds={SourceKind.POLICY}, limit=_TOP)
        for line in lines_of(passage)
        if not line.words.endswith(":")
    }
    scored = _scored(list(lines.values()), questions, finding, control, records=records)
    if not scored or scored[0][0] < LIKELY:
        return []
    best, first = scored[0]
    others = [
        (not _contradicts(first, line, records), line)
        for score, line in scored[1:]
        if score >= _NEXT_BEST * best
        and (score >= _AS_GOOD * best or _contradicts(first, line, records))
    ]
    # A rule that contradicts the first is more use than one that adds to it.
    others.sort(key=lambda one: one[0])
    chosen = (first, *(line for _, line in others[:1]))
    return [one for line in chosen if (one := records.checked(line))]


def contradict(rules: Sequence[Cited], *, records: CaseRecords) -> bool:
    """Say whether the rules of two policies give different limits for the same."""
    return len(rules) > 1 and _contradicts(rules[0].line, rules[1].line, records)


def _scored(
    lines: Sequence[RecordLine],
    questions: Sequence[str],
    finding: Finding,
    control: Control | None,
    *,
    records: CaseRecords,
) -> list[tuple[float, RecordLine]]:
    """Return lines, the likeliest rule first: near the question, saying what the control does.

    Weights by trial on 20 findings with the sample company's policies.
    """
    does = control.text if control else questions[0]
    about = " ".join((*questions, does))
    # Encoding costs most, and what speaks of nothing that is asked is no rule.
    lines = sorted(lines, key=lambda one: -records.speaks_of(about, under_heading(one)))[:_ENCODED]
    texts = [under_heading(line) for line in lines]
    answering = [records.likeness(one, texts) for one in questions]
    found = records.likeness(finding.words, texts)
    scored = [
        (
            0.5 * max(one[at] for one in answering)
            + 0.25 * found[at]
            + 0.25 * records.speaks_of(does, texts[at]),
            line,
        )
        for at, line in enumerate(lines)
    ]
    return sorted(scored, key=lambda one: -one[0])


def _contradicts(one: RecordLine, other: RecordLine, records: CaseRecords) -> bool:
    return (
        one.passage.source.path != other.passage.source.path
        and _differ(one.words, other.words)
        and records.is_near(one.words, [other.words], least=_SAME_RULE)
    )


def _differ(one: str, other: str) -> bool:
    """Say whether two rules give different limits."""
    pairs = [(a, b) for a in quantities(one) for b in quantities(other) if a.kind == b.kind]
    return bool(pairs) and not any(agree(a, b) for a, b in pairs)
