"""The parts of a management response, each from a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from copilot.domain.drafts import Bullets, DraftSection, Paragraph, Statement, Table
from copilot.drafting import marks
from copilot.responses import cases as response_case
from copilot.responses.broken_rules import contradict, find_rules
from copilot.responses.cases import cite_all, day, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.domain.drafts import Block, Line
    from copilot.domain.findings import Compensating, Effect, Remediation
    from copilot.responses.case_records import Cited
    from copilot.responses.cases import Case

ACKNOWLEDGEMENT: Final = "Acknowledgement"
CAUSE: Final = "Cause"
EFFECT: Final = "Effect and compensating controls"
REMEDIATION: Final = "Remediation"
EVIDENCE: Final = "Evidence to be provided"
STATUS: Final = "Status"

_TESTED: Final = (
    ("Test", "test"),
    ("Population", "population"),
    ("Sample", "sample"),
    ("Exceptions", "exceptions"),
    ("Auditor’s conclusion", "auditor_wording"),
)
_MOST_DONE: Final = 3
_DONE_ALREADY: Final = 0.5
"""Likeness of a proposal to what is on record as done, from which on it is not proposed again."""


def tested(case: Case) -> list[Block]:
    """Return which control was tested, what it is, and the test in the auditor's words."""
    finding, control = case.finding, case.control
    text = f"The auditor tested control {finding.control} for criterion {finding.criterion}."
    line = [Statement(text=text)]
    citations = case.records.described(control) if control else ()
    if control and citations:
        words = control.description or control.title
        titled = f" {control.title}." if control.title and control.description else ""
        about = f"The company’s list of controls has it as:{titled} {response_case.quoted(words)}"
        line.append(Statement(text=about, citations=citations))
    else:
        line.append(case.asks("What does {control} do, how often, and who owns it?"))
    rows = [
        ((Statement(text=what),), (case.says(said),))
        for what, name in _TESTED
        if (said := getattr(finding, name))
    ]
    return [Paragraph(tuple(line)), Table(("What", "In the auditor’s words"), tuple(rows))]


def acknowledgement(case: Case) -> DraftSection:
    """Return the acknowledgement: what was tested, what was found, whether our records agree."""
    blocks = tested(case)
    accepted = case.confirm(
        "Management has compared the numbers and the description above with its own records, and "
        "accepts the exception."
    )
    blocks.append(_lead(accepted))
    blocks += on_record(case)
    blocks += rules(case)
    return DraftSection(heading=ACKNOWLEDGEMENT, blocks=tuple(blocks))


def on_record(case: Case) -> list[Block]:
    """Return what the company's own records say of the items that the finding names."""
    if not case.evidence and (case.causes or case.done):
        return []  # they are quoted under the cause and the remediation
    if case.evidence:
        items = tuple((case.told(one),) for one in case.evidence)
        return [_lead("Our own records of the case:"), Bullets(items)]
    return [Paragraph((case.asks("Which of our own records show what the auditor describes?"),))]


def rules(case: Case) -> list[Block]:
    """Return the rule that was not kept, as the company's policies have it."""
    found = find_rules(case.finding, case.kind, case.control, records=case.records)
    if not found:
        return [Paragraph((case.asks("Which policy contains the rule that {control} follows?"),))]
    items = tuple((case.told(one),) for one in found)
    mark = Statement(text=case.confirm("{control} follows this rule."))
    blocks: list[Block] = [_lead("The rule in our policies:"), Bullets(items)]
    blocks.append(Paragraph((mark,)))
    if contradict(found, records=case.records):
        which = case.asks(
            "These policies give different limits: which of them applies to {control}?",
            role=case.title("compliance"),
        )
        blocks.append(Paragraph((which,)))
    return blocks


def cause(case: Case) -> DraftSection:
    """Return what records or management name as the cause; otherwise the questions that lead to it."""
    blocks: list[Block] = []
    if case.finding.cause:
        said = Statement(
            text=plain(f"Management names this cause: {case.finding.cause}"),
            citations=case.records.own_words(case.finding.cause, case.source),
        )
        carried, _ = case.records.shown(case.finding.cause)
        shown = case.told(carried) if carried else case.asks("Which record shows this cause?")
        blocks.append(Paragraph((said, shown)))
    if case.causes:
        blocks.append(_lead("Our records say why:"))
        blocks.append(Bullets(tuple((case.told(one),) for one in case.causes)))
        blocks.append(_lead(case.confirm("This is the cause, and there is no other.")))
    if not blocks:
        blocks.append(_lead("What led to it:"))
        blocks.append(Bullets(tuple((case.asks(one),) for one in case.kind.causes)))
    return DraftSection(heading=CAUSE, blocks=tuple(blocks))


