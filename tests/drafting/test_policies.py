"""Every kind of policy, for the sample company and for a company that has said nothing yet."""

import re
from dataclasses import replace

import pytest

from copilot.bootstrap import drafting
from copilot.citations.checking import check_citation
from copilot.domain.access import Role, principal
from copilot.domain.answers import Citation
from copilot.domain.companies import CompanyProfile
from copilot.domain.documents import SourcePath
from copilot.domain.drafts import Statement
from copilot.drafting import markup
from copilot.drafting.facts import Facts
from copilot.drafting.outlines import load_outlines
from copilot.drafting.policies import TODAY, coverage, decisions_of, draft_policy
from copilot.drafting.profile import read_profile
from copilot.errors import InvalidProfile, UnknownPolicyKind
from tests.workspaces import ROOT, open_workspace

NAMES = re.compile(r"\w*\d\w*|(?<=[a-z,;] )[A-Z]\w+|\w+[A-Z]\w*")
"""Words with a digit, or with a capital where no sentence begins."""

WITH_FACTS = ("access-control", "backup", "encryption", "hr-security")


@pytest.fixture(scope="module")
def terms():
    return drafting.load_terms()


@pytest.fixture(scope="module")
def outlined(knowledge, terms, catalog):
    return load_outlines(knowledge / "policies", terms=terms, catalog=catalog)


@pytest.fixture(scope="module")
def profiles(terms):
    return {
        "sample": read_profile(ROOT / "examples" / "harbourlight" / "company.yaml", terms=terms),
        "empty": CompanyProfile(),
    }


@pytest.fixture(scope="module")
def drafts(outlined, profiles, terms, catalog):
    """Return the drafts of every kind with each profile, and what was read of their Markdown."""
    made = {}
    for name, profile in profiles.items():
        for kind, outline in outlined.items():
            draft = draft_policy(outline, profile, terms=terms, catalog=catalog)
            made[name, kind] = draft, markup.read(markup.write(draft))
    return made


@pytest.fixture(scope="module")
def with_facts(sample):
    """Return drafts of the sample company with what its sources say."""
    return drafting.draft_policies(sample, WITH_FACTS, principal=sample.principal(None))


def test_there_are_at_least_twenty_two_kinds(drafts):
    """Each is drafted for both companies."""
    assert len(drafts) >= 2 * 22


def test_no_place_of_an_outline_is_left(drafts):
    """No brace stands in any draft, and no mark that cannot be read."""
    for draft, read in drafts.values():
        assert not re.search(r"[{}]|\$\w", markup.write(draft))
        assert not read.mangled
        assert not read.unknown
        assert not read.unused


def test_everything_unknown_is_an_open_question(drafts, outlined, terms):
    """Each tool that an outline names, and each name that the profile lacks, is asked for once."""
    for kind, outline in outlined.items():
        _, read = drafts["empty", kind]
        asked = {one.question.asks for one in read.questions}
        text = repr(outline)
        tools = set(re.findall(r"\{tool:([a-z0-9-]+)\}", text))
        assert {terms.tools[one].asks for one in tools} <= asked
        assert ("What is the name of the company?" in asked) == ("{company}" in text)
        assert all(one.question.role.strip() and one.places for one in read.questions)
        assert not any(one.question.asks.endswith("…") for one in read.questions)


def test_every_decision_is_to_confirm(drafts, outlined, terms):
    """A company that has said nothing is asked to confirm the default of each decision."""
    for kind, outline in outlined.items():
        _, read = drafts["empty", kind]
        says = {one.decision.says for one in read.decisions}
        assert {one.default for one in decisions_of(outline, terms)} == says


def test_what_the_profile_says_is_not_asked_again(drafts, profiles):
    """The sample company's drafts name its tools and its people."""
    draft, read = drafts["sample", "access-control"]
    text = markup.write(draft)
    assert "Okta" in text
    assert "Jonas Mendes" in text
    known = set(profiles["sample"].cadences) | set(profiles["sample"].limits)
    assert len(known) > 50
    assert len(read.decisions) < len(drafts["empty", "access-control"][1].decisions)


def test_coverage_is_complete_for_what_is_claimed(drafts, outlined, catalog):
    """Every point of focus of every claimed criterion is answered, or left to another policy."""
    for kind, outline in outlined.items():
        draft, read = drafts["empty", kind]
        points = [
            (criterion, point.id)
            for criterion in outline.criteria
            for point in catalog[criterion].points_of_focus
        ]
        assert [(one.criterion, one.point) for one in draft.coverage] == points
        assert [(one.criterion, one.point.split()[0]) for one in read.coverage] == points
        assert all(one.where != markup.NOT_ADDRESSED for one in read.coverage)
        headings = {f"{one.number}. {one.text}" for one in read.headings if one.number}
        named = {part for one in read.coverage for part in one.where.split("; ")}
        assert all(one in headings or one.startswith("see the ") for one in named)


def test_a_point_that_nothing_answers_is_said_to_be_so(outlined, catalog):
    """The table does not hide a gap."""
    outline = replace(outlined["backup"], sections=(), elsewhere={})
    assert all(not one.sections and not one.elsewhere for one in coverage(outline, catalog))


