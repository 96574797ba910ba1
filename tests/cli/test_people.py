"""Who a command acts for, and what is wrong with a people file."""

from __future__ import annotations

import pytest

from copilot.domain.access import Role
from copilot.errors import BadInput, InvalidSettings, UnknownPrincipal
from copilot.people import find_principal, operator, read_people

AUDIENCES = frozenset({"everyone", "compliance", "engineering", "hr"})
PEOPLE = """
people:
  - {id: Jo.Berg, name: Jo Berg, email: Jo@Example.com, role: Engineer, audiences: [engineering]}
  - {id: ada.lind, name: Ada Lind, role: compliance, audiences: [compliance, HR]}
  - {id: sam.ek}
"""


@pytest.fixture
def people(tmp_path):
    file = tmp_path / "people.yaml"
    file.write_text(PEOPLE, encoding="utf-8")
    return read_people(file)


def found(name, people):
    return find_principal(name, people=people, audiences=AUDIENCES)


def test_no_file_lists_nobody(tmp_path):
    """A workspace without people is one person's own."""
    assert read_people(tmp_path / "people.yaml") == {}


@pytest.mark.parametrize("text", ["", "# nobody yet\n", "people:\n", "people: []\n"])
def test_an_empty_file_lists_nobody(tmp_path, text):
    """A file that somebody has only begun is no mistake."""
    file = tmp_path / "people.yaml"
    file.write_text(text)
    assert read_people(file) == {}


@pytest.mark.parametrize("name", ["jo.berg", "JO.BERG", " jo@example.com ", "Jo@Example.com"])
def test_a_person_is_found_by_id_and_address_in_any_case(people, name):
    """Ids and addresses are typed as they come."""
    principal = found(name, people)
    assert (principal.id, principal.role) == ("Jo.Berg", Role.ENGINEER)
    assert principal.audiences == {"everyone", "engineering"}


def test_who_has_no_audience_reads_what_everyone_reads(people):
    """An entry with an id alone is an employee."""
    principal = found("sam.ek", people)
    assert (principal.role, principal.audiences) == (Role.EMPLOYEE, {"everyone"})


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("audience:everyone", {"everyone"}),
        ("audience:engineering, hr", {"everyone", "engineering", "hr"}),
        ("Audience:HR", {"everyone", "hr"}),
        ("audience:", {"everyone"}),
        ("compliance", {"everyone", "compliance"}),
        ("everyone", {"everyone"}),
        ("employee", {"everyone"}),
        ("Engineer", {"everyone", "engineering"}),
        ("operator", AUDIENCES),
    ],
)
def test_audiences_and_roles_can_be_named_in_place_of_a_person(people, name, held):
    """What a group would see can be tried without an entry for it."""
    assert found(name, people).audiences == held


def test_the_operator_reads_everything(people):
    """Whoever owns the files may read them."""
    assert operator(AUDIENCES).audiences == AUDIENCES


@pytest.mark.parametrize(
    ("name", "meant"),
    [("jo", "Jo.Berg"), ("Lind", "ada.lind"), ("ada.lindt", "ada.lind"), ("Sam", "sam.ek")],
)
def test_a_stranger_is_refused_and_the_nearest_is_named(people, name, meant):
    """A first name, a surname or a slip of the finger is answered with the id."""
    with pytest.raises(UnknownPrincipal) as refused:
        found(name, people)
    assert meant in refused.value.hint


@pytest.mark.parametrize("name", ["", "   ", "nobody at all"])
def test_nobody_is_refused(people, name):
    """An empty name is a variable that was not set, and must not read everything."""
    with pytest.raises(UnknownPrincipal):
        found(name, people)


def test_an_audience_that_cannot_be_one_is_refused(people):
    """Signs that no audience has are a mistake, not a group without members."""
    with pytest.raises(BadInput, match="cannot name an audience"):
        found("audience:../hr", people)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("people: {jo: 1}", "must hold a list"),
        ("- id: jo", "must hold a list"),
        ("persons: []", "must hold a list"),
        ("just text", "must hold a list"),
        ("people:\n  - {id: jo\n", r"people.yaml:\d: this is not valid YAML"),
        ("people: [jo]", "entry 1: a person needs an `id`"),
        ("people: [{name: Jo}]", "entry 1: a person needs an `id`"),
        ("people: [{id: ''}]", "entry 1: a person needs an `id`"),
        ("people: [{id: a}, {id: jo, rôle: x}]", r"entry 2 \(jo\): there is no field `rôle`.*role"),
        ("people: [{id: jo, audience: [hr]}]", "no field `audience`; did you mean `audiences`"),
        ("people: [{id: jo, 7: x}]", "no field `7`"),
        ("people: [{id: jo, role: boss}]", "'boss' is not a role"),
        ("people: [{id: jo, audiences: 7}]", "`audiences` is a list"),
        ("people: [{id: jo, audiences: {hr: yes}}]", "`audiences` is a list"),
        ("people: [{id: jo, audiences: [../hr]}]", "cannot name an audience"),
        ("people: [{id: jo}, {id: JO}]", "entry 2: JO stands there twice"),
        ("people: [{id: a, email: x@y}, {id: b, email: X@y}]", "entry 2: X@y stands there twice"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path, text, said):
    """Whoever edits the file is told the entry and what it may hold."""
    file = tmp_path / "people.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidSettings, match=said):
        read_people(file)


def test_one_audience_may_be_written_without_a_list(tmp_path):
    """A single word is that audience, and not its letters."""
    file = tmp_path / "people.yaml"
    file.write_text("people: [{id: jo, audiences: hr}]")
    assert read_people(file)["jo"].audiences == {"everyone", "hr"}


def test_an_address_may_equal_the_id(tmp_path):
    """Some companies use the address as the id."""
    file = tmp_path / "people.yaml"
    file.write_text("people: [{id: jo@x.example, email: jo@x.example}]")
    assert list(read_people(file)) == ["jo@x.example"]


def test_a_file_of_another_encoding_is_refused(tmp_path):
    """Text that is not UTF-8 is refused with what to do."""
    file = tmp_path / "people.yaml"
    file.write_bytes("people: [{id: jo, name: Jörg}]".encode("latin-1"))
    with pytest.raises(InvalidSettings, match="UTF-8"):
        read_people(file)