def effect(case: Case) -> DraftSection:
    """Return what is known of the effect, and the controls that deal with the same risk."""
    blocks: list[Block] = [_lead(f"The risk: {case.kind.assess}")]
    if case.finding.effect:
        said = Statement(
            text=plain(f"Management found: {case.finding.effect}"),
            citations=case.records.own_words(case.finding.effect, case.source),
        )
        blocks.append(Paragraph((said, case.asks("Which record shows what was found?"))))
    blocks.append(Bullets(tuple(_effect(case, one) for one in case.kind.effects)))
    blocks += compensating(case)
    return DraftSection(heading=EFFECT, blocks=tuple(blocks))


def _effect(case: Case, wanted: Effect) -> Line:
    """Return what a record says of an effect, or the question."""
    label = f"{wanted.looks_for[:1].upper()}{wanted.looks_for[1:]}"
    found = case.on(wanted.looks_for)
    return (Statement(text=f"{label}."), *found) if found else (case.asks(wanted.asks),)


def compensating(case: Case) -> list[Block]:
    """Return the controls that may have dealt with the same risk, each to be shown to have operated."""
    used = {case.finding.control}
    rows: list[tuple[Line, ...]] = []
    absent: list[Line] = []
    for wanted in case.kind.compensating:
        control = case.records.compensating(wanted.looks_for, case.around.controls, but=used)
        citations = case.records.described(control) if control else ()
        if control is None or not citations:
            absent.append(_in_place_of(case, wanted))
            continue
        used.add(control.id)
        what = Statement(text=response_case.quoted(control.description or control.title))
        operated = case.asks(
            f"Did {control.id} operate for the items in question, and which record shows it?",
            role=case.post_of(control.owner) if control.owner else "",
        )
        rows.append(
            (
                (Statement(text=f"{control.id} {control.title}".strip()),),
                (cite_all(what, citations),),
                (operated,),
            )
        )
    blocks: list[Block] = []
    if rows:
        blocks.append(_lead("Controls that deal with the same risk:"))
        blocks.append(Table(("Control", "What it does", "Did it operate?"), tuple(rows)))
    if absent:
        lead = "Further controls:" if rows else "Controls that deal with the same risk:"
        blocks.append(_lead(lead))
        blocks.append(Bullets(tuple(absent)))
    return blocks


def _in_place_of(case: Case, wanted: Compensating) -> Line:
    """Return what is said of a control that the company does not list, or the question."""
    found = case.on(wanted.looks_for)
    if found:
        return (Statement(text=f"{wanted.control}."), *found)
    kind = f"{wanted.control[:1].lower()}{wanted.control[1:]}"
    return (case.asks(f"Which record shows this control for the items in question: {kind}?"),)


def remediation(case: Case, *, heading: str = REMEDIATION) -> DraftSection:
    """Return what is on record as done, and what is to be done by whom and when."""
    blocks: list[Block] = []
    if case.done:
        blocks.append(_lead("On record so far:"))
        blocks.append(Bullets(tuple((case.told(one),) for one in case.done[:_MOST_DONE])))
    items = case.finding.remediation
    rows = (
        [_planned(case, at, one) for at, one in enumerate(items, start=1)]
        if items
        else _proposed(case)
    )
    blocks.append(_lead("Actions:"))
    blocks.append(Table(("No.", "Action", "Owner", "Date", "Evidence"), tuple(rows)))
    return DraftSection(heading=heading, blocks=tuple(blocks))


def _planned(case: Case, number: int, item: Remediation) -> tuple[Line, ...]:
    """Return the row of an action that management has recorded."""
    role = case.post_of(item.owner) if item.owner else case.role
    action = Statement(
        text=plain(item.action), citations=case.records.own_words(item.action, case.source)
    )
    owner = (
        Statement(text=marks.literal(item.owner))
        if item.owner
        else case.asks(f"Who carries out action {number}?")
    )
    if item.done_on:
        when = [Statement(text=f"Recorded as done on {day(item.done_on)}.")]
        if not item.evidence:
            when.append(case.asks(f"Which record shows that action {number} was done?", role=role))
    elif item.due:
        when = [Statement(text=f"Due {day(item.due)}")]
    else:
        when = [case.asks(f"By which date is action {number} done?", role=role)]
    shown = (
        Statement(text=plain(item.evidence))
        if item.evidence
        else case.asks(f"Which record will show that action {number} was done?", role=role)
    )
    return ((Statement(text=str(number)),), (action,), (owner,), tuple(when), (shown,))


