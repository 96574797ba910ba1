"""The OSCAL that we write has the structure that OSCAL 1.1.2 documents for component definitions."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from copilot.controls.writing import write_controls
from copilot.domain.controls import Control, ControlId, ControlKind, Suggestion, Suggestions
from copilot.domain.criteria import CriterionId, Frequency

WHEN = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=2)))
CONTROLS = [
    Control(
        id=ControlId("AC-01"),
        title="Sign-on",
        description="Everyone signs in.\nWith Okta.",
        owner="Jo Berg",
        frequency=Frequency.CONTINUOUS,
        system="Okta",
        criteria=(CriterionId("CC6.1"), CriterionId("CC6.6")),
    ),
    Control(id=ControlId("Ünïcode / 7"), description="No title.", owner="Jo Berg"),
    Control(id=ControlId("DB"), title="No description", kind=ControlKind.SYSTEM),
]
SUGGESTED = Suggestions(
    control=ControlId("AC-01"),
    ranked=(Suggestion(criterion=CriterionId("CC6.7"), confidence=0.8, reason="It says\nso."),),
    decided=(CriterionId("CC6.7"),),
)

# What each object must and may hold, as the reference of the model lists it.
_COMMON = "props links remarks"
FIELDS = {
    "component-definition": ("uuid metadata", "import-component-definitions components capabilities back-matter"),
    "metadata": ("title last-modified version oscal-version", f"published revisions document-ids roles locations parties responsible-parties actions {_COMMON}"),
    "roles": ("id title", f"short-name description {_COMMON}"),
    "parties": ("uuid type", f"name short-name external-ids email-addresses telephone-numbers addresses location-uuids member-of-organizations {_COMMON}"),
    "components": ("uuid type title description", f"purpose responsible-roles protocols control-implementations {_COMMON}"),
    "responsible-roles": ("role-id", f"party-uuids {_COMMON}"),
    "control-implementations": ("uuid source description implemented-requirements", "props links set-parameters"),
    "implemented-requirements": ("uuid control-id description", f"set-parameters responsible-roles statements {_COMMON}"),
    "props": ("name value", "uuid ns class group remarks"),
    "back-matter": ("", "resources"),
    "resources": ("uuid", "title description props document-ids citation rlinks base64 remarks"),
}  # fmt: skip
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[45][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TOKEN = re.compile(r"[^\W\d][\w.\-]*")
STRING = re.compile(r"\S(.*\S)?")
URI = re.compile(r"[a-zA-Z][a-zA-Z0-9+\-.]+:.+")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
VALUES = {
    "uuid": UUID, "party-uuids": UUID, "name": STRING, "value": STRING, "version": STRING,
    "role-id": TOKEN, "id": TOKEN, "control-id": TOKEN, "ns": URI, "last-modified": MOMENT,
    "type": STRING,
}  # fmt: skip


@pytest.fixture
def document(files, tmp_path):
    """Return a function that writes controls as OSCAL and returns the document."""

    def writing(controls, suggestions=(), when=WHEN):
        path = tmp_path / "c.oscal.json"
        write_controls(path, controls, suggestions, files=files, when=when)
        return json.loads(path.read_text(encoding="utf-8"))

    return writing


def faults(holder, name):
    """Yield what an object and everything in it lack, have too much, or have in a wrong form."""
    must, may = (set(words.split()) for words in FIELDS[name])
    yield from (f"{name} lacks {field}" for field in must - holder.keys())
    yield from (f"{name} has {field}" for field in holder.keys() - must - may)
    for field, value in holder.items():
        if field in FIELDS:
            assert value, f"{field} is empty, which OSCAL does not know"
            for one in value if isinstance(value, list) else [value]:
                yield from faults(one, field)
        elif pattern := VALUES.get(field):
            values = value if isinstance(value, list) else [value]
            yield from (f"{name}: {field} is {v!r}" for v in values if not pattern.fullmatch(v))
        elif not isinstance(value, str):
            yield f"{name}: {field} is no text"


@pytest.mark.parametrize("controls", [CONTROLS, CONTROLS[1:], []])
def test_every_object_is_complete_and_has_nothing_unknown(document, controls):
    """Required fields are there, others are known, and values have the form of their type."""
    written = document(controls, [SUGGESTED])
    assert list(written) == ["component-definition"]
    assert list(faults(written["component-definition"], "component-definition")) == []


def test_references_lead_somewhere(document):
    """Owners and the catalog are in the document, and no id stands twice."""
    definition = document(CONTROLS, [SUGGESTED])["component-definition"]
    [party] = definition["metadata"]["parties"]
    first = definition["components"][0]
    assert first["responsible-roles"] == [{"role-id": "owner", "party-uuids": [party["uuid"]]}]
    [catalog] = definition["back-matter"]["resources"]
    sets = first["control-implementations"]
    assert {one["source"] for one in sets} == {f"#{catalog['uuid']}"}
    uuids = re.findall(r'"uuid": "([^"]+)"', json.dumps(definition))
    assert len(uuids) == len(set(uuids))


def test_the_companys_criteria_and_ours_are_two_sets(document):
    """Criteria that the company names and those that we suggest are told apart."""
    definition = document(CONTROLS, [SUGGESTED])["component-definition"]
    named, suggested = definition["components"][0]["control-implementations"]
    ids = [[one["control-id"] for one in s["implemented-requirements"]] for s in (named, suggested)]
    assert ids == [["CC6.1", "CC6.6"], ["CC6.7"]]
    assert suggested["implemented-requirements"][0]["remarks"] == "It says so."


def test_the_same_controls_give_the_same_document(document):
    """Ids depend on the controls alone; another control makes another document."""
    one, two = document(CONTROLS, [SUGGESTED]), document(CONTROLS, [SUGGESTED])
    other = document(CONTROLS[:1], when=datetime(2026, 1, 1, tzinfo=UTC))
    assert one == two
    assert one["component-definition"]["metadata"]["last-modified"] == "2026-03-04T03:06:07Z"
    assert other["component-definition"]["uuid"] != one["component-definition"]["uuid"]
    first = other["component-definition"]["components"][0]
    assert first["uuid"] == one["component-definition"]["components"][0]["uuid"]
