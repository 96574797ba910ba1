"""Where records and missing occurrences lie in the period."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from copilot.domain.access import EVERYONE
from copilot.domain.controls import Control
from copilot.domain.criteria import Frequency
from copilot.domain.documents import Metadata, Source, SourceKind
from copilot.domain.periods import Period, parse_period
from copilot.readiness.coverage import ControlCoverage
from copilot.readiness.strips import months, strip

YEAR = parse_period("2025")

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))
PERIODS = st.tuples(DAYS, st.integers(0, 1500)).map(
    lambda pair: Period(pair[0], pair[0] + timedelta(days=pair[1]))
)


def record(number, period):
    """Return a record that speaks for a time."""
    about = Metadata(
        kind=SourceKind.EVIDENCE, title=f"Record {number}", audience=EVERYONE, period=period
    )
    return Source(path=f"evidence/{number}.csv", metadata=about)


def covered(*periods, frequency=None, missing=()):
    """Return a control with a record for each period."""
    return ControlCoverage(
        control=Control(id="AC-01", title="Review", frequency=frequency),
        evidence=tuple(record(at, one) for at, one in enumerate(periods)),
        outside=(),
        missing=missing,
    )


def test_a_quarter_without_a_record_lies_where_the_quarter_lies():
    """The third of four, a half to three quarters of the way."""
    third = parse_period("2025-Q3")
    held = [parse_period(f"2025-Q{one}") for one in (1, 2, 4)]
    one = covered(*held, frequency=Frequency.QUARTERLY, missing=(third,))
    slots = strip(one, YEAR, slotted=True).slots
    assert [slot.held for slot in slots] == [True, True, False, True]
    assert slots[2].name == "Q3 2025"
    assert abs(slots[2].span.left - 49.6) < 0.1


def test_on_one_date_nothing_had_to_happen_in_between():
    """A type I report asks for no occurrence."""
    one = covered(YEAR, frequency=Frequency.QUARTERLY)
    assert strip(one, YEAR, slotted=False).slots == ()


def test_a_long_period_names_some_of_its_months():
    """As many as fit."""
    assert [name for _, name in months(parse_period("2025"))][:3] == ["Jan", "Feb", "Mar"]
    assert len(months(parse_period("2023-01..2025-12"))) == 12


@given(audit=PERIODS, held=st.lists(PERIODS, max_size=12))
def test_everything_lies_within_the_strip_and_nothing_on_top_of_another(audit, held):
    """Whatever the dates, marks stay inside, and those of one lane do not overlap."""
    drawn = strip(covered(*held, frequency=Frequency.MONTHLY), audit, slotted=True)
    for span in [one.span for one in (*drawn.slots, *drawn.marks)]:
        assert 0 <= span.left <= 100
        assert 0 < span.width <= 100
    assert len(drawn.marks) + drawn.more == len(held)
    for lane in range(drawn.lanes):
        times = [one.source.metadata.period for one in drawn.marks if one.lane == lane]
        assert all(a.end < b.start for a, b in pairwise(times))
    assert all(0 <= left <= 100 for left, _ in months(audit))
