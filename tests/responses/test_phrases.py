"""Phrases to avoid are found where they stand, and nothing that we write has one."""

from __future__ import annotations

import pytest

from copilot.drafting.outlines import load_terms
from copilot.errors import InvalidKnowledge
from copilot.responses.kinds import load_kinds
from copilot.responses.phrases import check_phrases, load_phrases

FORM = (
    "phrases:\n  - phrase: human error\n    why: It names no cause.\n    instead: Name the step.\n"
)


@pytest.fixture(scope="module")
def phrases(knowledge):
    """Return the shipped list."""
    return load_phrases(knowledge)


def words(text, phrases):
    """Return the words that are found."""
    return [text[one.start : one.end] for one in check_phrases(text, phrases)]


def test_every_phrase_of_the_list_is_found(phrases):
    """Each phrase stands for itself, in a sentence, whatever its case."""
    for one in phrases:
        text = f"It was, {one.phrase.upper()}, as they say."
        assert one.phrase.upper() in words(text, phrases)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "It was an isolated\n  incident.", ["isolated\n  incident"], id="a line break"
        ),
        pytest.param("Now 100 % done", ["100 %"], id="a space before the sign"),
        pytest.param("best-efforts work", ["best-efforts"], id="a hyphen"),
        pytest.param("The minority report", [], id="within a word"),
        pytest.param("The auditor notes: “human error”.", [], id="somebody else's words"),
        pytest.param("“Quoted.” It was human error.", ["human error"], id="after a quotation"),
    ],
)
def test_a_phrase_is_found_where_it_is_meant(phrases, text, found):
    """Layout makes no difference, and a quotation is not ours."""
    assert words(text, phrases) == found


def test_a_remark_says_why_and_what_instead(phrases):
    """Whoever is told gets a way out."""
    (one,) = check_phrases("This was human error.", phrases)

    assert (one.start, one.end) == (9, 20)
    assert one.phrase.why
    assert one.phrase.instead


def test_nothing_that_we_know_of_findings_uses_one(knowledge, phrases):
    """What goes into a response from our own texts is held to the same list."""
    kinds = load_kinds(knowledge / "responses", roles=load_terms(knowledge / "policies").roles)
    for kind in kinds.values():
        written = [kind.title, kind.assess, *kind.causes, *kind.evidence]
        written += [text for one in kind.effects for text in (one.asks, one.looks_for)]
        written += [one.control for one in kind.compensating]
        written += [text for one in kind.remediation for text in (one.action, one.evidence)]
        assert [(kind.id, one) for text in written for one in words(text, phrases)] == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("phrases: []\n", ":1: ", id="empty"),
        pytest.param(
            FORM.replace("    why: It names no cause.\n", ""), "`why` is missing", id="why"
        ),
        pytest.param(FORM.replace("phrase:", "phrse:"), "there is no field `phrse`", id="misspelt"),
    ],
)
def test_a_list_that_breaks_its_form_names_the_line(tmp_path, text, said):
    """Compliance may edit the list."""
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "phrases-to-avoid.yaml").write_text(text)

    with pytest.raises(InvalidKnowledge, match=said):
        load_phrases(tmp_path)
