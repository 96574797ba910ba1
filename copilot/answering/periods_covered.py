"""Hold evidence against the audit period: what speaks for it, what does not, what is missing."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from copilot.domain.periods import MONTHS_OF, Period, label

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from copilot.domain.criteria import CriterionId
    from copilot.domain.documents import Source

_TIME_IN_TITLE: Final = re.compile(
    r"\b(?:(?:first|second|third|fourth|1st|2nd|3rd|4th)(?: (?:quarter|half))?|quarter|Q[1-4]|H[12]|20\d\d(?:-\d\d){0,2}|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    r"aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|\d{1,2})\b",
    re.IGNORECASE,
)

_ASKED_ABOUT: Final = 0.3
"""Least share of a question that the title of a record speaks of for the question to be about such records.
Of 122 times that an answer of the sample company quoted a record with gaps, 86 titles had nothing of the
question; of the 22 that reach the bound, 18 are what the question is about."""

_TITLES: Final = 8_000
"""Titles that are read once, since every answer with a record looks at all of them; 0.3 kB each."""


@dataclass(frozen=True, slots=True)
class MissingRecord:
    """A stretch of the audit period for which a recurring record is absent."""

    what: str
    when: Period

    def __str__(self) -> str:
        """Return it as a line of an answer."""
        return f"No record of “{self.what}” for {label(self.when)}."


def series_of(source: Source) -> str:
    """Return what the title says apart from time: `User access review` for each quarter's."""
    return _timeless(source.metadata.title)


@lru_cache(maxsize=_TITLES)
def _timeless(title: str) -> str:
    bare = _TIME_IN_TITLE.sub(" ", title)
    return " ".join(re.sub(r"[\s,;:()–—-]+", " ", bare).split())


def outside(source: Source, audit: Period | None) -> bool:
    """Say whether a source speaks only for time that is not in the audit period."""
    period = source.metadata.period
    return audit is not None and period is not None and not period.overlaps(audit)


def asked_about(
    cited: Iterable[Source], share: Callable[[str], float], criteria: Collection[CriterionId] = ()
) -> list[Source]:
    """Return those of the cited sources whose gaps are gaps of the answer.

    A record may be quoted for one of its sentences: whoever asks how long a password is and reads what a
    penetration test said of it has not asked whether there was another test.

    Args:
        cited: The sources that an answer cites.
        share: Says how much of the question a title speaks of, from 0 to 1.
        criteria: Where proof is asked for, the criteria that it is about: the gaps of every record with
            one of these labels count.
    """
    return [
        one
        for one in cited
        if not set(criteria).isdisjoint(one.metadata.criteria)
        or share(series_of(one)) >= _ASKED_ABOUT
    ]


def missing_records(sources: Iterable[Source], audit: Period | None) -> list[MissingRecord]:
    """Return the stretches of the audit period that a recurring record should cover and does not.

    A stretch counts as covered when a record of the series overlaps it: a review of the first quarter
    may well be dated in April. Only series that recur by the calendar are judged.
    """
    if audit is None:
        return []
    series: dict[str, list[Source]] = defaultdict(list)
    for source in sources:
        if source.metadata.frequency in MONTHS_OF:
            series[series_of(source)].append(source)
    missing = []
    for name, records in sorted(series.items()):
        frequency = records[0].metadata.frequency
        assert frequency is not None  # noqa: S101  only recurring records are in a series
        periods = [one.metadata.period for one in records if one.metadata.period]
        missing += [
            MissingRecord(name, slot)
            for slot in audit.slots(frequency)
            if not any(period.overlaps(slot) for period in periods)
        ]
    return missing


def gap_lines(missing: Iterable[MissingRecord], when: Period | None) -> list[str]:
    """Return the lines that name missing records: one for each series, in its order of time.

    What is missing for the time that a question names is a line of its own, and stands first.
    """
    asked: list[str] = []
    gaps: dict[str, list[str]] = defaultdict(list)
    for one in missing:
        if when is not None and one.when.overlaps(when):
            asked.append(str(one))
        else:
            gaps[one.what].append(label(one.when))
    return asked + [f"No record of “{what}” for {_listed(times)}." for what, times in gaps.items()]


def _listed(times: list[str]) -> str:
    return f"{', '.join(times[:-1])} and {times[-1]}" if len(times) > 1 else times[0]


def unrecorded(
    cited: Iterable[Source], records: Iterable[Source], when: Period | None
) -> list[str]:
    """Return the line which says that there is no record for the time that a question names.

    Whoever asks what the board decided in December and is shown the minutes of September has to be told
    that they are another meeting's. Where anything cited speaks for that time, nothing is missing.

    Args:
        cited: The sources that an answer cites, in its order; the first record gives the series.
        records: Every readable record of the same series.
        when: The time that the question names.
    """
    dated = [one for one in cited if one.metadata.period]
    if when is None or not dated:
        return []
    series = series_of(dated[0])
    together = [*dated, *(one for one in records if series_of(one) == series)]
    if any(one.metadata.period and one.metadata.period.overlaps(when) for one in together):
        return []
    return [str(MissingRecord(series, when))]