def test_sections_stand_in_the_order_of_a_policy(drafts):
    """Purpose and scope first, records and coverage last, numbered from 1 without a gap."""
    for _, read in drafts.values():
        numbered = [one for one in read.headings if one.number is not None]
        texts = [one.text for one in numbered]
        assert texts[:3] == ["Purpose", "Scope", "Roles and duties"]
        assert texts[-3:] == ["Owner, approval and review", "Records", markup.COVERAGE]
        assert [one.number for one in numbered] == list(range(1, len(numbered) + 1))


def test_a_person_who_is_not_known_is_asked_for(drafts):
    """The owner and the approver of a policy have names."""
    _, read = drafts["empty", "backup"]
    asked = {one.question.asks for one in read.questions}
    assert "Who is the Platform Lead?" in asked


def test_a_draft_is_the_same_whenever_it_is_made(outlined, profiles, terms, catalog):
    """There is no date and no chance in it."""
    texts = {
        markup.write(draft_policy(outlined["privacy"], profiles["sample"], terms=terms, catalog=catalog))
        for _ in range(2)
    }  # fmt: skip
    assert len(texts) == 1


def test_every_citation_of_every_draft_holds(with_facts, sample):
    """Read back from the Markdown, each quote stands in its file at its page and place."""
    everything = sample.principal(None)
    for draft in with_facts:
        read = markup.read(markup.write(draft))
        assert len(read.citations) >= 3
        assert len(read.citations) == len(read.footnotes)
        for one in read.citations:
            assert check_citation(one, truth=sample.truth, principal=everything).verified


def test_facts_stand_in_their_sections_with_footnotes(with_facts):
    """What is said of today has a source, sentence by sentence."""
    read = markup.read(markup.write(with_facts[0]))
    said = [one for one in read.sentences if one.text.startswith("“") and one.section]
    assert any(one.text == TODAY for one in read.sentences)
    assert said
    assert any("14 characters" in one.text and one.section == "Signing in" for one in said)


def test_a_contradiction_of_the_sources_is_asked_about(with_facts):
    """The sample company has not decided how fast access ends; its documents disagree."""
    (draft,) = (one for one in with_facts if one.id == "policy/access-control")
    read = markup.read(markup.write(draft))
    (question,) = (one.question for one in read.questions if "leaver" in one.question.asks)
    assert "three business days" in question.asks
    assert "24 hours" in question.asks
    assert any("disagree" in one for one in draft.notes)


def test_numbers_and_names_of_a_draft_have_a_source(with_facts, outlined, profiles, terms):
    """Whatever has a digit or a capital within a sentence stands in the outline, the profile or a quote."""
    for draft in with_facts:
        quotes = " ".join(c.quote + c.title for one in draft.statements() for c in one.citations)
        kind = draft.id.partition("/")[2]
        known = f"{outlined[kind]!r} {profiles['sample']!r} {terms!r} {quotes}".casefold()
        for statement in draft.statements():
            for word in NAMES.findall(statement.text):
                assert word.casefold() in known, (draft.id, word, statement.text)


def test_a_rule_is_not_repeated_as_a_fact(outlined, profiles, terms, catalog):
    """A policy that was drafted and approved here states the rules of its outline."""
    outline = outlined["access-control"]
    heading = outline.sections[0].heading
    (rule, other) = (
        Citation(
            source=SourcePath("policies/a.md"), title="A", page=None, start=0, end=9, quote=quote
        )
        for quote in ("Nobody approves, grants\nor reviews their own access.", "Badges are blue.")
    )
    facts = Facts(
        by_section={
            heading: tuple(Statement(text=one.quote, citations=(one,)) for one in (rule, other))
        },
        figures={},
    )
    draft = draft_policy(outline, profiles["sample"], terms=terms, catalog=catalog, facts=facts)
    cited = [one for statement in draft.statements() for one in statement.citations]
    assert "Nobody approves, grants or reviews their own access." in markup.write(draft)
    assert cited == [other]


def test_only_what_reviewers_may_read_is_quoted(sample):
    """A draft goes to compliance: nothing for another audience stands in it, whoever drafts."""
    narrow = principal("someone", role=Role.ADMIN, audiences=["compliance", "board", "people"])
    reader = drafting.readers_of_drafts(narrow)
    assert reader.audiences == {"everyone", "compliance"}


def test_a_company_without_sources_gets_a_draft(tmp_path):
    """With nothing ingested and no profile, the draft says so and asks."""
    (tmp_path / "copilot.toml").write_text('company = "Nobody Ltd"\n')
    with open_workspace(tmp_path) as copilot:
        draft = drafting.draft_policy(copilot, "Backup", principal=copilot.principal(None))
    assert draft.company == "Nobody Ltd"
    assert not any(one.citations for one in draft.statements())
    assert "has been ingested" in draft.notes[-1]


def test_an_unknown_kind_and_a_broken_profile_are_named(tmp_path):
    """The nearest kind is suggested, and the line of the profile is given."""
    (tmp_path / "copilot.toml").write_text("")
    with open_workspace(tmp_path) as copilot:
        anyone = copilot.principal(None)
        with pytest.raises(UnknownPolicyKind) as raised:
            drafting.draft_policy(copilot, "acces control", principal=anyone)
        assert "access-control" in raised.value.hint
        (tmp_path / "company.yaml").write_text("name: [1, 2]\n")
        with pytest.raises(InvalidProfile, match=r"company\.yaml:1: "):
            drafting.draft_policy(copilot, "backup", principal=anyone)
