"""Conflicts between policies: planted ones are found, and different cases are none."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot import bootstrap
from copilot.adapters.encoders import OnnxEncoder
from copilot.checking.conflicts import conflicts, likeness_by, rules_of
from copilot.citations.quantities import agree, quantities
from tests.checking.policies_written import PAIRS, of_pair, written
from tests.workspaces import ROOT

LISTED = yaml.safe_load(PAIRS.read_text(encoding="utf-8"))


def alike(pairs):
    """Take the sentences of every pair for nearly the same."""
    return [1.0] * len(pairs)


def _named(kind):
    return [pytest.param(at, id=f"{at}-{pair[0][:40]}") for at, pair in enumerate(LISTED[kind])]


@pytest.fixture(scope="module")
def compare(tmp_path_factory):
    """Return a function that compares two policies, with every sentence of the pairs encoded once."""
    folder = tmp_path_factory.mktemp("pairs")
    rules = {}
    for kind, pairs in LISTED.items():
        for at, pair in enumerate(pairs):
            files = [of_pair(folder, said, f"{kind}-{at}-{n}.md") for n, said in enumerate(pair)]
            rules[kind, at] = [list(rules_of(file.said)) for file in files]
    likeness = likeness_by(OnnxEncoder(bootstrap.prepare_encoder(), threads=1).encode)

    def comparing(kind, at, *, turned=False):
        one, other = reversed(rules[kind, at]) if turned else rules[kind, at]
        return conflicts(one, other, likeness=likeness)

    return comparing


@pytest.fixture
def rules(tmp_path):
    """Return a function that gives the rules of a policy's text."""

    def of(text, name="policy.md"):
        return list(
            rules_of(written(tmp_path, f"# Some policy\n\n## Rules\n\n{text}\n", name).said)
        )

    return of


def _figures(found):
    return {(one.matter.id, one.quantity.words) for one in found}


@pytest.mark.parametrize("at", _named("planted"))
def test_a_planted_contradiction_is_found(compare, at):
    """Two figures for one case are found, whatever words the two policies use for it."""
    (found, *_) = compare("planted", at)

    assert found.one.matter is found.other.matter
    assert not agree(found.one.quantity, found.other.quantity)


@pytest.mark.parametrize("at", _named("honest"))
def test_figures_for_different_cases_are_no_contradiction(compare, at):
    """Two figures for two cases, or one figure in other words, are left alone."""
    assert compare("honest", at) == []


@given(st.sampled_from([(kind, at) for kind, pairs in LISTED.items() for at in range(len(pairs))]))
@settings(max_examples=60, deadline=None)
def test_a_conflict_is_the_same_from_either_side(compare, pair):
    """Whichever of two policies is checked, the other one is named."""
    assert bool(compare(*pair)) == bool(compare(*pair, turned=True))


@pytest.mark.parametrize("name", ["access-control", "people-security", "backup-policy.pdf"])
def test_a_policy_does_not_contradict_its_own_copy(tmp_path, name):
    """The same rules in two files are in conflict with nothing."""
    (text,) = (ROOT / "examples" / "harbourlight").rglob(f"policies/{name}.md")
    sides = [
        list(rules_of(written(tmp_path, text.read_text(encoding="utf-8"), file).said))
        for file in ("one.md", "other.md")
    ]

    assert sides[0]
    assert conflicts(*sides, likeness=alike) == []


def test_a_table_and_a_sentence_are_compared(rules):
    """A figure in a table's cell has its row's name and its column's."""
    table = rules("| Record | Kept for |\n|---|---|\n| Security logs | 400 days |\n", "table.md")
    sentence = rules("Security logs are kept for 90 days.", "sentence.md")

    assert _figures(table) == {("retention of logs", "400 days")}
    assert conflicts(table, sentence, likeness=alike)


def test_each_figure_of_a_sentence_has_its_own_case(rules):
    """Three deadlines in one sentence are for three severities."""
    found = rules(
        "Critical flaws are fixed within 7 days, high ones within 30 and low ones within 90 days."
    )

    cases = {one.quantity.words: set(one.case.named["severity"]) for one in found}
    assert cases["7 days"] == {"critical"}
    assert cases["90 days"] == {"low"}


def test_items_of_a_list_have_what_it_stands_under(rules):
    """`critical: 7 days` is a rule on what the sentence above the list speaks of."""
    found = rules("Vulnerabilities are repaired within:\n\n- critical: 7 days\n- high: 30 days\n")

    assert {one.matter.id for one in found} == {"repair of vulnerabilities"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("For example, a password may have 8 characters.", id="an example"),
        pytest.param("In 2023 access of leavers was removed after five days.", id="what happened"),
        pytest.param("We recommend passwords of 20 characters.", id="advice"),
    ],
)
def test_what_sets_no_rule_is_not_compared(rules, text):
    """Examples, reports and advice bind nobody."""
    assert rules(text) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param("30 days", "one month", True, id="a month has 30 days"),
        pytest.param("five working days", "one week", True, id="a working week"),
        pytest.param("every 90 days", "every quarter", True, id="a quarter"),
        pytest.param("24 hours", "three business days", False, id="a day and three"),
        pytest.param("eight (8) characters", "8 characters", True, id="digits repeated"),
        pytest.param("12 months", "one year", True, id="a year"),
        pytest.param("60 days", "90 days", False, id="two and three months"),
    ],
)
def test_amounts_that_mean_the_same_agree(one, other, same):
    """Two ways to write one amount are one amount."""
    (left,), (right,) = list(quantities(one)), list(quantities(other))

    assert agree(left, right) is same


def test_the_words_of_an_amount_are_those_of_the_text():
    """What is blanked to be read is shown as it stands."""
    (found,) = quantities("A password has at least eight (8) characters.")

    assert found.words == "eight (8) characters"


def test_a_softer_and_a_newer_technique_are_told_apart(rules):
    """`TLS 1.2 or newer` allows TLS 1.3, and TLS 1.1 breaks it."""
    least = rules("Connections use TLS 1.2 or newer.", "least.md")

    newer = rules("The stack uses TLS 1.3.", "newer.md")
    older = rules("Partners connect with TLS 1.1.", "older.md")

    assert conflicts(least, newer, likeness=alike) == []
    assert conflicts(least, older, likeness=alike)


def test_no_alarm_on_the_policies_of_a_real_company(shared, tmp_path):
    """Read by hand, these pages contradict each other nowhere; nothing may be reported."""
    pages = sorted((shared / "corpus" / "sourcegraph").rglob("*.md"))
    every = [
        list(rules_of(written(tmp_path, page.read_text(encoding="utf-8"), f"{at}.md").said))
        for at, page in enumerate(pages)
    ]
    likeness = likeness_by(OnnxEncoder(bootstrap.prepare_encoder(), threads=1).encode)

    found = [
        conflict
        for at, rules in enumerate(every)
        for conflict in conflicts(
            rules, [r for more in every[at + 1 :] for r in more], likeness=likeness
        )
    ]

    assert found == []
