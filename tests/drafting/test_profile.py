"""A company's profile: what it says is read to the letter, and what cannot be used is named."""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.domain.companies import CompanyProfile, Method
from copilot.drafting import outlines
from copilot.drafting.profile import read_profile
from copilot.errors import InvalidProfile
from tests.conftest import ROOT

SAMPLE = ROOT / "examples" / "harbourlight"


@pytest.fixture(scope="module")
def terms(knowledge):
    """Return the shipped terms."""
    return outlines.load_terms(knowledge / "policies")


@pytest.fixture
def read(tmp_path, terms):
    """Return a function that reads a profile from text."""

    def reading(text):
        file = tmp_path / "company.yaml"
        file.write_text(text, encoding="utf-8")
        return read_profile(file, terms=terms)

    return reading


@pytest.fixture(scope="module")
def harbourlight(terms):
    """Return the sample company's profile."""
    return read_profile(SAMPLE / "company.yaml", terms=terms)


def test_no_file_says_nothing(tmp_path, terms):
    """A workspace without the file has an empty profile."""
    assert read_profile(tmp_path / "company.yaml", terms=terms) == CompanyProfile()


@pytest.mark.parametrize("text", ["", "\n\n", "# name: Example\n", "---\n# nothing\nname:\n"])
def test_a_file_without_values_says_nothing(read, text):
    """Comments and keys without a value leave the profile empty."""
    assert read(text) == CompanyProfile()


def test_everything_is_read(read):
    """Each kind of field ends up in the profile."""
    profile = read(
        "name: Example\nservices: [{name: App, users: banks}]\nclouds: [{provider: AWS, regions: [eu]}]\n"
        "tools: {ticketing: Jira}\nroles: {it: {holder: Jo Berg}, security: {title: CISO}}\n"
        "cadences: {access-review: every month}\nlimits: {leaver-time: one hour}\n"
        "choices: {second-factor: a key}\nlaws: [GDPR]\none_person: yes\n"
        "subservices: [{name: AWS, method: inclusive, relied_on: [guards]}]\n"
    )
    assert profile.name == "Example"
    assert profile.services[0].users == "banks"
    assert profile.clouds[0].regions == ("eu",)
    assert profile.tools == {"ticketing": "Jira"}
    assert (profile.roles["it"].title, profile.roles["it"].holder) == ("Head of IT", "Jo Berg")
    assert profile.roles["security"].title == "CISO"
    assert profile.cadences == {"access-review": "every month"}
    assert profile.limits == {"leaver-time": "one hour"}
    assert profile.choices == {"second-factor": "a key"}
    assert profile.laws == ("GDPR",)
    assert profile.one_person
    assert profile.subservices[0].method is Method.INCLUSIVE


def test_values_left_empty_are_missing(read):
    """A key without a value counts as one that is not there."""
    profile = read("tools: {ticketing: , chat: ''}\nroles: {it: }\nlimits:\nservices:\n")
    assert profile == CompanyProfile()


MISTAKES = [
    pytest.param("nmae: x\n", 1, "no field `nmae`", "`name`", id="unknown key"),
    pytest.param("name: x\nname: y\n", 2, "a second time", "", id="key twice"),
    pytest.param("name: 42\n", 1, "`name` must be text, not `42`; put it in quotes", "", id="number for text"),
    pytest.param("name: [a]\n", 1, "`name` must be text, not a list", "", id="list for text"),
    pytest.param("name: x\nlimits:\n  password-length: 14\n", 3, "such as `14 characters`", "", id="bare number"),
    pytest.param("laws: GDPR\n", 1, "`laws` must be a list", "", id="text for list"),
    pytest.param("laws:\n  - {name: GDPR}\n", 2, "`laws` must be text, not a mapping", "", id="mapping in a list"),
    pytest.param("services: App\n", 1, "`services` must be a list", "", id="text for services"),
    pytest.param("services:\n  - App\n", 2, "`services` must be a mapping", "", id="text for a service"),
    pytest.param("services:\n  - users: x\n", 2, "`name` is missing", "", id="service without name"),
    pytest.param("services:\n  - {name: x, user: y}\n", 2, "no field `user`", "`users`", id="key of a service"),
    pytest.param("tools: Jira\n", 1, "`tools` must be a mapping", "", id="text for tools"),
    pytest.param("tools:\n  tickets: Jira\n", 2, "no tool `tickets`", "`ticketing`", id="unknown tool"),
    pytest.param("roles:\n  ciso: {title: CISO}\n", 2, "no role `ciso`", "board, chief-executive", id="role like none"),
    pytest.param("roles:\n  securty: {title: x}\n", 2, "no role `securty`", "`security`", id="unknown role"),
    pytest.param("roles:\n  it: Jo Berg\n", 2, "`it` must be a mapping", "", id="name for a role"),
    pytest.param("roles:\n  it: {holder: [Jo]}\n", 2, "`holder` must be text, not a list", "", id="two holders"),
    pytest.param("roles:\n  it: {name: Jo}\n", 2, "no field `name`", "title, holder", id="key of a role"),
    pytest.param("cadences:\n  acess-review: x\n", 2, "no cadence `acess-review`", "`access-review`", id="cadence"),
    pytest.param("cadences:\n  leaver-time: x\n", 2, "`leaver-time` belongs under `limits`", "", id="wrong part"),
    pytest.param("choices:\n  second_factor: x\n", 2, "no choice `second_factor`", "`second-factor`", id="underscore"),
    pytest.param("one_person: maybe\n", 1, "`one_person` is yes or no", "", id="neither yes nor no"),
    pytest.param("subservices:\n  - {name: x, method: carve}\n", 2, "not one of carve-out, inclusive", "", id="method"),
    pytest.param("name: '{company}'\n", 1, "holds brackets", "", id="brackets"),
    pytest.param("- name\n", 1, "must be a mapping", "", id="list"),
    pytest.param("name: a: b\n", 1, "not valid YAML", "", id="no YAML"),
    pytest.param("name: &a x\n", 1, "anchors", "", id="anchor"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "said", "near"), MISTAKES)
