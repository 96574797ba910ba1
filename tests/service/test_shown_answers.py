"""Claims that tell rows of a table are shown as records; everything else as it stands."""

from __future__ import annotations

import pytest

from copilot.answering.records import told_records
from copilot.domain.access import Role

LED = "“Access review, Q1: all”, which speaks for Q1 2025: "
CASES = {
    "one row": (
        "id: AC-03; title: Access review; owner: Jonas Mendes",
        ("", ("id", "title", "owner"), (("AC-03", "Access review", "Jonas Mendes"),)),
    ),
    "a title before it": (
        f"{LED}account: nadia; role: Full administrator; decided_on: 2025-03-19",
        (
            LED.strip(),
            ("account", "role", "decided_on"),
            (("nadia", "Full administrator", "2025-03-19"),),
        ),
    ),
    "several, of which each leaves out what is empty": (
        f"{LED}account: a; role: b; note: c / account: d; system: e; note: f",
        (
            LED.strip(),
            ("account", "role", "note", "system"),
            (("a", "b", "c", ""), ("d", "", "f", "e")),
        ),
    ),
    "a semicolon within a value": (
        "id: 1; says: keep; or change it; owner: x",
        ("", ("id", "says", "owner"), (("1", "keep; or change it", "x"),)),
    ),
    "prose with colons": (
        "Two people approve: the manager; the owner: of the system.",
        ("Two people approve: the manager; the owner: of the system.", (), ()),
    ),
    "a count with one name twice": (
        "1. Analysis: High: 3 days; Low: 10 days; 3. Remediation: High: 10 days; Low: 100 days",
        None,
    ),
    "one name twice": ("High: 3 days; Low: 10 days; Next: mend; High: 10 days", None),
    "a log": ("2025-01-01 10:00 in / 2025-01-01 11:00 out", None),
    "one row that is none": ("id: 1; a: b; c: d / and so on", None),
    "nothing": ("", None),
}


@pytest.mark.parametrize("case", CASES)
def test_rows_are_told_from_prose(case):
    """What does not look like rows throughout is left whole."""
    text, expected = CASES[case]
    assert told_records(text) == (expected or (text, (), ()))


def test_the_script_shows_what_the_page_shows(page_of):
    """An answer that is streamed looks like one that came with its page."""
    page = page_of(Role.EMPLOYEE)
    for text, _ in CASES.values():
        told = page.evaluate("(text) => toldRecords(text)", text)
        assert (
            told["lead"],
            tuple(told["names"]),
            tuple(map(tuple, told["rows"])),
        ) == told_records(text)
