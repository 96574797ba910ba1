"""Rows that a claim tells, as a terminal and Slack show them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from copilot.answering.records import Record, read_records

WORDS = st.text("abcdefg 0123", min_size=1, max_size=12).map(str.strip).filter(bool)
NAMES = st.sampled_from(("id", "title", "description", "owner", "decided_on", "group", "ticket"))


def test_a_row_with_a_title_is_called_by_it():
    """Its id stands before its title, its description is a sentence, and the rest are fields."""
    told = "id: AC-03; title: Access review; description: Each quarter; in full.; decided_by: Mara"
    assert read_records(told) == (
        "",
        (Record("AC-03 Access review", "Each quarter; in full.", (("decided by", "Mara"),)),),
    )


def test_a_row_without_a_title_has_fields_only():
    """What it is called cannot be known, so that every column is named."""
    told = "“Firewall review”: group: sftp; port: 22; decision: keep / group: web; port: 443; decision: keep"
    lead, records = read_records(told)
    assert lead == "“Firewall review”:"
    assert [one.headline for one in records] == ["", ""]
    assert records[1].fields == (("group", "web"), ("port", "443"), ("decision", "keep"))


def test_prose_is_left_whole():
    """A colon here and there makes no record."""
    assert read_records("We do two things: this; that.") == ("We do two things: this; that.", ())


@given(rows=st.lists(st.dictionaries(NAMES, WORDS, min_size=3, max_size=7), min_size=1, max_size=4))
def test_nothing_of_a_row_is_lost(rows):
    """Every value stands in its record, whatever the columns are called."""
    text = " / ".join("; ".join(f"{name}: {value}" for name, value in row.items()) for row in rows)
    _, records = read_records(text)
    assert len(records) == len(rows)
    for row, record in zip(rows, records, strict=True):
        said = " ".join((record.headline, record.text, *(value for _, value in record.fields)))
        assert sorted(said.split()) == sorted(" ".join(row.values()).split())
