"""Criteria, frequencies and names of columns as people write them."""

from __future__ import annotations

import pytest

from copilot.controls.cells import read_criteria, read_frequency
from copilot.controls.columns import CONTROL_NAMES, parse_columns, recognise
from copilot.domain.criteria import Frequency
from copilot.errors import BadInput


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("CC6.1, CC6.2", ["CC6.1", "CC6.2"]),
        ("CC6.1;CC6.2", ["CC6.1", "CC6.2"]),
        ("CC 6.1 / CC6.2", ["CC6.1", "CC6.2"]),
        ("CC6.1\r\nCC6.2", ["CC6.1", "CC6.2"]),
        ("CC6.1 CC6.2", ["CC6.1", "CC6.2"]),
        ("cc6-1 & a1.2", ["CC6.1", "A1.2"]),
        ("CC6.1, 6.2 and 6.3", ["CC6.1", "CC6.2", "CC6.3"]),
        ("CC6.1 - CC6.3", ["CC6.1", "CC6.2", "CC6.3"]),
        ("CC7.3–7.5", ["CC7.3", "CC7.4", "CC7.5"]),
        ("CC6.1 - Logical and physical access, all", ["CC6.1"]),
        ("CC6.1: access\nCC6.2: joiners", ["CC6.1", "CC6.2"]),
        ("CC6.1 (part), CC6.2", ["CC6.1", "CC6.2"]),
        ("TSC CC6.1; SOC 2: PI1.4", ["CC6.1", "PI1.4"]),
        (["CC6.1", "CC6.1", "P6.7"], ["CC6.1", "P6.7"]),
        ("n/a", []),
        ("-", []),
        (None, []),
    ],
)
def test_criteria_are_read_however_they_are_listed(written, expected):
    """A cell may list criteria with any separator, as a range, or with their titles."""
    found, wrong, _ = read_criteria(written)
    assert (list(found), wrong) == (expected, [])


@pytest.mark.parametrize(
    "written",
    ["CC6.9", "CC6", "CC6.1-1", "Security", "6.1", "P1.2", "CC6.1, CC6.9", "CC6.1 and CC6.9"],
)
def test_what_is_no_criterion_is_never_passed_over(written):
    """A cell that names something else beside or instead of criteria says so."""
    _, wrong, _ = read_criteria(written)
    assert len(wrong) == 1


def test_other_frameworks_may_share_a_cell():
    """A mapping to several frameworks keeps its criteria and names the rest."""
    found, wrong, others = read_criteria("CC6.1; ISO 27001 A.9.2.1; NIST AC-2")
    assert (found, wrong, others) == (("CC6.1",), [], ["ISO 27001 A.9.2.1", "NIST AC-2"])


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Quarterly (within 15 days)", Frequency.QUARTERLY),
        ("every 3 months", Frequency.QUARTERLY),
        ("Semi-annually", Frequency.SEMI_ANNUAL),
        ("Annually and upon change", Frequency.ANNUAL),
        ("Real-time", Frequency.CONTINUOUS),
        ("Ad-hoc", Frequency.PER_EVENT),
        ("täglich", Frequency.DAILY),
        ("Vierteljährlich", Frequency.QUARTERLY),
        ("hebdomadaire", Frequency.WEEKLY),
        ("según necesidad", Frequency.PER_EVENT),
        ("bi-weekly", None),
        ("every two months", None),
        ("n/a", None),
    ],
)
def test_frequencies_are_read_as_people_say_them(written, expected):
    """A frequency is found in other words and languages, and none is invented."""
    assert read_frequency(written) == expected


@pytest.mark.parametrize("frequency", Frequency)
def test_every_frequency_reads_as_itself(frequency):
    """What we write we can read."""
    assert read_frequency(str(frequency)) is frequency


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Control #|Control Name|Control Activity|Control Owner|How often|Application|TSC",
         "id title description owner frequency system criteria"),
        ("No.|Control|Description|Performer|Cadence|Tool|Trust Services Criteria (2017)",
         "id title description owner frequency system criteria"),
        ("Ref|Title|Statement|Responsible|Frequency|System|SOC 2",
         "id title description owner frequency system criteria"),
        ("Nr.|Titel|Beschreibung|Verantwortlich|Häufigkeit|Anwendung|Kriterien",
         "id title description owner frequency system criteria"),
        ("Référence|Titre|Activité|Responsable|Fréquence|Outil|Critères",
         "id title description owner frequency system criteria"),
        ("Código|Nombre|Descripción|Responsable|Frecuencia|Sistema|Criterios",
         "id title description owner frequency system criteria"),
        ("Description of the control|Unique ID|TSC Mapping Reference", "description id criteria"),
        ("Risk ID|Risk description|Control objective|Test procedure|Status|Last review", ""),
    ],
)  # fmt: skip
def test_columns_are_recognised_loosely(header, expected):
    """The names that companies use, in four languages, lead to the fields."""
    columns = recognise(header.split("|"), CONTROL_NAMES)
    assert " ".join(sorted(columns.at, key=lambda field: columns.at[field])) == expected


def test_the_more_telling_of_two_columns_is_taken():
    """Beside `Control Description` a plain `Description` is something else."""
    columns = recognise(["Id", "Description", "Control Description"], CONTROL_NAMES)
    assert (columns.at["description"], columns.unused) == (2, (1,))


def test_columns_can_be_named_on_the_command_line():
    """Columns are given as field=name, together or apart, and a name may hold a comma."""
    given = parse_columns(["id=Ref,description=Activity, as done", "owner=Who"])
    assert given == {"id": "Ref", "description": "Activity, as done", "owner": "Who"}


@pytest.mark.parametrize("written", ["Ref", "colour=Red", "id="])
def test_what_names_no_column_is_refused(written):
    """A piece without a field or a name is a mistake that is named."""
    with pytest.raises(BadInput, match="names no column"):
        parse_columns([written])