def test_a_mistake_is_named_with_line_and_nearest(read, text, line, said, near):
    """What cannot be used is refused with file, line, what is wrong and what may have been meant."""
    with pytest.raises(InvalidProfile, match=re.escape(said)) as refused:
        read(text)
    assert str(refused.value).startswith(f"company.yaml:{line}: ")
    assert near in refused.value.hint


def test_all_mistakes_come_at_once(read):
    """Several mistakes are told of together, in the order of their lines."""
    with pytest.raises(InvalidProfile) as refused:
        read("name: 1\ntools: {x: y}\nlaws: z\n")
    assert [line.split(":")[1] for line in str(refused.value).splitlines()] == ["1", "2", "3"]


def test_bytes_that_are_no_text(tmp_path, terms):
    """A file that is not UTF-8 is refused with the line."""
    file = tmp_path / "company.yaml"
    file.write_bytes(b"name: Example\nabout: caf\xe9\n")
    with pytest.raises(InvalidProfile, match=r"company\.yaml:2: byte 0xe9"):
        read_profile(file, terms=terms)


KEYS = st.sampled_from([
    "name", "laws", "tools", "roles", "services", "limits", "one_person", "subservices", "it",
    "title", "holder", "method", "ticketing", "leaver-time", "relied_on",
])  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(content=st.dictionaries(KEYS, VALUES, max_size=4) | VALUES)
def test_nothing_but_our_own_error_comes_out(tmp_path_factory, terms, content):
    """Whatever stands in the file, it is read or refused with its line."""
    file = tmp_path_factory.getbasetemp() / "company.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    try:
        outcome = read_profile(file, terms=terms)
    except InvalidProfile as refused:
        outcome = refused
    assert isinstance(outcome, CompanyProfile) or re.match(r"company\.yaml:\d+: ", str(outcome))


def test_holders_of_roles_are_people_of_the_company(harbourlight):
    """Who holds a role in the sample stands in its chart, with that title."""
    chart = (SAMPLE / "evidence" / "organisation-chart-2025.md").read_text(encoding="utf-8")
    chart += (SAMPLE / "README.md").read_text(encoding="utf-8")
    people = yaml.safe_load((SAMPLE / "people.yaml").read_text(encoding="utf-8"))["people"]
    titles = {one["name"]: one["title"] for one in people}
    for role in harbourlight.roles.values():
        assert role.holder in chart
        if role.holder in titles:
            assert role.title == titles[role.holder]


def test_figures_of_the_sample_stand_in_its_files(harbourlight):
    """Every number of the sample's limits and commitments is said by its policies or controls."""
    files = [
        *SAMPLE.glob("policies/*.md"),
        *SAMPLE.glob("_text/policies/*"),
        SAMPLE / "controls/controls.csv",
    ]
    said = set(re.findall(r"\d+(?:\.\d+)?", " ".join(file.read_text("utf-8") for file in files)))
    own = " ".join(
        [*harbourlight.limits.values(), *harbourlight.cadences.values(), *harbourlight.commitments]
    )
    assert set(re.findall(r"\d+(?:\.\d+)?", own)) <= said


def test_tools_of_the_sample_stand_in_its_files(harbourlight):
    """Every tool that the sample names is named by its files."""
    files = [
        *SAMPLE.glob("policies/*.md"),
        *SAMPLE.glob("_text/*/*"),
        SAMPLE / "controls/controls.csv",
    ]
    said = " ".join(file.read_text("utf-8") for file in files).lower()
    for tool in harbourlight.tools.values():
        for name in re.split(r" and |, ", tool.removeprefix("the ")):
            words = name.lower().removeprefix("jira project ")
            assert words in said, tool
