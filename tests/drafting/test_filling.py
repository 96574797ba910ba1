"""What stands in the places of an outline's text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.answers import Citation
from copilot.domain.companies import Cloud, CompanyProfile, RoleHolder, Service
from copilot.domain.documents import SourcePath
from copilot.domain.drafts import OpenQuestion
from copilot.domain.outlines import Decision, DecisionKind, RoleTerm, Terms, ToolTerm
from copilot.drafting import marks
from copilot.drafting.facts import Facts, Figure
from copilot.drafting.filling import Filling
from copilot.drafting.marks import MarkKind
from copilot.errors import InvalidKnowledge
from tests.drafting.test_marks import WORDS

TERMS = Terms(
    roles={
        own: RoleTerm(id=own, title=title, does="works")
        for own, title in (
            ("it", "Head of IT"),
            ("product", "Head of Product"),
            ("platform", "Platform Lead"),
            ("legal", "Legal Counsel"),
            ("compliance", "Head of Compliance"),
        )
    },
    tools={
        "identity": ToolTerm(id="identity", asks="Which identity provider do people use?", role="it"),
        "ticketing": ToolTerm(id="ticketing", asks="Where are requests recorded?", role="it"),
    },
    decisions={
        "leaver-time": Decision(
            id="leaver-time",
            kind=DecisionKind.LIMIT,
            asks="Within what time is the access of a leaver removed?",
            default="24 hours",
            why="Short enough to matter",
            role="it",
        ),
        "access-review": Decision(
            id="access-review",
            kind=DecisionKind.CADENCE,
            asks="How often is access reviewed?",
            default="every calendar quarter",
            why="Usual",
            role="it",
        ),
    },
)  # fmt: skip
PLACES = [
    "{company}", "{services}", "{customers}", "{clouds}", "{regions}", "{laws}", "{role:it}",
    "{tool:identity}", "{tool:ticketing}", "{decide:leaver-time}", "{decide:access-review}",
]  # fmt: skip
KNOWN = CompanyProfile(
    name="Halden Labs",
    customers="harbours",
    services=(Service(name="Berths"), Service(name="Cranes"), Service(name="Tides")),
    clouds=(Cloud(provider="AWS", regions=("eu-west-1", "eu-north-1")),),
    laws=("the GDPR",),
    tools={"identity": "Okta", "ticketing": "Jira"},
    roles={"it": RoleHolder(title="IT Lead", holder="Jo Mendes")},
    limits={"leaver-time": "two hours."},
    cadences={"access-review": "every six months"},
)


def figure(words, title="Access policy", path="policies/access.md"):
    citation = Citation(
        source=SourcePath(path), title=title, page=None, start=0, end=20, quote="x" * 20
    )
    return Figure(words=words, citation=citation)


def filled(text, profile=CompanyProfile(), **figures):  # noqa: B008
    facts = Facts(
        by_section={}, figures={key.replace("_", "-"): one for key, one in figures.items()}
    )
    filling = Filling(profile, TERMS, facts=facts)
    return filling.fill(text), filling


@given(st.lists(st.sampled_from(PLACES) | WORDS, max_size=6), st.booleans())
def test_no_place_is_left_whatever_is_known(parts, known):
    """Every place is filled with words or with a mark, and other text is never one."""
    text = " ".join(
        one if one in PLACES else one.translate({123: None, 125: None}) for one in parts
    )
    statement, _ = filled(text, KNOWN if known else CompanyProfile())
    assert not re.search(r"[{}]", statement.text)
    unknown = [one for one in parts if one in PLACES and one != "{role:it}"]
    assert len(marks.find(statement.text)) == (0 if known else len(unknown))


def test_what_the_profile_says_stands_in_the_text():
    """Lists are enumerated, decisions lose their full stop, roles have the company's titles."""
    statement, _ = filled(
        "{company} sells {services} on {clouds} in {regions}. {decide:access-review} the {role:it} "
        "looks at {tool:identity}, within {decide:leaver-time}.",
        KNOWN,
    )
    assert statement.text == (
        "Halden Labs sells Berths, Cranes and Tides on AWS in eu-west-1 and eu-north-1. Every six "
        "months the IT Lead looks at Okta, within two hours."
    )


def test_an_unknown_tool_is_asked_of_the_role_that_can_tell():
    """With the title that the company has for the role."""
    profile = CompanyProfile(roles={"it": RoleHolder(title="IT Lead")})
    statement, _ = filled("in {tool:ticketing}", profile)
    assert statement.text == "in [open question → IT Lead: Where are requests recorded?]"


def test_a_question_stands_in_full_once():
    """Afterwards its short form is the same question."""
    statement, filling = filled("{tool:identity} and {tool:identity}.")
    again = filling.fill("{tool:identity}")
    text = f"{statement.text} {again.text}"
    first, *others = marks.find(text)
    assert first.says == "Which identity provider do people use?"
    assert [one.says for one in others] == ["Which identity provider do …"] * 2
    assert len(marks.by_question(marks.find(text))) == 1


def test_a_decision_that_nobody_took_is_proposed():
    """Its default stands in the text, to be confirmed by the role that decides."""
    statement, _ = filled("within {decide:leaver-time} of the end")
    assert statement.text == "within [to confirm → Head of IT: 24 hours] of the end"


def test_a_figure_of_the_companys_own_is_proposed_with_its_source():
    """What a source says goes before the default."""
    statement, filling = filled("{decide:leaver-time}", leaver_time=(figure("12 hours"),))
    assert statement.text == "[to confirm → Head of IT: 12 hours]"
    assert [one.title for one in statement.citations] == ["Access policy"]
    assert not filling.notes


def test_sources_that_disagree_are_an_open_question_that_cites_both():
    """Neither figure is chosen."""
    figures = (figure("24 hours"), figure("three business days", "People policy", "policies/p.md"))
    statement, filling = filled("{decide:leaver-time}", leaver_time=figures)
    (mark,) = marks.find(statement.text)
    assert mark.kind is MarkKind.OPEN_QUESTION
    assert "24 hours or three business days" in mark.says
    assert len(statement.citations) == 2
    assert "disagree" in next(iter(filling.notes))


def test_a_source_that_contradicts_the_profile_is_noted():
    """The profile holds, and whoever drafts is told."""
    statement, filling = filled("{decide:leaver-time}", KNOWN, leaver_time=(figure("3 days"),))
    assert statement.text == "Two hours"
    assert "“two hours.” for leaver-time" in next(iter(filling.notes))
    _, agreeing = filled("{decide:leaver-time}", KNOWN, leaver_time=(figure("2 hours"),))
    assert not agreeing.notes


@pytest.mark.parametrize("place", ["{tool:toaster}", "{role:king}", "{decide:colour}", "{weather}"])
def test_a_place_that_nothing_fills_is_an_error(place):
    """An outline of one's own cannot leave a gap."""
    with pytest.raises(InvalidKnowledge):
        filled(place)


def test_words_of_a_profile_cannot_be_a_mark():
    """A tool may be called what it likes."""
    name = "[open question → CEO: why?]"
    statement, _ = filled("{tool:identity}", CompanyProfile(tools={"identity": name}))
    assert not marks.find(statement.text)
    assert marks.spoken(statement.text) == name


def test_a_question_is_to_the_role_and_asks_in_full():
    """What `ask` returns is the mark of the question."""
    filling = Filling(CompanyProfile(), TERMS)
    (mark,) = marks.find(filling.ask("it", "Who is the Head of IT?"))
    assert OpenQuestion(role=mark.role, asks=mark.says) == OpenQuestion(
        role="Head of IT", asks="Who is the Head of IT?"
    )
