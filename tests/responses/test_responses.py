"""Management responses: what sources show is cited, everything else is asked for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from copilot.bootstrap import responses as bootstrap_responses
from copilot.citations.checking import check_citation
from copilot.domain.drafts import DraftSection, Paragraph, Statement, Table, lines_of
from copilot.domain.findings import FindingForm
from copilot.drafting import markup
from copilot.drafting.marks import MarkKind, find
from copilot.responses import parts as response_parts
from copilot.responses.cases import day
from copilot.responses.findings import read_finding
from copilot.responses.phrases import check_phrases, load_phrases
from tests.responses.reading import section, without_marks

ROOT = Path(__file__).parents[2]
WRITTEN = sorted((ROOT / "tests" / "responses" / "findings").glob("*.yaml"))
SAMPLE = ("late-access-removal", "emergency-change-without-approval", "untested-alert")
SIX = (
    response_parts.ACKNOWLEDGEMENT,
    response_parts.CAUSE,
    response_parts.EFFECT,
    response_parts.REMEDIATION,
    response_parts.EVIDENCE,
    response_parts.STATUS,
)
EXCEPTIONS = (
    *SAMPLE,
    *(path.stem for path in WRITTEN if "kind:" not in path.read_text(encoding="utf-8")),
)
EVERY = (*SAMPLE, *(path.stem for path in WRITTEN))
_FIGURE = re.compile(r"(?<![\w.])\d+(?:[.,:/T-]\d+)*")
_NAME = re.compile(r"(?<![.!?:“(\d] )(?<!^)(?<![“(\[.\w])\b[A-Z][\w’'-]*\w\b")


@pytest.fixture(scope="module")
def responses(sample, sample_folder):
    """Return each finding with the draft of its response, by the name of its file."""
    paths = [*(sample_folder / "findings" / f"{one}.yaml" for one in SAMPLE), *WRITTEN]
    drafts = bootstrap_responses.draft_responses(sample, paths, principal=sample.principal(None))
    return {
        path.stem: (read_finding(path), draft) for path, draft in zip(paths, drafts, strict=True)
    }


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_the_response_to_an_exception_has_all_six_parts(responses, name):
    """Each part is there and says or asks something."""
    _, draft = responses[name]

    assert tuple(one.heading for one in draft.sections) == SIX
    assert all(section(draft, heading).strip() for heading in SIX)


def test_twelve_kinds_and_more_are_answered(responses):
    """The drafts of the tests are of different kinds, and one of no kind that is known."""
    found = {draft.outline.partition(",")[0] for _, draft in responses.values()}

    assert len(found) >= 20
    assert "general" in found


@pytest.mark.parametrize("path", [pytest.param(one, id=one.stem) for one in WRITTEN])
def test_a_finding_is_recognised(responses, path):
    """The files of the tests are named for what they are about."""
    _, draft = responses[path.stem]
    kind = "general" if path.stem == "unknown-kind" else path.stem

    assert draft.outline.startswith(f"{kind},")


@pytest.mark.parametrize("name", EVERY)
def test_every_citation_holds(responses, sample, name):
    """What a footnote quotes stands in its source, also after the draft was written and read."""
    _, draft = responses[name]
    principal = sample.principal(None)
    written = markup.read(markup.write(draft))

    assert written.citations
    assert not written.mangled
    assert not written.unknown
    for citation in (*written.citations, *(c for one in draft.statements() for c in one.citations)):
        if citation.page is None:
            assert check_citation(citation, truth=sample.truth, principal=principal).verified


def allowed(finding, draft, kinds, citations):
    """Return the words that a statement may use: the finding, its citations, our own texts."""
    kind = kinds[draft.outline.partition(",")[0]]
    said = [finding.id, finding.control, finding.criterion, finding.words, *vars_of(finding)]
    said += [f"{one.quote} {one.title} {one.source}" for one in citations]
    said += [kind.assess, *kind.evidence, *(one.looks_for for one in kind.effects)]
    said += [one.control for one in kind.compensating]
    said += [text for one in kind.remediation for text in (one.action, one.evidence)]
    dates = [finding.raised_on, *(d for one in finding.remediation for d in (one.due, one.done_on))]
    said += [day(one) for one in dates if one]
    return " ".join(said)


def vars_of(finding):
    """Return every text that the finding's author wrote."""
    texts = [finding.test, finding.population, finding.sample, finding.exceptions, finding.status]
    texts += [finding.owner, finding.cause, finding.effect, finding.reason, *finding.disputes]
    for one in finding.remediation:
        texts += [one.action, one.owner, one.evidence]
    return texts


