"""Controls out of YAML, JSON, JSON lines and OSCAL."""

from __future__ import annotations

import pytest

from copilot.controls.reading import read_controls
from copilot.domain.controls import ControlKind
from copilot.domain.criteria import Frequency

YAML = """\
# our controls
controls:
  - id: 1.10
    title: Sign-on
    description: >
      Everyone signs in
      with Okta.
    criteria: [CC6.1, CC6.6]
    frequency: Annually
  - ref: CM-1
    text: yes
"""


def test_yaml(read):
    """Ids and words stay as they were written, whatever YAML makes of them."""
    first, second = read("c.yaml", YAML)
    assert (first.id, first.frequency) == ("1.10", Frequency.ANNUAL)
    assert first.description == "Everyone signs in with Okta."
    assert first.criteria == ("CC6.1", "CC6.6")
    assert first.place.row == 3
    assert (second.id, second.description) == ("CM-1", "yes")


@pytest.mark.parametrize(
    "tree",
    [
        [{"id": "A-1", "text": "One."}],
        {"controls": [{"id": "A-1", "text": "One."}]},
        {"company": "x", "ours": [{"Control Ref": "A-1", "Activity": "One."}]},
        {"A-1": {"description": "One."}},
    ],
)
def test_json_of_several_shapes(read, tree):
    """A list, a list under a name, and records by id are all lists of controls."""
    [control] = read("c.json", tree)
    assert (control.id, control.text) == ("A-1", "One")


def test_json_numbers_stay_as_written(read):
    """An id of 1.10 is not 1.1, nor is a large one rounded."""
    content = '[{"id": 1.10, "text": "a"}, {"id": 12345678901234567890123, "text": "b"}]'
    assert [control.id for control in read("c.json", content)] == [
        "1.10",
        "12345678901234567890123",
    ]


def test_json_lines(read):
    """Each line is a record, known by its line."""
    controls = read("c.jsonl", '{"id": "A-1", "text": "a"}\n\n{"id": "A-2", "text": "b"}\n')
    assert [(control.id, control.place.row) for control in controls] == [("A-1", 1), ("A-2", 3)]


def test_the_gold_lists_are_read(files, shared):
    """Lists that companies published are read without being told their columns."""
    folder = shared / "gold" / "mapping"
    assert len(read_controls(folder / "chiaro.jsonl", files=files)) == 89
    assert all(control.criteria for control in read_controls(folder / "chiaro.jsonl", files=files))


def test_systems_and_controls_in_one_yaml_file(read):
    """Each list of a file is what its name says; settings may be nested."""
    control, system = read(
        "c.yaml",
        """\
controls:
  - {id: A-1, text: One.}
systems:
  - name: Berthly DB
    type: PostgreSQL
    holds: [bookings, payment data]
    owner: Tomasz
    settings:
      encryption_at_rest: on
      backups: {every: day, kept: 35 days}
""",
    )
    assert (control.kind, system.kind) == (ControlKind.CONTROL, ControlKind.SYSTEM)
    assert system.description == (
        "Berthly DB is of the type PostgreSQL. Berthly DB holds bookings, payment data. It is set "
        "up with encryption at rest: on; backups: (every: day; kept: 35 days)."
    )


def test_an_oscal_catalog(imported):
    """Statements with their items and parameters are the text; withdrawn controls are left out."""
    statement = {
        "name": "statement",
        "prose": "Review accounts {{ insert: param, ac-2_p1 }}:",
        "parts": [
            {"name": "item", "props": [{"name": "label", "value": "a."}], "prose": "all of them;"}
        ],
    }
    inner = {"id": "ac-2.1", "title": "Automated", "parts": [statement]}
    first = {
        "id": "ac-2",
        "title": "Accounts",
        "props": [{"name": "label", "value": "AC-2"}],
        "params": [{"id": "ac-2_p1", "label": "frequency"}],
        "parts": [statement, {"name": "guidance", "prose": "Think."}],
        "controls": [inner],
    }
    gone = {"id": "ac-9", "title": "x", "props": [{"name": "status", "value": "withdrawn"}]}
    book = imported("c.json", {"catalog": {"groups": [{"controls": [first, gone]}]}})
    assert [control.id for control in book.controls] == ["AC-2", "ac-2.1"]
    assert book.controls[0].description == "Review accounts [frequency]:\na. all of them;"
    assert any("ac-9" in note for note in book.notes)


