"""Draft a management response: six parts for an exception, and forms of their own for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.domain.drafts import Bullets, Draft, DraftSection, Paragraph, Statement
from copilot.domain.findings import Decision, FindingForm
from copilot.domain.review import ItemId, ItemKind
from copilot.drafting import marks
from copilot.responses import parts as response_parts
from copilot.responses.cases import Case, plain
from copilot.responses.recognising import recognise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from copilot.domain.documents import SourcePath
    from copilot.domain.drafts import Block, Line
    from copilot.domain.findings import Finding, FindingKind, FindingKindId
    from copilot.responses.case_records import CaseRecords, Cited
    from copilot.responses.cases import Surroundings


DECISION: Final = "Decision"
RISK: Final = "Risk and controls in place"
FACTS: Final = "Facts that speak against the finding"
AGAIN: Final = "What we ask the auditor to look at again"
IF_IT_STANDS: Final = "Remediation if the finding stands"

CLOSED_EXCEPTION: Final = (
    "It is closed when each action above is done, its evidence is on file, and a later test of "
    "{control} has found no exception."
)
CLOSED_OBSERVATION: Final = (
    "It is closed when each action above is done and its evidence is on file."
)
CLOSED_DECLINED: Final = "It is closed when this response is approved."
CLOSED_DISAGREEMENT: Final = (
    "It stays open until the auditor has looked at the records again and has said whether the result "
    "changes. If it does not, the actions above apply."
)
OF_DECISION: Final = "The record of the decision, with its date and who took it"


def respond(
    finding: Finding,
    *,
    kinds: Mapping[FindingKindId, FindingKind],
    around: Surroundings,
    records: CaseRecords,
    source: SourcePath | None,
) -> Draft:
    """Return a response to a finding: what sources show is cited, everything else is asked for.

    Args:
        finding: What the auditor reports.
        kinds: What is known of findings in general.
        around: The company: its profile, controls and posts.
        records: Searches the company's sources, as whoever asks.
        source: The finding's own file, where it is one of the sources.
    """
    kind = recognise(finding, kinds, encode=records.encode)
    control = next((one for one in around.controls if one.id == finding.control), None)
    case = Case(
        finding=finding, kind=kind, around=around, records=records, source=source, control=control
    )
    case.gather()
    sections = {
        FindingForm.EXCEPTION: _exception,
        FindingForm.OBSERVATION: _observation,
        FindingForm.DISAGREEMENT: _disagreement,
    }[finding.form](case)
    return Draft(
        id=ItemId(f"{ItemKind.RESPONSE}/{finding.id}"),
        kind=ItemKind.RESPONSE,
        title=f"Management response to {finding.id}",
        company=around.company,
        sections=sections,
        owner=case.role,
        approver=case.title("compliance"),
        outline=f"{kind.id}, {finding.form}",
        notes=tuple(_notes(case)),
    )


def _exception(case: Case) -> tuple[DraftSection, ...]:
    return (
        response_parts.acknowledgement(case),
        response_parts.cause(case),
        response_parts.effect(case),
        response_parts.remediation(case),
        response_parts.evidence(case, wanted=case.kind.evidence),
        response_parts.status(case, closed=CLOSED_EXCEPTION),
    )


def _observation(case: Case) -> tuple[DraftSection, ...]:
    said = Statement(text="The auditor reports an observation: advice, and no exception.")
    heard = DraftSection(
        heading=response_parts.ACKNOWLEDGEMENT,
        blocks=(*response_parts.tested(case), Paragraph((said,)), *response_parts.rules(case)),
    )
    declined = case.finding.decision is Decision.DECLINED
    wanted = (OF_DECISION,) if declined else (OF_DECISION, *case.kind.evidence)
    closed = CLOSED_DECLINED if declined else CLOSED_OBSERVATION
    return (
        heard,
        DraftSection(heading=DECISION, blocks=(Paragraph(tuple(_decided(case))),)),
        DraftSection(heading=RISK, blocks=tuple(_risk(case))),
        _follow_up(case),
        response_parts.evidence(case, wanted=wanted),
        response_parts.status(case, closed=closed, since=False),
    )


def _decided(case: Case) -> Iterator[Statement]:
    """Yield what management decided on the advice, and why."""
    decision, reason = case.finding.decision, case.finding.reason
    if decision is None:
        yield Statement(text=case.confirm("Management accepts the recommendation."))
    else:
        done = "accepts" if decision is Decision.ACCEPTED else "declines"
        yield Statement(
            text=f"Management {done} the recommendation.",
            citations=case.records.own_words(f"decision: {decision}", case.source),
        )
    if reason:
        yield Statement(
            text=plain(f"Reason: {reason}"), citations=case.records.own_words(reason, case.source)
        )
    elif decision is Decision.DECLINED:
        yield case.asks("Why is the recommendation declined, and who decided so?")


def _risk(case: Case) -> Iterator[Block]:
    yield Paragraph((Statement(text=f"The risk that the advice speaks to: {case.kind.assess}"),))
    yield from response_parts.compensating(case)


def _follow_up(case: Case) -> DraftSection:
    """Return what is done about the advice; for declined advice, what would change the decision."""
    if case.finding.decision is not Decision.DECLINED:
        return response_parts.remediation(case)
    line = (
        Statement(text="No action is planned."),
        case.asks("What would have to change for the decision to be looked at again, and when?"),
    )
    return DraftSection(heading=response_parts.REMEDIATION, blocks=(Paragraph(line),))


def _disagreement(case: Case) -> tuple[DraftSection, ...]:
    finding = case.finding
    shown = [(one, *case.records.shown(one)) for one in finding.disputes]
    facts = [cited for _, cited, _ in shown if cited is not None]
    why = (
        Statement(
            text=plain(
                f"Management does not share the auditor’s conclusion. Reason: {finding.reason}"
            ),
            citations=case.records.own_words(finding.reason, case.source),
        )
        if finding.reason
        else case.asks("Which part of the finding does management not share, and why?")
    )
    on_record = response_parts.on_record(case) if case.evidence else []
    tested = DraftSection(
        heading=response_parts.ACKNOWLEDGEMENT,
        blocks=(*response_parts.tested(case), Paragraph((why,)), *on_record),
    )
    return (
        tested,
        DraftSection(heading=FACTS, blocks=tuple(_facts(case, shown))),
        DraftSection(heading=AGAIN, blocks=tuple(_again(case, facts))),
        response_parts.effect(case),
        response_parts.remediation(case, heading=IF_IT_STANDS),
        response_parts.evidence(case, wanted=case.kind.evidence),
        response_parts.status(case, closed=CLOSED_DISAGREEMENT, since=False),
    )


def _facts(case: Case, shown: Sequence[tuple[str, Cited | None, Cited | None]]) -> Iterator[Block]:
    """Yield what speaks against the finding: what sources carry, and what has no record yet."""
    carried = [(case.told(cited),) for _, cited, _ in shown if cited is not None]
    bare = [(one, nearest) for one, cited, nearest in shown if cited is None]
    if carried:
        yield Paragraph((Statement(text="These records speak against the finding:"),))
        yield Bullets(tuple(carried))
    elif not bare:
        yield Paragraph((case.asks("Which facts speak against the finding, and what shows each?"),))
    if bare:
        yield Paragraph(
            (
                Statement(
                    text="No source was found that says the following. Each point is left out of the "
                    "response unless a record of it is provided:"
                ),
            )
        )
        yield Bullets(tuple(_unshown(case, one, nearest) for one, nearest in bare))


def _unshown(case: Case, statement: str, nearest: Cited | None) -> Line:
    asked = case.asks(f"Which record shows this: “{statement}”")
    if nearest is None:
        return (asked,)
    return (asked, case.told(nearest, before="The nearest words on file, which do not say it: "))


def _again(case: Case, facts: Sequence[Cited]) -> Iterator[Block]:
    """Yield what the auditor is asked to look at again; without a record there is nothing to ask."""
    if not facts:
        text = (
            "No record that speaks against the finding has been found. Until there is one, management "
            "asks for no change of the result."
        )
        yield Paragraph((Statement(text=text),))
        return
    yield Paragraph(
        (Statement(text="Management asks the auditor to inspect these records and test again:"),)
    )
    paths = dict.fromkeys((one.line.passage.title, one.line.passage.source.path) for one in facts)
    yield Bullets(
        tuple(
            (
                Statement(
                    text=marks.literal(f"{title} ({path})."),
                    citations=tuple(
                        one.citation for one in facts if one.line.passage.source.path == path
                    ),
                ),
            )
            for title, path in paths
        )
    )
    agreed = case.confirm(
        "These records were complete when the auditor tested, and were not changed afterwards."
    )
    yield Paragraph((Statement(text=agreed),))


def _notes(case: Case) -> list[str]:
    kind = case.kind
    notes = [
        f"Read as: {kind.title} ({kind.id}). If it is about something else, name that in `about`."
    ]
    finding = case.finding
    if not (finding.cause or case.causes) and finding.form is FindingForm.EXCEPTION:
        notes.append("No source that was searched names the cause, so it is asked for.")
    if not finding.remediation and finding.decision is not Decision.DECLINED:
        notes.append(
            "The finding names no action: those in the draft are what usually mends such a finding, for "
            "their owners to confirm, change or strike out."
        )
    notes.append(
        "The auditor’s words and records may name people; a response in a report names posts only."
    )
    if case.source is None:
        notes.append(
            "The finding's file is not among the sources, so its words are quoted without a footnote. "
            "Put it into findings/ and run `copilot ingest`."
        )
    return notes