def rows_of(draft):
    """Yield the heading and the lines of each statement: the cells of a row are one."""
    for part in draft.sections:
        for block in part.blocks:
            if isinstance(block, Table):
                # The number of an action is a label.
                numbered = block.header[0] == "No."
                yield from ((part.heading, row[1:] if numbered else row) for row in block.rows)
            else:
                yield part.heading, tuple(lines_of(block))


def invented(finding, draft, kinds):
    """Return the figures and names outside marks that nothing which may be used has."""
    found = []
    for heading, row in rows_of(draft):
        cited = [c for line in row for one in line for c in one.citations]
        known = " ".join(allowed(finding, draft, kinds, cited).split())
        for line in row:
            text = without_marks(" ".join(one.text for one in line))
            words = (*_FIGURE.findall(text), *_NAME.findall(text))
            found += [(heading, one, text) for one in words if not stands_in(known, one)]
    return found


def stands_in(text, word):
    """Say whether a word or figure stands in a text as a whole."""
    return re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", text) is not None


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_invented(responses, kinds, name):
    """Every figure, date, name and system outside a mark is the finding's, a quote's or general."""
    finding, draft = responses[name]

    assert invented(finding, draft, kinds) == []


@pytest.mark.parametrize(
    "lie",
    [
        pytest.param("It took 4321 hours.", id="a figure"),
        pytest.param("It was done on 31 February 2031.", id="a date"),
        pytest.param("It was approved by Zebulon Quist.", id="a name"),
        pytest.param("It is watched in Snapkeeper.", id="a system"),
    ],
)
def test_an_invention_would_be_noticed(responses, kinds, lie):
    """The test above can fail."""
    finding, draft = responses["late-access-removal"]
    told = DraftSection(heading="Lie", blocks=(Paragraph((Statement(text=lie),)),))

    assert invented(finding, replace(draft, sections=(*draft.sections, told)), kinds)


@pytest.mark.parametrize("name", EVERY)
def test_our_own_words_use_no_phrase_to_avoid(responses, knowledge, name):
    """The tone is factual: a draft passes the check that an edited response has to pass."""
    _, draft = responses[name]
    text = markup.write(draft).partition("\n[^1]:")[0]

    assert check_phrases(text, load_phrases(knowledge)) == []


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_what_no_source_gives_is_asked(responses, name):
    """Without actions in the finding, owners and dates are marks, and no action is stated."""
    finding, draft = responses[name]
    if finding.remediation:
        return
    (table,) = [
        block
        for one in draft.sections
        if one.heading == response_parts.REMEDIATION
        for block in one.blocks
        if isinstance(block, Table)
    ]

    for _, action, owner, when, _ in table.rows:
        assert not without_marks(action[0].text).strip()
        assert not without_marks(owner[0].text).strip()
        assert [one.kind for one in find(when[0].text)] == [MarkKind.OPEN_QUESTION]


def test_accepting_a_finding_is_for_a_person(responses):
    """No draft says for management that it agrees."""
    for finding, draft in responses.values():
        if finding.form is FindingForm.EXCEPTION:
            stated = without_marks(section(draft, response_parts.ACKNOWLEDGEMENT))
            assert "accepts" not in stated


def test_a_cause_that_a_record_gives_is_cited(responses):
    """The minutes say why the account stayed open, and the owner is asked whether that is all."""
    _, draft = responses["late-access-removal"]
    text = section(draft, response_parts.CAUSE)

    assert "because the ticket reached IT without a due date" in text
    assert [one.kind for one in find(text)] == [MarkKind.TO_CONFIRM]


def test_a_cause_that_no_record_gives_is_asked(responses):
    """The cause of the outage is none of the approval that is missing."""
    _, draft = responses["emergency-change-without-approval"]
    text = section(draft, response_parts.CAUSE)

    assert "CONCURRENTLY" not in text
    assert {one.kind for one in find(text)} == {MarkKind.OPEN_QUESTION}


def test_a_cause_that_management_names_needs_a_record(responses):
    """What only the finding's author says is attributed, and a record of it is asked for."""
    _, draft = responses["penetration-test-missing"]
    text = section(draft, response_parts.CAUSE)

    assert text.startswith("Management names this cause: The test that was planned for October")
    assert "Which record shows this cause?" in text