def test_a_component_definition_of_another_catalog(read):
    """Each requirement that somebody's component implements is a control."""

    def component(name):
        requirement = {"control-id": "ac-2", "description": f"{name} reviews accounts."}
        return {
            "title": name,
            "type": "software",
            "description": "x",
            "control-implementations": [{"implemented-requirements": [requirement]}],
        }

    tree = {"component-definition": {"components": [component("Okta"), component("AWS")]}}
    controls = read("c.json", tree)
    assert [control.id for control in controls] == ["ac-2 (Okta)", "ac-2 (AWS)"]
    assert controls[0].description == "Okta reviews accounts."


def test_a_component_definition_of_the_criteria(read):
    """A component that implements criteria is a control with these criteria."""
    requirements = [{"control-id": one, "description": "x"} for one in ("cc6.1", "CC6.2")]
    component = {
        "title": "Access review",
        "type": "process-procedure",
        "description": "Reviewed each quarter.",
        "control-implementations": [{"implemented-requirements": requirements}],
    }
    [control] = read("c.json", {"component-definition": {"components": [component]}})
    assert (control.id, control.criteria) == ("Access review", ("CC6.1", "CC6.2"))


def test_a_system_security_plan(read):
    """What a plan says of each requirement is a control, with the systems that meet it."""
    use = {"component-uuid": "u-1", "description": "Accounts are reviewed."}
    plan = {
        "system-implementation": {"components": [{"uuid": "u-1", "title": "Okta"}]},
        "control-implementation": {
            "implemented-requirements": [
                {"control-id": "ac-2", "statements": [{"by-components": [use]}]}
            ]
        },
    }
    [control] = read("c.json", {"system-security-plan": plan})
    assert (control.id, control.system) == ("ac-2", "Okta")
    assert control.description == "Accounts are reviewed."


def test_records_may_call_a_field_by_different_names(imported):
    """Each record of a list is read by its own keys, and none of them is called unused."""
    book = imported("c.json", [{"id": "A-1", "text": "One."}, {"ref": "A-2", "activity": "Two."}])
    assert [control.description for control in book.controls] == ["One.", "Two."]
    assert book.notes == ()


def test_a_component_of_ours_may_be_edited(read, refused):
    """A component of ours keeps its kind; a requirement that is no criterion is named."""
    ours = [
        {"name": name, "ns": "urn:soc2-copilot:oscal", "value": value}
        for name, value in [("id", "A-1"), ("kind", "nonsense"), ("frequency", "daily")]
    ]
    component = {"title": "T", "description": "D", "props": ours}
    [control] = read("c.json", {"component-definition": {"components": [component]}})
    assert (control.id, control.kind) == ("A-1", ControlKind.CONTROL)
    component["control-implementations"] = [
        {"implemented-requirements": [{"control-id": "ac-2", "description": "x"}]}
    ]
    error = refused("c.json", {"component-definition": {"components": [component]}})
    assert error.problems == ("c.json: component A-1: 'ac-2' is no criterion",)


def test_a_component_that_nothing_maps_is_a_system(read):
    """Software that another company lists without requirements is a system."""
    component = {"title": "Okta", "type": "software", "description": "Signs people in."}
    [control] = read("c.json", {"component-definition": {"components": [component]}})
    assert (control.kind, control.id) == (ControlKind.SYSTEM, "Okta")