def _proposed(case: Case) -> list[tuple[Line, ...]]:
    rows: list[tuple[Line, ...]] = []
    done = [one.line.words for one in case.done]
    wanted = [
        one
        for one in case.kind.remediation
        if not case.records.is_near(one.action, done, least=_DONE_ALREADY)
    ]
    for number, one in enumerate(wanted or case.kind.remediation, start=1):
        role = case.role if one.ask == case.kind.ask else case.title(one.ask)
        rows.append(
            (
                (Statement(text=str(number)),),
                (Statement(text=case.confirm(one.action, role=role)),),
                (_owner(case, number, role),),
                (case.asks(f"By which date is action {number} done?", role=role),),
                (Statement(text=case.filled(one.evidence)),),
            )
        )
    return rows


def _owner(case: Case, number: int, role: str) -> Statement:
    name = case.person(role)
    if name:
        return Statement(text=case.confirm(name, role=role))
    return case.asks(f"Who carries out action {number}?", role=role)


def evidence(case: Case, *, wanted: Sequence[str]) -> DraftSection:
    """Return the records that the auditor is given, and those that are on file already."""
    blocks: list[Block] = [
        _lead("To be provided with this response:"),
        Bullets(tuple((Statement(text=f"{case.filled(one)}."),) for one in wanted)),
        Paragraph((case.asks("Who hands over the records listed here, and by which date?"),)),
    ]
    held = case.records.held(case.finding)
    if held:
        blocks.append(_lead(f"On file as records of {case.finding.control}:"))
        blocks.append(Bullets(tuple((_on_file(one),) for one in held)))
    else:
        asked = "Which records of {control} are on file for the audit period?"
        blocks.append(Paragraph((case.asks(asked),)))
    return DraftSection(heading=EVIDENCE, blocks=tuple(blocks))


def _on_file(cited: Cited) -> Statement:
    """Return the name of a record; the footnote quotes the line of it that is nearest to the case."""
    passage = cited.line.passage
    text = f"{passage.title} ({passage.source.path})."
    return Statement(text=marks.literal(text), citations=(cited.citation,))


def status(case: Case, *, closed: str, since: bool = True) -> DraftSection:
    """Return where the finding stands: raised when, owned by whom, what has been seen since.

    Args:
        case: The case.
        closed: When it is closed.
        since: Whether the control has to be seen operating again.
    """
    finding = case.finding
    stands = finding.status or "open"
    line = [
        Statement(
            text=f"The finding is recorded as {response_case.quoted(stands)}."
            if finding.status
            else "The finding is open.",
            citations=case.records.own_words(finding.status, case.source),
        )
    ]
    if finding.raised_on:
        line.append(
            Statement(
                text=f"The auditor raised it on {day(finding.raised_on)}.",
                citations=case.records.own_words(
                    f"raised_on: {finding.raised_on.isoformat()}", case.source
                ),
            )
        )
    owner = (
        case.confirm(case.owner)
        if case.owner
        else case.asks("Who owns this finding until it is closed?").text
    )
    line.append(Statement(text=f"It is owned by {owner}."))
    blocks: list[Block] = [Paragraph(tuple(line))]
    if since:
        blocks += _since(case)
    blocks.append(_lead(case.filled(closed)))
    return DraftSection(heading=STATUS, blocks=tuple(blocks))


def _since(case: Case) -> list[Block]:
    """Return the latest occurrence of the control after the exception, if a record has one."""
    after = case.latest_day()
    for one in case.evidence:
        labelled = case.finding.control in one.line.passage.source.metadata.controls
        if not after or not one.line.cells or not labelled or case.control is None:
            continue
        later = case.records.later(one.line, case.control, after=after)
        if later:
            worked = case.confirm("Here {control} operated as designed.")
            return [
                _lead("A later occurrence on record:"),
                Bullets(((case.told(later), Statement(text=worked)),)),
            ]
    return [Paragraph((case.asks("Which record shows that {control} has operated since?"),))]


def _lead(text: str) -> Paragraph:
    return Paragraph((Statement(text=text),))