def test_rules_that_contradict_each_other_are_both_cited(responses):
    """The planted contradiction: 24 hours in one policy, three business days in another."""
    _, draft = responses["late-access-removal"]
    text = section(draft, response_parts.ACKNOWLEDGEMENT)

    assert "24 hours of the end of the last working day" in text
    assert "within three business days" in text
    assert "[open question → Head of Compliance: These policies give different limits" in text


def test_what_was_done_since_is_cited_and_not_proposed_again(responses):
    """The form was changed in September, as the minutes say."""
    _, draft = responses["late-access-removal"]
    text = section(draft, response_parts.REMEDIATION)

    assert "The Jira form now refuses an offboarding ticket" in text
    assert "Have the offboarding ticket refuse" not in text


def test_what_the_auditor_saw_of_the_effect_is_cited(responses):
    """No sign-in took place: the auditor says so, and our own ticket does."""
    _, draft = responses["late-access-removal"]
    text = section(draft, response_parts.EFFECT)

    assert "The auditor notes: “No sign-in took place after the last working day.”" in text
    assert "“No sign-in after 15 August.”" in text


def test_compensating_controls_are_asked_whether_they_operated(responses):
    """A control that is listed has not operated by that alone."""
    _, draft = responses["late-access-removal"]
    text = section(draft, response_parts.EFFECT)

    assert "AC-03 Quarterly access review" in text
    assert "Did AC-03 operate for the items in question, and which record shows it?" in text


def test_actions_that_management_recorded_are_kept(responses):
    """Owner and date of the finding stand; what is missing is asked."""
    _, draft = responses["vendor-not-assessed"]
    text = section(draft, response_parts.REMEDIATION)

    assert "Simon Ekdahl" in text
    assert "Due 27 February 2026" in text
    assert "Who carries out action 2?" in text


def test_a_disagreement_states_only_what_a_record_says(responses):
    """A point without a record is a question, and the auditor is not asked to look at it."""
    _, draft = responses["recovery-exercise-missing"]
    text = section(draft, "Facts that speak against the finding")
    again = section(draft, "What we ask the auditor to look at again")

    assert "“The exercise of 16 October met all targets" in without_marks(text)
    assert "second exercise" not in without_marks(text)
    assert "Which record shows this: “A second exercise was held in December 2025.”" in text
    assert "evidence/security-committee-2025-10.md" in again


def test_advice_that_is_declined_gives_its_reason_and_plans_nothing(responses):
    """The reason is management's, and what would change the decision is asked."""
    _, draft = responses["policy-not-reviewed"]

    assert "Management declines the recommendation. Reason: One review a year" in section(
        draft, "Decision"
    )
    assert section(draft, response_parts.REMEDIATION).startswith("No action is planned.")


def test_advice_that_is_accepted_has_its_actions(responses):
    """An observation that is followed is worked on like a finding."""
    _, draft = responses["inventory-incomplete"]

    assert "Management accepts the recommendation." in section(draft, "Decision")
    assert "Due 30 April 2026" in section(draft, response_parts.REMEDIATION)


def test_a_finding_that_is_no_source_has_no_footnotes_for_its_words(responses):
    """Its words are quoted, and a note says how they get a footnote."""
    _, draft = responses["mfa-missing"]

    assert any("is not among the sources" in one for one in draft.notes)


def test_a_finding_that_is_a_source_is_cited_in_its_own_words(responses):
    """The auditor's terms carry the place at which they stand."""
    _, draft = responses["untested-alert"]
    cited = {c.source for one in draft.statements() for c in one.citations}

    assert "findings/untested-alert.yaml" in cited


def test_records_that_reviewers_may_not_read_are_named_to_the_drafter(responses):
    """The test of alert rules is for engineers: the draft asks, and the note says where to look."""
    _, draft = responses["untested-alert"]
    cited = {c.source for one in draft.statements() for c in one.citations}

    assert "evidence/log-alert-test-2025-06.txt" not in cited
    assert any("evidence/log-alert-test-2025-06.txt" in one for one in draft.notes)


def test_no_paragraph_of_a_response_is_empty(responses):
    """What has nothing to say is left out."""
    for _, draft in responses.values():
        paragraphs = [b for one in draft.sections for b in one.blocks if isinstance(b, Paragraph)]
        assert all(statement.text.strip() for one in paragraphs for statement in one.line)
