"""Dates of a policy that are too old, in the future, or at odds with each other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from copilot.checking.dates import DateKind, dates_of
from copilot.domain.remarks import Remark, RemarkKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from copilot.checking.conflicts import Rule
    from copilot.checking.dates import Dated
    from copilot.checking.policy_file import PolicyFile

_YEAR: Final = 8760.0
_GRACE: Final = 1.05
"""A review that is some days late is no finding; auditors allow about two weeks in a year."""


def stale_dates(
    file: PolicyFile, *, on: date, own: Sequence[Rule], others: Sequence[Rule]
) -> Iterator[Remark]:
    """Yield what is wrong with the dates that a policy gives of itself.

    Args:
        file: The policy.
        on: Today.
        own: Its rules; the one on its own review says how old it may be.
        others: Those of the other policies, which may say it for all of them.
    """
    dates = list(dates_of(file))
    yield from _ahead(dates, on)
    yield from _odds(dates)
    past = [one for one in dates if one.kind is not DateKind.NEXT and one.day <= on]
    due = max((one for one in dates if one.kind is DateKind.NEXT), key=_day, default=None)
    last = max(past, key=_day, default=None)
    hours, said = _cadence(own, others)
    longest = timedelta(hours=hours)
    if due is not None and due.day < on and (last is None or last.day < due.day):
        yield _remark(
            f"The next review was due on {_shown(due.day)}, {_ago(on - due.day)} ago.",
            due,
            hint="Review it, write down what was decided, and have the version approved.",
        )
    elif last is not None and on - last.day > longest * _GRACE:
        rule = f"; {said} says {_often(hours)}" if said else ", and nothing says how often it is"
        what = "approved" if last.kind is DateKind.APPROVED else "reviewed"
        yield _remark(
            f"It was last {what} on {_shown(last.day)}, {_ago(on - last.day)} ago{rule}.",
            last,
            hint="Review it, write down what was decided, and have the version approved.",
        )
    if due is not None and last is not None and due.day - last.day > longest * _GRACE:
        yield _remark(
            f"The next review on {_shown(due.day)} is {_ago(due.day - last.day)} after the last; "
            f"{said or 'the usual rhythm'} says {_often(hours)}.",
            due,
            hint="Set a date that keeps to the rhythm.",
        )


def _ahead(dates: Sequence[Dated], on: date) -> Iterator[Remark]:
    for one in dates:
        if one.kind is not DateKind.NEXT and one.day > on:
            yield _remark(
                f"It says that it was {one.kind.value} on {_shown(one.day)}, which is in the future.",
                one,
                hint="Correct the date; a policy is in force only once it has been approved.",
            )


def _odds(dates: Sequence[Dated]) -> Iterator[Remark]:
    """Yield where the front matter and the text give different days of one thing."""
    for kind in DateKind:
        named = [one for one in dates if one.kind is kind and one.in_front_matter]
        told = [one for one in dates if one.kind is kind and not one.in_front_matter]
        newest = max(told, key=_day, default=None)
        if named and newest and newest.day != named[0].day:
            yield Remark(
                kind=RemarkKind.STALE_DATE,
                subject=kind.value,
                text=f"The front matter gives {_shown(named[0].day)} as the day of “{kind.value}”, "
                f"the text {_shown(newest.day)}.",
                citations=(named[0].citation, newest.citation),
                hint="Keep the right one in both places.",
            )


def _cadence(own: Sequence[Rule], others: Sequence[Rule]) -> tuple[float, str]:
    """Return how many hours may pass between two reviews, and which policy says so."""
    for rules in (own, others):
        found = [one for one in rules if one.matter.id == "review of policies"]
        found = [one for one in found if one.quantity.kind in {"frequency", "every"}]
        if found:
            shortest = min(found, key=lambda one: one.quantity.value)
            title = shortest.said.passage.source.metadata.title
            return shortest.quantity.value, "it" if rules is own else f"“{title}”"
    return _YEAR, ""


def _remark(text: str, dated: Dated, *, hint: str) -> Remark:
    return Remark(
        kind=RemarkKind.STALE_DATE,
        subject=dated.kind.value,
        text=text,
        citations=(dated.citation,),
        hint=hint,
    )


def _day(one: Dated) -> date:
    return one.day


def _shown(day: date) -> str:
    return f"{day:%-d %B %Y}"


def _ago(time: timedelta) -> str:
    days = time.days
    if days < 60:
        return f"{days} day{'s' * (days != 1)}"
    months = round(days / 30.44)
    if months < 24:
        return f"{months} months"
    return f"{days // 365} years"


def _often(hours: float) -> str:
    months = round(hours / 730)
    return "every year" if months == 12 else f"every {months} months" if months > 1 else "monthly"
